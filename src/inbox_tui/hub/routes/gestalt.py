"""Gestalt's calls (seed 004): notifies, and the sessions that they are said in.

A notify is answered once it is on disk, and logged then; what its flows do is done later. A log that fails changes no answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from starlette.responses import Response

from inbox_tui.core.errors import Refused
from inbox_tui.core.model import Event
from inbox_tui.core.times import to_wire
from inbox_tui.dialects import gestalt
from inbox_tui.dialects.cleaning import name
from inbox_tui.hub.access import way_in
from inbox_tui.hub.endpoints import EITHER, SEND, Call, Endpoint, reply
from inbox_tui.hub.service import InSession, Published
from inbox_tui.hub.values import Session, Terminal
from inbox_tui.hub.wire_gestalt import NamedSession, NamedSessionBody, NamedSessionsBody, NewNamedSession, PlanItem, TerminalBody

_PLAN = tuple(PlanItem.model_fields)


async def notify(call: Call) -> Response:
    body = call.body(gestalt.NotifyBody)
    session = gestalt.check_session(body, call.path("id"))
    event = gestalt.to_event(body, session, call.raw)
    said = InSession(event.source, call.hub.settings.strict_sessions, _plan(event.fields))
    key = hashlib.sha256(f"{session}\x1f{body.event_id}".encode()).hexdigest() if body.event_id else ""
    done = await call.hub.service.publish(call.caller.space, call.caller.sender, event, idempotency_key=key, belonging=said)
    _log(call, event, done)
    return Response(status_code=204)


def _plan(fields: Mapping[str, str]) -> str:
    """What it says of a plan, as JSON text; "" where it names none."""
    plan = {member: fields[member] for member in _PLAN if fields.get(member)}
    return json.dumps(plan, ensure_ascii=False) if {"plan_file", "heading"} & plan.keys() else ""


def _log(call: Call, event: Event, done: Published) -> None:
    """Seed 004's record, with exactly its attributes; of a repeat too, which set nothing off."""
    fields = {"timestamp": to_wire(done.at) or "", **event.fields}
    attributes = {key: text for key, text in fields.items() if key not in ("timestamp", "event_id")}
    attributes |= {"gestalt.category": "notification", "gestalt.source": "notify", "notify.dispatch": done.dispatch}
    call.hub.logs.add("notify event accepted", attributes, space=call.caller.space)


async def listed(call: Call) -> Response:
    sender = call.caller.name if call.caller.role == "send" else ""
    found = await call.hub.service.sessions.listed(call.caller.space, sender)
    return reply(call, NamedSessionsBody, {"items": [_item(session) for session in found]})


async def register(call: Call) -> Response:
    body = call.body(NewNamedSession)
    if body.terminal is not None and not way_in(call.request):
        raise Refused(403, "body.terminal: only a caller on the hub's own machine may name a terminal there.", code="forbidden")
    session = await call.hub.service.sessions.register(
        call.caller.space,
        call.caller.sender,
        id=name(body.id),
        label=name(body.label) or "Session",
        terminal=_terminal(body.terminal),
    )
    return reply(call, NamedSessionBody, _item(session), 201)


async def close(call: Call) -> Response:
    sender = call.caller.name if call.caller.role == "send" else ""
    await call.hub.service.sessions.close(call.caller.space, call.path("id"), sender)
    return Response(status_code=204)


def _terminal(body: TerminalBody | None) -> Terminal:
    return Terminal() if body is None else Terminal(body.tmux_pane, body.program, body.tmux_socket)


def _item(session: Session) -> dict[str, object]:
    return NamedSession(
        id=session.id,
        sender=session.sender,
        opened_at=to_wire(session.opened_at) or "",
        last_at=to_wire(session.last_at) or "",
        takes_text=bool(session.terminal.pane),
        plan=PlanItem(**json.loads(session.plan or "{}")),
    ).model_dump()


ENDPOINTS = [
    Endpoint(
        "POST", "/api/sessions/{id}/notify", "notify_session", "Say something in a session, as Gestalt's clients do", notify,
        roles=SEND, status=204, body=gestalt.NotifyBody, refusals=(400, 404, 409, 429, 503, 507),
    ),
    Endpoint(
        "GET", "/api/sessions", "list_named_sessions", "The sessions; with a sending key, its own", listed,
        roles=EITHER, answer=NamedSessionsBody, refusals=(503,),
    ),
    Endpoint(
        "POST", "/api/sessions", "open_named_session", "Open a session, or say anew where it takes text", register,
        roles=EITHER, status=201, body=NewNamedSession, answer=NamedSessionBody, refusals=(400, 409, 503, 507),
    ),
    Endpoint(
        "DELETE", "/api/sessions/{id}", "close_named_session", "Forget a session; what was said in it stays", close,
        roles=EITHER, status=204, refusals=(404, 503, 507),
    ),
]  # fmt: skip
