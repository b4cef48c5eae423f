"""A hub that says what a test wants it to say: bytes on a socket, for what no real hub of ours would send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from inbox_tui.client.api import Hub
from inbox_tui.client.target import Target

Says = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]

STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def saying(data: bytes, *, head: bytes = STREAM) -> Says:
    async def says(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(head + data)

    return says


@asynccontextmanager
async def forged(says: Says) -> AsyncIterator[Hub]:
    """`says` gets each request's head, and the connection."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        try:
            await says(head, writer)
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        async with Hub(Target(f"http://127.0.0.1:{port}", key="ik_a_b")) as hub:
            yield hub
    finally:
        server.close()
        await server.wait_closed()
