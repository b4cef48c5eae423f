"""Times of day as a person reads them, in the machine's own zone."""

from __future__ import annotations

import time
from datetime import date

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


def lasting(micros: int) -> str:
    """How long something took: `1.2s`, `47s`, `3m 12s`, `5h 2m`, `3d 4h`."""
    seconds = max(0, micros) / SECOND
    if seconds < 10:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    for size, unit, under, smaller in ((86_400, "d", 3600, "h"), (3600, "h", 60, "m"), (60, "m", 1, "s")):
        if whole >= size:
            rest = whole % size // under
            return f"{whole // size}{unit} {rest}{smaller}" if rest else f"{whole // size}{unit}"
    return f"{whole}s"


def coming(at: int, now: int) -> str:
    """A moment to come: `18:30`, `tomorrow 09:00`, `Fri 14:00`, `1 Dec 09:00`, `1 Dec 2027`."""
    then, today = time.localtime(at // SECOND), time.localtime(now // SECOND)
    days = (date(*then[:3]) - date(*today[:3])).days
    if days < 2:
        return time.strftime("%H:%M" if days <= 0 else "tomorrow %H:%M", then)
    if days < 7:
        return time.strftime("%a %H:%M", then)
    text = time.strftime("%d %b %H:%M" if days < 300 else "%d %b %Y", then)
    return text.removeprefix("0")
