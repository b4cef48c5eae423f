"""Keys: made, listed and revoked on the hub's own machine only."""

from __future__ import annotations

from starlette.responses import Response

from inbox_tui.core.text import clean
from inbox_tui.hub.access import Door
from inbox_tui.hub.endpoints import Call, Endpoint, reply
from inbox_tui.hub.wire_machine import (
    KeyCreatedBody,
    KeysBody,
    KeysQuery,
    NewKeyBody,
    SigningSecretBody,
    SigningSecretQuery,
    WebhookBody,
    WebhookSetBody,
)


async def create(call: Call) -> Response:
    body, service = call.body(NewKeyBody), call.hub.service
    name = clean(body.name, lines=False)
    # First, so that no key is made whose answer is then lost.
    signing_secret = await service.signing_secret(body.space, name) if body.role == "send" else ""
    made = await service.create_key(body.space, name, body.role, allow_timeout_approve=body.allow_timeout_approve)
    said = {
        "name": made.name,
        "role": made.role,
        "space": made.space,
        "id": made.id,
        "key": made.key_text,
        "notilens": {"token": made.id, "secret": made.secret},
        "signing_secret": signing_secret,
    }
    return reply(call, KeyCreatedBody, said, 201)


async def listed(call: Call) -> Response:
    found = await call.hub.service.list_keys(call.query(KeysQuery).space or None)
    items = [{"id": key.id, "name": key.name, "role": key.role, "space": key.space} for key in found]
    return reply(call, KeysBody, {"items": items})


async def signing_secret(call: Call) -> Response:
    query = call.query(SigningSecretQuery)
    said = {"name": query.name, "space": query.space}
    said["signing_secret"] = await call.hub.service.known_signing_secret(query.space, query.name)
    return reply(call, SigningSecretBody, said)


async def webhook(call: Call) -> Response:
    body = call.body(WebhookBody)
    host = await call.hub.service.webhooks.set(body.space, body.name, body.url)
    return reply(call, WebhookSetBody, {"name": body.name, "space": body.space, "host": host})


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
    Endpoint(
        "GET", "/api/signing-secret", "get_signing_secret", "What a sender's callbacks are verified with", signing_secret,
        door=Door.MACHINE, query=SigningSecretQuery, answer=SigningSecretBody, refusals=(404, 503),
    ),
    Endpoint(
        "PUT", "/api/webhook", "set_webhook", "Where a key's project hears of each answer", webhook,
        door=Door.MACHINE, body=WebhookBody, answer=WebhookSetBody, refusals=(400, 404, 503, 507),
    ),
]  # fmt: skip
