"""A sender says that something was probably answered elsewhere. That marks, and closes nothing."""

from __future__ import annotations

from starlette.responses import Response

from inbox_tui.core.text import clean
from inbox_tui.hub.endpoints import SEND, Call, Endpoint, reply
from inbox_tui.hub.wire import HintBody, HintedBody


async def hint(call: Call) -> Response:
    body, caller = call.body(HintBody), call.caller
    marked = await call.hub.service.asks.hint(
        caller.space,
        caller.sender,
        session_id=clean(body.session_id, lines=False),
        request=clean(body.request, lines=False),
        subagent_id=None if body.subagent_id is None else clean(body.subagent_id, lines=False),
    )
    return reply(call, HintedBody, {"marked": marked})


ENDPOINTS = [
    Endpoint(
        "POST", "/api/hints", "hint", "Say that questions of yours seem answered elsewhere; it closes none", hint,
        roles=SEND, body=HintBody, answer=HintedBody, refusals=(400, 503, 507),
    ),
]  # fmt: skip
