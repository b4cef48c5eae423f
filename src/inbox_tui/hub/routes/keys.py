"""Keys: made, listed and revoked on the hub's own machine only."""

from __future__ import annotations

from starlette.responses import Response

from inbox_tui.core.text import clean
from inbox_tui.hub.access import Door
from inbox_tui.hub.endpoints import Call, Endpoint, reply
from inbox_tui.hub.wire import KeyCreatedBody, KeysBody, KeysQuery, NewKeyBody


async def create(call: Call) -> Response:
    body = call.body(NewKeyBody)
    made = await call.hub.service.create_key(
        body.space, clean(body.name, lines=False), body.role, allow_timeout_approve=body.allow_timeout_approve
    )
    said = {
        "name": made.name,
        "role": made.role,
        "space": made.space,
        "id": made.id,
        "key": made.key_text,
        "notilens": {"token": made.id, "secret": made.secret},
    }
    return reply(call, KeyCreatedBody, said, 201)


async def listed(call: Call) -> Response:
    found = await call.hub.service.list_keys(call.query(KeysQuery).space or None)
    items = [{"id": key.id, "name": key.name, "role": key.role, "space": key.space} for key in found]
    return reply(call, KeysBody, {"items": items})


async def revoke(call: Call) -> Response:
    await call.hub.service.revoke_key(call.path("id"))
    return Response(status_code=204)


ENDPOINTS = [
    Endpoint(
        "GET", "/api/keys", "list_keys", "List keys, without their secrets", listed,
        door=Door.MACHINE, query=KeysQuery, answer=KeysBody, refusals=(503,),
    ),
    Endpoint(
        "POST", "/api/keys", "create_key", "Make a key; its text is shown this once", create,
        door=Door.MACHINE, status=201, body=NewKeyBody, answer=KeyCreatedBody, refusals=(400, 404, 409, 503, 507),
    ),
    Endpoint(
        "DELETE", "/api/keys/{id}", "revoke_key", "Revoke a key, within a second", revoke,
        door=Door.MACHINE, status=204, refusals=(404, 503, 507),
    ),
]  # fmt: skip
