"""What became of the same request before, as a question tells it. Pure."""

from __future__ import annotations

from typing import Any

from inbox_tui.core.model import Notification
from inbox_tui.core.text import clean
from inbox_tui.core.times import from_wire
from inbox_tui.tui.clocktime import moment
from inbox_tui.tui.words import PAST


def asked_before(row: Notification, now: int) -> str:
    """`asked before: 3 times, approved 2 times, rejected once (last: rejected, 11:02:17)`; "" where the hub tells nothing."""
    told = row.details.get("asked_before")
    if not isinstance(told, dict) or not isinstance(told.get("count"), int):
        return ""
    decisions = told.get("decisions")
    parts = [_times(told["count"])]
    if isinstance(decisions, dict):
        parts += [f"{_past(key)} {_times(count)}" for key, count in decisions.items() if isinstance(count, int)]
    return f"asked before: {', '.join(parts)}{_last(told.get('last'), now)}"


def _last(last: Any, now: int) -> str:
    if not isinstance(last, dict):
        return "; never answered"
    at = from_wire(str(last.get("at") or ""))
    return f" (last: {_past(str(last.get('key', '')))}{f', {moment(at, now)}' if at is not None else ''})"


def _past(key: str) -> str:
    return PAST.get(key) or f"answered {clean(key, lines=False)}"


def _times(count: Any) -> str:
    return "once" if count == 1 else f"{count:,} times"
