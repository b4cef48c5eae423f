"""What an operator may do to a row besides answering it. Pure: one table, used by the hub and by the pane's overlay alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple, get_args

from inbox_tui.core.model import Notification
from inbox_tui.core.mutes import may_mute

Verb = Literal["read", "unread", "done", "undone", "snooze", "unsnooze", "pin", "unpin", "mute", "unmute"]
VERBS: tuple[Verb, ...] = get_args(Verb)
BULK: tuple[Verb, ...] = tuple(verb for verb in VERBS if verb not in ("mute", "unmute"))
"""Those that many rows may be given at once. A mute is a rule: it reaches many rows by itself."""


def apply(verb: Verb, row: Notification, now: int, until: int | None = None) -> Notification:
    """The row after the verb; the same value where it changes nothing. Done reads as well; undone leaves it read. `until`:
    of a snooze, microseconds."""
    match verb:
        case "read":
            return row if row.read_at is not None else replace(row, read_at=now)
        case "unread":
            return row if row.read_at is None else replace(row, read_at=None)
        case "done":
            is_both = row.done_at is not None and row.read_at is not None
            return row if is_both else replace(row, done_at=row.done_at or now, read_at=row.read_at or now)
        case "undone":
            return row if row.done_at is None else replace(row, done_at=None)
        case "snooze" | "unsnooze":
            until = until if verb == "snooze" else None
            return row if row.snoozed_until == until else replace(row, snoozed_until=until)
        case "pin" | "unpin":
            return row if row.pinned == (verb == "pin") else replace(row, pinned=verb == "pin")
        case "mute" | "unmute":
            muted = verb == "mute" and may_mute(row)
            return row if row.muted == muted else replace(row, muted=muted)


class State(NamedTuple):
    """What triage changes of a row. `unread`: it was not read, muted or not."""

    unread: bool
    done: bool
    snoozed_until: int | None
    pinned: bool


def state_of(row: Notification) -> State:
    return State(row.read_at is None, row.done_at is not None, row.snoozed_until, row.pinned)


class Step(NamedTuple):
    """A verb with what it needs to know: of a snooze, its end."""

    verb: Verb
    until: int | None = None


def undo(verb: Verb, state: State) -> list[Step]:
    """What brings a row back to the state that it was in before `verb`, in this order."""
    match verb:
        case "read" | "unread":
            return [] if state.unread == (verb == "unread") else [Step("unread" if verb == "read" else "read")]
        case "done":
            return [Step("undone")] * (not state.done) + [Step("unread")] * state.unread
        case "undone":
            return ([Step("done")] + [Step("unread")] * state.unread) if state.done else []
        case "snooze" | "unsnooze":
            return [Step("unsnooze") if state.snoozed_until is None else Step("snooze", state.snoozed_until)]
        case "pin" | "unpin":
            return [] if state.pinned == (verb == "pin") else [Step("unpin" if verb == "pin" else "pin")]
        case "mute":
            return [Step("unmute")]
        case "unmute":
            return [Step("mute")]
