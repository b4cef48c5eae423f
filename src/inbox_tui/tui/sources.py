"""Where a list's rows come from: a view of the cache, or what a filter found in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from inbox_tui.cache.lists import Lists
from inbox_tui.cache.pages import Row
from inbox_tui.cache.rows import View
from inbox_tui.core.model import Notification
from inbox_tui.tui.headings import Line

if TYPE_CHECKING:
    from inbox_tui.cache.matches import Matches


class Rows(Protocol):
    """Rows by their places, 0 at the top; among them, where they are in groups, headings."""

    @property
    def view(self) -> View: ...

    def count(self) -> int: ...

    def place(self, y: int) -> tuple[int, int]:
        """Which row a line shows, from 0, and of how many: lines of groups are no rows."""

    def window(self, start: int, size: int) -> Sequence[Line]: ...

    def ids(self, start: int, size: int) -> list[str]: ...

    def position(self, row_id: str) -> int | None: ...

    def neighbour(self, row: Row | None, y: int, among: View, step: int) -> int | None:
        """Where the next (`step` 1) or previous (-1) row of another view is; goes round at the ends. None: there is none."""


class ViewRows:
    """A whole view."""

    def __init__(self, reader: Lists, view: View) -> None:
        self._reader, self.view = reader, view

    def count(self) -> int:
        return self._reader.count(self.view)

    def place(self, y: int) -> tuple[int, int]:
        return y, self.count()

    def window(self, start: int, size: int) -> list[Row]:
        return self._reader.window(self.view, start, size)

    def ids(self, start: int, size: int) -> list[str]:
        return self._reader.ids(self.view, start, size)

    def position(self, row_id: str) -> int | None:
        return self._reader.position(self.view, row_id)

    def neighbour(self, row: Row | None, y: int, among: View, step: int) -> int | None:
        count = self._reader.count(among)
        if not count or row is None:
            return None
        low, high, here = 0, count, row.notification.place
        while low < high:
            middle = (low + high) // 2
            rows = self._reader.window(among, middle, 1)
            if rows and rows[0].notification.place > here:
                low = middle + 1
            else:
                high = middle
        at = self._reader.window(among, low, 1) if low < count else []
        is_here = bool(at) and at[0].id == row.id
        target = low - 1 if step < 0 else low + 1 if is_here else low
        rows = self._reader.window(among, target % count, 1)
        return self._reader.position(self.view, rows[0].id) if rows else None


class FilteredRows:
    """What a filter found. A row that has gone since keeps its place until the matches are brought up to date."""

    def __init__(self, reader: Lists, matches: Matches) -> None:
        self._reader, self.matches = reader, matches

    @property
    def view(self) -> View:
        return self.matches.view

    def count(self) -> int:
        return len(self.matches)

    def place(self, y: int) -> tuple[int, int]:
        return y, self.count()

    def window(self, start: int, size: int) -> list[Row]:
        ids = self.matches.ids(start, size)
        rows = {row.id: row for row in self._reader.rows(ids)}
        return [rows.get(id_) or Row(id_, 0, Notification(id_, "", "(gone)", 0, 0), "") for id_ in ids]

    def ids(self, start: int, size: int) -> list[str]:
        return self.matches.ids(start, size)

    def position(self, row_id: str) -> int | None:
        return self.matches.position(row_id)

    def neighbour(self, row: Row | None, y: int, among: View, step: int) -> int | None:
        return self.matches.neighbour(y, among, step)
