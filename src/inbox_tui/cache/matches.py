"""The list of a filter: the places of the rows that it found, kept as rows come, go and change. No I/O but the reader's own.

It holds the first `MOST` matches of its order, as (rank, at, id), not a page of them: so a place is found by
bisection, neighbours need no reading, and a million rows of which few match cost what few cost. More matches than that are not
counted; nobody scrolls through ten thousand rows, and a filter that finds them is one to be narrowed.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from inbox_tui.cache.gathering import Match
from inbox_tui.cache.lists import Lists
from inbox_tui.cache.pages import Row
from inbox_tui.cache.rows import NEEDS_ME, Key, Mark, View, is_in
from inbox_tui.cache.search import MOST
from inbox_tui.core.query.match import matches
from inbox_tui.core.query.tree import Query

CHANGES_MOST = 128
"""More changed rows than this are not judged one by one on the loop: the search is made again."""


class Matches:
    """Rows of `view` that `query` finds. Places run from 0 at the top."""

    def __init__(self, query: Query, view: View, mark: Mark, *, most: int = MOST) -> None:
        self.query, self.view, self.mark, self.most = query, view, mark, most
        self._upwards: list[Key] = []
        self._keys: dict[str, Key] = {}
        self._unread: set[str] = set()
        self.is_cut = False
        """There are more than it holds."""

    def __len__(self) -> int:
        return len(self._upwards)

    @property
    def unread(self) -> int:
        return len(self._unread)

    def add(self, found: Iterable[Match]) -> None:
        """What a search found, in any order."""
        for rank, at, id_, unread, *_ in found:
            self._put(id_, (rank, at, id_), bool(unread))
        self._upwards.sort()
        self._cut()

    def settle(self) -> None:
        """The search has ended."""

    def ids(self, start: int, size: int) -> list[str]:
        end = len(self._upwards) - start
        return [id_ for _, _, id_ in reversed(self._upwards[max(0, end - size) : max(0, end)])]

    def unread_ids(self) -> list[str]:
        """From the top down."""
        return [id_ for _, _, id_ in reversed(self._upwards) if id_ in self._unread]

    def position(self, row_id: str) -> int | None:
        key = self._keys.get(row_id)
        return None if key is None else len(self._upwards) - 1 - bisect_left(self._upwards, key)

    def neighbour(self, y: int, among: View, step: int) -> int | None:
        """Where the next (`step` 1) or previous (-1) row is that also is in another view; goes round at the ends."""
        count = len(self._upwards)
        for distance in range(1, count + 1):
            at = (y + step * distance) % count
            rank, _, id_ = self._upwards[count - 1 - at]
            if rank == NEEDS_ME if among is View.NEEDS else id_ in self._unread:
                return at
        return None

    def take_in(self, reader: Lists, now: int, changes_most: int = CHANGES_MOST) -> bool:
        """Brings it to what the cache has now. False: too much has changed, search again."""
        changed = reader.changed_since(self.mark, changes_most)
        if changed is None:
            return False
        ids, mark = changed
        rows = {row.id: row for row in reader.rows(ids)}
        for id_ in ids:
            self._take(id_, rows.get(id_), now)
        self.mark = mark
        self._cut()
        return not (self.is_cut and len(self._upwards) < self.most // 2)

    def _take(self, id_: str, row: Row | None, now: int) -> None:
        if (old := self._keys.pop(id_, None)) is not None:
            del self._upwards[bisect_left(self._upwards, old)]
            self._unread.discard(id_)
        if row is None or not is_in(self.view, row.notification) or not matches(self.query, row.notification, now):
            return
        key = row.notification.place
        if not (self.is_cut and self._upwards and key < self._upwards[0]):
            self._put(id_, key, row.notification.is_unread, sort=True)

    def _put(self, id_: str, key: Key, unread: bool, *, sort: bool = False) -> None:
        if id_ in self._keys:
            return
        self._keys[id_] = key
        if unread:
            self._unread.add(id_)
        if sort:
            insort(self._upwards, key)
        else:
            self._upwards.append(key)

    def _cut(self) -> None:
        if len(self._upwards) <= self.most:
            return
        self.is_cut = True
        for _, _, id_ in self._upwards[: -self.most]:
            del self._keys[id_]
            self._unread.discard(id_)
        del self._upwards[: -self.most]
