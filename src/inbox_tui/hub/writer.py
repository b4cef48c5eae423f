"""Where everything that writes is queued: a thread for each of the engine's lanes, and a space always in the same."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial

from inbox_tui.core.errors import Refused
from inbox_tui.core.times import Clock
from inbox_tui.hub.counting import Histogram
from inbox_tui.hub.lane import MOST_IN_BATCH, Call, Lane
from inbox_tui.hub.store.store import Committed, Store, Verb

MOST_QUEUED = 10_000
Heard = Callable[[str, Committed], None]


class Writer:
    """`heard` is called in the loop after each commit, once its callers have their answers. `waiting` changes are queued or being
    written; of what was committed, `batches` has the sizes and `commits` the seconds."""

    def __init__(self, store: Store, clock: Clock | None, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock, self._monotonic = store, clock, monotonic
        self._lanes: list[Lane] = []
        self.waiting = 0
        self.batches = Histogram(1, 2, 4, 8, 16, 32, 64, 128, MOST_IN_BATCH)
        self.commits = Histogram(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2)
        self._closing = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self.heard: Heard = _nobody

    @property
    def problem(self) -> str:
        """Why nothing could be written the last time, "" when it could."""
        return next((lane.problem for lane in self._lanes if lane.problem), "")

    def start(self) -> None:
        """To be called in the loop that will submit."""
        self._loop, self._closing = asyncio.get_running_loop(), False
        apply = partial(self._store.apply, clock=self._clock, monotonic=self._monotonic)
        self._lanes = [Lane(self._store, number, apply, self._tell) for number in range(self._store.database.lanes)]

    async def close(self) -> None:
        """Everything queued is still written."""
        self._closing = True
        await asyncio.gather(*(asyncio.to_thread(lane.close) for lane in self._lanes))
        self._lanes = []

    async def submit(self, space: str, verb: Verb) -> object:
        """The verb's answer, once it is on disk. Raises its Refused; 503 `busy` where the queue is full, `unavailable` where the
        database is out of reach, 507 `storage`."""
        if self._closing or self._loop is None:
            raise Refused(503, "The hub is shutting down.", code="stopping", retry_after=1)
        if self.waiting >= MOST_QUEUED:
            raise Refused(503, "The hub has more to write than it can: try again.", code="busy", retry_after=1)
        future: asyncio.Future[object] = self._loop.create_future()
        self.waiting += 1
        self._lanes[self._store.lane_of(space)].put(Call(space, verb, future))
        return await future

    def _tell(self, space: str, calls: Sequence[Call], answers: Sequence[object], done: Committed | None, seconds: float) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._resolve, space, calls, answers, done, seconds)

    def _resolve(
        self, space: str, calls: Sequence[Call], answers: Sequence[object], done: Committed | None, seconds: float
    ) -> None:
        self.waiting -= len(calls)
        for call, answer in zip(calls, answers, strict=True):
            if call.future.done():
                continue  # its caller was cancelled; what it asked for is done all the same
            if isinstance(answer, Exception):
                call.future.set_exception(answer)
            else:
                call.future.set_result(answer)
        if done is not None:
            self.batches.observe(len(calls))
            self.commits.observe(seconds)
            self.heard(space, done)


def _nobody(space: str, done: Committed) -> None:
    pass
