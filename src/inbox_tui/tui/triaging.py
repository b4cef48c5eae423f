"""Triage by keys: on the selection if there is one, else on the row under the cursor. Each a method by its action's id.

What a row is when it is acted upon is what the person was shown: its id and its raised_rev go with the verb.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from inbox_tui.cache.pages import Shown
from inbox_tui.cache.rows import FOREIGN, View
from inbox_tui.core.moments import parse_moment
from inbox_tui.core.mutes import Scope
from inbox_tui.core.text import clean
from inbox_tui.core.triage import Verb, state_of
from inbox_tui.tui import muting, prompts, selection
from inbox_tui.tui.clocktime import coming
from inbox_tui.tui.undo import UndoStack, undoing

if TYPE_CHECKING:
    from inbox_tui.tui.screens.main import MainScreen

ASKED_FROM = 21
"""So many rows are asked for first."""
PAST: dict[Verb, str] = {
    "read": "read", "unread": "unread", "done": "done", "undone": "back in the inbox", "snooze": "snoozed",
    "unsnooze": "back from its snooze", "pin": "pinned", "unpin": "no longer pinned", "mute": "muted",
    "unmute": "no longer muted",
}  # fmt: skip
BACK: dict[Verb, str] = {
    "read": "unread again", "unread": "read again", "done": "back in the inbox", "undone": "done again",
    "snooze": "back from its snooze", "unsnooze": "snoozed again", "pin": "no longer pinned", "unpin": "pinned again",
    "mute": "no longer muted",
}  # fmt: skip
"""What undoing a verb comes to."""


class Triaging:
    """Over one main screen."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._undo = UndoStack(screen.reader)
        self._passed_over: dict[str, tuple[int, int]] = {}

    @property
    def can_undo(self) -> bool:
        return len(self._undo) > 0

    @property
    def is_all_foreign(self) -> bool:
        """Whether whatever is meant is of hubs that are not ours."""
        chosen, row = self._screen.list.selection, self._screen.row
        ids = chosen.ids if len(chosen) else [] if row is None else [row.id]
        return len(ids) > 0 and all(self._is_foreign(id_) for id_ in ids)

    def _is_foreign(self, id_: str) -> bool:
        return self._screen.reader.epoch_of(id_) == FOREIGN

    # Verbs

    def done(self) -> None:
        rows = self._targets()
        if len(rows) == 1 and rows[0].held:
            # The hub would refuse it, and the row would be gone for a moment and come back without the cursor.
            self.say_held()
            return
        verb: Verb = "undone" if rows and all(row.state.done for row in rows) else "done"
        self._act(verb, rows)
        self._screen.read(False)

    def toggle_read(self) -> None:
        rows = self._targets()
        self._act("read" if any(row.state.unread for row in rows) else "unread", rows)

    def pin(self) -> None:
        rows = self._targets()
        self._act("unpin" if rows and all(row.state.pinned for row in rows) else "pin", rows)

    def snooze_hour(self) -> None:
        self._snooze("1h")

    def snooze_hours(self) -> None:
        self._snooze("4h")

    def snooze_tomorrow(self) -> None:
        self._snooze("tomorrow 9")

    def snooze_week(self) -> None:
        self._snooze("next week")

    def snooze_until(self) -> None:
        if rows := self._targets():
            what = f"snooze {len(rows):,} rows until" if len(rows) > 1 else "snooze until"
            self._screen.prompt(prompts.Moment(what, self._read_moment, self._screen.now, lambda at: self._put_off(rows, at)))

    def unsnooze(self) -> None:
        rows = [row for row in self._targets() if row.state.snoozed_until is not None]
        self._act("unsnooze", rows, nothing="it is not snoozed")

    def _snooze(self, moment: str) -> None:
        self._put_off(self._targets(), self._read_moment(moment))

    def _read_moment(self, text: str) -> int:
        return parse_moment(text, self._screen.now())

    def _put_off(self, rows: Sequence[Shown], until: int) -> None:
        rows = [row for row in rows if not row.state.done]
        waits = "; somebody waits here for your answer" if any(row.held for row in rows) else ""
        told = f"snoozed until {coming(until, self._screen.now())}{waits}"
        self._act(
            "snooze",
            rows,
            until=until,
            told=told,
            nothing=f"it is done{self._screen.keymap.taught('done', 'brings it back first', ': ')}",
        )
        self._screen.read(False)

    def mute(self) -> None:
        screen, chosen = self._screen, self._screen.list.selection
        if len(chosen) > muting.MOST:
            screen.say(f"{len(chosen):,} rows are selected: of {muting.MOST} at most at once")
            return
        rows = screen.reader.rows(chosen.ids) if len(chosen) else [] if screen.row is None else [screen.row]
        if not rows:
            screen.say(self._no_row)
            return
        shown = [row.notification for row in rows]
        if all(row.muted for row in shown):
            self.mute_list()
            return
        choices = muting.choices(shown)

        def then(scope: Scope, span: str) -> None:
            until = self._read_moment(span) if span else None
            what = next(choice.label for choice in choices if choice.scope == scope)
            ends = f"until {coming(until, screen.now())}" if until is not None else "until you lift it"
            meant = [Shown(row.id, row.raised_rev, state_of(row), held=False) for row in muting.one_each(scope, shown)]
            self._act("mute", meant, until=until, scope=scope, told=f"muted {ends}: {what}; questions still reach you")

        screen.prompt(prompts.MuteMenu(choices, then, self.mute_list, choices[0].scope if choices else "source"))

    def mute_list(self) -> None:
        from inbox_tui.tui.screens.mutes import MutesScreen

        self._screen.app.push_screen(MutesScreen(self._screen.link, self._screen.now, self._screen.keymap))

    def read_all(self) -> None:
        listing, reader = self._screen.list.listing, self._screen.reader
        most = selection.MOST + 1
        if self._screen.filtering.is_on:
            ids = self._screen.searching.unread_ids()
        elif listing.view in (View.NEEDS, View.SNOOZED, View.DONE):
            ids = reader.ids(listing.view, 0, most)
        else:
            ids = reader.ids(View.UNREAD, 0, most)
        if len(ids) == most:
            self._read_very_many(reader.count(listing.view))
            return
        rows = [row for row in reader.shown(ids) if row.state.unread]
        self._act("read", rows, told=f"{len(rows):,} marked read", nothing="nothing is unread here")

    def _read_very_many(self, count: int) -> None:
        def then() -> None:
            self._screen.link.triage_all("read", self._screen.list.listing.view)
            self._screen.say("all marked read")

        question = f"Mark all {count:,} read? More than {selection.MOST:,} cannot be undone."
        self._screen.prompt(prompts.Confirm(question, then, self._nothing_done))

    # Acting

    def _targets(self) -> list[Shown]:
        """The rows that are meant, as they are shown."""
        chosen = self._screen.list.selection
        if len(chosen):
            return self._screen.reader.shown(chosen.ids)
        row = self._screen.row
        if row is None:
            return []
        shown = row.notification
        return [Shown(row.id, shown.raised_rev, state_of(shown), shown.is_open and shown.waiting == "here")]

    def _act(
        self,
        verb: Verb,
        rows: Sequence[Shown],
        *,
        until: int | None = None,
        scope: Scope | None = None,
        told: str = "",
        nothing: str = "",
    ) -> None:
        if not rows:
            self._screen.say(nothing or self._no_row)
            return
        if len(rows) < ASKED_FROM:
            self._do(verb, rows, until, scope, told)
            return
        what = PAST[verb] if verb in ("read", "unread", "done", "pin") else told or PAST[verb]
        question = f"{len(rows):,} rows: {what}?"
        self._screen.prompt(prompts.Confirm(question, lambda: self._do(verb, rows, until, scope, told), self._nothing_done))

    def _do(self, verb: Verb, rows: Sequence[Shown], until: int | None, scope: Scope | None, told: str) -> None:
        held = sum(row.held for row in rows) if verb == "done" else 0
        strange = {row.id for row in rows if verb not in ("read", "unread") and self._is_foreign(row.id)}
        rows = [row for row in rows if not (verb == "done" and row.held) and row.id not in strange]
        step = undoing(verb, rows, BACK[verb], scope)
        link = self._screen.link
        one = self._screen.reader.row(rows[0].id) if len(rows) == 1 else None
        self._send(verb, {row.id: row.raised_rev for row in rows}, until, scope)
        if step is not None:
            self._undo.push(step, link)
        self._screen.list.clear_selection()
        said = told or PAST[verb]
        if len(rows) > 1 and scope is None and not told.startswith(f"{len(rows):,}"):
            said = f"{len(rows):,} rows {said}"
        elif one is not None and not told:
            said = f"{said}: {clean(one.notification.title, lines=False)}"
        passed = f"; {held:,} passed over, somebody waits for them" if held else ""
        passed += f"; {len(strange):,} passed over, their hub cannot do it" if strange else ""
        key = self._screen.keymap.shown("undo")
        undo = f" · {key} undo" if step is not None and key and told else ""
        self._screen.say(f"{said}{passed}{undo}")

    def _send(self, verb: Verb, rows: Mapping[str, int], until: int | None, scope: Scope | None) -> None:
        """Rows as the person saw them, though they may have called again since: the hub then leaves them as they are."""
        link = self._screen.link
        if len(rows) > 1 and scope is None:
            link.triage_rows(verb, rows, until=until)
            return
        for row in self._screen.reader.rows([*rows]):
            shown = replace(row, notification=replace(row.notification, raised_rev=rows[row.id]))
            link.triage(verb, shown, until=until, scope=scope)

    @property
    def _no_row(self) -> str:
        """Why there is nothing to act upon."""
        if self._screen.list.listing.heading is None:
            return ""
        keymap = self._screen.keymap
        return f"a group, folded{keymap.taught('open', 'opens it', ': ')}{keymap.taught('select', 'selects its rows', ', ')}"

    def _nothing_done(self) -> None:
        self._screen.say("nothing was changed")

    def say_held(self) -> None:
        answers = self._screen.keymap.taught("answer", "answers it", ": ")
        self._screen.say(f"somebody waits here for your answer{answers}")

    # Undoing

    def undo(self) -> None:
        link, reader = self._screen.link, self._screen.reader
        step = self._undo.pop(link)
        if step is None:
            self._screen.say("nothing to undo")
            return
        raised: set[str] = set()
        for call in step.calls:
            now = {row.id: row.raised_rev for row in reader.shown([*call.rows])}
            raised |= {id_ for id_, rev in now.items() if rev != call.rows[id_]}
            rows = {id_: rev for id_, rev in now.items() if rev == call.rows[id_]}
            if rows:
                self._send(call.verb, rows, call.until, call.scope)
        count = len(step.ids)
        again = f"; {len(raised):,} called again since, and stay" if raised else ""
        self._screen.say((step.told if count == 1 else f"{step.told}: {count:,} rows") + again)

    def refused(self, ids: Sequence[str]) -> None:
        """The hub did not take it, so there is nothing of it to undo."""
        self._undo.refused(ids, self._screen.link)

    def passed_over(self, call: str, skipped: int, raised: int) -> str:
        """What the hub passed over of a call that came in parts, in words; "" where it was nothing."""
        before = self._passed_over.get(call, (0, 0))
        skipped, raised = before[0] + skipped, before[1] + raised
        self._passed_over = {call: (skipped, raised)}
        parts = [f"{skipped:,} that somebody waits for"] * bool(skipped) + [f"{raised:,} that called again"] * bool(raised)
        return f"passed over: {', '.join(parts)}" if parts else ""

    # Selecting

    def select(self) -> None:
        row, list_ = self._screen.row, self._screen.list
        if self._screen.grouping.select_folded():
            return
        if row is not None and not self._screen.reading:
            list_.selection.toggle(row.id)
            list_.selection_changed()
            if list_.selection.anchor == "":
                list_.move_by(1)

    def select_range(self) -> None:
        row, list_ = self._screen.row, self._screen.list
        if row is None or self._screen.reading:
            return
        if list_.selection.anchor:
            list_.selection.settle()
        else:
            list_.selection.begin(row.id)
        list_.selection_changed()

    def select_all(self) -> None:
        list_ = self._screen.list
        ids = list_.listing.source.ids(0, selection.MOST)
        list_.selection.settle()
        list_.selection.add(ids)
        list_.selection_changed()
        count = list_.listing.count
        if count > selection.MOST:
            self._screen.say(f"the first {len(ids):,} of {count:,} are selected: no more at once")
