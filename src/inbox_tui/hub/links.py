"""Where a kept file is found: an address that a key of its space opens, and for a while anybody who has it.

The signature is over space, file, name and end, by a secret that all hubs of one database share; no part of it says who made it,
so it outlives the key of its sender, as the row does that it stands in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import quote

from inbox_tui.core.times import SECOND


def media_url(base: str, id: str, name: str, link: str) -> str:  # noqa: A002
    return f"{base}/api/v1/media/{id}/{quote(name, safe='')}?link={link}"


def link_to(secret: bytes, space: str, id: str, name: str, expires_at: int) -> str:  # noqa: A002
    """What opens one file, by one name, until a time (microseconds)."""
    seconds = str(expires_at // SECOND)
    return f"{space}.{seconds}.{_signature(secret, space, id, name, seconds)}"


def space_of(secret: bytes, link: str, id: str, name: str, now: int) -> str | None:  # noqa: A002
    """The space that a link opens the file in; None for what was not signed, not for this, or has ended."""
    space, _, rest = link.partition(".")
    seconds, _, signature = rest.partition(".")
    if not link.isascii() or not hmac.compare_digest(signature, _signature(secret, space, id, name, seconds)):
        return None
    return space if now < int(seconds) * SECOND else None


def _signature(secret: bytes, *parts: str) -> str:
    digest = hmac.digest(secret, b"\0".join(part.encode() for part in ("media", *parts)), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:18]).decode()
