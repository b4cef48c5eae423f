"""Reading the inbox: pages, one notification, its events, a run's timeline, the stream."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import BaseModel
from starlette.responses import Response

from inbox_tui.core import ids
from inbox_tui.core.errors import invalid
from inbox_tui.core.model import Document
from inbox_tui.hub.access import Door
from inbox_tui.hub.endpoints import EITHER, Answering, Call, Endpoint, reply, reply_text
from inbox_tui.hub.sse import EventStream
from inbox_tui.hub.wire import (
    AskBody,
    ChangedData,
    CountBody,
    EventsBody,
    ListQuery,
    NotificationBody,
    NotificationsListBody,
    PingData,
    RemovedData,
    RunBody,
    StreamQuery,
    UnreadCountData,
)


async def page(call: Call) -> Response:
    query = call.query(ListQuery)
    found = await call.hub.service.page(
        call.caller.space,
        limit=query.limit,
        before=_before(query.before),
        unread=query.unread,
        needs_me=query.needs_me,
    )
    # Documents go out as they are stored: nothing is decoded to be encoded again.
    return reply_text(
        call,
        NotificationsListBody,
        f'"items":[{",".join(found.items)}],"next_cursor":"{found.next_cursor}",'
        f'"epoch":{found.epoch},"rev":{found.rev},"unread_count":{found.unread_count}',
    )


def _before(text: str) -> str:
    try:
        return ids.encode(ids.decode(text)) if text else ""
    except ValueError as error:
        raise invalid("query.before", str(error), text) from None


async def one(call: Call) -> Response:
    """An operator gets the row; a sender gets what became of what it posted."""
    service, caller = call.hub.service, call.caller
    if caller.role == "operate":
        document = await service.notification(caller.space, call.row_id)
        return reply_text(call, NotificationBody, document[1:-1])
    answer = await service.asks.status(caller.space, caller.sender, call.row_id)
    said = {"id": answer.id, "epoch": answer.epoch, "status": answer.status, "decision": answer.decision}
    return reply(call, AskBody, said)


async def unread_count(call: Call) -> Response:
    head = await call.hub.service.head(call.caller.space)
    return reply(call, CountBody, {"count": head.unread_count})


async def events(call: Call) -> Response:
    return _timeline(call, EventsBody, "", await call.hub.service.occurrences(call.caller.space, call.row_id))


async def run(call: Call) -> Response:
    run_id = call.path("run_id")
    head = f'"run_id":{json.dumps(run_id)},'
    return _timeline(call, RunBody, head, await call.hub.service.timeline(call.caller.space, run_id))


def _timeline(call: Call, model: type[BaseModel], head: str, entries: Sequence[Document]) -> Response:
    return reply_text(call, model, f'{head}"items":{json.dumps(entries, ensure_ascii=False)}')


async def stream(call: Call) -> Answering:
    hub, caller = call.hub, call.caller
    asked = call.request.headers.get("last-event-id", "").strip() or call.query(StreamQuery).last_event_id
    return EventStream(
        hub.feeds.of(caller.space),
        hub.settings,
        asked=_cursor(asked),
        is_allowed=lambda: hub.access.still_good(caller),
    )


def _cursor(text: str) -> int | None:
    """A cursor of ours. Anything else, such as another server's id, is none: the stream then begins with a resync."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 19 else None


_EVENTS: dict[str, type[BaseModel]] = {
    "notification.created": ChangedData,
    "notification.updated": ChangedData,
    "notification.removed": RemovedData,
    "notifications.unread_count_changed": UnreadCountData,
    "ping": PingData,
    "resync": PingData,
}

ENDPOINTS = [
    Endpoint(
        "GET", "/api/notifications", "list_notifications", "List notifications, newest id first", page,
        query=ListQuery, answer=NotificationsListBody, refusals=(503,),
    ),
    Endpoint(
        "GET", "/api/notifications/stream", "stream_notifications", "Follow every change of the inbox", stream,
        door=Door.STREAM, query=StreamQuery, media_type="text/event-stream", refusals=(503,), events=_EVENTS,
        takes_headers={"Last-Event-ID": "The id of the last frame that arrived: the stream goes on after it."},
    ),
    Endpoint(
        "GET", "/api/notifications/unread-count", "count_unread", "How many notifications are unread", unread_count,
        answer=CountBody, refusals=(503,),
    ),
    Endpoint(
        "GET", "/api/notifications/{id}", "get_notification",
        "One notification; with a sending key, what became of a post of its own", one,
        roles=EITHER, answer=NotificationBody, other_answer=AskBody, refusals=(404, 503),
    ),
    Endpoint(
        "GET", "/api/notifications/{id}/events", "list_events", "The events behind a notification, oldest first", events,
        answer=EventsBody, refusals=(404, 503),
    ),
    Endpoint(
        "GET", "/api/runs/{run_id}", "get_run", "The timeline of a run, oldest first", run,
        answer=RunBody, refusals=(404, 503), takes_slashes=True,
    ),
]  # fmt: skip
