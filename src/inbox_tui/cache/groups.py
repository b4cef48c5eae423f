"""A list in groups: rows of one source, task, run or day under a heading each, or threads, each from the row that began it on.

Of a row it holds the place and the number alone, 16 bytes, so that a million of them fit; what a row says is read when it is
drawn. A search brings them in the order of the list, in steps; from then on the cache's journal tells what has changed.
What needs me and what is pinned is in no group: it stays on top, whatever is folded. Of groups it holds the newest only.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, chain
from typing import NamedTuple

from inbox_tui.cache.gathering import ROOT, By, Gathered, Placed, key_of, parent_of, root_of, top_key, value_of
from inbox_tui.cache.group import Folds, Group
from inbox_tui.cache.lists import Lists
from inbox_tui.cache.pages import Row
from inbox_tui.cache.rows import BITS, NEEDS_ME, Mark, View, Was, is_in
from inbox_tui.core.model import Notification
from inbox_tui.core.query.match import matches
from inbox_tui.core.query.tree import Query

MOST = 1000
"""Groups, the newest;"""
THREADS_MOST = 4000
"""and threads, which mostly are one row each."""
CHANGES_MOST = 128
"""More changed rows than this are not judged one by one on the loop: the search is made again."""


class Spot(NamedTuple):
    """What a line shows: a row of a group by its place in it, -1: the group's heading. `group` None: a row of the top."""

    group: Group | None
    nth: int


class Groups:
    """Rows of `view` that `query` finds, in the groups that `by` makes. Lines run from 0 at the top."""

    def __init__(self, query: Query, view: View, by: By, mark: Mark, folds: Folds) -> None:
        self.query, self.view, self.by, self.mark, self.folds = query, view, by, mark, folds
        self.is_cut = False
        """There are older groups, which it does not hold."""
        self._top = Group("")
        self._groups: dict[str, Group] = {}
        self._on_top: dict[int, tuple[str, bool]] = {}
        """By the number of a row of the top: the value of its group, and whether it needs me."""
        self._is_settled = False
        self._touched: set[int] = set()
        """Rows that the journal told of while the search runs: what a step says of these may be older."""
        self._order: list[Group] = []
        self._ends: list[int] = []
        self._rows: list[int] = []
        self._is_laid = False

    # -- lines ---------------------------------------------------------------------------------------------------
    def __len__(self) -> int:
        """Rows, folded or not."""
        self._lay()
        return len(self._top) + (self._rows[-1] if self._rows else 0)

    @property
    def lines(self) -> int:
        self._lay()
        return len(self._top) + (self._ends[-1] if self._ends else 0)

    @property
    def count(self) -> int:
        """Groups that have rows below a heading."""
        self._lay()
        return len(self._order)

    def is_folded(self, group: Group) -> bool:
        return group.value in self.folds

    def refolded(self) -> None:
        """The folds are others."""
        self._is_laid = False

    def at(self, y: int) -> Spot:
        self._lay()
        if y < len(self._top):
            return Spot(None, y)
        y -= len(self._top)
        place = min(bisect_right(self._ends, y), len(self._ends) - 1)
        return Spot(self._order[place], y - self._first(place) - self._heading)

    def spots(self, start: int, size: int) -> Iterator[Spot]:
        return map(self.at, range(max(0, start), min(start + size, self.lines)))

    def number(self, spot: Spot) -> int:
        """Of a row's spot: its number."""
        return (self._top if spot.group is None else spot.group).numbers[spot.nth]

    def numbers(self) -> Iterator[int]:
        """Of all rows, folded or not, from the top down."""
        self._lay()
        return chain(self._top.numbers, *(group.numbers for group in self._order))

    def numbers_of(self, value: str) -> Iterator[int]:
        return iter(self._groups[value].numbers) if value in self._groups else iter(())

    def stretches(self, among: View) -> list[range]:
        """Lines that show rows, from the top down, and among these all that also are in another view."""
        self._lay()
        found = [range(len(self._top))]
        for place, group in enumerate(self._order if among is View.UNREAD else ()):
            if group.unread:
                found.append(range(len(self._top) + self._first(place) + self._heading, len(self._top) + self._ends[place]))
        return found

    def asks(self, spot: Spot) -> bool:
        """Whether a row of the top needs somebody: what is pinned may not."""
        return spot.group is None and self._on_top[self._top.numbers[spot.nth]][1]

    def has_folded(self) -> bool:
        self._lay()
        return any(group.value in self.folds for group in self._order)

    def row_at(self, y: int) -> int:
        """How many rows, folded or not, are above the line's, counted from 0."""
        group, index = self.at(y)
        if group is None:
            return index
        place = self._places[group.value]
        return len(self._top) + (self._rows[place - 1] if place else 0) + max(0, index)

    def line_of(self, value: str) -> int | None:
        """Where a group begins."""
        self._lay()
        place = self._places.get(value)
        return None if place is None else len(self._top) + self._first(place)

    def position(self, row: Row, lists: Lists) -> int | None:
        """The line that shows a row, or that of what it is folded under. None: it is in no group here."""
        rank, at, _ = row.notification.place
        if rank:
            return self._top.index(top_key(rank, at), row.n)
        value = self._value(row.notification, lists)
        group = self._groups.get(value)
        first = self.line_of(value)
        if group is None or first is None:
            return None
        index = group.index(key_of(self.by, at, is_root=value == row.id), row.n)
        if index is None:
            return None
        return first if self.is_folded(group) else first + self._heading + index

    def neighbour(self, y: int, step: int) -> int | None:
        """Where the next (`step` 1) or previous (-1) group has its first row, or its heading where it is folded. The list's top
        is one. None: there is none."""
        self._lay()
        firsts = [0] * (len(self._top) > 0)
        for place, group in enumerate(self._order):
            firsts.append(len(self._top) + self._first(place) + self._heading * (group.value not in self.folds))
        if step > 0:
            return next((first for first in firsts if first > y), None)
        return next((first for first in reversed(firsts) if first < y), None)

    @property
    def _heading(self) -> int:
        """Lines of a group before its first row."""
        return int(self.by is not By.THREAD)

    def _first(self, place: int) -> int:
        return self._ends[place - 1] if place else 0

    def _lay(self) -> None:
        if self._is_laid:
            return
        is_thread = self.by is By.THREAD
        some = [group for group in self._groups.values() if group.keys]
        self._order = sorted(some, key=lambda group: (group.newest(is_thread=is_thread), group.value), reverse=True)
        folded = int(is_thread)  # what is folded leaves its heading, or the row that began it
        lines = (self._heading + (folded if group.value in self.folds else len(group.keys)) for group in self._order)
        self._ends = [*accumulate(lines)]
        self._rows = [*accumulate(len(group.keys) for group in self._order)]
        self._places = {group.value: place for place, group in enumerate(self._order)}
        self._is_laid = True

    # -- what a search brings ------------------------------------------------------------------------------------
    def add(self, gathered: Gathered) -> None:
        """What a step found, rows of the list further down than those before."""
        self._is_laid = False
        for row, value, asks in gathered.top:
            if row.n not in self._touched:
                self._put_on_top(row, value, asks)
        for value, part in gathered.parts.items():
            fresh = part.without(self._touched) if self._touched else part
            if fresh.keys and (group := self._group(value)) is not None:
                group.extend(fresh)

    def settle(self) -> None:
        """The search has ended."""
        self._is_settled = True
        self._touched.clear()

    def _group(self, value: str) -> Group | None:
        """Made where there is room for it."""
        if (group := self._groups.get(value)) is None:
            if len(self._groups) >= self._most:
                self.is_cut = True
                return None
            group = self._groups[value] = Group(value)
        return group

    @property
    def _most(self) -> int:
        return THREADS_MOST if self.by is By.THREAD else MOST

    def _put_on_top(self, row: Placed, value: str, asks: bool) -> None:
        if self._top.put(row):
            self._on_top[row.n] = value, asks
            if asks and (group := self._group(value)) is not None:
                group.asks += 1

    # -- what changes --------------------------------------------------------------------------------------------
    def take_in(self, lists: Lists, now: int, changes_most: int = CHANGES_MOST) -> bool:
        """Brings it to what the cache has now. False: too much has changed, search again."""
        changed = lists.changed_since(self.mark, changes_most)
        if changed is None:
            return False
        ids, mark = changed
        was = lists.moved(self.mark, mark)
        rows = {row.id: row for row in lists.rows(ids)}
        for id_ in ids:
            self._take(id_, was.get(id_), rows.get(id_), lists, now)
        self.mark = mark
        self._is_laid = self._is_laid and not ids
        return not (self.is_cut and len(self._groups) < self._most // 2)

    def _take(self, id_: str, was: Was | None, row: Row | None, lists: Lists, now: int) -> None:
        value = id_ if row is None else self._value(row.notification, lists)
        if was is None and row is not None:
            rank, at, _ = row.notification.place
            was = Was(row.n, sum(BITS[view] for view in View if is_in(view, row.notification)), rank, at)
        if was is not None:
            self._remove(was, value)
        if row is None:
            return
        if not self._is_settled:
            self._touched.add(row.n)
        if is_in(self.view, row.notification) and matches(self.query, row.notification, now):
            rank, at, _ = row.notification.place
            is_unread = is_in(View.UNREAD, row.notification)
            if rank:
                self._put_on_top(Placed(top_key(rank, at), row.n, at, is_unread), value, rank == NEEDS_ME)
            else:
                self._put(Placed(key_of(self.by, at, is_root=value == row.id), row.n, at, is_unread), value)

    def _put(self, row: Placed, value: str) -> None:
        if value not in self._groups and len(self._groups) >= self._most:
            # A row that comes begins the newest group: the oldest makes room.
            self._lay()
            oldest = self._order[-1] if self._order else next(iter(self._groups.values()))
            del self._groups[oldest.value]
            self.is_cut, self._is_laid = True, False
        group = self._group(value)
        assert group is not None
        group.put(row)

    def _remove(self, was: Was, value: str) -> None:
        """From where it was: mostly in the group that it still belongs to."""
        self._is_laid = False
        is_unread = bool(was.views & BITS[View.UNREAD])
        if was.rank:
            if self._top.take(Placed(top_key(was.rank, was.at), was.n, was.at, is_unread)):
                value, asked = self._on_top.pop(was.n)
                if asked and (group := self._groups.get(value)) is not None:
                    group.asks = max(0, group.asks - 1)  # of one that made room and came back it was not counted
            return
        places = [Placed(key_of(self.by, was.at, is_root=False), was.n, was.at, is_unread)]
        places += [places[0]._replace(key=ROOT)] * (self.by is By.THREAD)
        others = self._groups.values() if was.views else ()  # what has just come was in none
        for group in (*filter(None, [self._groups.get(value)]), *others):
            if any(map(group.take, places)):
                if not group.keys and not group.asks:
                    del self._groups[group.value]
                return

    def _value(self, row: Notification, lists: Lists) -> str:
        def above(id_: str) -> str:
            found = lists.row(id_)
            return "" if found is None else parent_of(found.notification)

        return value_of(row, self.by, lambda parent: root_of(parent, above))
