"""What became of the same request before: told with the question, so that nobody has to remember."""

from __future__ import annotations

from collections import Counter

from inbox_tui.core.model import Json, Notification
from inbox_tui.core.times import to_wire
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch

_LATEST = 50


def asked_before(batch: Batch, row: Notification) -> dict[str, Json]:
    """{count, decisions: {key: times}, last: {key, label, by, at}} of the same sender's earlier questions with the same request
    in the same place; {} where there is none. `last` is absent where nobody ever decided one. The newest fifty count."""
    if not row.request:
        return {}
    found = batch.select(statements.ROWS_OF_REQUEST, request=row.request, sender=row.sender, limit=_LATEST)
    earlier = [held.row for held in batch.rows(str(row_id) for (row_id,) in found) if _place(held.row) == _place(row)]
    if not earlier:
        return {}
    decided = [one.decision for one in earlier if one.decision is not None]
    told: dict[str, Json] = {"count": len(earlier), "decisions": dict(Counter(decision.key for decision in decided))}
    if decided:
        last = max(decided, key=lambda decision: decision.at)
        told["last"] = {"key": last.key, "label": last.label, "by": last.by, "at": to_wire(last.at)}
    return told


def _place(row: Notification) -> tuple[Json, ...]:
    return row.source, row.details.get("host"), row.details.get("repo") or row.details.get("cwd")
