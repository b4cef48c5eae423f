"""A few threads that read, each answer from one snapshot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from inbox_tui.hub.store.database import Connection
from inbox_tui.hub.store.store import Store

Answer = TypeVar("Answer")


class Readers:
    def __init__(self, store: Store, threads: int = 3) -> None:
        self._store = store
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="inbox-reader")

    async def read(self, query: Callable[[Connection], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._store.read, query)

    async def close(self) -> None:
        await asyncio.to_thread(self._pool.shutdown)
