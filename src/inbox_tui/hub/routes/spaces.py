"""Spaces: made, listed and removed on the hub's own machine only."""

from __future__ import annotations

from starlette.responses import Response

from inbox_tui.core.times import to_wire
from inbox_tui.hub.access import Door
from inbox_tui.hub.endpoints import Call, Endpoint, reply
from inbox_tui.hub.wire_machine import NewSpaceBody, RemoveSpaceQuery, SpaceCreatedBody, SpacesBody


async def create(call: Call) -> Response:
    name = call.body(NewSpaceBody).name
    await call.hub.service.create_space(name)
    return reply(call, SpaceCreatedBody, {"name": name}, 201)


async def listed(call: Call) -> Response:
    items = [
        {
            "name": space.name,
            "rows": space.rows,
            "unread": space.unread,
            "open_prompts": space.open_prompts,
            "keys": space.keys,
            "created_at": to_wire(space.created_at),
        }
        for space in await call.hub.service.list_spaces()
    ]
    return reply(call, SpacesBody, {"items": items})


async def remove(call: Call) -> Response:
    await call.hub.service.remove_space(call.path("name"), confirm=call.query(RemoveSpaceQuery).confirm)
    return Response(status_code=204)


ENDPOINTS = [
    Endpoint(
        "GET", "/api/spaces", "list_spaces", "List spaces, with what is in each", listed,
        door=Door.MACHINE, answer=SpacesBody, refusals=(503,),
    ),
    Endpoint(
        "POST", "/api/spaces", "create_space", "Make a space: an inbox of its own", create,
        door=Door.MACHINE, status=201, body=NewSpaceBody, answer=SpaceCreatedBody, refusals=(400, 409, 503, 507),
    ),
    Endpoint(
        "DELETE", "/api/spaces/{name}", "remove_space", "Remove a space with everything in it", remove,
        door=Door.MACHINE, status=204, query=RemoveSpaceQuery, refusals=(404, 409, 503, 507),
    ),
]  # fmt: skip
