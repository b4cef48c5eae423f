"""Following a hub that is not ours (a RunWisp daemon): no revs, no replay, and slow readers lose frames without a word.

So each connection subscribes first and then walks all pages, and rows get revs of our own making: the time, in microseconds, at
which they were asked for or heard. A frame that is heard after a page was asked for wins over that page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from inbox_tui.cache.rows import FOREIGN
from inbox_tui.cache.store import Cache
from inbox_tui.core.feed import Change, Item, Opening, Page, item_of
from inbox_tui.core.model import decode, encode
from inbox_tui.core.times import Clock
from inbox_tui.tui.intake import SLICE, AskAgain, Waiting
from inbox_tui.tui.messages import Raised, SyncMessage
from inbox_tui.tui.pane import Pane

if TYPE_CHECKING:
    from inbox_tui.client.api import Hub
    from inbox_tui.client.stream import Frame

_COUNTS = frozenset({"notifications.unread_count_changed", "notification.unreadCountChanged"})


def stamped(item: Item, rev: int) -> Item:
    """The row with a rev of ours; it was raised when it last occurred."""
    row = decode(item.document)
    row = replace(row, rev=rev, created_rev=rev, raised_rev=row.raised_at)
    return item_of(row, encode(row))


class ForeignPages:
    """The hub's list, stamped with the time at which each page was asked for."""

    def __init__(self, hub: Hub, clock: Clock) -> None:
        self._hub, self._clock = hub, clock

    async def page(self, *, before: str = "", limit: int = 500, unread: bool = False, needs_me: bool = False) -> Page:
        rev = self._clock()
        found = await self._hub.page(before=before, limit=limit, unread=unread, needs_me=needs_me)
        items = tuple(stamped(item, rev) for item in found.items)
        return Page(FOREIGN, rev, found.before, items, found.next)


class ForeignIntake:
    """One connection's frames, as `Intake` is for our own hubs."""

    def __init__(
        self,
        cache: Cache,
        post: Callable[[SyncMessage], None],
        changed: Callable[[], None],
        caught_up: Callable[[int], None],
        clock: Clock,
    ) -> None:
        self._cache, self._post, self._changed, self._caught_up, self._clock = cache, post, changed, caught_up, clock
        self._rev = 0
        self._rows = 0

    async def open(self, asked: int | None) -> None:
        """The stream is open. Raises AskAgain where another pane was quicker."""
        rev = self._next()
        opening = Opening(rev, rev, FOREIGN, 0, True)
        if not await self._cache.begin(asked, opening):
            raise AskAgain
        self._pane = Pane(opening)
        self._changed()

    async def run(self, waiting: Waiting) -> None:
        """Raises what ends the connection."""
        while True:
            for frame in await waiting.take(SLICE):
                await self._take(frame)

    async def walked(self) -> None:
        """All that the hub had when it was asked is here."""
        if await self._cache.caught_up(self._next()):
            rows, self._rows = self._rows, 0
            self._caught_up(rows)

    async def _take(self, frame: Frame) -> None:
        from inbox_tui.client import wire

        if frame.event in ("notification.created", "notification.updated"):
            found = wire.row(frame.data)
            item = stamped(found, self._next())
            change = Change(item.rev, item.id, item)
            self._rows += 1
            await self._cache.apply([change])
            self._changed()
            if self._pane.take(change):
                self._post(Raised((decode(item.document),)))
        elif frame.event in _COUNTS:
            count = wire.parse(wire.CountFrame, frame.data).unread_count
            state = await self._cache.state()
            if state.complete and count not in (-1, state.unread):
                raise AskAgain  # a bulk verb tells its count alone: every row is asked for again
        elif frame.event == "ping" and (await self._cache.state()).complete:
            await self.walked()

    def _next(self) -> int:
        """A rev above every one before."""
        self._rev = max(self._rev + 1, self._clock())
        return self._rev
