"""A search off the loop: what it finds is the list, from its first step on, and is followed as the cache changes. Draws nothing.

A filter needs one, and a list in groups. What is superseded is interrupted; the first screen shows after the first step. From
then on the cache's journal tells which rows changed, and these alone are judged again. Where too much has changed, or time
itself changes what is found, the search is repeated behind the list that stands there.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from inbox_tui.cache.rows import View
from inbox_tui.tui.grouped import GroupedRows
from inbox_tui.tui.selection import MOST as CHOSEN_MOST
from inbox_tui.tui.sources import FilteredRows, Rows

if TYPE_CHECKING:
    from inbox_tui.cache.gathering import By
    from inbox_tui.cache.groups import Groups
    from inbox_tui.cache.matches import Matches
    from inbox_tui.cache.rows import Mark
    from inbox_tui.cache.search import Step
    from inbox_tui.core.query.tree import Query
    from inbox_tui.tui.screens.main import MainScreen

AGAIN_SECONDS = 2
"""A list that is behind is searched again after so many; one that time changes, after so many:"""
AGE_SECONDS = 60
ROWS_A_SECOND = 50_000
"""Groups hold every row: of many of them the search is repeated as much later, for it takes long."""
EVERY_ROW = 1 << 40


class Searching:
    """Over one main screen."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self.found: Matches | Groups | None = None
        """What the list shows; None: a whole view, or nothing has been found out yet."""
        self.step: Step | None = None
        """What the search told last; None until `found` is of what is looked for."""
        self._query: Query | None = None
        self._view = View.ALL
        self._by: By | None = None
        self._row_wanted = ""
        self._is_behind = self._has_failed = False
        self._seconds = 0

    def begin(self, query: Query, view: View, *, after: float = 0.0, row: str = "") -> None:
        """Looks for something else, from `after` seconds on. `row`: the cursor goes to that one, once it is found."""
        self._query, self._view, self._by, self._row_wanted, self.step = query, view, self._screen.grouping.by, row, None
        self._search(after, is_new=True)

    def forget(self) -> None:
        """Nothing is looked for."""
        self.found = self.step = self._query = None
        self._screen.workers.cancel_group(self._screen, "filter")

    @property
    def found_out(self) -> str:
        """Of groups, how far they are known: `34%`, or `the newest 1,000`; "" where all are."""
        if self.found is None or self.step is None or self._by is None:
            return ""
        from inbox_tui.cache.groups import Groups

        if not isinstance(self.found, Groups):
            return ""
        if not self.step.is_end:
            return f"{100 * self.step.looked // max(1, self.step.rows)}%"
        return f"the newest {self.found.count:,}" if self.found.is_cut else ""

    def unread_ids(self) -> list[str]:
        """Of what the list shows, or of the first of it; it may hold some that are read."""
        from inbox_tui.cache.groups import Groups

        source = self._screen.list.listing.source
        if isinstance(source, GroupedRows):
            return source.every_id(CHOSEN_MOST)
        return self.found.unread_ids() if self.found is not None and not isinstance(self.found, Groups) else []

    def _search(self, after: float, *, is_new: bool) -> None:
        self._is_behind, self._has_failed, self._seconds = False, False, 0
        self._screen.begin("filter", partial(self._run, after, is_new))

    async def _run(self, after: float, is_new: bool) -> None:
        from inbox_tui.cache.finders import search
        from inbox_tui.cache.search import MOST

        query, view, by = self._query, self._view, self._by
        assert query is not None
        await asyncio.sleep(after)
        most = MOST if by is None else EVERY_ROW
        finder = search(self._screen.reader, query, view, self._screen.now(), most=most, by=by)
        found: Matches | Groups | None = None
        try:
            with self._screen.changes.reading_cache():
                while (step := await asyncio.to_thread(finder.step)) is not None:
                    is_first = found is None
                    found = await self._added(found, query, finder.mark, step)
                    if is_new or step.is_end:
                        self._show(found, step, from_top=is_new and is_first)
                    if step.is_end:
                        return
                return
            self._has_failed = True
        finally:
            finder.cancel()

    async def _added(self, found: Matches | Groups | None, query: Query, mark: Mark, step: Step) -> Matches | Groups:
        """With what a step brought."""
        if self._by is None:
            from inbox_tui.cache.matches import Matches

            plain = found if isinstance(found, Matches) else Matches(query, self._view, mark)
            plain.add(step.matches)
            return plain
        from inbox_tui.cache.gathering import gather
        from inbox_tui.cache.groups import Groups

        gathered = await asyncio.to_thread(gather, step.matches, self._by)
        groups = found if isinstance(found, Groups) else Groups(query, self._view, self._by, mark, self._screen.grouping.folds)
        groups.add(gathered)
        return groups

    def _show(self, found: Matches | Groups, step: Step, *, from_top: bool) -> None:
        self.step = step
        if found is not self.found:
            self.found = found
            self._screen.show_rows(self._rows(found), from_top=from_top)
        else:
            self._screen.list.take_changes(arrivals=False)
        self._go_to_wanted()
        self._take_in()
        if step.is_end:
            found.settle()
            self._row_wanted = ""
        self._screen.refresh_words()

    def _rows(self, found: Matches | Groups) -> Rows:
        from inbox_tui.cache.matches import Matches

        if isinstance(found, Matches):
            return FilteredRows(self._screen.reader, found)
        return GroupedRows(self._screen.reader, found, self._screen.now)

    def _go_to_wanted(self) -> None:
        """Unless the person has gone elsewhere meanwhile."""
        listing = self._screen.list.listing
        if self._row_wanted and not listing.cursor_y and (y := listing.place_of(self._row_wanted)) is not None:
            self._row_wanted = ""
            self._screen.list.move_to(y)

    def _take_in(self) -> None:
        if self.found is not None and not self.found.take_in(self._screen.reader, self._screen.now()):
            self._is_behind = True

    def cache_changed(self) -> None:
        """To be told before the list takes in what has changed."""
        self._take_in()

    def tick(self) -> None:
        """Each second. A search that is still running is let run; one that could not read is made again."""
        if self._query is None:
            return
        if self._has_failed:
            self._search(0.0, is_new=self.step is None)
        if self.found is None or self.step is None or not self.step.is_end:
            return
        self._seconds += 1
        is_due = self._is_behind or self.step.unsearched
        later = 0 if self._by is None else self.step.rows // ROWS_A_SECOND
        if (is_due and self._seconds >= AGAIN_SECONDS + later) or (self._query.moves_with_time and self._seconds >= AGE_SECONDS):
            self._search(0.0, is_new=False)
