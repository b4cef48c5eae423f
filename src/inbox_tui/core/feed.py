"""What a hub's feed is made of, between the client that hears it and the cache that keeps it. Pure values."""

from __future__ import annotations

from dataclasses import dataclass

from inbox_tui.core.model import Notification, decode
from inbox_tui.core.mutes import may_mute


@dataclass(frozen=True, slots=True)
class Item:
    """One row as a hub gave it: its document's text, and the members that the cache reads."""

    id: str
    rev: int
    raised_rev: int
    raised_at: int
    asks: bool
    """It would need me, were it not done, snoozed or muted."""
    held: bool
    """Somebody waits here for its answer."""
    unread: bool
    """It was not read, muted or not."""
    done: bool
    snoozed_until: int
    """0: it is not snoozed."""
    pinned: bool
    muted: bool
    mutable: bool
    """No question, nor anything that somebody waits for."""
    document: str


def item_of(row: Notification, document: str) -> Item:
    return Item(
        id=row.id,
        rev=row.rev,
        raised_rev=row.raised_rev,
        raised_at=row.raised_at,
        asks=row.is_open and not row.seems_answered,
        held=row.is_open and row.waiting == "here",
        unread=row.read_at is None,
        done=row.done_at is not None,
        document=document,
        snoozed_until=row.snoozed_until or 0,
        pinned=row.pinned,
        muted=row.muted,
        mutable=may_mute(row),
    )


def item_from(document: str) -> Item:
    """From a document's text, as our hub writes it. Raises KeyError, TypeError or ValueError for any other."""
    return item_of(decode(document), document)


@dataclass(frozen=True, slots=True)
class Change:
    """A frame that changes a row: `item` None means that the hub removed it."""

    rev: int
    id: str
    item: Item | None
    unread: int = -1
    """The hub's unread count after it; -1: it does not say."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A stream's first event: where it starts, and the head that the hub read for it."""

    id: int
    rev: int
    epoch: int
    unread: int
    is_resync: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the hub's list. `before` None: a filtered page, no part of the walk; "": the walk's first."""

    epoch: int
    rev: int
    before: str | None
    items: tuple[Item, ...]
    next: str
    """Where the next page begins; "": there is none."""
