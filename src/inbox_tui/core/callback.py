"""What a callback says: the end of a question, told to an address that the asker named. Pure."""

from __future__ import annotations

from inbox_tui.core.decide import ask_status
from inbox_tui.core.model import Document, Notification, decision_document
from inbox_tui.core.times import to_wire


def callback_document(row: Notification, epoch: int, at: int) -> Document:
    """{type, timestamp, id, epoch, status, decision, title, kind, source, task_name, run_id, session_id, meta}.

    `id` and `epoch` are what the POST of the question was answered with; `status` is `decided` (then there is a `decision`),
    `expired`, `superseded` or `answered_elsewhere`; `meta` is what the asker sent along, to know its own question by.
    """
    decision = None
    if row.decision is not None:
        decision = decision_document(row.decision)
        del decision["delivery"]  # it is this very call that may still move it
    return {
        "type": "decision",
        "timestamp": to_wire(at),
        "id": row.id,
        "epoch": epoch,
        "status": ask_status(row),
        "decision": decision,
        "title": row.title,
        "kind": row.kind,
        "source": row.source,
        "task_name": row.task_name,
        "run_id": row.run_id,
        "session_id": row.asked_in,
        "meta": row.details.get("meta") or {},
    }
