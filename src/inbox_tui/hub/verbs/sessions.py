"""Sessions that senders name themselves (seed 004): opened when first spoken in, or before; each knows its plan's last word."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from inbox_tui.core.errors import Refused, unknown_id
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.reads import session_from, session_record
from inbox_tui.hub.store.records import Wanted
from inbox_tui.hub.values import InSession, Session, Terminal

MOST = 1000
"""Sessions of one space: one that makes them without end is no agent."""


def enter(batch: Batch, sender: str, said: InSession) -> None:
    """Something was said in a session. Raises Refused 404 where there is none and none may be made, 409 `too_many_sessions`."""
    known = _session(batch, said.session_id)
    if known is None:
        if said.is_strict:
            raise unknown_id("session")
        _open(batch, Session(said.session_id, sender, batch.now, batch.now, Terminal(), said.plan))
    else:
        batch.execute(statements.TOUCH_SESSION, id=known.id, last_at=batch.now, plan=said.plan or known.plan)


@dataclass(frozen=True, slots=True)
class Register:
    """Opens a session, or says anew where it takes text; who names no terminal takes none away. With no `id` it is the first free
    number after `label`: "Codex 2". Answers it."""

    sender: str
    id: str
    label: str
    terminal: Terminal

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> Session:
        """Raises Refused 409 `too_many_sessions`."""
        known = _session(batch, self.id) if self.id else None
        name = self.id or next(name for n in count(1) if _session(batch, name := f"{self.label} {n}") is None)
        opened_at, plan = (known.opened_at, known.plan) if known else (batch.now, "")
        terminal = known.terminal if known is not None and not self.terminal.pane else self.terminal
        session = Session(name, self.sender, opened_at, batch.now, terminal, plan)
        if known is not None:
            batch.execute(statements.DELETE_SESSION, id=name)
        _open(batch, session)
        return session


@dataclass(frozen=True, slots=True)
class Close:
    """Forgets a session; what was said in it stays. `sender` "": whoever opened it."""

    id: str
    sender: str

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> None:
        """Raises Refused 404."""
        known = _session(batch, self.id)
        if known is None or self.sender not in ("", known.sender):
            raise unknown_id("session")
        batch.execute(statements.DELETE_SESSION, id=self.id)


def _session(batch: Batch, id: str) -> Session | None:  # noqa: A002
    found = batch.select(statements.SESSION, id=id)
    return session_from(found[0]) if found else None


def _open(batch: Batch, session: Session) -> None:
    if len(batch.select(statements.SESSIONS, limit=MOST)) == MOST:
        raise Refused(409, f"There are {MOST:,} sessions already: close some first.", code="too_many_sessions")
    batch.open_session(session_record(session))
