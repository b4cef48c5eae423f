"""What the connection tells, put on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from inbox_tui.core.text import clean
from inbox_tui.tui import words
from inbox_tui.tui.messages import (
    CacheChanged,
    ConnectionChanged,
    DecisionChanged,
    Notice,
    Raised,
    StorageProblem,
    SyncMessage,
    TriageDone,
    TriageRefused,
)
from inbox_tui.tui.triaging import PAST

if TYPE_CHECKING:
    from inbox_tui.tui.app import InboxApp
    from inbox_tui.tui.screens.main import MainScreen

UNKNOWN = "outcome unknown: the row will tell"


class Told(Message, bubble=False):
    """One thing that the connection told, on its way to the screen."""

    def __init__(self, what: SyncMessage) -> None:
        super().__init__()
        self.what = what

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Told) and isinstance(self.what, CacheChanged) and isinstance(message.what, CacheChanged)


def tell(app: InboxApp, screen: MainScreen, what: SyncMessage) -> None:
    match what:
        case CacheChanged():
            screen.changes.take_in()
        case ConnectionChanged():
            screen.connection_changed(what)
        case StorageProblem(text, hub):
            screen.problem(clean(text, lines=False), hub)
        case DecisionChanged():
            decision_changed(screen, what)
        case TriageRefused(ids=ids, reason=reason, code=code):
            screen.triaging.refused(ids)
            if code == "waiting_here":
                screen.triaging.say_held()
            else:
                screen.say(f"not taken: {clean(reason, lines=False)}")
        case TriageDone(verb=verb, changed=changed, skipped=skipped, raised=raised, call=call, hub=hub):
            passed = screen.triaging.passed_over(call, skipped, raised)
            if passed or not call:
                told = "" if call else f"{PAST[verb]}: {changed:,} rows{f' of {hub}' if hub else ''}"
                screen.say("; ".join(part for part in (told, passed) if part))
        case Raised():
            app.alert(what)
        case Notice(text):
            screen.say(clean(text, lines=False))


def decision_changed(screen: MainScreen, change: DecisionChanged) -> None:
    """The row tells how its answer fares; so does the footer."""
    match change.state:
        case "sending":
            note = told = "sending…"
        case "unknown":
            note = told = UNKNOWN
        case "decided":
            note = told = _decided(screen, change)
        case "refused":
            note, told = "", _refusal(change, screen.me)
    screen.answering.fared(change, told)
    screen.list.note(change.id, note)
    # That this answer did nothing is told by nobody else: the row, which tells of another's, must not replace it.
    screen.say(told, about="" if change.state == "refused" else change.id)


def _decided(screen: MainScreen, change: DecisionChanged) -> str:
    """As the row tells it, where it is here already."""
    with screen.changes.reading_cache():
        row = screen.reader.row(change.id)
        if row is not None and row.notification.decision is not None:
            return words.state(row.notification, screen.me)
    return words.outcome(change.decision, screen.me) if change.decision else "answered"


def _refusal(change: DecisionChanged, me: str) -> str:
    if change.decision is not None:
        by, label = words.by(change.decision, me), clean(change.decision.label, lines=False)
        return f"already answered by {by}: {label}; this answer did nothing"
    return clean(change.detail, lines=False) or "the hub did not take the answer"
