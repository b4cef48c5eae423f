"""Sessions: a stretch of an agent's work, which messages name. The hub gives them their ids."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from inbox_tui.core.ids import to_uuid
from inbox_tui.core.times import to_wire
from inbox_tui.dialects.agent_notifier.session import SessionBody
from inbox_tui.dialects.cleaning import Cleaner
from inbox_tui.hub.endpoints import SEND, Call, Endpoint
from inbox_tui.hub.routes.agent_notifier.mounting import named
from inbox_tui.hub.values import AgentSession
from inbox_tui.hub.wire_agent_notifier import SessionItem


async def opened(call: Call) -> Response:
    title = Cleaner(asks=False).line(call.body(SessionBody).title)
    session = await call.hub.service.messages.open_session(call.caller.space, call.caller.sender, title)
    return JSONResponse(_said(call, session), 201)


async def one(call: Call) -> Response:
    caller = call.caller
    session = await call.hub.service.messages.session(caller.space, caller.sender, named(call, "session"))
    return JSONResponse(_said(call, session))


def _said(call: Call, session: AgentSession) -> dict[str, object]:
    return {
        "id": to_uuid(session.id),
        "project_name": call.caller.name,
        "title": session.title,
        "status": "active" if session.ended_at is None else "ended",
        "started_at": to_wire(session.started_at),
        "ended_at": to_wire(session.ended_at),
    }


ENDPOINTS = [
    Endpoint(
        "POST", "/sessions", "open_session", "Open a session; its id goes with each message of it", opened,
        roles=SEND, status=201, body=SessionBody, body_may_be_absent=True, answer=SessionItem, refusals=(400, 503, 507),
    ),
    Endpoint(
        "GET", "/sessions/{id}", "get_session", "A session of this project", one,
        roles=SEND, answer=SessionItem, refusals=(503,),
    ),
]  # fmt: skip
