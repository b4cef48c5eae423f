"""Action responses: what was pressed under a sender's approvals and buttons, kept until the sender acknowledges it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from starlette.responses import JSONResponse, Response

from inbox_tui.core.callback import action_response
from inbox_tui.core.model import Document, decode
from inbox_tui.hub.endpoints import SEND, Answering, Call, Endpoint
from inbox_tui.hub.routes.agent_notifier.mounting import named
from inbox_tui.hub.store.reads import Untaken
from inbox_tui.hub.streaming import Streamed, event_frame
from inbox_tui.hub.wire import NothingNew
from inbox_tui.hub.wire_approvals import (
    MOST_RESPONSES,
    ActionResponse,
    ActionResponsesBody,
    ResponsesQuery,
)

_LOOK_SECONDS = 1.0
"""How late something may be found whose wake-up was lost, and how often a stream asks whether its key is still good."""
_PACE = 0.05
"""Seconds between two reads, where the space changes all the time."""


async def unacknowledged(call: Call) -> Response:
    limit = call.query(ResponsesQuery).limit
    caller = call.caller
    found = await call.hub.service.answers.untaken(caller.space, caller.sender, limit=limit + 1)
    return JSONResponse({"items": [_document(one) for one in found[:limit]], "more": len(found) > limit})


async def stream(call: Call) -> Answering:
    return Streamed(_events(call), call.hub.settings.send_seconds)


async def _events(call: Call) -> AsyncIterator[bytes]:
    """All that is unacknowledged, then what comes; each once on this connection, and again on the next until acknowledged."""
    hub, caller, answers = call.hub, call.caller, call.hub.service.answers
    loop, rev, told = asyncio.get_running_loop(), 0, set[str]()
    pinged_at = 0.0
    while not hub.feeds.closed.is_set() and await hub.access.still_good(caller):
        move = answers.next_move(caller.space)
        found = await answers.untaken(caller.space, caller.sender, after_rev=rev, limit=MOST_RESPONSES)
        rev = found[-1].rev if found else rev
        documents = [document for document in map(_document, found) if document["id"] not in told]
        told.update(document["id"] for document in documents)
        if documents:
            yield b"".join(event_frame("action_response", document) for document in documents)
        elif not found:
            if loop.time() - pinged_at >= hub.settings.ping_seconds:
                pinged_at = loop.time()
                yield event_frame("ping", {})
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await move.wait()
                await asyncio.sleep(_PACE)


async def acknowledge(call: Call) -> Response:
    caller, answers = call.caller, call.hub.service.answers
    answer = await answers.take(caller.space, caller.sender, named(call, "action response"))
    document, event_id = await answers.asked(caller.space, caller.sender, answer.id)
    return JSONResponse(action_response(decode(document), event_id))


def _document(untaken: Untaken) -> Document:
    return action_response(decode(untaken.document), untaken.event_id)


ENDPOINTS = [
    Endpoint(
        "GET", "/action-responses", "list_action_responses", "What was answered and is not acknowledged, oldest answer first",
        unacknowledged, roles=SEND, query=ResponsesQuery, answer=ActionResponsesBody, refusals=(503,),
    ),
    Endpoint(
        "GET", "/action-responses/stream", "stream_action_responses", "Follow what is answered", stream,
        roles=SEND, media_type="text/event-stream", events={"action_response": ActionResponse, "ping": NothingNew},
    ),
    Endpoint(
        "POST", "/action-responses/{id}/ack", "acknowledge_action_response", "Say that an answer has been handled", acknowledge,
        roles=SEND, answer=ActionResponse, refusals=(409, 503, 507),
    ),
]  # fmt: skip
