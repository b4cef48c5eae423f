"""Frames into the cache: in batches, in order, and with what they mean for the pane (alerts, caught up, trouble at the hub)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from inbox_tui.cache.store import Cache
from inbox_tui.core.errors import InboxError
from inbox_tui.core.feed import Change, Opening
from inbox_tui.core.model import decode
from inbox_tui.tui.answers import Answers
from inbox_tui.tui.messages import Raised, StorageProblem, SyncMessage
from inbox_tui.tui.pane import Pane

if TYPE_CHECKING:
    from inbox_tui.client.stream import Frame

BATCH = 500
"""Rows of one transaction, where so many are ready."""
SLICE = 50
"""Frames that are parsed before keys get their turn."""
QUEUE_BYTES = 256 << 10
"""What is read ahead of the cache; beyond it the hub has to wait."""
RAISED_MOST = 100
"""Rows of one message; of the others it tells the number."""

_ROWS = frozenset({"notification.created", "notification.updated", "notification.removed"})


class AskAgain(Exception):
    """This connection cannot go on, and nothing is wrong: connect again at once."""


class Waiting:
    """Frames that have arrived. Bounded by their size; keeps the reason why no more come."""

    def __init__(self) -> None:
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._arrived, self._taken = asyncio.Event(), asyncio.Event()
        self._end: InboxError | None = None

    async def fill(self, frames: AsyncIterator[Frame]) -> None:
        """Takes all frames until the stream ends; what had arrived before is still to be read."""
        try:
            async for frame in frames:
                self._frames.append(frame)
                self._bytes += len(frame.data)
                self._arrived.set()
                while self._bytes >= QUEUE_BYTES:
                    self._taken.clear()
                    await self._taken.wait()
        except InboxError as error:
            self._end = error
            self._arrived.set()

    async def take(self, most: int) -> list[Frame]:
        """All that is ready, at most so many; waits for the first. Raises what ended the stream."""
        while not self._frames:
            if self._end is not None:
                raise self._end
            self._arrived.clear()
            await self._arrived.wait()
        found = [self._frames.popleft() for _ in range(min(most, len(self._frames)))]
        self._bytes -= sum(len(frame.data) for frame in found)
        self._taken.set()
        return found

    def __bool__(self) -> bool:
        return bool(self._frames)


class Intake:
    """One connection's frames. `caught_up` is told (rows taken in so far) each time that it is proved."""

    def __init__(
        self,
        cache: Cache,
        answers: Answers,
        post: Callable[[SyncMessage], None],
        changed: Callable[[], None],
        caught_up: Callable[[int], None],
    ) -> None:
        self._cache, self._answers, self._post, self._changed, self._caught_up = cache, answers, post, changed, caught_up
        self._pane: Pane | None = None
        self._changes: list[Change] = []
        self._raised: list[str] = []
        self._claim: int | None = None
        self._rows = 0
        self._storage: str | None = None
        """What was told last; of the hub before this one it may have been another, so the first is always told."""

    async def open(self, frame: Frame, asked: int | None) -> None:
        """The stream's first event. Raises AskAgain where another pane was quicker."""
        from inbox_tui.client import wire

        opening, storage = wire.opening(frame.event, frame.id, frame.data)
        if frame.event not in ("ping", "resync") or (asked is None and not opening.is_resync):
            raise wire.Malformed("The hub's stream does not open as ours do.")
        if opening.is_resync and not await self._cache.begin(asked, opening):
            raise AskAgain
        self._pane = Pane(opening)
        self._changed()
        await self._ping(opening, storage)

    async def run(self, waiting: Waiting) -> None:
        """Raises what ends the connection; everything that had arrived is in the cache then."""
        while True:
            frames = await waiting.take(SLICE)
            try:
                for frame in frames:
                    if frame.event in _ROWS:
                        self._take_row(frame)
                    else:
                        await self._take_head(frame)
            except BaseException:
                await self._flush()
                raise
            if not waiting or len(self._changes) >= BATCH:
                await self._flush()
            else:
                await asyncio.sleep(0)

    async def walked(self) -> None:
        """The walk has ended: the last ping's proof may hold now, if the stream still is where it was."""
        if self._claim is not None and self._pane is not None and self._pane.position == self._claim:
            await self._claim_caught_up(self._claim)

    def _take_row(self, frame: Frame) -> None:
        from inbox_tui.client import wire

        change = wire.change(frame.event, frame.id, frame.data)
        self._changes.append(change)
        assert self._pane is not None
        if self._pane.take(change) and change.item is not None:
            self._raised.append(change.item.document)
        if change.item is not None:
            self._answers.row_changed(change.item)

    async def _take_head(self, frame: Frame) -> None:
        from inbox_tui.client import wire

        if frame.event in ("ping", "resync"):
            await self._flush()
            head = wire.parse(wire.HeadWire, frame.data)
            position = self._pane.position if self._pane else 0
            await self._ping(Opening(position, head.rev, head.epoch, head.unread_count, False), head.state.storage)

    async def _flush(self) -> None:
        if self._changes:
            changes, self._changes = self._changes, []
            self._rows += len(changes)
            await self._cache.apply(changes)
            self._changed()
        if self._raised:
            documents, self._raised = self._raised, []
            told = tuple(decode(document) for document in documents[-RAISED_MOST:])
            self._post(Raised(told, len(documents) - len(told)))

    async def _ping(self, head: Opening, storage: str) -> None:
        assert self._pane is not None
        if storage != self._storage:
            self._post(StorageProblem(storage))
        self._storage = storage
        match self._pane.ping(head.rev):
            case "stuck":
                raise AskAgain
            case "there":
                self._claim = head.rev
                await self._claim_caught_up(head.rev)
            case "behind":
                self._claim = None
        if head.unread >= 0:
            await self._cache.heard(head.unread)

    async def _claim_caught_up(self, rev: int) -> None:
        if await self._cache.caught_up(rev):
            rows, self._rows = self._rows, 0
            self._changed()
            self._caught_up(rows)
