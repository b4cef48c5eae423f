"""Quiet hours: a daily span of local time, `22:00-07:30`, that may go over midnight. Pure, standard library only."""

from __future__ import annotations

import re
import time
from typing import NamedTuple

from inbox_tui.core.times import SECOND

_SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-3]):([0-5]\d)")


class QuietHours(NamedTuple):
    """Minutes after midnight. `end` itself is no longer quiet."""

    begin: int
    end: int

    def holds_at(self, minute: int) -> bool:
        if self.begin < self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end


def parse_quiet(text: str) -> QuietHours | None:
    """`22:00-07:30`; "" is none. Raises ValueError in words for the person."""
    if not text.strip():
        return None
    found = _SPAN.fullmatch(text.strip())
    if not found:
        raise ValueError("must be two times of day, as in 22:00-07:30")
    first_hour, first_minute, last_hour, last_minute = map(int, found.groups())
    span = QuietHours(first_hour * 60 + first_minute, last_hour * 60 + last_minute)
    if span.begin == span.end:
        raise ValueError("must end at another time than it begins")
    return span


def minute_of_day(at: int) -> int:
    """Local, of a time in microseconds."""
    local = time.localtime(at // SECOND)
    return local.tm_hour * 60 + local.tm_min
