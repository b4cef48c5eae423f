"""From an event's POST to its row on the screen, a hundred a second, in a real pseudo-terminal; against the tick of a frame."""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
from bisect import bisect_right
from operator import itemgetter
from pathlib import Path

from textual.constants import MAX_FPS

from benchmarks.poster import posting
from benchmarks.report import Figure
from tests.hubs import RunningHub
from tests.panes import opened

SECONDS, ROUNDS = 8, 3
_SENT = re.compile(rb"sent (\d+) at (\d+)")


def _late(home: Path) -> list[float]:
    """Milliseconds, for each row that was ever drawn; the newest are at the top, where the pane looks."""
    with opened(home, size=(120, 36), command=[sys.executable, "-m", "inbox_tui"]) as terminal, posting(home):
        terminal.pump(SECONDS)
    seen: set[bytes] = set()
    late = []
    for found in _SENT.finditer(bytes(terminal.output)):
        if found[1] not in seen:
            seen.add(found[1])
            _, painted = terminal.written_at[bisect_right(terminal.written_at, found.end() - 1, key=itemgetter(0))]
            late.append(painted * 1e3 - int(found[2]) / 1e6)
    return late


def run() -> list[Figure]:
    rounds = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name:
            hub = RunningHub.start(Path(name))
            try:
                rounds.append(_late(Path(name)))
            finally:
                hub.stop()
    p95 = [statistics.quantiles(late, n=20)[18] for late in rounds]
    middle = statistics.median(statistics.median(late) for late in rounds)
    tick = [1000 / MAX_FPS] * ROUNDS
    note = f"from the POST on; p50 {middle:.0f} ms; {sum(map(len, rounds)):,} rows drawn"
    return [Figure("wire → screen, 100 events/s, p95", "the tick of a frame", "ms", p95, tick, 3.0, note=note)]
