"""What another wrote into the cache, taken in; and a cache that cannot be read just now."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from inbox_tui.cache.rows import View

if TYPE_CHECKING:
    from inbox_tui.cache.pages import Reader
    from inbox_tui.tui.screens.main import MainScreen


class Changes:
    """Over one main screen. `unreadable`: why the cache cannot be read; "" where it can."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self.unreadable = ""

    @contextmanager
    def reading_cache(self) -> Iterator[None]:
        """A cache that cannot be read just now is told, each second tried again, and ends nothing."""
        try:
            yield
        except sqlite3.Error as error:
            self.unreadable = f"the cache cannot be read: {error}"
            self._screen.refresh_words()

    def take_in(self) -> None:
        with self.reading_cache():
            if self._screen.reader.refresh() or self.unreadable:
                self._show()
            self.unreadable = ""
        self._screen.refresh_words()

    def _show(self) -> None:
        screen = self._screen
        screen.searching.cache_changed()
        screen.list.take_changes()
        screen.edges.say_what_became()
        screen.answering.follow()
        screen.details.show()

    def tick(self) -> None:
        """Each second."""
        if self.unreadable:
            self.take_in()

    def index(self) -> None:
        """Makes deep places of a long list quick to read, off the loop."""
        view = self._screen.list.listing.view
        if wanting := [part for part in self._screen.reader.parts if part.wants_index(view)]:
            self._screen.begin("index", partial(self._index, wanting, view))

    async def _index(self, parts: Sequence[Reader], view: View) -> None:
        for part in parts:
            part.adopt(view, await asyncio.to_thread(part.build_index, view))
