"""The detail beside or over the list: the row under the cursor once it rests, and then its past."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.timer import Timer

from inbox_tui.cache.pages import Row
from inbox_tui.tui.reading import NOTHING
from inbox_tui.tui.timelines import Timelines

if TYPE_CHECKING:
    from inbox_tui.tui.screens.main import MainScreen

DELAY = 0.03
"""The detail follows the cursor this long after it rests: a held key moves the list alone."""


class Details:
    """Over one main screen."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen, self._timelines = screen, Timelines()
        self._timer: Timer | None = None

    def show_soon(self) -> None:
        """Once the cursor rests."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(DELAY, self.show)

    def show(self) -> None:
        screen, row = self._screen, self._screen.row
        if row is None:
            screen.set_class(False, "-reading")
            screen.detail.show(None)
            return
        if not screen.detail.display:
            return
        screen.detail.show(row.notification, self._timelines.of(row) or NOTHING, screen.list.note_of(row))
        if self._timelines.is_worth_asking(row):
            screen.begin("timeline", partial(self._fetch, row))

    async def _fetch(self, row: Row) -> None:
        screen = self._screen
        timeline = await self._timelines.fetch(row, screen.link.timeline)
        if screen.row is not None and screen.row.id == row.id:
            screen.detail.show(screen.row.notification, timeline, screen.list.note_of(screen.row))
