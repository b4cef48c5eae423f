"""The cache's one writer in this process: each method is one transaction, run on aiosqlite's thread.

Whole transactions are handed to that thread, not single statements: a hop for each statement would cost more than the work.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from inbox_tui.cache import said, schema, steps
from inbox_tui.cache.rows import FeedState, Op
from inbox_tui.core import times
from inbox_tui.core.feed import Change, Opening, Page

if TYPE_CHECKING:
    from inbox_tui.cache.writer import Writer

MOST_ROWS = 1_000_000

P = ParamSpec("P")
T = TypeVar("T")


class Cache:
    """One feed's copy. `open` first; `close` at the end. Raises sqlite3.Error where the file cannot be written."""

    def __init__(self, path: Path, feed: str, *, clock: times.Clock = times.now, most_rows: int = MOST_ROWS) -> None:
        self.feed, self._path, self._clock, self._most_rows = feed, path, clock, most_rows
        self.pane = secrets.token_hex(8)
        self.taken = 0
        """Rows of frames and pages so far: what somebody who waits for a calm moment looks at."""
        self.note = ""
        """What `open` has to tell the person about the file."""
        self._writer: Writer | None = None

    async def open(self) -> None:
        import asyncio

        from inbox_tui.cache.writer import Writer

        prepared = await asyncio.to_thread(schema.prepare, self._path)
        self.note = prepared.note
        self._writer = Writer(prepared.path)
        await self._writer

    async def close(self) -> None:
        if self._writer is not None:
            writer, self._writer = self._writer, None
            try:
                await writer.run(steps.release, self.feed, self.pane)
            finally:
                await writer.close()

    async def _run(self, step: Callable[Concatenate[sqlite3.Connection, str, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        assert self._writer is not None, "the cache is not open"
        return await self._writer.run(step, self.feed, *args, **kwargs)

    async def state(self) -> FeedState:
        return await self._run(steps.state)

    async def begin(self, asked: int | None, opening: Opening) -> bool:
        """See `steps.begin`."""
        return await self._run(steps.begin, asked, opening, self._clock())

    async def apply(self, changes: Sequence[Change]) -> FeedState:
        """See `steps.apply`. Drops the deepest rows where there are too many."""
        self.taken += len(changes)
        return await self._bounded(await self._run(steps.apply, changes, self._clock()))

    async def merge(self, page: Page) -> FeedState:
        """See `steps.merge`. Drops the deepest rows where there are too many."""
        self.taken += len(page.items)
        return await self._bounded(await self._run(steps.merge, page))

    async def _bounded(self, state: FeedState) -> FeedState:
        if state.rows > self._most_rows:
            await self._run(steps.evict, self._most_rows)
            return await self.state()
        return state

    async def heard(self, unread: int) -> None:
        """See `steps.heard`."""
        await self._run(steps.heard, unread)

    async def caught_up(self, rev: int) -> bool:
        """See `steps.caught_up`."""
        return await self._run(steps.caught_up, rev, self._clock())

    async def enqueue(self, *ops: Op) -> None:
        """See `steps.enqueue`."""
        await self._run(steps.enqueue, *ops)

    async def remember_undo(self, key: str, text: str) -> None:
        """See `steps.remember_undo`."""
        await self._run(steps.remember_undo, key, text)

    async def forget_undo(self, key: str) -> None:
        """It was taken back."""
        await self._run(steps.forget_undo, key)

    async def acked(self, key: str, rev: int | None) -> bool:
        """See `steps.acked`."""
        return await self._run(steps.acked, key, rev)

    async def next_op(self) -> Op | None:
        """See `steps.next_op`."""
        return await self._run(steps.next_op, self.pane, self._clock())

    async def waiting(self) -> int:
        """How many triage calls no hub has taken yet."""
        return await self._run(steps.waiting)

    async def claim_walk(self) -> str | None:
        """See `steps.claim_walk`."""
        return await self._run(steps.claim_walk, self.pane, self._clock())

    async def index_some(self) -> int:
        """See `said.index_some`."""
        assert self._writer is not None, "the cache is not open"
        return await self._writer.run(said.index_some)

    async def data_version(self) -> int:
        """Another number each time that another pane has written."""
        return await self._run(steps.data_version)
