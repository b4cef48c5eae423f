"""Answering by keys: the question under the cursor, or many of them at once. Each a method by its action's id.

What is sent is the row as it was shown, its id and its raised_rev; how it fares is told by the row, the footer and the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inbox_tui.cache.pages import Row
from inbox_tui.cache.rows import View
from inbox_tui.tui import preflight, words
from inbox_tui.tui.messages import DecisionChanged
from inbox_tui.tui.widgets.question import Question

if TYPE_CHECKING:
    from inbox_tui.tui.screens.main import MainScreen

LOOKED_AT = 1000
"""Rows of a selection that are looked through for questions."""


class Answering:
    """Over one main screen. `sent`: rows whose answer is on its way."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self.sent: set[str] = set()

    def answer(self) -> None:
        row = self._screen.row
        if row is None:
            return
        current: Row | None = self._screen.reader.row(row.id)
        if current is None or not current.notification.is_open:
            state = words.state(current.notification, self._screen.me) if current is not None else ""
            self._screen.say(state or "this asks nothing")
        elif current.id in self.sent:
            self._screen.say("your answer is on its way")
        else:
            self._screen.bar.ask(current)

    def answer_many(self) -> None:
        screen = self._screen
        ids = screen.list.selection.ids[:LOOKED_AT]
        if not ids and screen.list.listing.view is View.NEEDS and not screen.filtering.is_on:
            ids = screen.reader.ids(View.NEEDS, 0, LOOKED_AT)
        if not ids:
            select, needs = map(screen.keymap.shown, ("select", "go_needs"))
            screen.say(f"select questions first ({select}), or see all that need you ({needs})")
            return
        found = preflight.gather(ids, screen.reader.row, self.sent.__contains__, screen.is_away)
        if found.entries:
            screen.set_class(True, "-preflight")
            screen.preflight.put(found)
        else:
            why = {why for _, why in found.left_out}
            screen.say("nothing to answer here" + (f": {why.pop()}" if len(why) == 1 else ""))

    def send(self, event: Question.Answered) -> None:
        """What the person answered, as it was shown."""
        screen = self._screen
        self.sent.add(event.row.id)
        screen.list.note(event.row.id, "sending…")
        screen.say("sending…", about=event.row.id)
        if screen.preflight.is_answered:
            screen.list.clear_selection()
        screen.link.decide(event.row, event.choice.key)

    def closed(self, event: Question.Closed) -> None:
        self._screen.set_class(self._screen.preflight.is_open, "-preflight")
        self._screen.say(event.reason)

    def follow(self) -> None:
        """The cache has changed."""
        screen = self._screen
        if screen.bar.row is not None:
            screen.bar.follow(screen.reader.row(screen.bar.row.id))
        screen.preflight.follow(screen.reader.row, screen.me)

    def fared(self, change: DecisionChanged, told: str) -> None:
        """How an answer fares, also in the list of many. Where its hub says nothing, no other is sent after it."""
        if change.state == "sending":
            return
        # Also where the outcome is unknown: the hub takes one answer only, so a second try can do no harm.
        self.sent.discard(change.id)
        is_silent = change.state == "unknown" or change.code == "offline"
        self._screen.preflight.fared(change.id, told, was_taken=change.state == "decided", halts=is_silent)
