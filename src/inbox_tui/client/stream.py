"""One connection to a hub's stream, as frames. Reconnecting is the caller's; import it after the first paint only."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass

import httpx
from httpx_sse import EventSource, SSEError

from inbox_tui.client.api import CONNECT_SECONDS, READ_SECONDS, Hub, refusal, why
from inbox_tui.client.wire import Malformed
from inbox_tui.core.errors import HubUnreachable


@dataclass(frozen=True, slots=True)
class Frame:
    """One event. `id` is "" where the event has none of its own."""

    event: str
    id: str
    data: str


async def follow(
    hub: Hub,
    cursor: int | None,
    *,
    read_seconds: float = READ_SECONDS,
    says_open: bool = False,
    path: str = "/api/notifications/stream",
    params: Mapping[str, str] | None = None,
) -> AsyncGenerator[Frame, None]:
    """The stream after `cursor`, from its opening event on. Ends by raising HubUnreachable, or Refused where the hub says no.

    `says_open`: an event `open` of our own comes first, as soon as the hub has taken us in.
    Close it (`aclosing`): leaving it open keeps its connection.
    """
    headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
    if cursor is not None:
        headers["Last-Event-ID"] = str(cursor)
    timeout = httpx.Timeout(CONNECT_SECONDS, read=read_seconds)
    try:
        async with hub.client.stream("GET", path, params=params, headers=headers, timeout=timeout) as response:
            if response.status_code >= 300:
                raise refusal(response.status_code, await response.aread(), response.headers)
            if says_open:
                yield Frame("open", "", "{}")
            source = EventSource(response).aiter_sse()
            try:
                async for event in source:
                    # A keep-alive comment makes the decoder say an event without data; its id is the one before.
                    if event.data:
                        yield Frame(event.event, event.id, event.data)
            finally:
                await source.aclose()
    except SSEError:
        raise Malformed(f"{hub.target.name}: answers, but not as a hub") from None
    except httpx.HTTPError as error:
        raise HubUnreachable(why(error, hub.target)) from error
    raise HubUnreachable(f"{hub.target.name}: it ended the stream")
