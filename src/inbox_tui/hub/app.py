"""The hub as an ASGI application, put together from its parts. It reads no environment and opens nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from inbox_tui.core.errors import Refused, unknown_id
from inbox_tui.core.times import Clock
from inbox_tui.core.times import now as machine_clock
from inbox_tui.hub import openapi
from inbox_tui.hub.access import Access, Door, is_allowed_host, way_in
from inbox_tui.hub.endpoints import Call, Endpoint, Hub, routes
from inbox_tui.hub.feed import Feeds
from inbox_tui.hub.logs import Logs
from inbox_tui.hub.metrics import Metrics
from inbox_tui.hub.problems import problem, schema_url
from inbox_tui.hub.routes import (
    about,
    agent_notifier,
    asks,
    flows,
    gestalt,
    hints,
    hooks,
    jobs,
    keys,
    metrics,
    mutes,
    notifications,
    publish,
    spaces,
    triage,
)
from inbox_tui.hub.routes import logs as log_routes
from inbox_tui.hub.service import Service
from inbox_tui.hub.settings import Settings
from inbox_tui.hub.tokens import StreamTokens


async def _openapi(call: Call) -> Response:
    return Response(_described(), media_type="application/json")


async def _schema(call: Call) -> Response:
    file = call.path("file")
    name = file.removesuffix(".json")
    if name == file or name not in _models():
        raise unknown_id("schema")
    model, mode = _models()[name]
    return JSONResponse(openapi.schema(model, mode, schema_url(call.request, name)), media_type=openapi.SCHEMA_MEDIA_TYPE)


# The router looks in this order: ingest first, and `/api/notifications/read` before `/api/notifications/{id}`.
ENDPOINTS: list[Endpoint] = [
    *publish.ENDPOINTS,
    *agent_notifier.ENDPOINTS,
    *gestalt.ENDPOINTS,
    *flows.ENDPOINTS,
    *jobs.ENDPOINTS,
    *asks.ENDPOINTS,
    *hints.ENDPOINTS,
    *hooks.ENDPOINTS,
    *triage.ENDPOINTS,
    *notifications.ENDPOINTS,
    *metrics.ENDPOINTS,
    *mutes.ENDPOINTS,
    *keys.ENDPOINTS,
    *spaces.ENDPOINTS,
    *log_routes.ENDPOINTS,
    *about.ENDPOINTS,
    Endpoint("GET", "/openapi.json", "openapi", "This description", _openapi, door=Door.OPEN),
    Endpoint(
        "GET",
        "/schemas/{file}",
        "get_schema",
        "The JSON Schema that an answer names",
        _schema,
        door=Door.OPEN,
        media_type=openapi.SCHEMA_MEDIA_TYPE,
        refusals=(404,),
    ),
]


@cache
def _described() -> str:
    return json.dumps(openapi.document(ENDPOINTS), separators=(",", ":"))


@cache
def _models() -> dict[str, openapi.Described]:
    return openapi.models_of(ENDPOINTS)


def build_app(
    settings: Settings,
    service: Service,
    *,
    clock: Clock = machine_clock,
    stop: Callable[[], None] = lambda: None,
    logs: Logs | None = None,
) -> HubApp:
    """The application over a service that its caller starts and closes. `stop` is called when a caller that may asks for it."""
    tokens = StreamTokens(settings.stream_secret, clock, settings.stream_token_seconds)
    feeds = Feeds(service, settings)
    access = Access(service, settings, tokens)
    hub = Hub(settings, service, feeds, Metrics(service, feeds), tokens, access, clock, stop, logs or Logs(clock))
    router = Router(routes(ENDPOINTS, hub), redirect_slashes=False, default=_nowhere)
    return HubApp(router, settings, feeds)


async def _nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    await problem(Request(scope), Refused(404, "No such path."))(scope, receive, send)


class HubApp:
    """The outermost layer: over TCP, the Host header must name this hub, so that no web page can rebind its name to it."""

    def __init__(self, app: ASGIApp, settings: Settings, feeds: Feeds) -> None:
        self._app, self._settings = app, settings
        self.feeds = feeds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope)
        if not way_in(request) and not is_allowed_host(request.headers.get("host", ""), self._settings):
            refused = Refused(421, "This host name is not one of the hub's; see the setting allowed_hosts.", code="host")
            await problem(request, refused)(scope, receive, send)
            return
        # The server's own connection, for a stream whose reader does not read: only that can be dropped with what it buffers.
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        scope["inbox.abort"] = getattr(transport, "abort", None)
        await self._app(scope, receive, send)
