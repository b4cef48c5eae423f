"""A pane that was away while 100,000 rows changed: rows a second into its cache, against merely parsing the stream."""

from __future__ import annotations

import asyncio
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Literal

from benchmarks.report import Figure
from inbox_tui.client.target import find_target
from inbox_tui.core.model import Event
from inbox_tui.core.times import now
from inbox_tui.hub.store.store import Begin, Store
from inbox_tui.hub.values import Sender
from inbox_tui.hub.verbs.publish import Publish
from tests.hubs import RunningHub
from tests.tui.sync_world import SilentPane

ROWS, ROUNDS = 100_000, 3
_TEXT = "Database connection timed out after 3 retries. " * 4


def _fill(path: Path, first: int, rows: int) -> None:
    store = Store.open(path)
    store.apply("default", [Begin()], now)
    sender = Sender("my-app")
    for start in range(first, first + rows, 500):
        numbers = range(start, min(start + 500, first + rows))
        store.apply("default", [Publish(sender, Event("order.placed", f"order {n}", _TEXT)) for n in numbers], now)
    store.close()


async def _pane(hub: RunningHub, folder: Path, rev: int) -> float:
    """Seconds until the cache has everything up to `rev`."""
    pane = SilentPane(folder / "cache.sqlite3", find_target({}, hub.paths))
    began = time.perf_counter()
    await pane.start()
    try:
        await pane.until_rev(rev, seconds=120)
        return time.perf_counter() - began
    finally:
        await pane.stop()


async def _parse_only(hub: RunningHub, cursor: int) -> float:
    """Seconds in which httpx, httpx-sse and pydantic read the same frames, the members that every hub sends, and keep nothing."""
    import httpx
    from httpx_sse import aconnect_sse
    from pydantic import BaseModel

    class Row(BaseModel):
        id: str
        fingerprint: str
        kind: str
        severity: Literal["info", "warn", "error"]
        task_name: str
        run_id: str
        title: str
        body: str
        count: int
        occurrences: list[datetime]
        created_at: datetime
        last_occurred_at: datetime
        read_at: datetime | None

    class Frame(BaseModel):
        notification: Row
        unread_count: int

    began, frames = time.perf_counter(), 0
    transport = httpx.AsyncHTTPTransport(uds=str(hub.operate_socket))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as client:
        headers = {"Last-Event-ID": str(cursor)}
        async with aconnect_sse(client, "GET", "/api/notifications/stream", headers=headers) as source:
            async for event in source.aiter_sse():
                if event.event.startswith("notification."):
                    Frame.model_validate_json(event.data)
                    frames += 1
                    if frames == ROWS:
                        break
    return time.perf_counter() - began


def run() -> list[Figure]:
    ours, base = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            hub = RunningHub.start(folder)
            try:
                hub.publish(title="the first")
                rev = hub.call("GET", "/api/notifications?limit=1").document["rev"]
                asyncio.run(_pane(hub, folder, rev))
                hub.stop()
                _fill(hub.paths.hub_database, 0, ROWS)
                hub.restart()
                head = hub.call("GET", "/api/notifications?limit=1").document["rev"]
                base.append(ROWS / asyncio.run(_parse_only(hub, rev)))
                ours.append(ROWS / asyncio.run(_pane(hub, folder, head)))
            finally:
                hub.stop()
    return [Figure("catching up 100k changed rows", "parsed, not kept", "rows/s", ours, base, 0.6, True)]
