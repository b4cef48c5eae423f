"""What a message belongs to: a session that the hub has opened for its sender, and an earlier message of the same sender."""

from __future__ import annotations

from dataclasses import dataclass, replace

from inbox_tui.core.errors import invalid
from inbox_tui.core.model import Event
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Wanted
from inbox_tui.hub.values import AgentSession, Belonging, InSession
from inbox_tui.hub.verbs import sessions


def placed(batch: Batch, event: Event, sender: str, to: Belonging | InSession) -> Event:
    """The event, its parent named by the row that it went to. Raises Refused 422, naming the field, for what the sender does not
    have. Its session is opened or closed; one that the sender named itself: see `sessions.enter`."""
    if isinstance(to, InSession):
        sessions.enter(batch, sender, to)
        return event
    parent = _row_of(batch, sender, to.parent_id) if to.parent_id else ""
    if to.session_id:
        _turn(batch, sender, to)
    return replace(event, details={**event.details, "parent_id": parent}) if parent else event


def _row_of(batch: Batch, sender: str, event_id: str) -> str:
    found = batch.select(statements.EVENT_OF_SENDER, id=event_id, sender=sender)
    if not found or not found[0][0]:
        raise invalid("body.parent_id", "is no message of this project")
    return str(found[0][0])


def _turn(batch: Batch, sender: str, to: Belonging) -> None:
    found = batch.select(statements.AGENT_SESSION, id=to.session_id, sender=sender)
    if not found:
        raise invalid("body.session_id", "is no session of this project: POST to /sessions opens one")
    _, _, ended_at = found[0]
    if (to.turn == "open" and ended_at is not None) or (to.turn == "close" and ended_at is None):
        batch.execute(statements.TURN_AGENT_SESSION, id=to.session_id, ended_at=batch.now if to.turn == "close" else None)


@dataclass(frozen=True, slots=True)
class OpenSession:
    sender: str
    title: str

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> AgentSession:
        session = AgentSession(batch.next_id(), self.title, batch.now, None)
        batch.execute(statements.OPEN_AGENT_SESSION, id=session.id, sender=self.sender, title=self.title, now=batch.now)
        return session
