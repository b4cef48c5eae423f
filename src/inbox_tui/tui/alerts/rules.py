"""Which rows ring, and how often. Pure: times are given.

A loop that fails every second rings once in a while, a burst is one alert that says how many more there are, and a storm that
goes on rings ever more rarely. What is not told here is in the list all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple

from inbox_tui.core.model import Notification
from inbox_tui.core.speech import is_coming
from inbox_tui.core.times import MINUTE, SECOND

if TYPE_CHECKING:
    from inbox_tui.core.config import AlertsSection

FIRST_GAP, LAST_GAP = 3 * SECOND, 30 * SECOND
"""Between two alerts: at first, and in a storm that does not end."""
HELD_MOST = 100
"""Rows of a burst that are kept to choose from; the others are counted only."""
TOLD_MOST = 5_000
"""Rows of which it is remembered when they last rang. Repeats come back as the same row: its fold key is one of theirs."""
URGENT = 2
"""The priority that may break through."""

Hush = Literal["", "do not disturb", "quiet hours"]


class Alert(NamedTuple):
    """`row` is the one that matters most; so many `more` called as well."""

    row: Notification
    more: int = 0


def rings(row: Notification, settings: AlertsSection, hush: Hush = "") -> bool:
    """Whether a raised row may ring at all, its rate aside."""
    if row.priority < 0 or row.muted or row.snoozed_until is not None or row.done_at is not None:
        return False
    if is_coming(row.details):  # it calls once it can be heard, or never will be
        return False
    if hush:
        breaks = settings.break_through
        return ("urgent" in breaks and row.priority >= URGENT) or ("questions" in breaks and row.is_prompt and row.needs_me)
    match settings.which:
        case "needs":
            return row.needs_me
        case "warnings":
            return row.needs_me or row.severity != "info" or row.priority > 0
    return True


def reaches(device: str, host: str, pane: str) -> bool:
    """Whether a row that names a device calls in this pane: no name calls everywhere, else that of its machine or tmux pane."""
    name = device.strip().lower()
    return not name or name == pane or name in (host.lower(), host.partition(".")[0].lower())


def pressing(row: Notification) -> tuple[bool, int, int, int]:
    """The greater, the more it matters."""
    return row.needs_me, row.priority, ("info", "warn", "error").index(row.severity), row.raised_at


class Alerts:
    """What has called and is not told yet. `is_still(row)`: nobody has dealt with it meanwhile."""

    def __init__(self, settings: AlertsSection, is_still: Callable[[Notification], bool] = lambda row: True) -> None:
        self.settings, self._is_still = settings, is_still
        self._held: list[Notification] = []
        self._more = 0
        self._told: dict[str, int] = {}
        self._last, self._gap = -LAST_GAP, FIRST_GAP

    def take(self, rows: Iterable[Notification], at: int, hush: Hush = "", more: int = 0) -> None:
        """Rows that a frame of this pane raised at a time; `more` came with them, too many to be named."""
        repeat = self.settings.repeat_minutes * MINUTE
        for row in rows:
            # A question never folds: where it calls again, somebody's snooze of it has ended.
            is_repeat = not row.is_prompt and at - self._told.get(row.id, -(1 << 62)) < repeat
            if is_repeat or not rings(row, self.settings, hush):
                continue
            self._told.pop(row.id, None)  # so that the oldest stay first
            self._told[row.id] = at
            self._held.append(row)
        if not hush:
            self._more += more
        if len(self._told) > TOLD_MOST:
            self._told = dict(list(self._told.items())[TOLD_MOST // 2 :])
        if len(self._held) > HELD_MOST:
            self._held.sort(key=pressing, reverse=True)
            self._more += len(self._held) - HELD_MOST
            del self._held[HELD_MOST:]

    def due(self, at: int) -> Alert | None:
        """The one alert that may be told now; what it tells of is settled."""
        if not self._held or at - self._last < self._gap:
            return None
        held, more = [row for row in self._held if self._is_still(row)], self._more
        self._held, self._more = [], 0
        if not held:
            return None
        self._gap = min(LAST_GAP, 2 * self._gap) if at - self._last < 2 * self._gap else FIRST_GAP
        self._last = at
        return Alert(max(held, key=pressing), len(held) - 1 + more)
