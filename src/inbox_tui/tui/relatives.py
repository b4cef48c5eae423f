"""Rows that go with the one under the cursor: those of its source, task, run, session or day, and the one it belongs to.

To be shown alone is a filter of one more term, over what is shown, that can be read and changed as every other; `back` widens
again.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from inbox_tui.cache.pages import Row
from inbox_tui.cache.rows import View, is_in
from inbox_tui.core.model import Notification
from inbox_tui.core.text import clean
from inbox_tui.core.times import SECOND
from inbox_tui.tui import words

if TYPE_CHECKING:
    from inbox_tui.core.query.tree import Condition
    from inbox_tui.tui.screens.main import MainScreen


class Relatives:
    """Over one main screen; its methods are actions of the registry."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def same_source(self) -> None:
        if row := self._row():
            self.narrow("source", source=row.source) if row.source else self.narrow("sender", sender=row.sender)

    def same_task(self) -> None:
        if row := self._row():
            self.narrow("task", task=row.task_name)

    def same_run(self) -> None:
        """A run is its sender's: another's may have the same name."""
        if row := self._row():
            self.narrow("run", run=row.run_id, sender=row.sender, hub=row.hub)

    def same_session(self) -> None:
        if row := self._row():
            self.narrow("session", session=words.detail(row, "session_id") or words.detail(row, "subagent_id"))

    def same_day(self) -> None:
        if row := self._row():
            from inbox_tui.core.query.tree import At, When

            day = date.fromtimestamp(row.last_occurred_at // SECOND)
            after, before = At(day.isoformat()), At((day + timedelta(days=1)).isoformat())
            self._apply(When("after", after), When("before", before))

    def go_parent(self) -> None:
        """The cursor to the row that this one belongs to, in this list or in the view that has it."""
        if not (row := self._row()):
            return
        screen, parent = self._screen, words.detail(row, "parent_id")
        found = screen.reader.row(parent) if parent else None
        if found is None:
            screen.say("what it belongs to is not here" if parent else "it belongs to no other")
        else:
            self._go_to(found)

    def _go_to(self, row: Row) -> None:
        screen = self._screen
        if (y := screen.list.listing.place_of(row.id)) is not None:
            screen.list.move_to(y)
        else:
            screen.show_view(next(view for view in (View.ALL, View.SNOOZED, View.DONE) if is_in(view, row.notification)), row.id)

    def _row(self) -> Notification | None:
        row = self._screen.row
        return None if row is None else row.notification

    def narrow(self, what: str, **wanted: str) -> None:
        """To rows that have all of these, each as it is."""
        from inbox_tui.core.query.tree import Like, Pattern

        first = next(iter(wanted.values()))
        if not first:
            self._screen.say(f"it has no {what}")
        elif any(value != clean(value, lines=False) for value in wanted.values()):
            self._screen.say(f"its {what} cannot be written as a filter")
        else:
            self._apply(*(Like(field, Pattern((value,))) for field, value in wanted.items() if value))

    def _apply(self, *conditions: Condition) -> None:
        from inbox_tui.core.query.parse import QueryError, write
        from inbox_tui.core.query.tree import Query, Term

        try:
            self._screen.filtering.narrow(write(Query(tuple(map(Term, conditions)))))
        except QueryError as error:
            self._screen.say(str(error))
