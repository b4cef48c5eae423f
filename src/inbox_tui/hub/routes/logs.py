"""The hub's log: what it took in and what it does, listed and followed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from starlette.responses import Response

from inbox_tui.core.times import to_wire
from inbox_tui.hub.endpoints import Answering, Call, Endpoint, reply
from inbox_tui.hub.logs import NUMBERS, LogRecord, Wanted
from inbox_tui.hub.streaming import Streamed
from inbox_tui.hub.wire import NothingNew
from inbox_tui.hub.wire_logs import LogFilter, LogItem, LogsBody, LogsQuery, LogStreamQuery

_A_WRITE = 100
_LOOK_SECONDS = 1.0
"""How often a stream asks whether its key is still good."""
_ATTRIBUTE = {
    "category": "gestalt.category",
    "type": "type",
    "session_id": "session.id",
    "dispatch": "notify.dispatch",
}


async def logs(call: Call) -> Response:
    query = call.query(LogsQuery)
    found, following = call.hub.logs.before(_wanted(call, query), query.before, query.limit)
    said = {"items": [_item(record) for record in found], "next_cursor": "" if following is None else str(following)}
    return reply(call, LogsBody, said)


async def stream(call: Call) -> Answering:
    return Streamed(_events(call), call.hub.settings.send_seconds)


async def _events(call: Call) -> AsyncIterator[bytes]:
    """`log` events whose id is the record's, from the cursor on; `ping` when all is told and `ping_seconds` have passed."""
    hub, query = call.hub, call.query(LogStreamQuery)
    wanted, place = _wanted(call, query), _place(call, query)
    since_ping = hub.settings.ping_seconds
    with hub.logs.follow() as follower:
        yield b"retry: 2000\n\n"
        while not hub.feeds.closed.is_set() and await hub.access.still_good(call.caller):
            last = hub.logs.last
            found = hub.logs.after(wanted, place, _A_WRITE)
            place = found[-1].number if len(found) == _A_WRITE else max(place, last)
            if found:
                yield b"".join(_frame(record) for record in found)
            elif since_ping >= hub.settings.ping_seconds:
                since_ping = 0.0
                yield b"event: ping\ndata: {}\n\n"
            else:
                since_ping += _LOOK_SECONDS
                await follower.wait(_LOOK_SECONDS)


def _wanted(call: Call, query: LogFilter) -> Wanted:
    """A space sees its own; the hub's own records are for its own machine."""
    spaces = {call.caller.space, *([""] if call.hub.access.is_operate_socket(call.request) else [])}
    attributes = {name: value for member, name in _ATTRIBUTE.items() if (value := getattr(query, member))}
    return Wanted(frozenset(spaces), query.severity, attributes, query.text)


def _place(call: Call, query: LogStreamQuery) -> int:
    header = call.request.headers.get("last-event-id", "").strip()
    if header.isascii() and header.isdecimal() and len(header) <= 19:
        return int(header)
    return query.after if query.after is not None else call.hub.logs.last


def _item(record: LogRecord) -> dict[str, object]:
    return LogItem(
        id=record.number,
        timestamp=to_wire(record.at) or "",
        severity_text=record.severity,
        severity_number=NUMBERS[record.severity],
        body=record.body,
        attributes=dict(record.attributes),
    ).model_dump()


def _frame(record: LogRecord) -> bytes:
    data = json.dumps(_item(record), ensure_ascii=False, separators=(",", ":"))
    return f"id: {record.number}\nevent: log\ndata: {data}\n\n".encode()


ENDPOINTS = [
    Endpoint(
        "GET", "/api/logs", "list_logs", "What the hub took in and does, the newest first", logs,
        query=LogsQuery, answer=LogsBody,
    ),
    Endpoint(
        "GET", "/api/logs/stream", "stream_logs", "Follow the log", stream,
        query=LogStreamQuery, media_type="text/event-stream", events={"log": LogItem, "ping": NothingNew},
        takes_headers={"Last-Event-ID": "The id of the last record that arrived: the stream goes on after it."},
    ),
]  # fmt: skip
