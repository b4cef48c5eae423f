"""Errors on the wire: `application/problem+json` in the shape of seed 001's ErrorModel."""

from __future__ import annotations

import json
from http import HTTPStatus

from starlette.requests import HTTPConnection
from starlette.responses import Response

from inbox_tui.core.errors import Refused

MEDIA_TYPE = "application/problem+json"


def origin(connection: HTTPConnection) -> str:
    """The hub by the host that the caller asked, and as a proxy before us says that it did."""
    host = connection.headers.get("host") or "localhost"
    scheme = "https" if connection.headers.get("x-forwarded-proto") == "https" else connection.scope.get("scheme", "http")
    return f"{scheme}://{host}"


def schema_url(connection: HTTPConnection, name: str) -> str:
    """Where the caller finds the schema of what it gets."""
    return f"{origin(connection)}/schemas/{name}.json"


def problem(connection: HTTPConnection, refused: Refused) -> Response:
    """The answer. ASCII only, so that no text of a caller can make it unwritable."""
    document: dict[str, object] = {
        "$schema": schema_url(connection, "ErrorModel"),
        "type": "about:blank",
        "title": HTTPStatus(refused.status).phrase,
        "status": refused.status,
        "detail": refused.detail,
    }
    if refused.errors:
        document["errors"] = [{"location": e.location, "message": e.message, "value": e.value} for e in refused.errors]
    if refused.code:
        document["code"] = refused.code
    headers = {} if refused.retry_after is None else {"Retry-After": str(refused.retry_after)}
    if refused.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(allow := refused.extra.get("allow"), list):
        headers["Allow"] = ", ".join(allow)
    return Response(json.dumps(document | refused.extra), refused.status, headers, MEDIA_TYPE)
