"""What is kept no longer: a bounded piece of it a commit. Never an open prompt, and never the decision log."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from inbox_tui.core import ids
from inbox_tui.core.times import DAY
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Wanted
from inbox_tui.hub.values import Retention
from inbox_tui.hub.verbs.media import sweep

ROWS, RECORDS = 250, 1000
"""At most so many rows, and records of any other table, a commit."""


@dataclass(frozen=True, slots=True)
class Retain:
    retention: Retention
    every: int = 0
    """Microseconds: nothing is done where another process found nothing more to do within so long."""

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> bool:
        """Whether there may be more to do."""
        keep, space = self.retention, batch.space
        if space.retained_at > batch.now - self.every:
            return False
        rows = self._rows(batch)
        tombstones = _tombstones(batch, batch.now - keep.tombstone_days * DAY)
        before = _first_id_at(batch.now - keep.events_days * DAY)
        events = batch.delete_found(statements.OLD_EVENTS, statements.DELETE_EVENTS, before=before, limit=RECORDS)
        measures = self._measures(batch)
        keys_cutoff = batch.now - keep.idempotency_days * DAY
        records = [_by_age(batch, table, keys_cutoff) for table in ("idempotency", "triage_call", "ask", "job")]
        records += [_by_age(batch, table, batch.now - keep.rows_days * DAY) for table in ("run", "agent_session", "session")]
        if sweep(batch) or rows == ROWS or RECORDS in (tombstones, events, measures, *records):
            return True
        space.retained_at = batch.now
        return False

    def _rows(self, batch: Batch) -> int:
        keep = self.retention
        cutoff = batch.now - keep.rows_days * DAY
        found = batch.select(statements.OLD_ROWS, before=_first_id_at(cutoff), cutoff=cutoff, limit=ROWS)
        gone = [str(row_id) for (row_id,) in found]
        excess = min(batch.space.size - keep.rows_most, ROWS) - len(gone)
        if excess > 0:
            first = batch.select(statements.FIRST_ROWS, limit=ROWS)
            gone += [str(row_id) for (row_id,) in first if row_id not in gone][:excess]
        for held in batch.rows(gone):
            if held.row.id not in batch.touched:  # what this very batch changed waits for the next
                batch.remove(held)
        return len(gone)

    def _measures(self, batch: Batch) -> int:
        keep = self.retention
        erase, before = statements.erase_between("measure"), _first_id_at(batch.now - keep.events_days * DAY)
        gone = batch.delete_found(statements.OLD_MEASURES, erase, before=before, limit=RECORDS)
        excess = min(batch.space.measures - keep.measures_most, RECORDS) - gone
        if excess > 0:
            gone += batch.delete_found(statements.first_records("measure"), erase, limit=excess)
        batch.space.measures -= gone
        return gone


def _first_id_at(at: int) -> str:
    return ids.encode(max(0, at // 1000) << 80)


def _tombstones(batch: Batch, cutoff: int) -> int:
    """The floor rises with those that go: a cursor below it may have missed a removal."""
    found = batch.select(statements.FIRST_TOMBSTONES, limit=RECORDS)
    old = [int(rev) for rev, _ in takewhile(lambda record: record[1] < cutoff, found)]
    if old:
        batch.execute(statements.DELETE_TOMBSTONES, first=old[0], last=old[-1])
        batch.space.floor = max(batch.space.floor, old[-1])
    return len(old)


def _by_age(batch: Batch, table: str, cutoff: int) -> int:
    return batch.delete_found(statements.oldest(table), statements.delete_between(table), cutoff=cutoff, limit=RECORDS)
