"""Rows and a cache file for tests of the cache's room."""

from __future__ import annotations

from pathlib import Path

from inbox_tui.cache import schema
from inbox_tui.core import ids
from inbox_tui.core.feed import Change, Item, item_of
from inbox_tui.core.model import APPROVE, REJECT, Notification, encode

FEED = "feed"
BORN = 1_700_000_000_000_000


def row_id(number: int) -> str:
    return ids.encode((BORN // 1000 + number) << 80)


def item(
    number: int,
    rev: int,
    *,
    raised: int = 0,
    asks: bool = False,
    read: bool = False,
    done: bool = False,
    snoozed: bool = False,
    pinned: bool = False,
    muted: bool = False,
) -> Item:
    """`raised`: its raised_rev, 0 for its rev. Rows are ordered by it."""
    raised = raised or rev
    row = Notification(
        id=row_id(number),
        kind="message",
        title=f"row {number}",
        created_at=BORN,
        last_occurred_at=BORN,
        occurrences=(BORN,),
        rev=rev,
        created_rev=rev,
        raised_rev=raised,
        raised_at=BORN + raised,
        actionable=asks,
        choices=(APPROVE, REJECT) if asks else (),
        read_at=BORN if read or done else None,
        done_at=BORN if done else None,
        snoozed_until=2 * BORN if snoozed else None,
        pinned=pinned,
        muted=muted,
    )
    return item_of(row, encode(row))


def change(number: int, rev: int, **more: bool) -> Change:
    return Change(rev, row_id(number), item(number, rev, **more), 0)


def prepared(folder: Path) -> Path:
    return schema.prepare(folder / "cache.sqlite3").path
