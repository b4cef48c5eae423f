"""The files of a row as a person sees them: what kind, which name, how large, how long, and where. Pure.

A file that the row's hub keeps is fetched through the pane's own connection to it; one that is elsewhere is a link like any
other, which nobody follows but the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from inbox_tui.core.filenames import cleaned
from inbox_tui.core.media import KINDS, kept_at
from inbox_tui.core.model import Notification
from inbox_tui.tui import words
from inbox_tui.tui.links import Link, files_of, safe_link

_UNITS = ("KiB", "MiB", "GiB")


class Attachment(NamedTuple):
    """`media_id` and `media_name` are what its hub knows it by; "" where it is elsewhere. `link` None: it cannot be opened."""

    kind: str
    name: str
    size: int = 0
    milliseconds: int = 0
    link: Link | None = None
    media_id: str = ""
    media_name: str = ""

    @property
    def is_kept(self) -> bool:
        return bool(self.media_id)

    @property
    def facts(self) -> str:
        """What is known of it besides kind and name."""
        return " · ".join(part for part in (size_text(self.size), duration_text(self.milliseconds)) if part)

    @property
    def elsewhere(self) -> str:
        """Where it is, in words; "" for one that its hub keeps."""
        return "" if self.is_kept else f"at {self.link.host}" if self.link else "its address cannot be opened"


def attachments_of(row: Notification) -> list[Attachment]:
    """In the sender's order."""
    return [_read(row, each) for each in files_of(row)]


def kept_files(row: Notification, kind: str = "") -> list[Attachment]:
    """Those that the row's hub keeps, of a kind or of any."""
    return [file for file in attachments_of(row) if file.is_kept and kind in ("", file.kind)]


def size_text(size: int) -> str:
    """`48 B`, `47 KiB`, `1.5 MiB`; "" where it is not known."""
    if size < 1024:
        return f"{size} B" if size > 0 else ""
    amount, unit = size / 1024, 0
    while round(amount) >= 1000 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{amount:.{1 if amount < 10 else 0}f} {_UNITS[unit]}"


def duration_text(milliseconds: int) -> str:
    """`0:42`, `1:02:03`; "" where it is not known."""
    minutes, seconds = divmod(-(-milliseconds // 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return "" if milliseconds <= 0 else f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _read(row: Notification, given: Mapping[str, object]) -> Attachment:
    def text(name: str) -> str:
        value = given.get(name)
        return words.one_line(row, value) if isinstance(value, str) else ""

    def number(name: str) -> int:
        value = given.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 53 else 0

    address = given.get("url")
    link = safe_link(address) if isinstance(address, str) else None
    media_id, media_name = (kept_at(link.url) if link else None) or ("", "")
    kind = text("kind")
    return Attachment(
        kind if kind in KINDS else "file", cleaned(text("file_name") or media_name), number("size_bytes"), number("duration_ms"),
        link, media_id, media_name,
    )  # fmt: skip
