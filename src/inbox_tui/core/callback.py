"""What is told to an address: the end of a question, where its asker named one; an answer, where its project has one. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inbox_tui.core.decide import ask_status
from inbox_tui.core.ids import to_uuid
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


def webhook_document(row: Notification, event_id: str, at: int) -> Document:
    """What a project's webhook is told of an answer: {type, timestamp, data}, data as `action_response`."""
    return {"type": "action_response", "timestamp": to_wire(at), "data": action_response(row, event_id)}


def action_response(row: Notification, event_id: str) -> Document:
    """An answered row, as its sender gets it: {id, notification_id, project_name, action, label, text, is_timeout_default,
    responded_at, responded_by, acknowledged, type, title, event, session_id, metadata}.

    `id` is what an approval is asked about and acknowledged by, for messages with buttons too; `notification_id` what the POST
    was answered with, "" where its event is kept no longer.
    """
    decision = row.decision
    assert decision is not None
    details: Mapping[str, Any] = row.details
    return {
        "id": to_uuid(row.id),
        "notification_id": to_uuid(event_id) if event_id else "",
        "project_name": row.sender,
        "action": decision.key,
        "label": decision.label,
        "text": decision.comment,
        "is_timeout_default": decision.is_timeout_default,
        "responded_at": to_wire(decision.at),
        "responded_by": decision.by,
        "acknowledged": decision.delivery in ("delivered", "sent"),
        "type": row.kind.removeprefix("an."),
        "title": row.title,
        "event": details.get("event", ""),
        "session_id": details.get("session_id", ""),
        "metadata": details.get("meta", {}),
    }
