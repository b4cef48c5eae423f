"""The list in groups: by what, which of them are folded, and from one to the next. Decides; draws nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inbox_tui.cache.gathering import By
from inbox_tui.cache.group import Folds
from inbox_tui.cache.rows import View
from inbox_tui.tui.grouped import GroupedRows
from inbox_tui.tui.headings import Branch
from inbox_tui.tui.selection import MOST

if TYPE_CHECKING:
    from inbox_tui.tui.screens.main import MainScreen

NAMES = {By.SOURCE: "by source", By.TASK: "by task", By.RUN: "by run", By.DAY: "by day", By.THREAD: "in threads"}


class Grouping:
    """Over one main screen; its methods are actions of the registry. It stays on in every view, and over every filter."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self.by: By | None = None
        self.folds = Folds()

    @property
    def name(self) -> str:
        """How the list is grouped; "" where it is not."""
        return "" if self.by is None else NAMES[self.by]

    def group_source(self) -> None:
        self._choose(By.SOURCE)

    def group_task(self) -> None:
        self._choose(By.TASK)

    def group_run(self) -> None:
        self._choose(By.RUN)

    def group_day(self) -> None:
        self._choose(By.DAY)

    def threads(self) -> None:
        self._choose(By.THREAD)

    def _choose(self, by: By) -> None:
        """The same once more: no groups. The cursor stays on its row."""
        screen = self._screen
        row, view = screen.row, screen.list.listing.view
        self.by, self.folds = None if by is self.by else by, Folds()
        if screen.filtering.is_on:
            screen.filtering.search("" if row is None else row.id)
        else:
            self.show(view, "" if row is None else row.id)
        screen.say(f"{self.name}; {screen.keymap.shown('fold')} folds" if self.by else "no groups")

    def show(self, view: View, row: str = "") -> None:
        """A whole view, in groups or not; the cursor goes to `row`."""
        screen = self._screen
        if self.by is not None:
            from inbox_tui.core.query.tree import Query

            screen.searching.begin(Query(()), view, row=row)
            return
        screen.searching.forget()
        screen.list.show(view)
        screen.changes.index()
        if row and (y := screen.list.listing.place_of(row)) is not None:
            screen.list.move_to(y)

    # Folding

    def fold(self) -> None:
        """The group or the thread under the cursor, or open again."""
        rows = self._rows()
        if rows is None:
            return
        value = self.under_cursor(rows)
        if value is None:
            is_thread = self.by is By.THREAD
            self._screen.say("nothing belongs to it" if is_thread else "what needs you and what is pinned stays on top")
            return
        self.turn(value)

    def turn(self, value: str) -> None:
        """A group by its value: folded, or open again."""
        if (rows := self._rows()) is not None:
            self.folds.turn(value)
            self._refolded(rows)

    def fold_all(self) -> None:
        """All groups, or open again where one is folded."""
        if (rows := self._rows()) is not None:
            self.folds.turn_all(folded=not rows.groups.has_folded())
            self._refolded(rows)

    def _refolded(self, rows: GroupedRows) -> None:
        rows.groups.refolded()
        self._screen.list.take_changes(arrivals=False)
        self._screen.list.settle()
        self._screen.refresh_words()

    def under_cursor(self, rows: GroupedRows) -> str | None:
        """The value of the group that the cursor is in."""
        listing = self._screen.list.listing
        if listing.heading is not None:
            return listing.heading.value
        if self.by is By.THREAD:
            return listing.cursor.thread if isinstance(listing.cursor, Branch) else None
        group = None if listing.cursor_y is None else rows.groups.at(listing.cursor_y).group
        return None if group is None else group.value

    def select_folded(self) -> bool:
        """All rows of the group under the cursor, which is folded. False: there is none."""
        list_ = self._screen.list
        heading, source = list_.listing.heading, list_.listing.source
        if heading is None or not isinstance(source, GroupedRows):
            return False
        list_.selection.settle()
        list_.selection.add(source.ids_of(heading.value, MOST))
        list_.selection_changed()
        if heading.count > MOST:
            self._screen.say(f"the first {MOST:,} of {heading.count:,} are selected: no more at once")
        return True

    # From one to the next

    def next_group(self) -> None:
        self._jump(1)

    def previous_group(self) -> None:
        self._jump(-1)

    def _jump(self, step: int) -> None:
        rows, y = self._rows(), self._screen.list.listing.cursor_y
        if rows is None or y is None:
            return
        first = rows.groups.neighbour(y, step)
        if first is None:
            self._screen.say("no group below" if step > 0 else "no group above")
        else:
            self._screen.list.show_at_top(first)

    def _rows(self) -> GroupedRows | None:
        """The list in its groups; None: it has none, which is said."""
        source = self._screen.list.listing.source
        if isinstance(source, GroupedRows):
            return source
        self._screen.say(f"the list has no groups: {self._screen.keymap.shown('group_source')} and others make them")
        return None
