"""The hub's ingest route without the hub: parse, validate, answer; with `insert`, one plain INSERT an event, committed in groups.

python -m benchmarks.floors.hub_app none|insert DATABASE
"""

from __future__ import annotations

import asyncio
import json
import queue
import socket
import sqlite3
import sys
import threading

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from inbox_tui.core.ids import next_ulid
from inbox_tui.core.times import now
from inbox_tui.dialects.fields import parse, validate
from inbox_tui.dialects.notilens import NotiLensEvent, to_event

Waiting = tuple[str, str, "asyncio.Future[None]"]


class PlainInserts:
    """One thread; all that waits is one transaction, with a durable commit."""

    def __init__(self, path: str) -> None:
        self._path, self._queue, self._last = path, queue.SimpleQueue[Waiting](), ""
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._run, daemon=True).start()

    async def insert(self, document: str) -> None:
        done: asyncio.Future[None] = self._loop.create_future()
        self._last = next_ulid(self._last, now())
        self._queue.put((self._last, document, done))
        await done

    def _run(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE event (id TEXT PRIMARY KEY, document TEXT)")
        while True:
            batch = [self._queue.get()]
            while not self._queue.empty() and len(batch) < 256:
                batch.append(self._queue.get())
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO event VALUES (?, ?)", [(id_, document) for id_, document, _ in batch])
            connection.execute("COMMIT")
            self._loop.call_soon_threadsafe(_resolve, [done for _, _, done in batch])


def _resolve(futures: list[asyncio.Future[None]]) -> None:
    for future in futures:
        future.set_result(None)


async def serve(kind: str, database: str) -> None:
    store = PlainInserts(database) if kind == "insert" else None

    async def send(request: Request) -> Response:
        event = to_event(validate(NotiLensEvent, parse(await request.body())))
        if store:
            await store.insert(json.dumps({"title": event.title, "body": event.body, "meta": event.details.get("meta")}))
        return Response(b'{"id":"0"}', status_code=202, media_type="application/json")

    app = Starlette(routes=[Route("/webhook/{token}/send", send, methods=["POST"])])
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    await uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, loop="uvloop")).serve([listener])


if __name__ == "__main__":
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(*sys.argv[1:3]))
