"""The mute rules of a space: what is muted, by whom and for how long."""

from __future__ import annotations

from starlette.responses import Response

from inbox_tui.core.errors import invalid
from inbox_tui.core.mutes import SEPARATOR
from inbox_tui.core.text import clean
from inbox_tui.core.times import to_wire
from inbox_tui.hub.endpoints import Call, Endpoint, reply
from inbox_tui.hub.values import Mute
from inbox_tui.hub.wire import MutesBody, NewMuteBody


async def listed(call: Call) -> Response:
    return await _reply(call)


async def make(call: Call) -> Response:
    body, caller, rules = call.body(NewMuteBody), call.caller, call.hub.service.mutes
    if bool(body.notification) == bool(body.subject):
        raise invalid("body", "names either a notification or a subject")
    if body.notification:
        await rules.mute_row(caller.space, body.notification.upper(), body.scope, until=body.until, by=caller.name)
    else:
        label = clean(body.label or " · ".join(reversed(body.subject.split(SEPARATOR))), lines=False)
        await rules.make(caller.space, body.scope, body.subject, label, until=body.until, by=caller.name)
    return await _reply(call, 201)


async def lift(call: Call) -> Response:
    await call.hub.service.mutes.lift(call.caller.space, call.path("id").upper())
    return Response(status_code=204)


async def _reply(call: Call, status: int = 200) -> Response:
    rules = await call.hub.service.mutes.listed(call.caller.space)
    return reply(call, MutesBody, {"items": [_item(rule) for rule in rules]}, status)


def _item(rule: Mute) -> dict[str, str | None]:
    return {
        "id": rule.id,
        "scope": rule.scope,
        "subject": rule.subject,
        "label": rule.label,
        "until": to_wire(rule.until),
        "by": rule.by,
        "created_at": to_wire(rule.created_at),
    }


_WRITES = (400, 404, 409, 503, 507)

ENDPOINTS = [
    Endpoint("GET", "/api/mutes", "list_mutes", "List what is muted", listed, answer=MutesBody, refusals=(503,)),
    Endpoint(
        "POST", "/api/mutes", "create_mute", "Mute a notification, a task or a source; answers all that is muted", make,
        status=201, body=NewMuteBody, answer=MutesBody, refusals=_WRITES,
    ),
    Endpoint("DELETE", "/api/mutes/{id}", "lift_mute", "Lift a mute", lift, status=204, refusals=_WRITES),
]  # fmt: skip
