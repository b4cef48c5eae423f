"""Where events come in: the NotiLens webhook, and our own publish call."""

from __future__ import annotations

import hashlib
import json

from starlette.responses import Response

from inbox_tui.core.model import Event
from inbox_tui.dialects import notilens, own
from inbox_tui.hub.access import Door
from inbox_tui.hub.endpoints import SEND, Call, Endpoint, idempotency_key, reply
from inbox_tui.hub.service import Published
from inbox_tui.hub.wire import PublishedBody, WebhookAnswer


async def webhook(call: Call) -> Response:
    done = await _publish(call, notilens.to_event(call.body(notilens.NotiLensEvent)))
    return Response(f'{{"id":"{done.id}","event_id":"{done.event_id}"}}', 202, media_type="application/json")


async def events(call: Call) -> Response:
    done = await _publish(call, own.to_event(call.body(own.EventBody)))
    said = {"id": done.id, "event_id": done.event_id, "rev": done.rev, "epoch": done.epoch}
    return reply(call, PublishedBody, said, 202)


async def _publish(call: Call, event: Event) -> Published:
    key = idempotency_key(call.request)
    body_hash = _hash(call) if key else ""
    return await call.hub.service.publish(call.caller.space, call.caller.sender, event, idempotency_key=key, body_hash=body_hash)


def _hash(call: Call) -> str:
    """Of what was said, not of how it was spelt: a retry may order its members otherwise."""
    text = json.dumps([call.name, call.document], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


_IDEMPOTENT = {"Idempotency-Key": "The same key again gets the first answer; with another body it is refused (409)."}

ENDPOINTS = [
    Endpoint(
        "POST",
        "/webhook/{token}/send",
        "send_by_webhook",
        "Publish as NotiLens clients do",
        webhook,
        door=Door.WEBHOOK,
        roles=SEND,
        status=202,
        body=notilens.NotiLensEvent,
        answer=WebhookAnswer,
        takes_headers={"X-NOTILENS-KEY": "The secret that belongs to the token."} | _IDEMPOTENT,
        refusals=(400, 409, 429, 503, 507),
    ),
    Endpoint(
        "POST",
        "/api/events",
        "publish_event",
        "Publish an event",
        events,
        roles=SEND,
        status=202,
        body=own.EventBody,
        answer=PublishedBody,
        takes_headers=_IDEMPOTENT,
        refusals=(400, 404, 409, 429, 503, 507),
    ),
]
