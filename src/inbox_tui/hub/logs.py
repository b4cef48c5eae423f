"""What the hub says it does, as records in OpenTelemetry's log data model: the last of them, in memory, for whoever looks.

It is additive and best-effort (seed 004): nothing waits for it or fails with it, and what a reader was too slow for is gone.
A record belongs to a space, or to the hub itself, whose records only the hub's own machine sees.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice, takewhile

from inbox_tui.core.times import Clock
from inbox_tui.core.times import now as machine_clock

MOST_RECORDS, MOST_CHARACTERS = 10_000, 8_000_000
VALUE, ATTRIBUTES = 4_000, 200
"""Characters of one attribute, and how many a record has: what is above is cut, for a log that never makes the hub grow."""
NUMBERS = {"DEBUG": 5, "INFO": 9, "WARN": 13, "ERROR": 17}
"""OpenTelemetry's severity numbers."""


@dataclass(frozen=True, slots=True)
class LogRecord:
    """`number` grows from record to record, and from one life of the hub to the next. `at`: microseconds."""

    number: int
    at: int
    severity: str
    body: str
    attributes: Mapping[str, str]
    space: str = ""
    """"" for the hub's own."""

    @property
    def size(self) -> int:
        return len(self.body) + sum(len(name) + len(value) for name, value in self.attributes.items())


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records somebody looks for. `spaces`: those that may be seen at all."""

    spaces: frozenset[str]
    severity: str = ""
    """At least this one."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Attributes that must be just so."""
    text: str = ""
    """In the body or any attribute, in either case."""

    def takes(self, record: LogRecord) -> bool:
        if record.space not in self.spaces or NUMBERS[record.severity] < NUMBERS.get(self.severity, 0):
            return False
        if any(record.attributes.get(name) != value for name, value in self.attributes.items()):
            return False
        text = self.text.casefold()
        return not text or any(text in said.casefold() for said in (record.body, *record.attributes.values()))


class Logs:
    """Records may be added from any thread; readers are of the loop that `follow` is called in."""

    def __init__(self, clock: Clock = machine_clock) -> None:
        self._clock = clock
        self._records: deque[LogRecord] = deque()
        self._characters = 0
        self._ever = 0
        self._last = clock()
        self._lock = threading.Lock()
        self._wakers: set[Callable[[], None]] = set()

    def add(self, body: str, attributes: Mapping[str, str], *, severity: str = "INFO", space: str = "") -> None:
        """Never waits, and never raises: a log that fails changes nothing."""
        with suppress(Exception):
            self._add(body, attributes, severity, space)

    def _add(self, body: str, attributes: Mapping[str, str], severity: str, space: str) -> None:
        cut = {name[:VALUE]: value[:VALUE] for name, value in islice(attributes.items(), ATTRIBUTES)}
        with self._lock:
            at = self._clock()
            self._last = max(self._last + 1, at)
            record = LogRecord(self._last, at, severity, body[:VALUE], cut, space)
            self._records.append(record)
            self._ever += 1
            self._characters += record.size
            while len(self._records) > MOST_RECORDS or self._characters > MOST_CHARACTERS:
                self._characters -= self._records.popleft().size
            wakers = [*self._wakers]
        for wake in wakers:
            wake()

    def before(self, wanted: Wanted, before: int | None, limit: int) -> tuple[list[LogRecord], int | None]:
        """The newest first, older than the number; and where to go on, None at the end."""
        with self._lock:
            records = [*self._records]
        found = (each for each in reversed(records) if (before is None or each.number < before) and wanted.takes(each))
        page = list(islice(found, limit + 1))
        return page[:limit], page[limit - 1].number if len(page) > limit else None

    def after(self, wanted: Wanted, after: int, limit: int) -> list[LogRecord]:
        """The oldest first, newer than the number."""
        return list(islice(self._newer(wanted, after), limit))

    @property
    def last(self) -> int:
        """The newest number."""
        return self._last

    def follow(self) -> Follower:
        return Follower(self._wakers, asyncio.get_running_loop())

    def everything(self, after: int) -> tuple[list[LogRecord], int]:
        """Of all spaces and of the hub itself what is newer than the number, the oldest first; and how many there ever were."""
        with self._lock:
            newer = list(takewhile(lambda record: record.number > after, reversed(self._records)))
            ever = self._ever
        return newer[::-1], ever

    def _newer(self, wanted: Wanted, after: int) -> Iterator[LogRecord]:
        newer, _ = self.everything(after)
        return (record for record in newer if wanted.takes(record))


class Follower:
    """Wakes a reader when there is more; used as a context."""

    def __init__(self, wakers: set[Callable[[], None]], loop: asyncio.AbstractEventLoop) -> None:
        self._wakers, self._loop, self._more = wakers, loop, asyncio.Event()

    def __enter__(self) -> Follower:
        self._wakers.add(self._wake)
        return self

    def __exit__(self, *_: object) -> None:
        self._wakers.discard(self._wake)

    def _wake(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._more.set)

    async def wait(self, seconds: float) -> None:
        """Until there is more, or the time is over."""
        try:
            await asyncio.wait_for(self._more.wait(), seconds)
        except TimeoutError:
            return
        self._more.clear()


class LogHandler(logging.Handler):
    """Puts what the hub's own code logs into the same pipe. That never quotes what anybody wrote."""

    def __init__(self, logs: Logs) -> None:
        super().__init__(logging.INFO)
        self._logs = logs

    def emit(self, record: logging.LogRecord) -> None:
        severity = {"WARNING": "WARN", "CRITICAL": "ERROR"}.get(record.levelname, record.levelname)
        attributes = {"gestalt.category": "hub", "gestalt.source": record.name}
        self._logs.add(record.getMessage(), attributes, severity=severity if severity in NUMBERS else "INFO")
