"""The one writing thread: what is queued for a space becomes one transaction; nobody waits for a timer."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeVar

from inbox_tui.core.errors import Refused
from inbox_tui.core.times import Clock
from inbox_tui.hub.store.store import Committed, Store, Verb

MOST_IN_BATCH = 256
MOST_QUEUED = 10_000
Answer = TypeVar("Answer")
Heard = Callable[[str, Committed], None]


@dataclass(slots=True)
class _Call:
    space: str
    verb: Verb
    future: asyncio.Future[object]


class Writer:
    """`heard` is called in the loop after each commit, once its callers have their answers. `problem` says why nothing could
    be written the last time, "" when it could."""

    def __init__(self, store: Store, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock, self._monotonic = store, clock, monotonic
        self._arrivals: SimpleQueue[_Call | None] = SimpleQueue()
        self._queued: dict[str, deque[_Call]] = {}
        self._waiting = 0
        self._closing = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self.heard: Heard = _nobody
        self.problem = ""

    def start(self) -> None:
        """To be called in the loop that will submit."""
        self._loop, self._closing = asyncio.get_running_loop(), False
        self._thread = threading.Thread(target=self._work, name="inbox-writer", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        """Everything queued is still written."""
        self._closing = True
        if self._thread is not None:
            self._arrivals.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    async def submit(self, space: str, verb: Verb) -> object:
        """The verb's answer, once it is on disk. Raises its Refused; 503 `busy` where the queue is full, 507 `storage`."""
        if self._closing or self._loop is None:
            raise Refused(503, "The hub is shutting down.", code="stopping", retry_after=1)
        if self._waiting >= MOST_QUEUED:
            raise Refused(503, "The hub has more to write than it can: try again.", code="busy", retry_after=1)
        future: asyncio.Future[object] = self._loop.create_future()
        self._waiting += 1
        self._arrivals.put(_Call(space, verb, future))
        return await future

    # ---- in the thread ----

    def _work(self) -> None:
        while self._take_in():
            # The spaces take turns, so that a busy one holds up nobody.
            space = next(iter(self._queued))
            queue = self._queued.pop(space)
            calls = [queue.popleft() for _ in range(min(MOST_IN_BATCH, len(queue)))]
            if queue:
                self._queued[space] = queue
            self._write(space, calls)

    def _take_in(self) -> bool:
        """Sorts everything that has arrived by space; waits where there is nothing. False: closed, and all is written."""
        while True:
            try:
                call = self._arrivals.get(block=not self._queued)
            except Empty:
                return True
            if call is None:
                self._arrivals.put(None)
                return bool(self._queued)
            self._queued.setdefault(call.space, deque()).append(call)

    def _write(self, space: str, calls: list[_Call]) -> None:
        try:
            done = self._store.apply(space, [call.verb for call in calls], self._clock, self._monotonic)
        except Exception as error:  # whatever it is, somebody waits for it
            refused = self._refused(error)
            if refused is None and len(calls) > 1:
                for call in calls:
                    self._write(space, [call])
            else:
                self._tell(space, calls, [refused or error] * len(calls), None)
        else:
            if done.moved:  # a batch that wrote nothing proves nothing
                self.problem = ""
            self._tell(space, calls, done.answers, done)

    def _refused(self, error: Exception) -> Refused | None:
        """Where it is the engine that could not, and not one verb's data that was wrong."""
        database = self._store.database
        if text := database.storage_problem(error):
            self.problem = text
            return Refused(507, f"Nothing was stored: {text}.", code="storage")
        if database.is_busy(error):
            return Refused(503, "Another program holds the hub's database: try again.", code="busy", retry_after=1)
        return None

    def _tell(self, space: str, calls: list[_Call], answers: list[object], done: Committed | None) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._resolve, space, calls, answers, done)

    def _resolve(self, space: str, calls: list[_Call], answers: list[object], done: Committed | None) -> None:
        self._waiting -= len(calls)
        for call, answer in zip(calls, answers, strict=True):
            if call.future.done():
                continue  # its caller was cancelled; what it asked for is done all the same
            if isinstance(answer, Exception):
                call.future.set_exception(answer)
            else:
                call.future.set_result(answer)
        if done is not None:
            self.heard(space, done)


def _nobody(space: str, done: Committed) -> None:
    pass
