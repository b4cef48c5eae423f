"""What is counted, and the text in which Prometheus reads it (format 0.0.4). What has once been counted only grows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import accumulate

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[Mapping[str, str], float]
"""A number, and its labels: names of ours, never a sender's words."""


class Histogram:
    """How many values were at most each of the bounds, which ascend."""

    def __init__(self, *bounds: float) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def observe(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def text(self, name: str, told: str) -> str:
        counts = accumulate(self._counts)
        buckets = [({"le": bound}, count) for bound, count in zip((*map(_number, self._bounds), "+Inf"), counts, strict=True)]
        lines = [_line(f"{name}_bucket", labels, count) for labels, count in buckets]
        return _family(
            name, "histogram", told, [*lines, _line(f"{name}_sum", {}, self._sum), _line(f"{name}_count", {}, buckets[-1][1])]
        )


def counter(name: str, told: str, samples: Iterable[Sample] | float) -> str:
    """One that only grows; its name ends with `_total`. `samples` is a number, or several with their labels."""
    return _samples(name, "counter", told, samples)


def gauge(name: str, told: str, samples: Iterable[Sample] | float) -> str:
    """One that goes up and down."""
    return _samples(name, "gauge", told, samples)


def _samples(name: str, kind: str, told: str, samples: Iterable[Sample] | float) -> str:
    each = [({}, samples)] if isinstance(samples, (int, float)) else samples
    return _family(name, kind, told, [_line(name, labels, value) for labels, value in each])


def _family(name: str, kind: str, told: str, lines: list[str]) -> str:
    return "\n".join([f"# HELP {name} {told}", f"# TYPE {name} {kind}", *lines, ""])


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    told = ",".join(f'{label}="{text}"' for label, text in labels.items())
    return f"{name}{{{told}}} {_number(value)}" if told else f"{name} {_number(value)}"


def _number(value: float) -> str:
    return repr(int(value)) if value == int(value) else repr(value)
