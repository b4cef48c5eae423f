"""A few threads that read, each answer from one snapshot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from inbox_tui.core.errors import Refused
from inbox_tui.hub.store.database import Connection
from inbox_tui.hub.store.store import Store

Answer = TypeVar("Answer")


class Readers:
    """`problem` says why nothing could be read the last time, "" when it could."""

    def __init__(self, store: Store, threads: int = 3) -> None:
        self._store = store
        self.problem = ""
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="inbox-reader")

    async def read(self, query: Callable[[Connection], Answer]) -> Answer:
        """Raises Refused 503, `storage` where the engine cannot read, `unavailable` where it is out of reach; and what the query
        raises."""
        database = self._store.database
        try:
            answer = await asyncio.get_running_loop().run_in_executor(self._pool, self._store.read, query)
        except Exception as error:
            if text := database.storage_problem(error):
                self.problem = text
                raise Refused(503, f"Nothing could be read: {text}.", code="storage", retry_after=5) from error
            if text := database.outage(error):
                self.problem = text
                raise Refused(503, f"Nothing could be read: {text}.", code="unavailable", retry_after=1) from error
            raise
        self.problem = ""
        return answer

    async def close(self) -> None:
        await asyncio.to_thread(self._pool.shutdown)
