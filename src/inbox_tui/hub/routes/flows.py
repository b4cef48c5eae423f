"""Flows (seed 004): the document as JSON and as YAML, and what it may name."""

from __future__ import annotations

import json

from starlette.responses import JSONResponse, Response

from inbox_tui.core.errors import FieldError, Refused, invalid
from inbox_tui.core.flows.activities import ACTIVITIES
from inbox_tui.core.flows.document import Flows
from inbox_tui.core.lifecycle import TYPE_OF_EVENT
from inbox_tui.dialects import fields, gestalt
from inbox_tui.hub.endpoints import Call, Endpoint, read_body, reply
from inbox_tui.hub.flows import yaml_text
from inbox_tui.hub.flows.rules import FlowRules
from inbox_tui.hub.wire_flows import ActivitiesBody, ActivityItem, EventTypesBody

YAML = "application/yaml"


async def shown(call: Call) -> Response:
    version, flows = await _rules(call).shown(call.caller.space)
    return JSONResponse(flows.model_dump(mode="json"), headers=_tag(version))


async def changed(call: Call) -> Response:
    return await _change(call, call.body(Flows))


async def shown_yaml(call: Call) -> Response:
    version, flows = await _rules(call).shown(call.caller.space)
    return Response(yaml_text.write(flows.model_dump(mode="json")), media_type=YAML, headers=_tag(version))


async def changed_yaml(call: Call) -> Response:
    raw = await read_body(call.request, call.hub.settings.body_limit)
    try:
        document = fields.parse(json.dumps(yaml_text.read(raw), default=str).encode())
    except ValueError as problem:
        message = f"is not YAML that is taken here: {problem}"
        raise Refused(400, f"body: {message}", FieldError("body", message), code="malformed") from None
    return await _change(call, fields.validate(Flows, document))


async def _change(call: Call, flows: Flows) -> Response:
    rules, space = _rules(call), call.caller.space
    version = await rules.change(space, flows, by=call.caller.name, seen=_seen(call))
    return Response(status_code=204, headers=_tag(version))


async def activities(call: Call) -> Response:
    items = [
        ActivityItem(id=activity.id, label=activity.label, config_schema=activity.told.model_json_schema()).model_dump()
        for activity in ACTIVITIES.values()
    ]
    return reply(call, ActivitiesBody, {"items": items})


async def event_types(call: Call) -> Response:
    return reply(call, EventTypesBody, {"items": [*gestalt.EVENT_TYPES, *TYPE_OF_EVENT]})


def _rules(call: Call) -> FlowRules:
    rules = call.hub.service.flow_rules
    if rules is None:
        raise Refused(503, "This hub keeps no flows.", code="flows")
    return rules


def _tag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}


def _seen(call: Call) -> int | None:
    """The version that If-Match names; None where it names none, or any."""
    text = call.request.headers.get("if-match", "").strip()
    if text in ("", "*"):
        return None
    number = text.removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdecimal() and len(number) <= 19):
        raise invalid("header.If-Match", "must be an ETag as it was given here")
    return int(number)


_MATCH = {"If-Match": "The ETag that the change was made of; where another came meanwhile it is refused (409)."}
_REFUSALS = (400, 409, 503, 507)
ENDPOINTS = [
    Endpoint(
        "GET", "/api/flow/config", "get_flows", "The flows; what is secret in them is shown as ***", shown,
        answer=Flows, refusals=(503,),
    ),
    Endpoint(
        "PUT", "/api/flow/config", "put_flows", "Other flows in place of all; what stays *** stays as it was", changed,
        status=204, body=Flows, takes_headers=_MATCH, refusals=_REFUSALS,
    ),
    Endpoint(
        "GET", "/api/flow/config.yaml", "export_flows", "The flows as YAML", shown_yaml,
        media_type=YAML, refusals=(503,),
    ),
    Endpoint(
        "PUT", "/api/flow/config.yaml", "import_flows", "Other flows in place of all, from YAML", changed_yaml,
        status=204, takes_headers=_MATCH, refusals=(*_REFUSALS, 413, 422),
    ),
    Endpoint(
        "GET", "/api/flow/activities", "list_activities", "What flows can do, and what each activity is told", activities,
        answer=ActivitiesBody,
    ),
    Endpoint(
        "GET", "/api/flow/event-types", "list_event_types", "What a trigger can be for", event_types,
        answer=EventTypesBody,
    ),
]  # fmt: skip
