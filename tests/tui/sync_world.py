"""A pane without a screen: it follows a real hub into a real cache file, and remembers what it was told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from inbox_tui.cache.pages import Reader
from inbox_tui.cache.rows import View
from inbox_tui.cache.store import Cache
from inbox_tui.client.api import Hub
from inbox_tui.client.target import LOCAL, Target
from inbox_tui.core.feed import Item
from inbox_tui.tui.messages import ConnectionChanged, Raised, SyncMessage
from inbox_tui.tui.sync import Sync

T = TypeVar("T")
SECONDS = 30.0


class SilentPane:
    """`told`: every message so far. `reader` reads the same file as a screen would."""

    def __init__(self, cache_file: Path, target: Target, *, retry_seconds: float = 10.0) -> None:
        self.told: list[SyncMessage] = []
        self._heard = asyncio.Event()
        self.cache = Cache(cache_file, LOCAL)
        self.hub = Hub(target)
        self.sync = Sync(self.cache, self.hub, post=self._post, retry_seconds=retry_seconds)
        self._file = cache_file
        self._task: asyncio.Task[None] | None = None

    def _post(self, message: SyncMessage) -> None:
        self.told.append(message)
        self._heard.set()

    async def start(self) -> None:
        await self.cache.open()
        self.reader = Reader(self._file, LOCAL)
        self._task = asyncio.create_task(self.sync.run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self.reader.close()
        await self.hub.aclose()
        await self.cache.close()

    async def until(self, holds: Callable[[], object]) -> None:
        """Waits for a message after which it holds."""
        async with asyncio.timeout(SECONDS):
            while not holds():
                self._heard.clear()
                await self._heard.wait()

    async def until_caught_up(self) -> None:
        """Proved to show all that the hub has at the time of this call."""
        await self.until_rev((await self.hub.page(limit=1)).rev)

    async def until_rev(self, rev: int, *, seconds: float = SECONDS) -> None:
        async with asyncio.timeout(seconds):
            while True:
                state = await self.cache.state()
                if state.complete and state.caught_up_rev >= rev and self.connection.state == "live":
                    return
                self._heard.clear()
                await self._heard.wait()

    async def until_offline(self) -> None:
        await self.until(lambda: self.connection.state == "offline")

    @property
    def connection(self) -> ConnectionChanged:
        return next(
            (message for message in reversed(self.told) if isinstance(message, ConnectionChanged)),
            ConnectionChanged("connecting", 0),
        )

    def heard(self, kind: type[T]) -> list[T]:
        return [message for message in self.told if isinstance(message, kind)]

    @property
    def raised(self) -> list[tuple[str, int]]:
        """(id, raised_rev) of each alert."""
        return [(row.id, row.raised_rev) for message in self.heard(Raised) for row in message.rows]

    def rows(self, view: View = View.ALL) -> list[tuple[str, int]]:
        """(id, rev) of a view's rows."""
        self.reader.refresh()
        return [(row.id, row.rev) for row in self.reader.window(view, 0, self.reader.count(view))]


async def hub_rows(hub: Hub) -> dict[str, Item]:
    """All that the hub has."""
    found: dict[str, Item] = {}
    before = ""
    while True:
        page = await hub.page(before=before)
        found |= {item.id: item for item in page.items}
        before = page.next
        if not before:
            return found


@asynccontextmanager
async def silent_pane(cache_file: Path, target: Target, *, retry_seconds: float = 10.0) -> AsyncIterator[SilentPane]:
    pane = SilentPane(cache_file, target, retry_seconds=retry_seconds)
    await pane.start()
    try:
        yield pane
    finally:
        await pane.stop()
