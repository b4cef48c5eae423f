"""What a run was doing, one thing after the other, and what a sender measured of it. The names are seed 000's. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from inbox_tui.core.lifecycle import OUTCOMES, STOPPED

Phase = tuple[str, int]
"""`queued`, `active`, `paused` or `waited`, and for how many microseconds."""

TIMES = {"queue_ms": "queued", "active_ms": "active", "pause_ms": "paused", "wait_ms": "waited"}
TOTAL = "total_duration_ms"
_PHASE_OF = {"task.queued": "queued", "task.paused": "paused", "task.waiting": "waited"}
"""Whatever else a run says, it is active."""
_ENDS = OUTCOMES | {STOPPED}


def phases_of(said: Iterable[tuple[str, int]], until: int) -> list[Phase]:
    """By kind and moment of each of its events, oldest first; a run that has not ended goes on `until`."""
    phases: list[Phase] = []
    doing, since = "", 0
    for kind, at in said:
        if not kind.startswith("task."):
            continue
        next_ = "" if kind in _ENDS else _PHASE_OF.get(kind, "active")
        if doing and next_ != doing:
            phases.append((doing, at - since))
        if next_ != doing:
            doing, since = next_, at
    return [*phases, (doing, max(0, until - since))] if doing else phases
