"""Links of senders: only http and https, no user names in them, the host in punycode so that it cannot pose as another."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from inbox_tui.core.text import clean


@dataclass(frozen=True, slots=True)
class Link:
    """`url` holds ASCII only; `host` is what to show."""

    url: str
    host: str


def safe_link(text: str) -> Link | None:
    """The link in a sender's text; None for anything but a plain web address."""
    text = clean(text, lines=False)
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = parts.port
    except (UnicodeError, ValueError):
        return None
    if parts.scheme not in ("http", "https") or not host or " " in text:
        return None
    where = f"[{host}]" if ":" in host else host
    where = f"{where}:{port}" if port else where
    rest = (_ascii(part) for part in (parts.path, parts.query, parts.fragment))
    return Link(urlunsplit((parts.scheme, where, *rest)), where)


def _ascii(text: str) -> str:
    """Percent-encodes what is not ASCII; leaves the rest as it was sent."""
    return "".join(c if c.isascii() else "".join(f"%{byte:02X}" for byte in c.encode("utf-8", "replace")) for c in text)
