"""The pasts of rows that were looked at, fetched once the cursor rests: of each row the newest, and not too much in all."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from inbox_tui.cache.pages import Row
from inbox_tui.core.model import Notification
from inbox_tui.tui.reading import Timeline

DELAY = 0.2
"""Seconds that the cursor rests before anything is asked."""
ENTRIES_MOST = 2_000
"""Kept in all. A row that repeats all day has a thousand, of a kilobyte or two each."""


class Timelines:
    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[int, Timeline]] = OrderedDict()
        """By a row's id: as of which rev, and what was told. Newest last."""

    def of(self, row: Row) -> Timeline | None:
        """As it was when it was last asked for; None: nobody has asked, or there was nothing."""
        _, timeline = self._kept.get(row.id, (0, None))
        return timeline

    def is_worth_asking(self, row: Row) -> bool:
        shown = row.notification
        rev, _ = self._kept.get(row.id, (0, None))
        return rev != row.rev and bool(shown.run_id or shown.actionable or shown.count > 1)

    async def fetch(self, row: Row, ask: Callable[[Notification], Awaitable[Timeline]]) -> Timeline:
        await asyncio.sleep(DELAY)
        timeline = await ask(row.notification)
        if timeline.entries:
            self._kept.pop(row.id, None)
            self._kept[row.id] = row.rev, timeline
            while sum(len(kept.entries) for _, kept in self._kept.values()) > ENTRIES_MOST and len(self._kept) > 1:
                self._kept.popitem(last=False)
        return timeline
