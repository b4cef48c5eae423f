"""An endpoint is a declaration: the router and the OpenAPI document are both made from it, so they cannot disagree."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from inbox_tui.core.errors import Refused, invalid, unknown_id
from inbox_tui.core.model import Json
from inbox_tui.core.text import is_storable
from inbox_tui.core.times import Clock
from inbox_tui.dialects import fields
from inbox_tui.hub.access import Access, Caller, Door, Role
from inbox_tui.hub.feed import Feeds
from inbox_tui.hub.logs import Logs
from inbox_tui.hub.metrics import Metrics
from inbox_tui.hub.problems import problem, schema_url
from inbox_tui.hub.service import Service
from inbox_tui.hub.settings import Settings
from inbox_tui.hub.tokens import StreamTokens

log = logging.getLogger(__name__)
SEND: frozenset[Role] = frozenset({"send"})
OPERATE: frozenset[Role] = frozenset({"operate"})
EITHER = SEND | OPERATE
_ANYBODY = Caller("send", "", "")
_MISTAKE = Refused(500, "The hub made a mistake; its log says where.", code="internal")
_LEFT = 499
"""Counted, never sent: the caller left before it had said everything."""
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Hub:
    """What handlers work with."""

    settings: Settings
    service: Service
    feeds: Feeds
    metrics: Metrics
    tokens: StreamTokens
    access: Access
    clock: Clock
    stop: Callable[[], None]
    logs: Logs


@dataclass(slots=True)
class Call:
    """One request, let in and checked. `name` is its endpoint's, `document` its decoded body, `raw` the body as it came."""

    name: str
    hub: Hub
    request: Request
    caller: Caller
    document: Json = None
    raw: bytes = b""
    given: BaseModel | None = None
    asked: BaseModel | None = None

    def body(self, model: type[_Model]) -> _Model:
        """The body, of the model that the endpoint declares."""
        assert isinstance(self.given, model)
        return self.given

    def query(self, model: type[_Model]) -> _Model:
        assert isinstance(self.asked, model)
        return self.asked

    def path(self, name: str) -> str:
        return str(self.request.path_params[name])

    @property
    def row_id(self) -> str:
        """The notification that the path names, in either case."""
        return self.path("id").upper()


Answering = Response | ASGIApp
Handler = Callable[[Call], Awaitable[Answering]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`takes_file`: a form with a file in it, which the handler reads by itself. `takes_slashes`: the path's last part may hold
    any. `refusals` are the statuses besides 401, 403, 413 and 422 that follow from door, roles and models."""

    method: str
    path: str
    name: str
    summary: str
    handler: Handler
    door: Door = Door.KEYS
    roles: frozenset[Role] = OPERATE
    status: int = 200
    body: type[BaseModel] | None = None
    body_may_be_absent: bool = False
    takes_file: bool = False
    query: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    other_answer: type[BaseModel] | None = None
    media_type: str = "application/json"
    takes_headers: Mapping[str, str] = field(default_factory=dict)
    gives_headers: Mapping[str, str] = field(default_factory=dict)
    refusals: tuple[int, ...] = ()
    takes_slashes: bool = False
    events: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    """Of a stream: what each event's data is."""
    waited_answer: type[BaseModel] | None = None
    """What a call is answered with 200 that wants to wait; with `events`, as a stream where it wants that."""

    @property
    def route(self) -> str:
        """The path as the router spells it."""
        return f"{self.path.removesuffix('}')}:path}}" if self.takes_slashes else self.path


class PathApp:
    """One path as an ASGI application: finds the endpoint by method, lets the caller in, checks what it sent, calls the handler,
    and turns every error into a problem."""

    def __init__(self, endpoints: Sequence[Endpoint], hub: Hub) -> None:
        self._by_method = {endpoint.method: endpoint for endpoint in endpoints}
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        is_answering, name, status = False, "none", 200
        try:
            endpoint = self._endpoint(request.method)
            name = endpoint.name
            answering = await _answer(endpoint, self._hub, request)
            if isinstance(answering, Response):
                is_answering, status = True, answering.status_code
            await answering(scope, receive, send)
        except Refused as refused:
            status = refused.status
            await problem(request, refused)(scope, receive, send)
        except ClientDisconnect:
            status = _LEFT
        except Exception as error:
            # Where, and of what type, but not the message: it may quote what a sender wrote.
            where = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)[-4:]))
            log.error("%s failed: %s\n%s", request.method, type(error).__name__, where)
            status = _MISTAKE.status
            if not is_answering:
                await problem(request, _MISTAKE)(scope, receive, send)
        finally:
            self._hub.metrics.answered(name, status)

    def _endpoint(self, method: str) -> Endpoint:
        try:
            return self._by_method[method]
        except KeyError:
            known = ", ".join(self._by_method)
            raise Refused(405, f"Not by this method: {known}.", extra={"allow": list(self._by_method)}) from None


def routes(endpoints: Sequence[Endpoint], hub: Hub) -> list[Route]:
    """The router's entries, one a path, in the order of the endpoints."""
    by_path: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints:
        by_path.setdefault(endpoint.route, []).append(endpoint)
    return [Route(path, PathApp(found, hub)) for path, found in by_path.items()]


async def _answer(endpoint: Endpoint, hub: Hub, request: Request) -> Answering:
    for value in request.path_params.values():
        if len(value) > fields.SHORT or not is_storable(value):
            raise unknown_id("path")
    caller = _ANYBODY if endpoint.door is Door.OPEN else await hub.access.caller(request, endpoint.door, endpoint.roles)
    call = Call(endpoint.name, hub, request, caller)
    if endpoint.query is not None:
        call.asked = fields.validate(endpoint.query, dict(request.query_params), "query")
    if endpoint.body is not None:
        call.raw = raw = await read_body(request, hub.settings.body_limit)
        if raw.strip() or not endpoint.body_may_be_absent:
            call.document = fields.parse(raw)
        else:
            call.document = {}
        call.given = fields.validate(endpoint.body, call.document)
    return await endpoint.handler(call)


def reply(call: Call, model: type[BaseModel], members: Mapping[str, object], status: int = 200) -> Response:
    """A JSON answer that names its schema. The members are those of the model."""
    return reply_text(call, model, json.dumps(members, ensure_ascii=False, separators=(",", ":"))[1:-1], status)


def reply_text(call: Call, model: type[BaseModel], members: str, status: int = 200) -> Response:
    """The same from JSON text: what stands between the braces."""
    schema = json.dumps(schema_url(call.request, model.__name__))
    return Response(f'{{"$schema":{schema},{members}}}', status, media_type="application/json")


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body, whatever its Content-Type says. Raises Refused 413 as soon as it is known to be too long."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and len(length) < 20 and int(length) > limit:
        raise _too_long(limit)
    parts, size = list[bytes](), 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise _too_long(limit)
        parts.append(part)
    return b"".join(parts)


def _too_long(limit: int) -> Refused:
    return Refused(413, f"body: is longer than {limit // 1024} KiB", code="too_long")


def idempotency_key(request: Request) -> str:
    """The Idempotency-Key header, "" without one. Raises Refused 422 for one that could not be kept."""
    key = request.headers.get("idempotency-key", "").strip()
    if len(key) > 200 or not key.isascii() or not key.isprintable():
        raise invalid("header.Idempotency-Key", "must be at most 200 visible ASCII characters")
    return key
