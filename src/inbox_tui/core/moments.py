"""Moments to come as people write them: `2h30`, `tomorrow 9`, `fri 14:00`, `1 dec`. Pure, standard library only.

Hours and minutes are spans of real time; everything else is a time on the wall of a zone, so that "tomorrow 9" is nine o'clock
also after a night in which the clocks change. A time that such a night leaves out is the moment after it.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as Clock  # noqa: N812

from inbox_tui.core.times import HOUR, MINUTE, SECOND

EXAMPLES = "2h30, 45m, 3d, 18:30, tomorrow 9, fri 14:00, next week, 1 dec, 2026-12-01 9:00"
MORNING = Clock(9)
_FARTHEST = timedelta(days=3660)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_SPAN = re.compile(r"(\d+) ?(m|min|minutes?|h|hours?|d|days?|w|weeks?)(?=[\d ]|$)")
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))? ?(am|pm)?")


def parse_moment(text: str, now: int, zone: tzinfo | None = None) -> int:
    """The moment that is meant, in microseconds, always after `now`; `zone` None: the machine's own.

    Raises ValueError with a sentence for whoever wrote it.
    """
    words = " ".join(text.lower().replace(",", " ").removeprefix("in ").split())
    here = _wall(now, zone)
    at = _after(words, now, zone) or _at(words, here, zone)
    if at is None:
        raise ValueError(f"{text.strip()!r} is no time that can be read; write {EXAMPLES}")
    if at <= now:
        raise ValueError(f"{text.strip()!r} has passed")
    if at - now > _FARTHEST // timedelta(microseconds=1):
        raise ValueError(f"{text.strip()!r} is more than ten years away")
    return at


def _after(words: str, now: int, zone: tzinfo | None) -> int | None:
    """`2h30`, `1h 15m`, `3 days`: days keep the time on the wall."""
    words = re.sub(r"(\d ?h(?:ours?)?) ?(\d{1,2})$", r"\1 \2m", words)
    if not words or _SPAN.sub("", words).strip():
        return None
    span = days = 0
    for number, unit in _SPAN.findall(words):
        count = min(int(number), 1_000_000)
        if unit[0] == "m":
            span += count * MINUTE
        elif unit[0] == "h":
            span += count * HOUR
        else:
            days += count * (7 if unit[0] == "w" else 1)
    if not days:
        return now + span if span else None
    day = _wall(now, zone)
    return _micros(datetime.combine(_later(day.date(), days), day.time()), zone) + span


def _at(words: str, here: datetime, zone: tzinfo | None) -> int | None:
    """A day with or without a time, or a time alone."""
    if (only := _time(words)) is not None:
        today = _micros(datetime.combine(here.date(), only), zone)
        return today if today > _micros(here, zone) else _micros(datetime.combine(_later(here.date(), 1), only), zone)
    # The time is what stands last: as few words as leave a day before it.
    parts = words.replace(" at ", " ").split(" ")
    for size in (0, 1, 2):
        time_words = " ".join(parts[len(parts) - size :])
        clock = _time(time_words) if size else MORNING
        day = None if clock is None else _day(" ".join(parts[: len(parts) - size]), here, clock)
        if day is not None and clock is not None:
            return _micros(datetime.combine(day, clock), zone)
    return None


def _time(words: str) -> Clock | None:
    """`9`, `9:30`, `9.30`, `9h30`, `9am`, `noon`, `midnight` is no day's."""
    if words == "noon":
        return Clock(12)
    found = _TIME.fullmatch(words)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return Clock(hour, minute) if hour < 24 and minute < 60 else None


def _day(words: str, here: datetime, clock: Clock) -> date | None:
    today = here.date()
    if words in ("today", "tonight"):
        return today
    if words in ("tomorrow", "tom"):
        return _later(today, 1)
    if words == "next week":
        return _later(today, 7 - today.weekday())
    if words == "next month":
        return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    name = words.removeprefix("next ").removeprefix("on ")
    if (weekday := _index(name, _DAYS)) is not None:
        ahead = (weekday - today.weekday()) % 7
        return _later(today, ahead or (0 if clock > here.time() and not words.startswith("next ") else 7))
    return _date(words, today)


def _date(words: str, today: date) -> date | None:
    """`2026-12-01`, `1 dec`, `dec 1`, each with or without a year."""
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", words)
    if found is not None:
        return _made(int(found[1]), int(found[2]), int(found[3]))
    found = re.fullmatch(r"(\d{1,2})\.? ([a-z]+)(?: (\d{4}))?", words)
    day_first = found is not None
    found = found or re.fullmatch(r"([a-z]+) (\d{1,2})(?: (\d{4}))?", words)
    if found is None:
        return None
    day, name = (found[1], found[2]) if day_first else (found[2], found[1])
    month = _index(name, _MONTHS)
    if month is None:
        return None
    if found[3]:
        return _made(int(found[3]), month + 1, int(day))
    this = _made(today.year, month + 1, int(day))
    return this if this is not None and this > today else _made(today.year + 1, month + 1, int(day))


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _index(name: str, names: tuple[str, ...]) -> int | None:
    """By its first three letters or more."""
    return next((n for n, whole in enumerate(names) if len(name) >= 3 and whole.startswith(name)), None)


def _later(day: date, days: int) -> date:
    return day + timedelta(days=min(days, 40_000))


def _wall(at: int, zone: tzinfo | None) -> datetime:
    """What the clock on the wall shows, to the second."""
    return datetime.fromtimestamp(at // SECOND, UTC).astimezone(zone).replace(tzinfo=None)


def _micros(wall: datetime, zone: tzinfo | None) -> int:
    return int(wall.replace(tzinfo=zone).timestamp()) * SECOND
