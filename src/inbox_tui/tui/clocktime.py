"""Times of day as a person reads them, in the machine's own zone."""

from __future__ import annotations

import time

from inbox_tui.core.times import SECOND


def time_of_day(at: int) -> str:
    """`12:31:04`."""
    return time.strftime("%H:%M:%S", time.localtime(at // SECOND))


def moment(at: int, now: int) -> str:
    """The time of day today; with its date on any other day: `12:31:04`, `21 Nov 12:31`."""
    then, today = time.localtime(at // SECOND), time.localtime(now // SECOND)
    if then[:3] == today[:3]:
        return time.strftime("%H:%M:%S", then)
    return time.strftime("%d %b %H:%M" if then[0] == today[0] else "%d %b %Y", then)


def span(micros: int) -> str:
    """A time to come: `4s`, `3m`."""
    seconds = max(0, -(-micros // SECOND))
    return f"{seconds}s" if seconds < 60 else f"{seconds // 60}m" if seconds < 3600 else f"{seconds // 3600}h"
