"""From what was measured of a task to what is shown of it: points over time, runs and their times, outcomes by day. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic_core import from_json

from inbox_tui.core.lifecycle import OUTCOMES
from inbox_tui.core.model import Json
from inbox_tui.core.phases import TIMES, TOTAL, phases_of
from inbox_tui.core.times import DAY
from inbox_tui.hub.store.database import Record

KEYS = 60
"""Numbers, and texts to group by, that are named: those told most often."""
GROUPS = 5
"""Lines of a plot; what belongs to none of the largest is one line more."""
RUNS = 200
_MILLISECOND = 1000
_1970 = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Asked:
    """Times in microseconds. `key`: the number, "" for the one told most often; `by`: the text to group by, "" for none.
    `points`: the most of a line; `utc_offset`: where the day begins, in microseconds east."""

    source: str
    task: str
    since: int
    until: int
    key: str = ""
    by: str = ""
    points: int = 120
    utc_offset: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """A value at its moment; or the mean, the least and the most of `count` of them, at the mean of their moments."""

    at: int
    mean: float
    least: float
    most: float
    count: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """`is_rest`: of all groups that have no line of their own. `label` is "" for what tells nothing to group it by."""

    label: str
    is_rest: bool
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended, when, and how long it took and was queued, active, paused and waiting: milliseconds, None where that is
    not known."""

    run_id: str
    at: int
    outcome: str
    label: str
    times: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Told:
    """`bucket`: microseconds that each point stands for; 0: each is one value, as it came."""

    asked: Asked
    since: int
    is_whole: bool
    events: int
    keys: Mapping[str, int]
    labels: Mapping[str, int]
    key: str
    bucket: int
    lines: Sequence[Line]
    runs: Sequence[Ended]
    runs_left_out: int
    days: Mapping[str, Mapping[str, int]]


@dataclass(slots=True)
class _Said:
    at: int
    kind: str
    run_id: str
    figures: Mapping[str, Json]

    def number(self, key: str) -> float | None:
        value = self.figures.get(key)
        return value if isinstance(value, (int, float)) else None

    def word(self, key: str) -> str:
        value = self.figures.get(key)
        return value if isinstance(value, str) else ""


def tell(asked: Asked, records: Iterable[Record], *, is_whole: bool) -> Told:
    """`records`: (at, kind, run_id, figures as JSON text), oldest first, none before `asked.since`."""
    said = [_Said(at, kind, run_id, from_json(text)) for at, kind, run_id, text in records if at <= asked.until]
    keys = Counter(name for one in said for name, value in one.figures.items() if not isinstance(value, str))
    labels = Counter(name for one in said for name, value in one.figures.items() if isinstance(value, str))
    key = asked.key or _worth_seeing(keys)
    since = asked.since if is_whole or not said else said[0].at
    values = [(one.word(asked.by), one.at, value) for one in said if (value := one.number(key)) is not None]
    bucket = 0 if len(values) <= asked.points else -(-(values[-1][1] - values[0][1] + 1) // asked.points)
    runs, left_out = _ended(said, asked.by)
    return Told(
        asked, since, is_whole, len(said), dict(keys.most_common(KEYS)), dict(labels.most_common(KEYS)), key, bucket,
        _lines(values, bucket), runs, left_out, _days(said, asked.utc_offset),
    )  # fmt: skip


def _worth_seeing(keys: Counter[str]) -> str:
    """What is told most often, and is no time of a run, no count of its mishaps nor how far it is, where there is such; "" of
    nothing."""
    names = [name for name, _ in keys.most_common()]
    of_runs = (*TIMES, TOTAL, "progress")
    return next((name for name in names if name not in of_runs and not name.endswith("_count")), names[0] if names else "")


def _lines(values: Sequence[tuple[str, int, float]], bucket: int) -> list[Line]:
    """The largest group first, all others together last."""
    first = values[0][1] if values else 0
    sizes = Counter(label for label, _, _ in values)
    largest = [label for label, _ in sizes.most_common(GROUPS)]
    lines = [Line(label, False, _points([v for v in values if v[0] == label], first, bucket)) for label in largest]
    rest = [value for value in values if value[0] not in largest]
    return [*lines, Line("", True, _points(rest, first, bucket))] if rest else lines


def _points(values: Sequence[tuple[str, int, float]], first: int, bucket: int) -> list[Point]:
    if not bucket:
        return [Point(at, value, value, value) for _, at, value in values]
    buckets: dict[int, list[tuple[int, float]]] = {}
    for _, at, value in values:
        buckets.setdefault((at - first) // bucket, []).append((at, value))
    return [_point(held) for held in buckets.values()]


def _point(held: Sequence[tuple[int, float]]) -> Point:
    count, numbers = len(held), [value for _, value in held]
    try:
        mean = math.fsum(numbers) / count
    except OverflowError:  # the sum of what fits may not
        mean = math.fsum(value / count for value in numbers)
    return Point(sum(at for at, _ in held) // count, mean, min(numbers), max(numbers), count)


def _ended(said: Sequence[_Said], by: str) -> tuple[list[Ended], int]:
    """Each outcome with what its run told before it; without a run it stands for itself. What comes after is of another life of
    the same run id. The newest, and how many were before."""
    runs: dict[str, list[_Said]] = {}
    ended: list[list[_Said]] = []
    for one in said:
        of_run = runs.setdefault(one.run_id, []) if one.run_id else []
        of_run.append(one)
        if one.kind in OUTCOMES:
            ended.append(of_run)
            runs.pop(one.run_id, None)
    return [_end(of_run, by) for of_run in ended[-RUNS:]], max(0, len(ended) - RUNS)


def _end(of_run: Sequence[_Said], by: str) -> Ended:
    label = next((word for one in reversed(of_run) if (word := one.word(by))), "")
    last = of_run[-1]
    return Ended(last.run_id, last.at, last.kind.removeprefix("task."), label, _times(of_run))


def _times(said: Sequence[_Said]) -> dict[str, float | None]:
    """What the sender measured goes before what its events seem to say."""
    measured = {name: value for one in said for name in (TOTAL, *TIMES) if (value := one.number(name)) is not None}
    seen: dict[str, float] = {}
    if len(said) > 1:
        for phase, micros in phases_of(((one.kind, one.at) for one in said), said[-1].at):
            seen[phase] = seen.get(phase, 0) + micros / _MILLISECOND
        seen["total"] = (said[-1].at - said[0].at) / _MILLISECOND
    if any(name in measured for name in TIMES):
        seen = {"total": seen["total"]} if "total" in seen else {}
    return {"total": measured.get(TOTAL, seen.get("total"))} | {
        phase: measured.get(name, seen.get(phase)) for name, phase in TIMES.items()
    }


def _days(said: Sequence[_Said], utc_offset: int) -> dict[str, dict[str, int]]:
    """Day, as 2026-12-31 → outcome → how often."""
    days: dict[str, Counter[str]] = {}
    for one in said:
        if one.kind in OUTCOMES:
            days.setdefault(_day(one.at + utc_offset), Counter())[one.kind.removeprefix("task.")] += 1
    return {day: dict(counts) for day, counts in days.items()}


def _day(at: int) -> str:
    return date.fromordinal(_1970 + at // DAY).isoformat()
