"""Several hubs in one inbox: their names and colours, where they may be, and ids that no two of them share. Of the standard
library alone.

A hub says what its rows' ids are, and one that lies may say those of another hub. So where there are several, a row's id is what
its hub says behind the hub's name, which the person gave it; names hold no separator, so the first one in an id is ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from inbox_tui.core.model import Notification, changed

LOCAL = "local"
"""In the place of an address: this machine's own hub."""
COLORS = ("red", "orange", "amber", "lime", "green", "teal", "cyan", "blue", "purple", "pink")
NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,23}")
"""What a hub may be called: it stands in ids, in filters and in narrow columns."""
SEPARATOR = "/"
_ADDRESS = re.compile(r"https?://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:(?P<port>\d{1,5}))?(/[\w.~/%+-]*)?", re.ASCII)


class Place(NamedTuple):
    """A row's hub, and the id by which that hub knows it."""

    hub: str
    id: str


def qualified(hub: str, id_: str) -> str:
    """The id of a hub's row among those of several hubs."""
    return f"{hub}{SEPARATOR}{id_}"


def place_of(id_: str) -> Place:
    """The reverse."""
    hub, _, own = id_.partition(SEPARATOR)
    return Place(hub, own)


def named(hub: str, row: Notification) -> Notification:
    """A row of one hub as one of several. What it belongs to is a row of the same hub."""
    return _renamed(row, hub, lambda id_: qualified(hub, id_))


def unnamed(row: Notification) -> Notification:
    """The reverse: the row as its hub says it."""
    return _renamed(row, "", lambda id_: place_of(id_).id)


def _renamed(row: Notification, hub: str, rename: Callable[[str], str]) -> Notification:
    parent = row.details.get("parent_id")
    details = {**row.details, "parent_id": rename(parent)} if isinstance(parent, str) and parent else row.details
    return changed(row, id=rename(row.id), hub=hub, details=details)


def complaint_about_name(name: str) -> str:
    """What is wrong with a hub's name; "" where nothing is."""
    return "" if NAME.fullmatch(name) else "is no name: up to 24 of a-z, 0-9, _ . -, and a letter or digit first"


def complaint_about_url(url: str) -> str:
    """What is wrong with a hub's address; "" where nothing is."""
    found = _ADDRESS.fullmatch(url)
    if url == LOCAL or (found is not None and 0 < int(found["port"] or 80) < 1 << 16):
        return ""
    return 'is no address of a hub: "local", or one like https://hub.example:9477'
