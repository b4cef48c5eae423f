"""What a run tells of itself in figures: where its time went, as a bar; its counters; what it spent. Pure.

The names are seed 000's. Where a run's events tell when it was queued, active, paused and waiting, the bar runs in time; else it
shows the shares that the sender measured.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len

from inbox_tui.core.model import Notification
from inbox_tui.core.phases import TIMES, TOTAL, Phase, phases_of
from inbox_tui.core.text import clean
from inbox_tui.core.times import from_wire
from inbox_tui.tui.cells import wrap
from inbox_tui.tui.clocktime import lasting
from inbox_tui.tui.lines import Line
from inbox_tui.tui.words import is_silent

Entry = Mapping[str, Any]
"""One entry of a timeline, as the hub serves it: {id, at, kind, title, body, details, …}."""

SIGNS = {"queued": "┄", "active": "━", "paused": "╍", "waited": "─"}
COUNTERS = {"retry_count": ("retry", "retries"), "loop_count": ("loop", "loops"), "error_count": ("error", "errors"),
            "pause_count": ("pause", "pauses"), "wait_count": ("wait", "waits")}  # fmt: skip
_SPENT = re.compile(r"(?:^|_)(?:tokens?|costs?|usd|eur|price)(?:_|$)", re.IGNORECASE)
BAR_CELLS = 56
_MILLISECOND = 1000


def is_figure(name: str, value: object) -> bool:
    """Whether a member of `meta` is told by `lines`, and so needs no line of its own."""
    return _number(value) is not None and (name in TIMES or name in COUNTERS or name == TOTAL or bool(_SPENT.search(name)))


def lines(row: Notification, entries: Sequence[Entry], width: int, now: int) -> Iterator[Line]:
    """Lines of at most `width` cells; none for a row that tells no figures."""
    meta = _meta(row, entries)
    heard = row.last_occurred_at if is_silent(row, now) else now
    measured = [(phase, int(ms * _MILLISECOND)) for name, phase in TIMES.items() if (ms := _number(meta.get(name)) or 0) > 0]
    phases = in_time(entries, heard) if row.run_id else []
    if len({phase for phase, _ in phases}) < 2:
        phases = measured if len(measured) > 1 else []
    if phases:
        yield Line(bar(phases, min(BAR_CELLS, width - 2)), "text", "  ")
    for part, told in (("note", _legend(phases, measured, meta)), ("text", _counted(meta)), ("text", _spent(meta))):
        yield from (Line(line, part, "  ") for line in _joined(told, width - 2))


def in_time(entries: Sequence[Entry], until: int) -> list[Phase]:
    """What a run was doing, one after the other, by when its events came; a run that has not ended goes on `until`."""
    said = ((str(entry.get("kind", "")), moment_of(entry)) for entry in entries)
    return phases_of(((kind, at) for kind, at in said if at is not None), until)


def bar(phases: Sequence[Phase], width: int) -> str:
    """Each phase by its sign, as long as its share; none that took any time is without a cell."""
    phases = [(phase, micros) for phase, micros in phases if micros > 0][: max(1, width // 2)]
    whole, free = sum(micros for _, micros in phases) or 1, width - len(phases)
    drawn, told = "", 0
    for phase, micros in phases:
        before, told = told, told + micros
        drawn += SIGNS[phase] * (1 + told * free // whole - before * free // whole)
    return drawn


def _joined(told: Sequence[str], width: int) -> Iterator[str]:
    """One after the other, broken between them."""
    line = ""
    for each in told:
        if line and cell_len(line) + cell_len(each) + 3 > width:
            yield from wrap(line, width)
            line = ""
        line = f"{line} · {each}" if line else each
    if line:
        yield from wrap(line, width)


def _legend(phases: Sequence[Phase], measured: Sequence[Phase], meta: Mapping[str, Any]) -> list[str]:
    """The sender's own measure goes before what its events seem to say."""
    spans: dict[str, int] = {}
    for phase, micros in phases:
        spans[phase] = spans.get(phase, 0) + micros
    spans |= dict(measured)
    parts = [f"{SIGNS[phase] + ' ' if phases else ''}{phase} {lasting(spans[phase])}" for phase in SIGNS if spans.get(phase)]
    total = _number(meta.get(TOTAL))
    return [*parts, f"{lasting(int(total * _MILLISECOND))} in all"] if total else parts


def _counted(meta: Mapping[str, Any]) -> list[str]:
    counts = [(_number(meta.get(name)) or 0, one, more) for name, (one, more) in COUNTERS.items()]
    return [f"{count:,.0f} {one if count == 1 else more}" for count, one, more in counts if count]


def _spent(meta: Mapping[str, Any]) -> list[str]:
    found = [(clean(str(name), lines=False), _number(value)) for name, value in meta.items() if _SPENT.search(str(name))]
    return [f"{name} {value:,.10g}" for name, value in found if value is not None]


def _meta(row: Notification, entries: Sequence[Entry]) -> dict[str, Any]:
    """The newest of each member: a run tells what it measured when it knows it, and no event tells all."""
    told: dict[str, Any] = {}
    for entry in entries if row.run_id else ():
        details = entry.get("details")
        meta = details.get("meta") if isinstance(details, dict) else None
        told |= meta if isinstance(meta, dict) else {}
    own = row.details.get("meta")
    return told | (own if isinstance(own, dict) else {})


def _number(value: object) -> float | None:
    """A figure that can be one: not negative, and finite."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and 0 <= value < 1e15
    return float(value) if is_number else None  # type: ignore[arg-type]


def moment_of(entry: Entry) -> int | None:
    """When the hub took it in; None where a hub says something that is no time."""
    at = entry.get("at")
    try:
        return from_wire(at) if isinstance(at, str) else None
    except ValueError:
        return None
