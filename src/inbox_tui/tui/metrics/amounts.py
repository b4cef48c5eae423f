"""Figures as a person reads them: in the unit that their name tells, and no longer than they have to be. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Unit(NamedTuple):
    """`size`: how many of the figure's own make one."""

    size: float
    sign: str


NONE = "–"
_TIMES = (Unit(1, " ms"), Unit(1e3, " s"), Unit(6e4, " min"), Unit(3.6e6, " h"), Unit(8.64e7, " d"))
_BYTES = (Unit(1, " B"), Unit(2**10, " KiB"), Unit(2**20, " MiB"), Unit(2**30, " GiB"), Unit(2**40, " TiB"))
_PLAIN = (Unit(1, ""), Unit(1e3, "k"), Unit(1e6, "M"), Unit(1e9, "G"), Unit(1e12, "T"))
_ENDINGS: dict[str, Sequence[Unit]] = {
    "ms": _TIMES, "s": tuple(Unit(unit.size / 1e3, unit.sign) for unit in _TIMES), "bytes": _BYTES, "percent": (Unit(1, " %"),),
}  # fmt: skip
_CALLED = {"millis": "ms", "sec": "s", "secs": "s", "seconds": "s", "pct": "percent"}


def units(key: str) -> Sequence[Unit]:
    """What a figure of this name is counted in, the smallest first: `total_duration_ms` is time, `used_percent` a share."""
    ending = key.lower().replace(".", "_").rpartition("_")[2]
    return _ENDINGS.get(_CALLED.get(ending, ending), _PLAIN)


def unit_for(key: str, most: float) -> Unit:
    """The largest of which there are at least two."""
    known = units(key)
    return next((unit for unit in reversed(known) if abs(most) >= 2 * unit.size), known[0])


def amount(value: float | None, key: str) -> str:
    """`4,218`, `42.1k`, `1.2 min`, `96.2 %`; `–` for none."""
    if value is None:
        return NONE
    unit = unit_for(key, value) if units(key) is not _PLAIN or abs(value) >= 1e5 else _PLAIN[0]
    return f"{value / unit.size:,.4g}{unit.sign}" if abs(value) < 1e15 else f"{value:.3g}"


def median(values: Sequence[float]) -> float | None:
    """None of nothing."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return None if not ordered else ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
