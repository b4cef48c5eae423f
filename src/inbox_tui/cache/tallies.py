"""How many rows each of some filters finds, for a worker thread: counted up to a bound, then "so many and more".

Once a filter's first rows are found, the cache's journal tells which rows have changed, and these alone are judged again: so a
tally costs what has changed, not what there is. Only where too much has changed, where a bounded tally has lost half of its rows,
or where time itself changes what is found, the search is made again, and that at most every `AGAIN`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from inbox_tui.cache.finders import search
from inbox_tui.cache.lists import Lists
from inbox_tui.cache.matches import Matches
from inbox_tui.cache.rows import View
from inbox_tui.core.query.tree import Query
from inbox_tui.core.times import SECOND

MOST = 99
CHANGES_MOST = 1000
"""Changed rows that are judged one by one; on the loop it would be fewer."""
AGAIN = 10 * SECOND
"""A filter is searched again no sooner than after this many microseconds,"""
AGE = 60 * SECOND
"""and one that moves with time also where no row has changed."""


@dataclass(slots=True)
class _Tally:
    query: Query
    found: Matches | None = None
    searched_at: int = 0
    is_behind: bool = True

    @property
    def view(self) -> View:
        return View(self.query.home or View.ALL)

    def is_due(self, now: int) -> bool:
        if self.found is None:
            return True
        since = now - self.searched_at
        return since >= AGAIN if self.is_behind else self.query.moves_with_time and since >= AGE


class Tallies:
    """Of the filters `queries`, by their names, over what the cache holds. Raises sqlite3.Error where it cannot be read."""

    def __init__(self, lists: Lists, queries: Mapping[str, Query]) -> None:
        self._lists = lists
        self._tallies = {name: _Tally(query) for name, query in queries.items()}

    def is_due(self, now: int) -> bool:
        """Whether something is to be searched though no row may have changed."""
        return any(tally.is_due(now) for tally in self._tallies.values())

    def counts(self) -> dict[str, str]:
        """What is known: `12`, or `99+`."""
        found = ((name, tally.found) for name, tally in self._tallies.items())
        return {name: f"{len(each)}{'+' * each.is_cut}" for name, each in found if each is not None}

    def bring_up(self, now: int) -> Iterator[None]:
        """Brings all to what the cache has now, in steps: after each, whoever waits may be told, or leave."""
        reader = self._lists.reopened()
        try:
            for tally in self._tallies.values():
                if tally.found is not None:
                    tally.is_behind |= not tally.found.take_in(reader, now, CHANGES_MOST)
                if tally.is_due(now):
                    yield from self._search(tally, now)
                yield
        finally:
            reader.close()

    def _search(self, tally: _Tally, now: int) -> Iterator[None]:
        finder = search(self._lists, tally.query, tally.view, now, most=MOST)
        found: Matches | None = None
        try:
            while (step := finder.step()) is not None:
                found = Matches(tally.query, tally.view, finder.mark, most=MOST) if found is None else found
                found.add(step.matches)
                if step.is_end:
                    tally.found, tally.searched_at, tally.is_behind = found, now, bool(step.unsearched)
                    return
                yield
        finally:
            finder.cancel()
