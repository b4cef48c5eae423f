"""A reader of the hub's stream, for tests: frames as they arrive, over a real connection."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from httpx_sse import aconnect_sse
from hubs import RunningHub

STREAM = "/api/notifications/stream"


@dataclass(frozen=True, slots=True)
class Frame:
    """`id` is None where the frame has none of its own."""

    event: str
    id: int | None
    data: dict[str, Any]


class Follower:
    def __init__(self, frames: AsyncIterator[Frame]) -> None:
        self._frames = frames

    async def next(self, *, pings: bool = False) -> Frame:
        """The next frame; pings are passed over unless asked for."""
        async for frame in self._frames:
            if pings or frame.event != "ping":
                return frame
        raise EOFError

    async def until_ping(self) -> list[Frame]:
        """All frames up to the ping that says that there are no more."""
        found = []
        while (frame := await self.next(pings=True)).event != "ping":
            found.append(frame)
        return found


@asynccontextmanager
async def follow(
    hub: RunningHub, cursor: int | str | None = None, *, headers: Mapping[str, str] | None = None, url: str = ""
) -> AsyncIterator[tuple[Frame, Follower]]:
    """The opening frame, and what comes after it; by the operate socket, or by TCP where a `url` is given."""
    transport = None if url else httpx.AsyncHTTPTransport(uds=str(hub.operate_socket))
    sent = dict(headers or {}) | ({} if cursor is None else {"Last-Event-ID": str(cursor)})
    async with (
        httpx.AsyncClient(transport=transport, timeout=20) as client,
        aconnect_sse(client, "GET", url or f"http://localhost{STREAM}", headers=sent) as source,
    ):
        source.response.raise_for_status()
        last = ""

        async def frames() -> AsyncIterator[Frame]:
            nonlocal last
            async for event in source.aiter_sse():
                is_own = event.id != last
                last = event.id
                yield Frame(event.event, int(event.id) if is_own else None, json.loads(event.data))

        reader = Follower(frames())
        yield await reader.next(pings=True), reader
