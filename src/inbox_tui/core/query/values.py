"""Moments and numbers of a filter: read, written, and what they come to at a given time. Pure but for the local time zone."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from typing import cast

from inbox_tui.core.query.tree import Ago, At, Midnight, Moment, Unit
from inbox_tui.core.times import DAY, HOUR, MINUTE, SECOND

_UNITS: dict[Unit, int] = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_AGO = re.compile(r"(\d{1,6})([smhdw])", re.IGNORECASE | re.ASCII)
_DAYS = {"today": 0, "yesterday": 1}
_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(%?)", re.IGNORECASE | re.ASCII)


def moment(text: str) -> Moment | None:
    """`2h`, `yesterday`, `2026-11-03`, `2026-11-03T14:00`; None for anything else."""
    if (ago := _AGO.fullmatch(text)) is not None:
        return Ago(int(ago[1]), cast(Unit, ago[2].lower()))
    if text.lower() in _DAYS:
        return Midnight(_DAYS[text.lower()])
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return At(text) if 1971 <= at.year <= 9998 else None


def write_moment(at: Moment) -> str:
    match at:
        case Ago(count, unit):
            return f"{count}{unit}"
        case Midnight(days_ago):
            return next(name for name, days in _DAYS.items() if days == days_ago)
        case At(text):
            return text


def micros(at: Moment, now: int) -> int:
    """Microseconds since 1970; days begin at the local midnight."""
    match at:
        case Ago(count, unit):
            return max(0, now - count * _UNITS[unit])
        case Midnight(days_ago):
            today = datetime.fromtimestamp(now // SECOND).date()
            return _since_1970(datetime.combine(today - timedelta(days=days_ago), time()))
        case At(text):
            return _since_1970(datetime.fromisoformat(text))


def _since_1970(at: datetime) -> int:
    epoch = datetime.fromordinal(date(1970, 1, 1).toordinal())
    aware = at.astimezone()
    offset = aware.utcoffset() or timedelta()
    return (aware.replace(tzinfo=None) - offset - epoch) // timedelta(microseconds=1)


def number(text: str) -> int | float | None:
    """`10`, `-1.5`, `1e3`, `50%`; None for anything else, and for what no 64-bit value holds."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    if found[1].lstrip("+-").isdigit() and not found[2]:
        whole = int(found[1])
        return whole if abs(whole) < 2**63 else None
    value = float(found[1]) / (100 if found[2] else 1)
    return value if math.isfinite(value) else None
