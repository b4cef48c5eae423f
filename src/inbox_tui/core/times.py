"""Times. Inside: integers, microseconds since 1970 UTC. On the wire: RFC 3339 in UTC with six decimals. Standard library only."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_FIRST, _LAST = ((at.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND for at in (datetime.min, datetime.max))

Clock = Callable[[], int]
"""Answers now, in microseconds. Injected, so that tests turn it by hand."""


def now() -> int:
    """The machine's clock."""
    return time.time_ns() // 1000


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()


@lru_cache(maxsize=4096)
def to_wire(at: int | None) -> str | None:
    """`1700000000123456` → `2023-11-14T22:13:20.123456Z`. Remembered: a row that repeats says the same times again."""
    if at is None:
        return None
    seconds, micros = divmod(at, SECOND)
    return f"{_second(seconds)}.{micros:06d}Z"


def from_wire(text: str | None) -> int | None:
    """The reverse; takes any RFC 3339 offset and precision. Empty or null is None. Raises ValueError, also for what an offset
    brings out of the years 1 to 9999, so that whatever was read can be written."""
    if not text:
        return None
    at = datetime.fromisoformat(text)
    # In integers: a float of seconds is too coarse for microseconds a few centuries from now.
    micros = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND
    if not _FIRST <= micros <= _LAST:
        raise ValueError(f"{text} is out of the years 1 to 9999")
    return micros


def from_sender(ts: float | int | None) -> int | None:
    """A sender's `ts`: seconds, or milliseconds by magnitude (seed 000 says seconds; real clients send both).

    Out of the years 1970 to 9999 it is None: a sender's time is shown only, so a wrong one is no reason to refuse.
    """
    if ts is None or not 0 < ts < 253_402_300_800_000:
        return None
    return round(ts * 1000) if ts >= 100_000_000_000 else round(ts * SECOND)
