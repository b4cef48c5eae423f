"""Approvals: asked, waited for in three ways, asked about, acknowledged.

A connection that ends closes nothing: the question stays, and the same `client_event_id`, or the approval's id, finds its answer
again, also after the hub's own end. An answer that is written to a waiting connection counts as sent, and as acknowledged.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from starlette.responses import JSONResponse, Response

from inbox_tui.core.ids import to_uuid
from inbox_tui.core.model import Document, decode
from inbox_tui.dialects.agent_notifier.approval import ApprovalBody, format_of, to_event
from inbox_tui.dialects.agent_notifier.formats import payload
from inbox_tui.hub.endpoints import SEND, Answering, Call, Endpoint
from inbox_tui.hub.routes.agent_notifier.messages import accepted, belonging, idempotency_key
from inbox_tui.hub.routes.agent_notifier.mounting import named
from inbox_tui.hub.service import Answer
from inbox_tui.hub.streaming import Streamed, event_frame
from inbox_tui.hub.waiting import unless_over
from inbox_tui.hub.wire_approvals import ApprovalAccepted, ApprovalSent, ApprovalState, WaitQuery

_POLL_SECONDS = 30.0


async def post(call: Call) -> Answering:
    body, sender = call.body(ApprovalBody), call.caller.sender
    if body.response_format != "raw":  # a time-out allows nothing in a hook's answer, whatever the key may
        sender = replace(sender, may_permit_on_timeout=False)
    done = await call.hub.service.publish(
        call.caller.space,
        sender,
        to_event(body),
        idempotency_key=idempotency_key(body.client_event_id),
        belonging=belonging(body),
    )
    said = accepted(call, done)
    ids = {"approval_id": to_uuid(done.id), "notification_id": said["id"]}
    if body.wait == "none":
        return JSONResponse(said | ids, 202)
    if body.wait == "sse":
        return Streamed(_events(call, done.id, ids), call.hub.settings.send_seconds)
    while (answer := await unless_over(call, _wait(call, done.id, _POLL_SECONDS))).status == "open":
        pass
    return JSONResponse(await _delivered(call, answer))


async def _events(call: Call, row_id: str, ids: Document) -> AsyncIterator[bytes]:
    hub = call.hub
    yield event_frame("sent", ids)
    while not hub.feeds.closed.is_set() and await hub.access.still_good(call.caller):
        answer = await unless_over(call, _wait(call, row_id, hub.settings.ping_seconds), is_listening=False)
        if answer.status != "open":
            yield event_frame("decided", await _delivered(call, answer))
            return
        yield b": waiting\n\n"


async def one(call: Call) -> Response:
    waiting = _wait(call, named(call, "approval"), call.query(WaitQuery).wait)
    return JSONResponse(await _said(call, await unless_over(call, waiting, is_listening=False)))


async def acknowledge(call: Call) -> Response:
    caller = call.caller
    answer = await call.hub.service.answers.take(caller.space, caller.sender, named(call, "approval"))
    return JSONResponse(await _said(call, answer))


async def _wait(call: Call, row_id: str, seconds: float) -> Answer:
    return await call.hub.service.answers.wait(call.caller.space, call.caller.sender, row_id, seconds)


async def _delivered(call: Call, answer: Answer) -> Document:
    """What is about to be written to the connection that waits; nobody will say whether it arrived."""
    if answer.status == "decided":
        caller = call.caller
        answer = await call.hub.service.answers.take(caller.space, caller.sender, answer.id, is_confirmed=False)
    return await _said(call, answer)


async def _said(call: Call, answer: Answer) -> Document:
    """As `ApprovalState`. Its format is the one that was asked with."""
    document, event_id = await call.hub.service.answers.asked(call.caller.space, call.caller.sender, answer.id)
    row, decision, is_open = decode(document), answer.decision, answer.status == "open"
    return {
        "approval_id": to_uuid(answer.id),
        "notification_id": to_uuid(event_id) if event_id else "",
        "status": "pending" if is_open else answer.status,
        "decision": decision,
        "is_timeout_default": decision is not None and decision["is_timeout_default"],
        "acknowledged": decision is not None and decision["delivery"] in ("delivered", "sent"),
        "response_payload": None if is_open else payload(format_of(row), answer.status, decision),
        "metadata": row.details.get("meta", {}),
    }


ENDPOINTS = [
    Endpoint(
        "POST", "/approvals", "post_approval", "Ask for a decision", post,
        roles=SEND, status=202, body=ApprovalBody, answer=ApprovalAccepted, waited_answer=ApprovalState,
        events={"sent": ApprovalSent, "decided": ApprovalState}, refusals=(400, 404, 429, 503, 507),
    ),
    Endpoint(
        "GET", "/approvals/{id}", "get_approval", "What became of an approval, or of a message with buttons", one,
        roles=SEND, query=WaitQuery, answer=ApprovalState, refusals=(503, 507),
    ),
    Endpoint(
        "POST", "/approvals/{id}/ack", "acknowledge_approval", "Say that its answer has been handled", acknowledge,
        roles=SEND, answer=ApprovalState, refusals=(409, 503, 507),
    ),
]  # fmt: skip
