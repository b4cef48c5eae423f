"""How often something happened, over time, in one line of signs. Pure."""

from __future__ import annotations

from collections.abc import Sequence

LEVELS = "▁▂▃▄▅▆▇"
FULL = 3
"""So many in one part, at least, draw it full: one alone is no burst."""


def sparkline(times: Sequence[int], cells: int) -> str:
    """From the first to the last of `times` in `cells` equal parts; "" where all were at one moment."""
    if cells < 1 or not times or min(times) == max(times):
        return ""
    first, lasting = min(times), max(times) - min(times)
    counts = [0] * cells
    for at in times:
        counts[min(cells - 1, (at - first) * cells // lasting)] += 1
    most = max(FULL, *counts)
    return "".join(LEVELS[-(-count * (len(LEVELS) - 1) // most)] for count in counts)


def heights(values: Sequence[float]) -> str:
    """One sign for each value, from the least to the most of them; "" where there are not two that differ."""
    least, most = min(values, default=0.0), max(values, default=0.0)
    if least == most:
        return ""
    step = (most / 2 - least / 2) / (len(LEVELS) - 1)
    return "".join(LEVELS[round((value / 2 - least / 2) / step)] for value in values)
