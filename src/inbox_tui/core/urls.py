"""Addresses on the web that are taken from strangers: to be opened by a person, or called by the hub. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from inbox_tui.core.text import clean


def http_url(url: str) -> str:
    """The same, trimmed. Raises ValueError where nobody could open it."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        fit = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        fit = False
    if not fit or re.search(r"[\s\x00-\x1f\x7f-\x9f]", url) or clean(url) != url:
        raise ValueError("must be an http or https URL")
    return url


def callable_url(url: str) -> str:
    """One that the hub may be asked to call: spelt so that nobody can read another host in it. Raises ValueError."""
    parts = urlsplit(http_url(url))
    try:
        has_port = parts.port != 0
    except ValueError:
        has_port = False
    if not url.isascii() or "\\" in url or "%" in parts.netloc or not has_port:
        raise ValueError("must be an http or https URL in ASCII, with a host and port that there can be")
    if "@" in parts.netloc:
        raise ValueError("must name no user")
    return url.strip()
