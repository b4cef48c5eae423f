"""What time does to rows: each a change like any other, made in chunks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from inbox_tui.core import decide
from inbox_tui.core.model import Notification
from inbox_tui.core.times import SECOND
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Wanted
from inbox_tui.hub.verbs.decide import record_decision
from inbox_tui.hub.verbs.timers import Timer, permits

CHUNK = 250
GRACE = 5 * SECOND
"""How long a question whose time-out would permit is left to the process that counted it."""


@dataclass(frozen=True, slots=True)
class Expire:
    """Ends what ran out. `timers`: by row id, those of questions whose time-out would permit, counted by this process from their
    commit on. Answers how many rows it ended."""

    timers: Mapping[str, Timer]

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> int:
        ids = [str(row_id) for (row_id,) in batch.select(statements.EXPIRED, now=batch.now, limit=CHUNK)]
        ended = 0
        for held in batch.rows(ids):
            row = held.row
            if row.decision is not None or row.closed or row.expires_at is None or row.expires_at > batch.now:
                continue
            timer = self.timers.get(row.id)
            if timer is not None and not timer.is_over(batch.counted_at) and timer.is_over(batch.counted_at + 1):
                continue  # the two clocks differ by less than a second: the next tick will do
            if timer is None and permits(row) and row.expires_at > batch.now - GRACE:
                continue  # another process may have counted it, and comes first
            ended += 1
            row = self._ended(row, batch, timer)
            batch.put(held, row)
            if row.decision is not None:
                _log(batch, row)
                record_decision(batch, row)
        return ended

    def _ended(self, row: Notification, batch: Batch, timer: Timer | None) -> Notification:
        if not row.actionable:  # a message with a time to live: over, so nobody need look at it
            row = replace(row, done_at=row.done_at or batch.now, read_at=row.read_at or batch.now)
            return decide.close(row, "expired")
        may_permit = timer is not None and timer.may_permit and timer.is_over(batch.counted_at)
        return decide.on_timeout(row, may_permit=may_permit, now=batch.now)


def _log(batch: Batch, row: Notification) -> None:
    assert row.decision is not None
    batch.log(
        notification_id=row.id,
        outcome="decided",
        key=row.decision.key,
        decided_by=row.decision.by,
        via="time-out",
        attempt="",
        raised_rev=row.raised_rev,
        shown_hash="",
        latency=batch.now - row.raised_at,
    )


class EndSnoozes:
    """Brings back what was snoozed until now: it calls again, where there still is something to look at. Answers how many."""

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> int:
        ids = [str(row_id) for (row_id,) in batch.select(statements.SNOOZES_OVER, now=batch.now, limit=CHUNK)]
        ended = 0
        for held in batch.rows(ids):
            row = held.row
            if row.snoozed_until is None or row.snoozed_until > batch.now:
                continue
            ended += 1
            row = replace(row, snoozed_until=None)
            is_settled = row.done_at is not None or row.decision is not None
            raised = row if is_settled else replace(row, read_at=None, raised_at=batch.now)
            batch.put(held, raised, raised=not is_settled)
        return ended


@dataclass(frozen=True, slots=True)
class Lapse:
    """Marks rows whose askers have not been heard of for a whole lease. It forbids nothing. Answers how many."""

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> int:
        ids = [str(row_id) for (row_id,) in batch.select(statements.LAPSED, now=batch.now, limit=CHUNK)]
        lapsed = 0
        for held in batch.rows(ids):
            if held.lease_until is None or held.lease_until >= batch.now or not held.row.is_open:
                continue
            held.lease_until = None
            batch.put(held, replace(held.row, waiting="gone"))
            lapsed += 1
        return lapsed
