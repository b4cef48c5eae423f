"""The hub about itself: health, version, capabilities; a token for browsers; stopping."""

from __future__ import annotations

import os

from starlette.responses import Response

from inbox_tui import __version__
from inbox_tui.core.errors import Refused
from inbox_tui.core.times import now, to_wire
from inbox_tui.hub import counting
from inbox_tui.hub.access import Door
from inbox_tui.hub.endpoints import EITHER, Call, Endpoint, reply
from inbox_tui.hub.wire import HealthBody, HubBody, StoppingBody, StreamTokenBody

CAPABILITIES = [
    "agent-notifier",
    "asks",
    "bulk",
    "decisions",
    "done",
    "events",
    "flows",
    "gestalt",
    "hints",
    "hooks",
    "jobs",
    "keys",
    "logs",
    "media",
    "metrics",
    "notilens",
    "resume",
    "spaces",
    "stream-token",
]


async def health(call: Call) -> Response:
    service = call.hub.service
    try:
        await service.head(call.hub.settings.space)
        can_read = True
    except Refused:
        can_read = False
    storage = service.storage_problem
    is_ready = can_read and not storage and not call.hub.feeds.closed.is_set()
    said = {"live": True, "ready": is_ready, "storage": storage, "version": __version__, "now": to_wire(now())}
    return reply(call, HealthBody, said)


async def hub(call: Call) -> Response:
    head = await call.hub.service.head(call.caller.space)
    said = {
        "name": "inbox",
        "version": __version__,
        "epoch": head.epoch,
        "capabilities": CAPABILITIES,
        "listen": call.hub.settings.listen,
        "pid": os.getpid(),
    }
    return reply(call, HubBody, said)


async def metrics(call: Call) -> Response:
    return Response(await call.hub.metrics.text(), media_type=counting.MEDIA_TYPE)


async def stream_token(call: Call) -> Response:
    token, expires_at = call.hub.tokens.make(call.caller.space, call.caller.name, call.caller.key_id)
    return reply(call, StreamTokenBody, {"token": token, "expires_at": to_wire(expires_at)})


async def stop(call: Call) -> Response:
    call.hub.stop()
    return reply(call, StoppingBody, {"stopping": True}, 202)


ENDPOINTS = [
    Endpoint(
        "GET", "/api/health", "health", "Whether the hub lives, and can store", health, door=Door.OPEN, answer=HealthBody
    ),
    Endpoint(
        "GET", "/api/hub", "about_hub", "What this hub is and can do", hub, roles=EITHER, answer=HubBody, refusals=(503,)
    ),
    Endpoint(
        "GET", "/metrics", "metrics", "The hub in numbers, for Prometheus", metrics, door=Door.OPEN,
        media_type=counting.MEDIA_TYPE,
    ),
    Endpoint(
        "POST", "/api/stream-token", "make_stream_token", "A token for a browser's EventSource", stream_token,
        answer=StreamTokenBody,
    ),
    Endpoint(
        "POST", "/api/hub/stop", "stop_hub", "Stop the hub", stop, door=Door.MACHINE, status=202, answer=StoppingBody
    ),
]  # fmt: skip
