"""A stream of server-sent events to one reader that may go away, or stop reading, at any moment."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

from starlette.types import Receive, Scope, Send

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Streamed:
    """An ASGI response: what the iterator yields, for as long as the reader takes each part within `send_seconds`."""

    def __init__(self, parts: AsyncIterator[bytes], send_seconds: float) -> None:
        self._parts, self._send_seconds = parts, send_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        listener = asyncio.create_task(until_gone(receive))
        writer = asyncio.create_task(self._write(send))
        try:
            await asyncio.wait({listener, writer}, return_when=asyncio.FIRST_COMPLETED)
            if writer.done() and isinstance(writer.exception(), TimeoutError):
                await abort(scope, listener)
        finally:
            for task in (listener, writer):
                task.cancel()
            await asyncio.gather(listener, writer, return_exceptions=True)
            if (close := getattr(self._parts, "aclose", None)) is not None:
                with suppress(RuntimeError):
                    await close()

    async def _write(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        async for part in self._parts:
            async with asyncio.timeout(self._send_seconds):
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def event_frame(event: str, data: Mapping[str, object]) -> bytes:
    """One event without an id: nobody resumes after it."""
    return f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


async def until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def abort(scope: Scope, listener: asyncio.Task[None]) -> None:
    """Drops the connection with what it still buffers: a reader that does not read would hold it for ever."""
    drop = scope.get("inbox.abort")
    if callable(drop):
        drop()
        await asyncio.wait({listener}, timeout=1)
