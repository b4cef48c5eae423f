"""What an operator does to rows besides answering: one row as it was shown, some of them, or all up to a rev."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inbox_tui.core import triage
from inbox_tui.core.errors import Refused, unknown_id
from inbox_tui.core.model import Notification
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.database import Value
from inbox_tui.hub.store.records import Call, Held, Wanted
from inbox_tui.hub.values import Bulk

CHUNK = 250
"""Rows that a bulk verb changes in one commit: a hundred thousand in one would stop ingest for a second."""
STRETCH = 5_000
"""Rows that are looked at in one commit."""


@dataclass(frozen=True, slots=True)
class Triage:
    """`seen` is the raised_rev that the operator was shown; None: whatever it is. `until`: of a snooze, microseconds."""

    id: str
    verb: triage.Verb
    seen: int | None = None
    idempotency_key: str = ""
    until: int | None = None

    def prepare(self, wanted: Wanted) -> None:
        wanted.ids.add(self.id)

    def run(self, batch: Batch) -> int:
        """The rev that shows it. Raises Refused 404; 409 `changed`, `waiting_here`."""
        if (earlier := batch.call(self.idempotency_key)) is not None:
            return earlier.rev
        held = shown_row(batch, self.id, self.seen)
        if self.verb == "done" and is_waited_for(held.row):
            raise Refused(409, "Somebody waits for its answer: answer it first.", code="waiting_here")
        row = triage.apply(self.verb, held.row, batch.now, self.until)
        if row is not held.row:
            batch.put(held, row)
        batch.answer_call(Call(self.idempotency_key, held.row.rev))
        return held.row.rev


def shown_row(batch: Batch, id: str, seen: int | None) -> Held:  # noqa: A002
    """The row, if it has not called since it was shown. Raises Refused 404; 409 `changed`."""
    held = batch.row(id)
    if held is None:
        raise unknown_id()
    if seen is not None and held.row.raised_rev > seen:
        raise Refused(409, "It has called again since you were shown it.", code="changed")
    return held


@dataclass(frozen=True, slots=True)
class TriageRows:
    """Rows by their ids, each with the raised_rev that the operator was shown; at most CHUNK. What is gone is passed over."""

    verb: triage.Verb
    rows: Mapping[str, int]
    idempotency_key: str = ""
    until: int | None = None

    def prepare(self, wanted: Wanted) -> None:
        wanted.ids.update(self.rows)

    def run(self, batch: Batch) -> Bulk:
        if (call := batch.call(self.idempotency_key)) is not None:
            return Bulk(call.rev, call.changed, call.skipped, call.raised)
        changed = skipped = raised = 0
        for held in batch.rows(self.rows):
            if held.row.raised_rev > self.rows[held.row.id]:
                raised += 1
            elif self.verb == "done" and is_waited_for(held.row):
                skipped += 1
            else:
                changed += _apply(batch, held, self.verb, self.until)
        answer = Bulk(batch.space.rev, changed, skipped, raised)
        batch.answer_call(Call(self.idempotency_key, answer.rev, changed, skipped, raised))
        return answer


@dataclass(frozen=True, slots=True)
class Chunk:
    """Where a bulk verb stands after one commit. `after` is "" when it is through."""

    after: str
    rev: int
    changed: int
    skipped: int


@dataclass(frozen=True, slots=True)
class TriageChunk:
    """The next rows after the id `after`, of those not raised since `up_to`."""

    verb: triage.Verb
    up_to: int
    after: str
    unread: bool
    needs_me: bool
    until: int | None = None
    listed: bool = False
    """Only what is in the list: not what is snoozed."""

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> Chunk:
        params: dict[str, Value] = {"after": self.after, "length": STRETCH, "up_to": self.up_to, "limit": CHUNK}
        params |= {"until": self.until} if self.verb == "snooze" else {}
        targets = statements.triage_targets(self.verb, unread=self.unread, needs_me=self.needs_me, listed=self.listed)
        found = batch.select(targets, **params)
        ids = [str(row_id) for (row_id,) in found]
        changed = skipped = 0
        for held in batch.rows(ids):
            # Read as it was before this batch: an earlier verb of the batch may have raised it since.
            if held.row.raised_rev > self.up_to:
                continue
            if self.verb == "done" and is_waited_for(held.row):
                skipped += 1
                continue
            changed += _apply(batch, held, self.verb, self.until)
        return Chunk(place_after(batch, self.after, ids), batch.space.rev, changed, skipped)


@dataclass(frozen=True, slots=True)
class RecallBulk:
    """What the same bulk call was answered before; None where it is new."""

    idempotency_key: str

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> Bulk | None:
        call = batch.call(self.idempotency_key)
        return Bulk(call.rev, call.changed, call.skipped, call.raised) if call is not None else None


@dataclass(frozen=True, slots=True)
class RememberBulk:
    idempotency_key: str
    answer: Bulk

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> None:
        if batch.call(self.idempotency_key) is None:
            answer = self.answer
            batch.answer_call(Call(self.idempotency_key, answer.rev, answer.changed, answer.skipped))


def place_after(batch: Batch, after: str, found: list[str]) -> str:
    """Where the next commit goes on, `found` being the ids of this one's stretch behind `after`; "" where nothing is left."""
    if len(found) == CHUNK:
        return found[-1]
    end = batch.select(statements.END_OF_STRETCH, after=after, length=STRETCH)
    return str(end[0][0]) if end else ""


def is_waited_for(row: Notification) -> bool:
    """Somebody waits for the row's answer at this moment."""
    return row.is_open and row.waiting == "here"


def _apply(batch: Batch, held: Held, verb: triage.Verb, until: int | None) -> bool:
    """Whether that changes anything."""
    row = triage.apply(verb, held.row, batch.now, until)
    if row is held.row:
        return False
    batch.put(held, row)
    return True
