"""A pane over several hubs: real ones, foreign ones, and ones that lie; each a place on this machine's loopback."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from textual.message import Message
from textual.pilot import Pilot

from inbox_tui.cache.merged import Merged
from inbox_tui.cache.rows import View
from inbox_tui.client.hubs import Followed
from inbox_tui.core.model import Notification, to_document
from inbox_tui.core.paths import Paths
from inbox_tui.tui.app import InboxApp
from inbox_tui.tui.hub_states import HubState
from inbox_tui.tui.hubs import connect_to_all

SECONDS = 30.0
EPOCH = 5
AT = 1_700_000_000_000_000
Say = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""Writes an answer."""
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]


class SeveralPane:
    def __init__(self, app: InboxApp, pilot: Pilot[int], lists: Merged, heard: asyncio.Event) -> None:
        self.app, self.pilot, self.lists, self._heard = app, pilot, lists, heard

    async def until(self, holds: Callable[[], object]) -> None:
        """After any message, until it is so."""
        async with asyncio.timeout(SECONDS):
            while not holds():
                self._heard.clear()
                await self._heard.wait()

    async def until_live(self, *hubs: str) -> None:
        await self.until(lambda: all(self.state(hub).words == "live" for hub in hubs))

    def state(self, hub: str) -> HubState:
        return next(state for state in self.app.main.hubs.each(self.app.main.now()) if state.name == hub)

    def titles(self, view: View = View.ALL) -> list[tuple[str, str]]:
        """(hub, title) of each row."""
        rows = self.lists.window(view, 0, self.lists.count(view))
        return [(row.notification.hub, row.notification.title) for row in rows]

    async def cursor_to(self, title: str) -> None:
        """Waits for the row, and puts the cursor on it."""
        listed = self.app.main.list.listing

        def is_there() -> bool:
            places = [y for y in range(listed.count) if (row := listed.row(y)) and row.notification.title == title]
            for y in places[:1]:
                self.app.main.list.move_to(y)
            return bool(places)

        await self.until(is_there)

    @property
    def screen(self) -> str:
        """All that is on the screen."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in strips)


@asynccontextmanager
async def several(paths: Paths, hubs: Sequence[Followed], size: tuple[int, int] = (160, 40)) -> AsyncIterator[SeveralPane]:
    heard = asyncio.Event()
    lists = Merged(paths.cache_database, {hub.name: hub.target.feed for hub in hubs})
    colors = {hub.name: hub.color for hub in hubs}
    app = InboxApp(lists, paths, connect=partial(connect_to_all, paths, hubs), hubs=colors, environ={"COLORTERM": "truecolor"})

    def hook(_: Message) -> None:
        heard.set()

    try:
        async with app.run_test(size=size, message_hook=hook) as pilot:
            yield SeveralPane(app, pilot, lists, heard)
    finally:
        lists.close()


class Liar:
    """Honest but for `lies`, by path: `stream`, `page`, `hub`, and `else` for all other calls."""

    def __init__(self, rows: Sequence[Mapping[str, Any]] = (), **lies: Say | bytes) -> None:
        self.rows, self.lies = [*rows], lies
        self.url = ""
        self.calls: list[str] = []
        self.sent = 0
        """Bytes that somebody took, at most in one answer."""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            method, target, *_ = (await reader.readuntil(b"\r\n\r\n")).decode().split()
            self.calls.append(f"{method} {target.partition('?')[0]}")
            lie = self.lies.get(self._what(method, target), self._honestly(method, target))
            if isinstance(lie, bytes):
                writer.write(lie)
                await writer.drain()
            else:
                await lie(writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def _what(self, method: str, target: str) -> str:
        path = target.partition("?")[0]
        names = {"/api/hub": "hub", "/api/notifications": "page", "/api/notifications/stream": "stream"}
        return names.get(path, "else") if method == "GET" else "else"

    def _honestly(self, method: str, target: str) -> Say | bytes:
        match self._what(method, target):
            case "hub":
                return answered(json.dumps({"name": "hub", "version": "1", "epoch": EPOCH}))
            case "page":
                return answered(json.dumps({"items": self.rows, "next_cursor": "", "epoch": EPOCH, "rev": 9}))
            case "stream":
                return self.streamed()
        return answered('{"detail": "no"}', status=404)

    def streamed(self, *frames: str) -> Say:
        """A stream that opens as ours do, says these, and stays."""

        async def say(writer: asyncio.StreamWriter) -> None:
            head = json.dumps({"epoch": EPOCH, "rev": 9, "unread_count": 0})
            writer.write(STREAM + "".join([f"id: 9\nevent: resync\ndata: {head}\n\n", *frames]).encode())
            await writer.drain()
            await asyncio.Event().wait()

        return say

    def endless(self, head: bytes, piece: bytes) -> Say:
        """Says the same for as long as somebody takes it."""

        async def say(writer: asyncio.StreamWriter) -> None:
            # What stands in our own buffer was taken by nobody.
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
            writer.write(head)
            sent = 0
            while True:
                writer.write(piece)
                await writer.drain()
                sent += len(piece)
                self.sent = max(self.sent, sent)

        return say


STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def answered(body: str | bytes, *, status: int = 200, headers: str = "Content-Type: application/json") -> bytes:
    text = body.encode() if isinstance(body, str) else body
    return f"HTTP/1.1 {status} So\r\n{headers}\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n".encode() + text


async def hang(writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


def document(number: int, title: str, **members: object) -> dict[str, Any]:
    """A row as our hub would write it, but for `members`."""
    row = Notification(
        f"01HF7YAT00000000000000{number:04d}", "message", title, AT, AT, rev=9, created_rev=9, raised_rev=9, raised_at=AT
    )
    return {**to_document(row), **members}


@asynccontextmanager
async def listening(*answers: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[list[str]]:
    """Their URLs."""
    tasks: set[asyncio.Task[None]] = set()

    def watched(answer: Answer) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
        return lambda reader, writer: tasks.add(asyncio.ensure_future(answer(reader, writer)))

    servers = [await asyncio.start_server(watched(answer), "127.0.0.1", 0, ssl=tls) for answer in answers]
    try:
        yield [f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}" for server in servers]
    finally:
        for server in servers:
            server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
