"""The pasts of rows that were looked at, fetched once the cursor rests, and kept for as long as the row says the same."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from inbox_tui.cache.pages import Row
from inbox_tui.core.model import Notification
from inbox_tui.tui.reading import Timeline

DELAY = 0.2
"""Seconds that the cursor rests before anything is asked."""
KEPT = 64


class Timelines:
    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], Timeline] = OrderedDict()

    def of(self, row: Row) -> Timeline | None:
        """None: nobody has asked, or there was nothing."""
        return self._kept.get((row.id, row.rev))

    def is_worth_asking(self, row: Row) -> bool:
        shown = row.notification
        return self.of(row) is None and bool(shown.run_id or shown.actionable or shown.count > 1)

    async def fetch(self, row: Row, ask: Callable[[Notification], Awaitable[Timeline]]) -> Timeline:
        await asyncio.sleep(DELAY)
        timeline = await ask(row.notification)
        if timeline.entries:
            self._kept[row.id, row.rev] = timeline
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return timeline
