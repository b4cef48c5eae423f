"""Each call of the dialect, declared once, is at both of its prefixes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from inbox_tui.core.errors import unknown_id
from inbox_tui.core.ids import from_uuid
from inbox_tui.dialects.agent_notifier import PREFIXES
from inbox_tui.hub.endpoints import Call, Endpoint


def mounted(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """The same at every prefix; their names are distinct."""
    first, *others = PREFIXES
    return [
        replace(endpoint, path=prefix + endpoint.path, name=endpoint.name + ("" if prefix == first else "_legacy"))
        for endpoint in endpoints
        for prefix in (first, *others)
    ]


def named(call: Call, what: str) -> str:
    """The ULID of what the path names by a UUID. Raises Refused 404 for what is none."""
    try:
        return from_uuid(call.path("id"))
    except ValueError:
        raise unknown_id(what) from None
