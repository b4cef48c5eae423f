"""What a hub tells of a task in figures, checked before anything believes it. Times are microseconds."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from inbox_tui.core.times import SECOND, from_wire

_LATEST = 4_102_444_800 * SECOND
"""The year 2100: an axis of time is drawn by the machine's calendar, which ends somewhere."""


def _micros(value: Any) -> int:
    at = from_wire(value) if isinstance(value, str) else None
    if at is None or not 0 <= at < _LATEST:
        raise ValueError("is no time between 1970 and 2100")
    return at


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


Moment = Annotated[int, BeforeValidator(_micros)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Times = Annotated[int, Field(ge=0, lt=1 << 63)]


class Point(BaseModel):
    """One value; or the mean, the least and the most of `count`."""

    at: Moment
    mean: Number
    least: Number
    most: Number
    count: Times = 1


class Line(BaseModel):
    label: str
    is_rest: bool = False
    points: Annotated[list[Point], Field(min_length=1)]


class Ended(BaseModel):
    """A run that ended, and what it took; None where that is not known."""

    run_id: str
    at: Moment
    outcome: str
    label: str = ""
    total_ms: Number | None = None
    queued_ms: Number | None = None
    active_ms: Number | None = None
    paused_ms: Number | None = None
    waited_ms: Number | None = None


class Day(BaseModel):
    """How often runs ended how on one day, as 2026-12-31."""

    day: Annotated[str, AfterValidator(_day)]
    completed: Times = 0
    failed: Times = 0
    timeout: Times = 0
    cancelled: Times = 0
    terminated: Times = 0


class Name(BaseModel):
    name: str
    events: Times = 0


class Metrics(BaseModel):
    """`key`: the number that the lines are of; `bucket_seconds`: what a point stands for, 0 where it is one value."""

    source: str
    task: str
    key: str
    by: str = ""
    since: Moment
    until: Moment
    is_whole: bool
    events: Times
    bucket_seconds: Number
    keys: list[Name]
    labels: list[Name]
    lines: list[Line]
    runs: list[Ended]
    runs_left_out: Times = 0
    days: list[Day]


class Task(BaseModel):
    source: str
    task: str
    last_at: Moment
    events: Times = 0


class Tasks(BaseModel):
    items: list[Task]
