"""How long a hub that is out of reach is left alone before it is tried again. Standard library only."""

from __future__ import annotations

import random

FIRST_DELAY, LAST_DELAY = 0.2, 30.0
"""Seconds between attempts to connect, at first and at most."""
_DOUBLINGS = 8
"""More than from the first to the last. A hub may be away for a week, and 2 ** 1024 is no float."""


def delay_after(failures: int) -> float:
    """Seconds: twice as long each time, and never the same for all who wait."""
    return min(LAST_DELAY, FIRST_DELAY * (1 << min(failures, _DOUBLINGS))) * random.uniform(0.5, 1)
