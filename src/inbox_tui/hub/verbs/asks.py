"""The asker's side of a question, addressed by its own random key, which is the capability to read the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from inbox_tui.core import decide
from inbox_tui.core.model import decision_document
from inbox_tui.core.times import SECOND
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Ask, Held, Wanted
from inbox_tui.hub.values import UNKNOWN, Answer
from inbox_tui.hub.verbs.publish import LEASE


def answer_of(held: Held) -> Answer:
    """What the asker of the row is told."""
    row = held.row
    decision = decision_document(row.decision) if row.decision is not None else None
    return Answer(row.id, held.epoch, decide.ask_status(row), decision)


def renewed(batch: Batch, held: Held, wait: float) -> Answer:
    """What the asker is told who waits for `wait` seconds from now."""
    if held.row.is_open:
        if held.row.waiting != "here":
            batch.put(held, replace(held.row, waiting="here"))
        batch.lease(held, batch.now + round(wait * SECOND) + LEASE)
    return answer_of(held)


def taken(batch: Batch, held: Held, *, is_confirmed: bool) -> Answer:
    """What the asker is told who has the answer; or (not `is_confirmed`) to whose connection it is about to be written."""
    row = decide.acknowledge(held.row) if is_confirmed else decide.sent(held.row)
    if row is not held.row:
        batch.put(held, row)
    return answer_of(held)


@dataclass(frozen=True, slots=True)
class _Asked:
    sender: str
    key: str

    def prepare(self, wanted: Wanted) -> None:
        wanted.ask_keys.add(self.key)

    def held(self, batch: Batch) -> Held | None:
        ask = batch.ask(self.sender, self.key)
        return batch.row(ask.notification_id) if ask is not None and ask.notification_id else None


@dataclass(frozen=True, slots=True)
class Poll(_Asked):
    """The asker waits, for `wait` seconds from now: its lease is renewed. `epoch` None: whichever its question is of."""

    epoch: int | None = None
    wait: float = 0.0

    def run(self, batch: Batch) -> Answer:
        held = self.held(batch)
        if held is None or (self.epoch is not None and held.epoch != self.epoch):
            return UNKNOWN
        return renewed(batch, held, self.wait)


@dataclass(frozen=True, slots=True)
class Acknowledge(_Asked):
    """The asker has the answer to the question that it names, and is about to act; or (not `is_confirmed`) the answer is about to
    be written to its connection."""

    id: str
    epoch: int
    is_confirmed: bool = True

    def run(self, batch: Batch) -> Answer:
        held = self.held(batch)
        if held is None or (held.row.id, held.epoch) != (self.id, self.epoch):
            return UNKNOWN
        return taken(batch, held, is_confirmed=self.is_confirmed)


@dataclass(frozen=True, slots=True)
class Withdraw(_Asked):
    """The asker gave up. Before its POST was committed this is remembered: the question is then born withdrawn."""

    def run(self, batch: Batch) -> Answer:
        ask = batch.ask(self.sender, self.key)
        if ask is None or not ask.withdrawn:
            batch.put_ask(Ask(self.sender, self.key, ask.notification_id if ask is not None else "", withdrawn=True))
        held = self.held(batch)
        if held is None:
            return replace(UNKNOWN, status="withdrawn")
        row = decide.withdraw(held.row)
        if row is not held.row:
            batch.put(held, row)
        return answer_of(held)
