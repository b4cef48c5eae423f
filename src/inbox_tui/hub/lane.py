"""A writing thread: what is queued for a space becomes one transaction; nobody waits for a timer."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from inbox_tui.core.errors import Refused
from inbox_tui.hub.store.database import Lost
from inbox_tui.hub.store.store import Committed, Store, Verb

MOST_IN_BATCH = 256
_PATIENCE = 1.5
"""Seconds that a batch waits for an engine that is out of reach: senders give up after two."""
_TRY_EVERY = 0.05
_PROBE_EVERY = 0.5
Apply = Callable[[str, list[Verb]], Committed]


@dataclass(slots=True)
class Call:
    space: str
    verb: Verb
    future: asyncio.Future[object]


Tell = Callable[[str, Sequence[Call], Sequence[object], Committed | None, float], None]
"""Called in the lane's thread with an answer, or an error, for each call of a batch, and with the seconds that it took."""


class Lane:
    """`problem` says why nothing could be written the last time, "" when it could."""

    def __init__(self, store: Store, number: int, apply: Apply, tell: Tell) -> None:
        self._store, self._number, self._apply, self._tell = store, number, apply, tell
        self._arrivals: SimpleQueue[Call | None] = SimpleQueue()
        self._queued: dict[str, deque[Call]] = {}
        self._out_since: float | None = None
        self._thread = threading.Thread(target=self._work, name=f"inbox-writer-{number}", daemon=True)
        self.problem = ""
        self._thread.start()

    def put(self, call: Call) -> None:
        self._arrivals.put(call)

    def close(self) -> None:
        """Blocks until everything queued is written."""
        self._arrivals.put(None)
        self._thread.join()

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
                call = self._arrivals.get(not self._queued, None if self._out_since is None else _PROBE_EVERY)
            except Empty:
                if self._queued:
                    return True
                self._probe()
                continue
            if call is None:
                self._arrivals.put(None)
                return bool(self._queued)
            self._queued.setdefault(call.space, deque()).append(call)

    def _write(self, space: str, calls: list[Call]) -> None:
        begun = time.monotonic()
        try:
            done = self._applied(space, [call.verb for call in calls])
        except Exception as error:  # whatever it is, somebody waits for it
            refused = self._refused(error)
            if refused is None and len(calls) > 1:
                for call in calls:
                    self._write(space, [call])
                return
            self._tell(space, calls, [refused or error] * len(calls), None, time.monotonic() - begun)
            if refused is not None and self._out_since is not None and not isinstance(error, Lost):
                self._refuse_all(refused)
        else:
            if done.moved:  # a batch that wrote nothing proves nothing
                self.problem = ""
            self._tell(space, calls, done.answers, done, time.monotonic() - begun)

    def _applied(self, space: str, verbs: list[Verb]) -> Committed:
        """Once more, for a moment, where the engine was lost before anything was committed."""
        while True:
            try:
                done = self._apply(space, verbs)
            except Exception as error:
                if not self._may_try_again(error):
                    raise
                time.sleep(_TRY_EVERY)
            else:
                self._is_back()
                return done

    def _may_try_again(self, error: Exception) -> bool:
        if not self._store.database.outage(error):
            return False
        if self._out_since is None:
            self._out_since = time.monotonic()
        return not isinstance(error, Lost) and time.monotonic() - self._out_since < _PATIENCE

    def _refused(self, error: Exception) -> Refused | None:
        """Where it is the engine that could not, and not one verb's data that was wrong."""
        database = self._store.database
        if text := database.storage_problem(error):
            self.problem = text
            return Refused(507, f"Nothing was stored: {text}.", code="storage")
        if text := database.outage(error):
            self.problem = text
            is_known = not isinstance(error, Lost)
            told = "Nothing was stored" if is_known else "Whether it was stored is unknown, so send the same once more"
            return Refused(503, f"{told}: {text}.", code="unavailable", retry_after=1)
        if database.is_busy(error):
            return Refused(503, "Another program holds the hub's database: try again.", code="busy", retry_after=1)
        return None

    def _refuse_all(self, refused: Refused) -> None:
        """Their senders have waited as long as they can; each would only find out the same anew."""
        waiting, self._queued = self._queued, {}
        for space, calls in waiting.items():
            self._tell(space, calls, [refused] * len(calls), None, 0.0)

    def _probe(self) -> None:
        """While nobody writes: whether the engine is back."""
        try:
            self._store.probe(self._number)
        except Exception as error:
            self.problem = self._store.database.outage(error) or self.problem
        else:
            self._is_back()

    def _is_back(self) -> None:
        if self._out_since is not None:
            self._out_since, self.problem = None, ""
