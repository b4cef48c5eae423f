"""How much one sender may post: a bucket of tokens each, refilled by the monotonic clock."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from inbox_tui.hub.values import Rate

_MOST_BUCKETS = 10_000
_NOTICE_SECONDS = 60.0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float
    told_at: float = -math.inf


class RateLimit:
    def __init__(self, rate: Rate, monotonic: Callable[[], float]) -> None:
        self._rate, self._monotonic = rate, monotonic
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def take(self, space: str, sender: str) -> int:
        """Takes one token: 0, or the seconds until there is one again."""
        now, rate = self._monotonic(), self._rate
        bucket = self._buckets.get((space, sender))
        if bucket is None:
            if len(self._buckets) >= _MOST_BUCKETS:
                self._forget_full(now)
            bucket = self._buckets[space, sender] = _Bucket(rate.burst, now)
        bucket.tokens = min(rate.burst, bucket.tokens + (now - bucket.filled_at) * rate.per_second)
        bucket.filled_at = now
        if bucket.tokens < 1:
            return math.ceil((1 - bucket.tokens) / rate.per_second)
        bucket.tokens -= 1
        return 0

    def should_tell(self, space: str, sender: str) -> bool:
        """Whether it is time for a row that says so: once a minute."""
        bucket, now = self._buckets[space, sender], self._monotonic()
        if now - bucket.told_at < _NOTICE_SECONDS:
            return False
        bucket.told_at = now
        return True

    def _forget_full(self, now: float) -> None:
        """A full bucket says nothing that a new one would not."""
        rate = self._rate
        self._buckets = {
            who: bucket
            for who, bucket in self._buckets.items()
            if bucket.tokens + (now - bucket.filled_at) * rate.per_second < rate.burst
        }
