"""A cache file with rows that are searched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from cache_world import FEED, prepared
from query_world import NOW, numbered

from inbox_tui.cache import said, schema, search, steps
from inbox_tui.cache.matches import Matches
from inbox_tui.cache.pages import Reader
from inbox_tui.cache.rows import View
from inbox_tui.cache.search import Finder
from inbox_tui.core.feed import Change, Opening, item_of
from inbox_tui.core.model import Notification, encode
from inbox_tui.core.query.match import matches
from inbox_tui.core.query.tree import Query


def change(row: Notification) -> Change:
    return Change(row.rev, row.id, item_of(row, encode(row)), 0)


class World:
    """A cache file with a writer and a reader."""

    def __init__(self, folder: Path) -> None:
        self.path = prepared(folder)
        self.db = schema.connect(self.path)
        assert steps.begin(self.db, FEED, None, Opening(0, 0, 1, 0, True), 0)
        self.reader = Reader(self.path, FEED)
        self.rev = 0

    def close(self) -> None:
        self.reader.close()
        self.db.close()

    def put(self, made: list[Notification]) -> list[Notification]:
        made = [replace(row, rev=self.rev + n, raised_rev=self.rev + n) for n, row in enumerate(numbered(made), 1)]
        self.rev += len(made)
        steps.apply(self.db, FEED, [change(row) for row in made], 0)
        return made

    def finder(self, query: Query, view: View, most: int = search.MOST) -> Finder:
        return Finder(self.path, FEED, query, view, NOW, most=most)

    def search(self, query: Query, view: View = View.ALL, most: int = search.MOST) -> Matches:
        finder = self.finder(query, view, most)
        try:
            found = None
            while (step := finder.step()) is not None:
                found = found or Matches(query, view, finder.mark, most=most)
                found.add(step.matches)
                if step.is_end:
                    return found
        finally:
            finder.cancel()
        raise AssertionError("cancelled")

    def judged(self, query: Query, view: View) -> list[str]:
        """What the filter itself finds among all rows, as the lists show them."""
        self.reader.refresh()
        shown = self.reader.window(view, 0, self.reader.count(view))
        return [row.id for row in shown if matches(query, row.notification, NOW)]

    def index(self, most: int = 1 << 30) -> None:
        while most > 0 and (done := said.index_some(self.db, min(most, said.CHUNK))):
            most -= done


@contextmanager
def world_in(folder: Path) -> Iterator[World]:
    world = World(folder)
    try:
        yield world
    finally:
        world.close()
