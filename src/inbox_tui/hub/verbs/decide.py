"""An operator's answer: a compare-and-set on what that person was shown, logged whether it took or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from inbox_tui.core import decide, lifecycle
from inbox_tui.core.errors import Refused, unknown_id
from inbox_tui.core.model import REFUSING_KEYS, Event, Notification, encode
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Held, Wanted
from inbox_tui.hub.verbs.publish import event_text


@dataclass(frozen=True, slots=True)
class Decide:
    """`attempt` is made per key press; the same one again is answered the same. `via`: how it came here."""

    id: str
    key: str
    comment: str
    raised_rev: int
    epoch: int
    attempt: str
    by: str
    via: str
    shown_hash: str = ""

    def prepare(self, wanted: Wanted) -> None:
        wanted.ids.add(self.id)

    def run(self, batch: Batch) -> Callable[[], str]:
        """Answers, once all is written, the row's document. Raises Refused: 404, also for another epoch; 409; 422."""
        held = batch.row(self.id)
        if held is not None and self._is_repeated(batch):
            return lambda: document(held)
        try:
            if held is None or self.epoch != batch.space.epoch:
                raise unknown_id()
            row = decide.decide(
                held.row, key=self.key, comment=self.comment, by=self.by, raised_rev=self.raised_rev, now=batch.now
            )
        except Refused as refused:
            self._log(batch, held, f"refused: {refused.code}")
            raise
        batch.put(held, row)
        self._log(batch, held, "decided")
        record_decision(batch, row)
        return lambda: document(held)

    def _is_repeated(self, batch: Batch) -> bool:
        """This very key press has been answered: its answer was lost, or two were under way."""
        found = batch.select(statements.DECIDED_BY_ATTEMPT, attempt=self.attempt)
        same = (self.id, self.key)
        return same in [(id_, key) for id_, key in found] or (self.attempt, *same) in batch.decided_attempts

    def _log(self, batch: Batch, held: Held | None, outcome: str) -> None:
        if outcome == "decided" and self.attempt:
            batch.decided_attempts.add((self.attempt, self.id, self.key))
        batch.log(
            notification_id=self.id,
            outcome=outcome,
            key=self.key,
            decided_by=self.by,
            via=self.via,
            attempt=self.attempt,
            raised_rev=self.raised_rev,
            shown_hash=self.shown_hash,
            latency=batch.now - held.row.raised_at if held is not None else 0,
        )


def document(held: Held) -> str:
    """The row's document: as the batch has written it, or as it was before where the batch did not touch it."""
    return held.document or encode(held.row)


def record_decision(batch: Batch, row: Notification) -> None:
    """Writes the answer on the timeline of the row and of its run, as seed 000's events."""
    decision = row.decision
    assert decision is not None
    kind = lifecycle.INPUT_REJECTED if decision.key in REFUSING_KEYS else lifecycle.INPUT_APPROVED
    event = Event(
        kind=kind,
        title=decision.label,
        body=decision.comment,
        severity=lifecycle.severity_of(kind),
        source=row.source,
        run_id=row.run_id,
        details={"key": decision.key, "by": decision.by, "is_timeout_default": decision.is_timeout_default},
    )
    event_id = batch.next_id()
    batch.add_event(event_id, row.id, row.run_id, row.sender, event_text(event, event_id, row.id, row.sender, batch.now))
