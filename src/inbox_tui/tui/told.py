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

if TYPE_CHECKING:
    from textual.app import App

    from inbox_tui.tui.screens.main import MainScreen

UNKNOWN = "outcome unknown, asking again"


class Told(Message, bubble=False):
    """One thing that the connection told, on its way to the screen."""

    def __init__(self, what: SyncMessage) -> None:
        super().__init__()
        self.what = what

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Told) and isinstance(self.what, CacheChanged) and isinstance(message.what, CacheChanged)


def tell(app: App[int], screen: MainScreen, what: SyncMessage) -> None:
    match what:
        case CacheChanged():
            screen.cache_changed()
        case ConnectionChanged():
            screen.connection_changed(what)
        case StorageProblem(text):
            screen.problem(clean(text, lines=False))
        case DecisionChanged():
            decision_changed(screen, what)
        case TriageRefused(reason=reason, code=code):
            waits = "somebody waits here for your answer: a answers it"
            screen.say(waits if code == "waiting_here" else f"not taken by the hub: {clean(reason, lines=False)}")
        case TriageDone(verb=verb, changed=changed, skipped=skipped):
            passed = f"; {skipped:,} passed over, somebody waits for them" if skipped else ""
            screen.say(f"{verb}: {changed:,} rows{passed}")
        case Raised(rows) if any(row.needs_me for row in rows):
            app.bell()
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
            note = told = words.outcome(change.decision, change.decision.by) if change.decision else "answered"
        case "refused":
            note, told = "", _refusal(change)
    if change.state in ("decided", "refused"):
        screen.answering.discard(change.id)
    screen.list.note(change.id, note)
    screen.say(told, about=change.id)


def _refusal(change: DecisionChanged) -> str:
    if change.decision is not None:
        who, label = (clean(text, lines=False) for text in (change.decision.by, change.decision.label))
        return f"answered by {who}: {label}; nothing answered by you"
    return clean(change.detail, lines=False) or "the hub did not take the answer"
