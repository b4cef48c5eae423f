"""`/openapi.json` and `/schemas/{Name}.json`, made from the endpoints' declarations and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from inbox_tui import __version__
from inbox_tui.hub import wire
from inbox_tui.hub.access import Door
from inbox_tui.hub.endpoints import Endpoint
from inbox_tui.hub.problems import MEDIA_TYPE

Schema = dict[str, Any]
Described = tuple[type[BaseModel], JsonSchemaMode]
"""A model, and whether as it is taken (`validation`) or as it is answered (`serialization`)."""
SCHEMA_MEDIA_TYPE = "application/schema+json"
_REF = "#/components/schemas/{model}"
_STATUS = {
    400: "Not JSON",
    401: "No key, or not a good one",
    403: "Not in this role, or not by this way",
    404: "Not here",
    408: "Too slow",
    409: "Too late, changed, or said otherwise before",
    413: "Too long",
    415: "Not a form, or a kind of file that is not taken",
    422: "A value is wrong; `errors` names it",
    429: "Too fast",
    503: "Try again",
    507: "Nothing can be stored: the disk is full or read-only",
}


def models_of(endpoints: Iterable[Endpoint]) -> dict[str, Described]:
    """Every model by the name of its schema."""
    found: dict[str, Described] = {}
    for endpoint in endpoints:
        if endpoint.body is not None:
            found[endpoint.body.__name__] = endpoint.body, "validation"
        for answer in (endpoint.answer, endpoint.other_answer, endpoint.waited_answer):
            if answer is not None:
                found[answer.__name__] = answer, "serialization"
        for data in endpoint.events.values():
            found[data.__name__] = data, "serialization"
    found[wire.ErrorModel.__name__] = wire.ErrorModel, "serialization"
    return found


def schema(model: type[BaseModel], mode: JsonSchemaMode, url: str) -> Schema:
    """One model's schema, whole in itself."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": url} | model.model_json_schema(mode=mode)


def document(endpoints: Sequence[Endpoint]) -> Schema:
    """OpenAPI 3.1."""
    models = list(models_of(endpoints).values())
    _, definitions = models_json_schema(models, ref_template=_REF)
    paths: dict[str, Schema] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "inbox hub", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "notilens": {"type": "apiKey", "in": "header", "name": "X-NOTILENS-KEY"},
                "link": {"type": "apiKey", "in": "query", "name": "link"},
                "stream_token": {"type": "apiKey", "in": "query", "name": "token"},
            },
        },
    }


_SECURITY: dict[Door, list[Schema]] = {
    Door.OPEN: [],
    Door.KEYS: [{"bearer": []}, {"key": []}],
    Door.WEBHOOK: [{"notilens": []}],
    Door.STREAM: [{"bearer": []}, {"key": []}, {"stream_token": []}],
    Door.LINK: [{"bearer": []}, {"key": []}, {"link": []}],
    Door.MACHINE: [{}],
}


def _operation(endpoint: Endpoint) -> Schema:
    operation: Schema = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "parameters": _parameters(endpoint),
        "responses": _responses(endpoint),
        "security": _SECURITY[endpoint.door],
    }
    if endpoint.door is Door.MACHINE:
        operation["description"] = "Only over the hub's local operate socket."
    elif endpoint.door is not Door.OPEN:
        operation["description"] = f"Role: {' or '.join(sorted(endpoint.roles))}."
    if endpoint.body is not None:
        operation["requestBody"] = {
            "required": not endpoint.body_may_be_absent,
            "content": {"application/json": {"schema": _ref(endpoint.body)}},
        }
    if endpoint.takes_file:
        operation["requestBody"] = {"required": True, "content": _FORM}
    return operation


_FILE: Schema = {"type": "string", "format": "binary", "minLength": 1}
_FORM: Schema = {
    "multipart/form-data": {"schema": {"type": "object", "required": ["file"], "properties": {"file": _FILE}}},
}


def _parameters(endpoint: Endpoint) -> list[Schema]:
    parameters: list[Schema] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", endpoint.path)
    ]
    if endpoint.query is not None:
        for name, one in endpoint.query.model_json_schema()["properties"].items():
            text = {"description": one.pop("description")} if "description" in one else {}
            parameters.append({"name": name, "in": "query", "schema": one} | text)
    for name, text_ in endpoint.takes_headers.items():
        parameters.append({"name": name, "in": "header", "description": text_, "schema": {"type": "string"}})
    return parameters


def _responses(endpoint: Endpoint) -> Schema:
    success: Schema = {"description": endpoint.summary}
    if endpoint.media_type == "text/event-stream":
        success["content"] = {endpoint.media_type: {"schema": _events(endpoint)}}
    elif endpoint.answer is not None and endpoint.other_answer is not None:
        either = {"anyOf": [_ref(endpoint.answer), _ref(endpoint.other_answer)]}
        success["content"] = {endpoint.media_type: {"schema": either}}
    elif endpoint.status != 204 and endpoint.answer is None:
        kind = "object" if "json" in endpoint.media_type else "string"
        success["content"] = {endpoint.media_type: {"schema": {"type": kind}}}
    elif endpoint.answer is not None:
        success["content"] = {endpoint.media_type: {"schema": _ref(endpoint.answer)}}
    if endpoint.gives_headers:
        success["headers"] = {
            name: {"description": text, "schema": {"type": "integer"}} for name, text in endpoint.gives_headers.items()
        }
    responses = {str(endpoint.status): success}
    if endpoint.waited_answer is not None:
        content = {"application/json": {"schema": _ref(endpoint.waited_answer)}}
        if endpoint.events:
            content["text/event-stream"] = {"schema": _events(endpoint)}
        responses["200"] = {"description": "Where it was waited for", "content": content}
    for status in sorted(_refusals(endpoint)):
        responses[str(status)] = {"description": _STATUS[status], "content": {MEDIA_TYPE: {"schema": _ref(wire.ErrorModel)}}}
    return responses


def _refusals(endpoint: Endpoint) -> set[int]:
    statuses = set(endpoint.refusals)
    if endpoint.door is not Door.OPEN:
        statuses |= {403} if endpoint.door is Door.MACHINE else {401, 403}
    if endpoint.body is not None or endpoint.takes_file:
        statuses |= {413, 422}
    if endpoint.query is not None or "Idempotency-Key" in endpoint.takes_headers:
        statuses.add(422)
    if "{" in endpoint.path:
        statuses.add(404)
    return statuses


def _events(endpoint: Endpoint) -> Schema:
    """Seed 003's way to describe a stream: an array in which each item is one event."""
    one_of = [
        {
            "type": "object",
            "title": f"Event {event}",
            "required": ["event", "data"],
            "properties": {
                "event": {"const": event},
                "data": _ref(data),
                "id": {"type": "integer", "description": "The cursor after it"},
                "retry": {"type": "integer", "description": "Milliseconds"},
            },
        }
        for event, data in endpoint.events.items()
    ]
    return {"title": "Server Sent Events", "type": "array", "items": {"oneOf": one_of}}


def _ref(model: type[BaseModel]) -> Schema:
    return {"$ref": _REF.format(model=model.__name__)}
