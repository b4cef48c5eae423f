"""Links of senders: only http and https, no user names in them, the host in punycode so that it cannot pose as another."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from inbox_tui.core.media import kept_at
from inbox_tui.core.model import Json, Notification
from inbox_tui.core.text import clean
from inbox_tui.tui import words

MEMBERS = {"open_url": "open", "download_url": "download", "image_url": "image"}
"""The members of a row that hold links, by preference, and what each is called."""
LINK_IN_TEXT = re.compile(
    r"!?\[(?P<label>[^\[\]\n]*)\]\((?P<address>https?://[^\s()<>]+)\)|(?P<bare>https?://[^\s<>()\[\]\"'`]+[^\s<>()\[\]\"'`.,;:!?])"
)
MOST_IN_TEXT, MOST_FILES = 20, 12


class Link(NamedTuple):
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


def links_of(row: Notification) -> dict[str, Link]:
    """What each link is for → the link, in the order in which they are numbered; only those that are safe to open."""
    named = [(name, words.detail(row, member)) for member, name in MEMBERS.items()]
    named += [(f"file {n}", url) for n, file in enumerate(files_of(row), 1) if isinstance(url := file.get("url"), str)]
    named += [("", found["address"] or found["bare"]) for found in LINK_IN_TEXT.finditer(row.body)][:MOST_IN_TEXT]
    links: dict[str, Link] = {}
    for name, text in named:
        link = safe_link(text)
        if link is not None and link not in links.values():
            links[name or f"in the text, {len(links) + 1}"] = link
    return links


def at_base(link: Link, base: str) -> Link:
    """The address of a kept file, where this pane finds its hub; any other link as it is."""
    if not base or kept_at(link.url) is None:
        return link
    rest = urlsplit(link.url)
    path = rest.path[rest.path.rindex("/v1/media/") :]
    return safe_link(f"{base}/api{path}?{rest.query}") or link


def files_of(row: Notification) -> list[dict[str, Json]]:
    """Its attachments as its sender gave them, as many as any hub of ours takes; what is no attachment at all is left out."""
    found = row.details.get("attachments")
    return [each for each in found[:MOST_FILES] if isinstance(each, dict)] if isinstance(found, list) else []


def _ascii(text: str) -> str:
    """Percent-encodes what is not ASCII; leaves the rest as it was sent."""
    return "".join(c if c.isascii() else "".join(f"%{byte:02X}" for byte in c.encode("utf-8", "replace")) for c in text)
