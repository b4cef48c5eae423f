"""The asker's side of a question, addressed by the asker's own idempotency key, which is the capability to read its answer."""

from __future__ import annotations

from starlette.responses import Response

from inbox_tui.hub.endpoints import SEND, Call, Endpoint, reply
from inbox_tui.hub.service import Answer
from inbox_tui.hub.waiting import unless_over
from inbox_tui.hub.wire import AcknowledgeBody, AskBody, PollQuery, WithdrawBody


async def poll(call: Call) -> Response:
    """Waits for an answer, but not past the hub's own end."""
    query = call.query(PollQuery)
    asking = call.hub.service.asks.poll(
        call.caller.space, call.caller.sender, call.path("key"), epoch=query.epoch, wait=query.wait
    )  # fmt: skip
    return _said(call, await unless_over(call, asking, is_listening=False))


async def acknowledge(call: Call) -> Response:
    body = call.body(AcknowledgeBody)
    service, caller = call.hub.service, call.caller
    return _said(
        call, await service.asks.acknowledge(caller.space, caller.sender, call.path("key"), id=body.id, epoch=body.epoch)
    )


async def withdraw(call: Call) -> Response:
    return _said(call, await call.hub.service.asks.withdraw(call.caller.space, call.caller.sender, call.path("key")))


def _said(call: Call, answer: Answer) -> Response:
    said = {"id": answer.id, "epoch": answer.epoch, "status": answer.status, "decision": answer.decision}
    return reply(call, AskBody, said)


ENDPOINTS = [
    Endpoint(
        "GET", "/api/asks/{key}", "poll_ask", "Wait for the answer to a question", poll,
        roles=SEND, query=PollQuery, answer=AskBody, refusals=(503, 507),
    ),
    Endpoint(
        "POST", "/api/asks/{key}/ack", "acknowledge_ask", "Say that the answer has arrived, before acting on it", acknowledge,
        roles=SEND, body=AcknowledgeBody, answer=AskBody, refusals=(400, 404, 409, 503, 507),
    ),
    Endpoint(
        "POST", "/api/asks/{key}/withdraw", "withdraw_ask", "Give up a question; also one that was never answered for", withdraw,
        roles=SEND, body=WithdrawBody, body_may_be_absent=True, answer=AskBody, refusals=(400, 503, 507),
    ),
]  # fmt: skip
