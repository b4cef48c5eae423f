"""Bringing a file to the hub, for a message to name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inbox_tui.core.errors import InboxError
from inbox_tui.sdk.calling import document_of
from inbox_tui.wire import Address, find_hub, upload

UPLOAD_SECONDS = 60.0
"""For each step of it, such as a piece that is taken: large files take as long as they take."""


class UnreadableFile(InboxError):
    """A file that cannot be attached: which, and why."""


def attach(file: Path | str, *, hub: Address | None = None) -> dict[str, Any]:
    """Brings a file to the hub, and answers how a message names it: `send(title, attachments=[attach("chart.png")])`. A file is
    never kept on this machine until a hub is back.

    Raises HubUnreachable, Refused (413 too large, 507 the hub has no room), UnreadableFile.
    """
    path = Path(file)
    try:
        with path.open("rb") as opened:
            return document_of(upload(hub or find_hub(), "/api/v1/media", opened, path.name, timeout=UPLOAD_SECONDS))
    except OSError as problem:
        raise UnreadableFile(f"{path} cannot be attached: {problem.strerror or problem}.") from problem
