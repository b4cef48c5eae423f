"""What one run has taken and met: times, counters, metrics, as seed 000 names them. Pure; times are milliseconds of the caller's
clock, and one that goes backwards counts as one that stands still.
"""

from __future__ import annotations

import math
from typing import Any

TIMINGS = ("total_duration_ms", "active_ms", "queue_ms", "pause_ms", "wait_ms")
COUNTERS = ("retry_count", "loop_count", "error_count", "pause_count", "wait_count")
METRICS_MOST, METRIC_NAME, METRIC_TEXT = 100, 100, 300
"""Metrics of a run, and characters of a name and of a text: together they stay below what a hub takes as `meta`."""
_LARGEST = (1 << 63) - 1

Metric = int | float | str


class Ledger:
    """`phase` is new, queued, running, paused, waiting or ended; time passes in exactly one of them."""

    def __init__(self) -> None:
        self.phase = "new"
        self.since = 0
        """When the present phase began."""
        self.started_at: int | None = None
        self.ended_at: int | None = None
        self.spent: dict[str, int] = {}
        """Phase → milliseconds of its closed stretches."""
        self.counts: dict[str, int] = {}
        self.metrics: dict[str, Metric] = {}

    def enter(self, phase: str, now: int) -> None:
        """From now on time passes in that phase. The first stretch out of the queue is where the run starts."""
        self._close(now)
        if self.started_at is None and phase not in ("queued", "ended"):
            self.started_at = now
        if phase == "ended":
            self.ended_at = now
        self.phase, self.since = phase, now

    def count(self, counter: str) -> None:
        self.counts[counter] = self.counts.get(counter, 0) + 1

    def metric(self, name: str, value: Metric) -> None:
        """Numbers add up; a text, or a number after a text, replaces. Raises ValueError for what no hub would take."""
        check_metric(name, value)
        if name not in self.metrics and len(self.metrics) >= METRICS_MOST:
            raise ValueError(f"a run has at most {METRICS_MOST} metrics")
        before = self.metrics.get(name)
        if _is_number(value) and _is_number(before):
            value = value + before  # type: ignore[operator]
            check_metric(name, value)
        self.metrics[name] = value[:METRIC_TEXT] if isinstance(value, str) else value

    def meta(self, now: int) -> dict[str, Any]:
        """What an event at this moment carries. Figures that are nothing are left out; an end has the first two always."""
        queue, pause, wait = (self._in(phase, now) for phase in ("queued", "paused", "waiting"))
        began = self.started_at
        until = now if self.ended_at is None else self.ended_at
        total = 0 if began is None else max(0, until - began)
        figures = {"queue_ms": queue, "pause_ms": pause, "wait_ms": wait, **self.counts}
        found: dict[str, Any] = {**self.metrics, **{name: value for name, value in figures.items() if value}}
        if self.phase == "ended":
            found |= {"total_duration_ms": total, "active_ms": max(0, total - pause - wait)}
        return found

    def duration(self, now: int) -> int:
        """Milliseconds since the start; 0 for what never started."""
        until = now if self.ended_at is None else self.ended_at
        return 0 if self.started_at is None else max(0, until - self.started_at)

    def _close(self, now: int) -> None:
        self.spent[self.phase] = self._in(self.phase, now)

    def _in(self, phase: str, now: int) -> int:
        open_stretch = max(0, now - self.since) if phase == self.phase and phase not in ("new", "ended") else 0
        return self.spent.get(phase, 0) + open_stretch


def check_metric(name: str, value: object) -> None:
    """Raises ValueError for a name that is ours or too long, and for a value that is neither a finite number nor a text."""
    if not name or len(name) > METRIC_NAME:
        raise ValueError(f"a metric's name has 1 to {METRIC_NAME} characters")
    if name in TIMINGS or name in COUNTERS:
        raise ValueError(f"{name} is counted by itself")
    is_fit = isinstance(value, str | bool) or (isinstance(value, int) and abs(value) <= _LARGEST)
    if not is_fit and not (isinstance(value, float) and math.isfinite(value)):
        raise ValueError(f"{name}: a metric is a finite number of at most 64 bits, or a text")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
