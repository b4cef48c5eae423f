"""The state of the connection in words that fit: the most telling part first, and none that is not true. Pure."""

from __future__ import annotations

from rich.cells import cell_len

from inbox_tui.core.text import clean
from inbox_tui.core.times import SECOND
from inbox_tui.tui.clocktime import span, time_of_day
from inbox_tui.tui.messages import ConnectionChanged

RECOVERED_FOR = 10 * SECOND
"""How long it is told that a gap was closed."""
BRIEF = 3 * SECOND
"""A gap shorter than this moves nothing on the screen."""


def connection(change: ConnectionChanged | None, now: int, room: int, *, recovered_at: int = 0, recovered: int = 0) -> str:
    """The connection's state in at most `room` cells. `recovered` rows came at `recovered_at`."""
    if change is None or change.state == "connecting":
        return _fitting("○ connecting", (), room)
    if change.state == "offline":
        return _offline(change, now, room)
    if change.caught_up_at is None:
        return _fitting("● live", ("catching up", _waiting(change)), room)
    told = recovered and now - recovered_at < RECOVERED_FOR
    gap = f"{recovered:,} {'row' if recovered == 1 else 'rows'} recovered" if told else ""
    at = time_of_day(change.caught_up_at)
    parts = (gap, _waiting(change), f"caught up {at}")
    text = _fitting("● live", parts, room, order=(2, 0, 1))
    return f"● live {at}" if text == "● live" and room >= cell_len(f"● live {at}") else text


def _offline(change: ConnectionChanged, now: int, room: int) -> str:
    text = _fitting(f"○ offline since {time_of_day(change.since)}", _offline_parts(change, now), room, order=(0, 2, 1))
    return text if text else _fitting("○ offline", (), room)


def unsaid(change: ConnectionChanged | None, now: int, said: str) -> str:
    """What of an offline state found no room in the header's words. It takes a line of its own, which moves the list: so not
    for a hub that is back in a moment."""
    if change is None or change.state != "offline" or now - change.since < BRIEF:
        return ""
    return " · ".join(part for part in _offline_parts(change, now) if part and part not in said)


def _offline_parts(change: ConnectionChanged, now: int) -> tuple[str, str, str]:
    retry = "" if change.next_try is None else f"next try in {span(change.next_try - now)}"
    reason = clean(change.detail, lines=False)
    return reason, _waiting(change), retry


def _waiting(change: ConnectionChanged) -> str:
    return f"{change.waiting:,} {'change' if change.waiting == 1 else 'changes'} waiting" if change.waiting else ""


def _fitting(first: str, parts: tuple[str, ...], room: int, *, order: tuple[int, ...] | None = None) -> str:
    """`first`, and as many of `parts` (given by their worth) as fit, shown in `order`. "" where not even `first` fits."""
    kept: set[int] = set()
    width = cell_len(first)
    if width > room:
        return ""
    for at, part in enumerate(parts):
        if part and width + 3 + cell_len(part) <= room:
            kept.add(at)
            width += 3 + cell_len(part)
    shown = [parts[at] for at in order or range(len(parts)) if at in kept]
    return " · ".join((first, *shown))
