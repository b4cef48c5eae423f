"""The verbs of a space: the one door to what follows an event, a key press or the clock. Rules are in `core` and `verbs`.

Revs and epochs are microseconds-sized integers: a new space begins at the time of its making, so that no cursor of a lost
database can ever be good in its successor.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast

from inbox_tui.core.model import Event
from inbox_tui.core.times import Clock
from inbox_tui.core.times import now as machine_clock
from inbox_tui.hub.readers import Readers
from inbox_tui.hub.store import reads
from inbox_tui.hub.store.reads import Change, Changes, Head, Page
from inbox_tui.hub.store.store import Committed, Store
from inbox_tui.hub.values import Answer, Bulk, Published, Rate, Retention, Sender
from inbox_tui.hub.verbs.publish import Publish
from inbox_tui.hub.writer import Writer

__all__ = ["Answer", "Bulk", "Change", "Changes", "Head", "Page", "Published", "Rate", "Retention", "Sender", "Service"]


_DEFAULT_RETENTION = Retention()


class Service:
    """Every method that writes answers once the change is on disk, and raises `core.errors.Refused`: 507 `storage` where
    nothing can be written, 503 `busy` where too much is queued, and what its own line says."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock = machine_clock,
        monotonic: Callable[[], float] = time.monotonic,
        retention: Retention = _DEFAULT_RETENTION,
    ) -> None:
        self.store = store
        self._clock, self._monotonic, self._retention = clock, monotonic, retention
        self._writer = Writer(store, clock, monotonic)
        self._writer.heard = self._heard
        self._readers = Readers(store)
        self._callbacks: list[Callable[[str], None]] = []

    @property
    def storage_problem(self) -> str:
        """Why nothing could be written the last time; "" when it could."""
        return self._writer.problem

    async def start(self) -> None:
        self._writer.start()

    async def close(self) -> None:
        """Everything accepted is still written. The store stays open: it is its opener's."""
        await self._writer.close()
        await self._readers.close()

    def on_commit(self, callback: Callable[[str], None]) -> None:
        """Has it called, in the loop, with the space after each commit that moved its rev."""
        self._callbacks.append(callback)

    async def publish(
        self, space: str, sender: Sender, event: Event, *, idempotency_key: str = "", body_hash: str = ""
    ) -> Published:
        """409 `idempotency` for a key that came with another body; the same body gets the first answer again."""
        verb = Publish(sender, event, idempotency_key, body_hash)
        return cast(Published, await self._writer.submit(space, verb))

    async def head(self, space: str) -> Head:
        return await self._readers.read(lambda connection: reads.head(connection, space))

    async def page(self, space: str, *, limit: int, before: str = "", unread: bool = False, needs_me: bool = False) -> Page:
        """Newest id first; 1 to 500 rows."""
        return await self._readers.read(
            lambda connection: reads.page(connection, space, limit=limit, before=before, unread=unread, needs_me=needs_me)
        )

    async def notification(self, space: str, id: str) -> str:  # noqa: A002
        """The row's document. 404."""
        return await self._readers.read(lambda connection: reads.notification(connection, space, id))

    async def changes(self, space: str, after_rev: int, limit: int) -> Changes | None:
        """Rows and tombstones after a cursor, by rev, from one snapshot. None: the cursor is not (or no longer) good."""
        return await self._readers.read(lambda connection: reads.changes(connection, space, after_rev, limit))

    def _heard(self, space: str, done: Committed) -> None:
        if done.moved:
            for callback in self._callbacks:
                callback(space)
