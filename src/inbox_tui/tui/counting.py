"""The counts of the saved filters, brought up beside the keys: each second, where rows have changed and somebody sees them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inbox_tui.cache.tallies import Tallies
    from inbox_tui.tui.screens.main import MainScreen


class Counting:
    """Over one main screen. `counts`: by the filter's name; what is not known yet is not in it."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self.counts: Mapping[str, str] = {}
        self._saved: Mapping[str, str] = {}
        self._tallies: Tallies | None = None
        self._version = -1
        self._is_busy = False

    def tick(self) -> None:
        """Each second, while the counts are shown."""
        if self._is_busy:
            return
        saved, version = self._screen.filtering.saved, self._screen.reader.head.version
        if saved != self._saved:
            self._begin(saved)
        if self._tallies is not None and (version != self._version or self._tallies.is_due(self._screen.now())):
            self._version, self._is_busy = version, True
            self._screen.begin("counts", partial(self._count, self._tallies))

    def _begin(self, saved: Mapping[str, str]) -> None:
        self._saved, self.counts, self._tallies = dict(saved), {}, None
        if saved:
            from inbox_tui.cache.tallies import Tallies
            from inbox_tui.core.query.parse import parse

            self._version = -1
            self._tallies = Tallies(self._screen.reader, {name: parse(text) for name, text in saved.items()})

    async def _count(self, tallies: Tallies) -> None:
        steps = tallies.bring_up(self._screen.now())
        try:
            with self._screen.changes.reading_cache():
                while await asyncio.to_thread(next, steps, "end") is None:
                    self._show(tallies)
                self._show(tallies)
        finally:
            self._is_busy = False

    def _show(self, tallies: Tallies) -> None:
        if (counts := tallies.counts()) != self.counts:
            self.counts = counts
            self._screen.refresh_words()
