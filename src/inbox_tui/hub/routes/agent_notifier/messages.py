"""Messages: posted, and asked about."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from starlette.responses import JSONResponse, Response

from inbox_tui.core.ids import from_uuid, to_uuid
from inbox_tui.core.model import Event
from inbox_tui.core.times import to_wire
from inbox_tui.dialects.agent_notifier.message import MessageBody, to_event
from inbox_tui.hub.access import base_url
from inbox_tui.hub.endpoints import SEND, Call, Endpoint
from inbox_tui.hub.routes.agent_notifier.mounting import named
from inbox_tui.hub.service import Belonging, Published
from inbox_tui.hub.values import Turn
from inbox_tui.hub.wire_agent_notifier import AcceptedBody, StatusBody

_TURNS: dict[str, Turn] = {"session_start": "open", "session_end": "close"}


async def post(call: Call) -> Response:
    body = call.body(MessageBody)
    done = await call.hub.service.publish(
        call.caller.space,
        call.caller.sender,
        _heard_here(call, to_event(body)),
        idempotency_key=idempotency_key(body.client_event_id),
        belonging=belonging(body),
    )
    return JSONResponse(accepted(call, done) | ({"audio_status": "queued"} if body.as_audio else {}), 202)


def _heard_here(call: Call, event: Event) -> Event:
    """What is spoken is fetched from where its sender found the hub."""
    if event.speech is None:
        return event
    return replace(event, speech=replace(event.speech, base=base_url(call.request, call.hub.settings)))


def accepted(call: Call, done: Published) -> dict[str, object]:
    """What a sender is told of what it posted: by the event's id, however often it says the same again."""
    return {
        "id": to_uuid(done.event_id or done.id),
        "delivered_at": to_wire(done.at),
        "project_name": call.caller.name,
        "user_hash": hashlib.sha256(f"space {call.caller.space}".encode()).hexdigest()[:12],
    }


def belonging(body: MessageBody) -> Belonging:
    """What it says that it belongs to; whether the sender has it is for the writer to find out."""
    return Belonging(_ulid(body.session_id), _ulid(body.parent_id), _TURNS.get(body.type, ""))


def idempotency_key(client_event_id: str) -> str:
    """In a drawer of its own among the keys that one sender may use. Nobody hashes the body: what comes with a
    `client_event_id` again is the same by its sender's word."""
    return f"an:{client_event_id}" if client_event_id else ""


async def status(call: Call) -> Response:
    event_id = named(call, "message")
    details = await call.hub.service.messages.said(call.caller.space, call.caller.sender, event_id)
    attachments = details.get("attachments") or []
    said = {
        "id": to_uuid(event_id),
        "audio_status": details.get("audio_status"),
        "attachments_count": len(attachments),
        "attachment": attachments[0] if attachments else None,
        "attachments": attachments,
        "metadata": details.get("meta") or {},
    }
    return JSONResponse(said)


def _ulid(uuid: str) -> str:
    return from_uuid(uuid) if uuid else ""


ENDPOINTS = [
    Endpoint(
        "POST", "/messages", "post_message", "Post a message as Agent Notifier's senders do", post,
        roles=SEND, status=202, body=MessageBody, answer=AcceptedBody, refusals=(400, 429, 503, 507),
    ),
    Endpoint(
        "GET", "/messages/{id}/status", "get_message_status", "What became of a message of this project", status,
        roles=SEND, answer=StatusBody, refusals=(503,),
    ),
]  # fmt: skip
