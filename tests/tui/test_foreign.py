"""A hub that is not ours: camelCase, nulls, no revs, no replay; played by a few lines over a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sync_world import SilentPane, silent_pane

from inbox_tui.cache.rows import View
from inbox_tui.client.target import Target
from inbox_tui.core import ids
from inbox_tui.tui.messages import TriageRefused

PAGE = 2
Rows = dict[str, dict[str, Any]]


def row(number: int, *, minute: int = 0, read: bool = False) -> dict[str, Any]:
    at = f"2023-11-14T22:{minute:02d}:20Z"
    return {
        "id": ids.encode((1_700_000_000_000 + number) << 80), "kind": "run.failed", "severity": "error",
        "taskName": f"task {number}", "runId": None, "title": f"row {number}", "body": None, "count": 1, "occurrences": [at],
        "createdAt": at, "lastOccurredAt": at, "readAt": at if read else None,
    }  # fmt: skip


class Daemon:
    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows: Rows = {row["id"]: row for row in rows}
        self.streams: list[asyncio.StreamWriter] = []
        self.url = ""

    def say(self, event: str, data: dict[str, Any]) -> None:
        for writer in self.streams:
            writer.write(f": still here\n\nevent: {event}\ndata: {json.dumps(data)}\n\n".encode())

    def hang_up(self) -> None:
        while self.streams:
            self.streams.pop().close()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, target, *_ = head.split()
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        parts = path.split("/")
        if path == "/api/notifications/stream":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
            await writer.drain()
            self.streams.append(writer)
            return
        body: dict[str, Any] | None = None
        if path == "/api/notifications":
            before = query.get("before", ["~"])[0]
            found = [self.rows[row_id] for row_id in sorted(self.rows, reverse=True) if row_id < before]
            more = found[PAGE - 1]["id"] if len(found) > PAGE else None
            body = {"items": found[:PAGE], "nextCursor": more}
        elif method == "POST" and len(parts) == 5 and parts[4] == "read":
            self.rows[parts[3]]["readAt"] = "2023-11-14T23:00:00Z"
            self.say("notification.updated", {"notification": self.rows[parts[3]], "unreadCount": -1})
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        else:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        if body is not None:
            text = json.dumps(body).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(text), text))
        await writer.drain()
        writer.close()


@asynccontextmanager
async def following(daemon: Daemon, file: Path) -> AsyncIterator[SilentPane]:
    server = await asyncio.start_server(daemon.answer, "127.0.0.1", 0)
    target = Target(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        async with silent_pane(file, target) as pane:
            await pane.until(lambda: pane.connection.caught_up_at)
            yield pane
    finally:
        daemon.hang_up()
        server.close()
        await server.wait_closed()


def titles(pane: SilentPane, view: View = View.ALL) -> list[str]:
    pane.reader.refresh()
    return [row.notification.title for row in pane.reader.window(view, 0, 100)]


async def test_it_is_listed_and_followed(home: Path) -> None:
    daemon = Daemon(row(1), row(2, read=True), row(3), row(4), row(5))
    async with following(daemon, home / "cache.sqlite3") as pane:
        assert titles(pane) == ["row 5", "row 4", "row 3", "row 2", "row 1"]
        assert pane.reader.unread_count() == 4
        daemon.rows[row(1)["id"]] = row(1, minute=5) | {"title": "again"}
        daemon.say("notification.updated", {"notification": daemon.rows[row(1)["id"]], "unreadCount": 4})
        await pane.until(lambda: titles(pane)[0] == "again")
        assert pane.raised == []  # by its own clock that was long ago


async def test_what_it_lost_or_said_by_a_count_alone_is_found_by_asking_again(home: Path) -> None:
    daemon = Daemon(row(1), row(2), row(3))
    async with following(daemon, home / "cache.sqlite3") as pane:
        del daemon.rows[row(2)["id"]]
        daemon.rows |= {row(4)["id"]: row(4)}
        daemon.hang_up()
        await pane.until(lambda: titles(pane) == ["row 4", "row 3", "row 1"])
        await pane.until(lambda: daemon.streams and pane.reader.head.complete)
        for one in daemon.rows.values():
            one["readAt"] = "2023-11-14T23:00:00Z"
        daemon.say("notification.unreadCountChanged", {"unreadCount": 0})
        await pane.until(lambda: titles(pane, View.UNREAD) == [])


async def test_reading_is_sent_and_what_it_cannot_do_is_told(home: Path) -> None:
    daemon = Daemon(row(1), row(2))
    async with following(daemon, home / "cache.sqlite3") as pane:
        first, second = pane.reader.window(View.ALL, 0, 2)
        await pane.sync.triage("read", first)
        await pane.until(lambda: daemon.rows[first.id]["readAt"] and titles(pane, View.UNREAD) == ["row 1"])
        await pane.sync.triage("done", second)
        await pane.until(lambda: any(type(message).__name__ == "TriageRefused" for message in pane.told))
        assert titles(pane, View.DONE) == []


async def test_many_are_sent_one_by_one_since_its_bulk_form_means_all(home: Path) -> None:
    daemon = Daemon(row(1), row(2), row(3))
    async with following(daemon, home / "cache.sqlite3") as pane:
        some = {shown.id: shown.notification.raised_rev for shown in pane.reader.window(View.ALL, 0, 2)}
        await pane.sync.triage_rows("read", some)
        await pane.until(lambda: all(daemon.rows[row_id]["readAt"] for row_id in some))
        await pane.until(lambda: pane.connection.waiting == 0)
        assert titles(pane, View.UNREAD) == ["row 1"]
        assert daemon.rows[row(1)["id"]]["readAt"] is None
        await pane.sync.triage_rows("pin", some)
        await pane.until(lambda: pane.heard(TriageRefused))
        assert set(pane.heard(TriageRefused)[0].ids) == set(some)
