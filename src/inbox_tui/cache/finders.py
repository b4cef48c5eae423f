"""One search over whatever lists there are: a feed's own, or one of each hub's side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from inbox_tui.cache.gathering import By
from inbox_tui.cache.lists import Lists
from inbox_tui.cache.merged import Merged
from inbox_tui.cache.rows import Mark, View
from inbox_tui.cache.search import MOST, Finder, Step
from inbox_tui.core.hubs import qualified
from inbox_tui.core.query.tree import Query


class Search(Protocol):
    """See `search.Finder`."""

    @property
    def mark(self) -> Mark: ...

    def step(self) -> Step | None: ...

    def cancel(self) -> None: ...


class Finders:
    """Each step is one of every hub that is not through."""

    def __init__(self, lists: Merged, query: Query, view: View, now: int, most: int, by: By | None) -> None:
        self._finders = {
            hub: Finder(reader.path, reader.feed, query, view, now, most=most, hub=hub, by=by)
            for hub, reader in lists.by_hub.items()
        }
        self._told: dict[str, Step] = {}

    @property
    def mark(self) -> Mark:
        return Mark(0, 0, tuple(finder.mark for finder in self._finders.values()))

    def step(self) -> Step | None:
        for hub, finder in self._finders.items():
            told = self._told.get(hub)
            if told is not None and told.is_end:
                self._told[hub] = replace(told, matches=[])
                continue
            step = finder.step()
            if step is None:
                return None
            found = [(match[0], match[1], qualified(hub, match[2]), *match[3:]) for match in step.matches]
            self._told[hub] = replace(step, matches=found)
        steps = self._told.values()
        return Step(
            [match for step in steps for match in step.matches],
            sum(step.looked for step in steps),
            sum(step.rows for step in steps),
            all(step.is_end for step in steps),
            max(step.unsearched for step in steps),
        )

    def cancel(self) -> None:
        for finder in self._finders.values():
            finder.cancel()


def search(lists: Lists, query: Query, view: View, now: int, *, most: int = MOST, by: By | None = None) -> Search:
    """The rows of `view` that `query` finds, in steps for a worker thread; by what they are grouped, where `by` says so."""
    if isinstance(lists, Merged):
        return Finders(lists, query, view, now, most, by)
    (reader,) = lists.parts
    return Finder(reader.path, reader.feed, query, view, now, most=most, by=by)
