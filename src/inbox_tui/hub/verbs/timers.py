"""What one hub process has counted of a time-out: without it no default may permit anything."""

from __future__ import annotations

from dataclasses import dataclass

from inbox_tui.core.model import REFUSING_KEYS, Notification


@dataclass(frozen=True, slots=True)
class Timer:
    """What this process has counted of a question's time-out whose default would permit: monotonic seconds at its commit, how
    many it has, and whether its sender's key may permit so."""

    began: float
    seconds: float
    may_permit: bool

    def is_over(self, now: float) -> bool:
        return now - self.began >= self.seconds


def permits(row: Notification) -> bool:
    """Whether its time-out would allow something."""
    return any(choice.is_default_on_timeout and choice.key not in REFUSING_KEYS for choice in row.choices)
