"""From a key to its frame, and the bytes that it costs: in a real pseudo-terminal, idle and while 100 events a second arrive."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.cached import FIRST_ROW, fill
from benchmarks.report import Figure
from tests.hubs import RunningHub
from tests.terminal import Terminal

PANE = [sys.executable, "-m", "inbox_tui"]
PRESSES, WARM, SIZE = 60, 36, (120, 36)
"""Together fewer than the floor's rows, and every counted one scrolls."""
_POSTER = """
import json, sys, time
from tests.hubs import RunningHub
from pathlib import Path
hub = RunningHub(Path(sys.argv[1]), {})
start = time.monotonic()
for n in range(int(sys.argv[2]) * 100):
    time.sleep(max(0, start + n / 100 - time.monotonic()))
    hub.publish(kind="order.placed", title=f"order {n}", body="x" * 200)
"""


def _press(terminal: Terminal, key: str) -> tuple[float, int]:
    """Milliseconds until something was painted, and the bytes that were, once it is quiet."""
    size, at = len(terminal.output), time.monotonic()
    terminal.press(key)
    while len(terminal.output) == size:
        if not terminal.pump(0.0005) or time.monotonic() - at > 5:
            raise AssertionError(f"no frame after {key!r}")
    painted = terminal.written_at[-1][1]
    terminal.pump(0.03)
    return (painted - at) * 1e3, len(terminal.output) - size


def _presses(env: dict[str, str], wanted: str, live: bool = False) -> tuple[list[float], list[int]]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with Terminal(PANE, env=inherited | env, size=SIZE) as terminal:
        terminal.wait_for("live" if live else wanted)
        terminal.pump(1.5)
        for _ in range(WARM):
            _press(terminal, "j")
        pressed = [_press(terminal, "j") for _ in range(PRESSES)]
    return [took for took, _ in pressed], [size for _, size in pressed]


@contextmanager
def _busy_hub(folder: Path, seconds: int) -> Iterator[dict[str, str]]:
    hub = RunningHub.start(folder)
    try:
        for n in range(300):
            hub.publish(kind="order.placed", title=f"old order {n}", body="x" * 200)
        with subprocess.Popen([sys.executable, "-c", _POSTER, str(folder), str(seconds)]) as poster:
            try:
                yield {"INBOX_HOME": str(folder)}
            finally:
                poster.terminate()
    finally:
        hub.stop()


def run() -> list[Figure]:
    figures = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        floor, _ = _presses(fill(folder / "100", 100), FIRST_ROW)
        for rows in (1_000, 1_000_000):
            took, sizes = _presses(fill(folder / str(rows), rows), FIRST_ROW)
            figures.append(
                _figure(f"key → frame, {rows:,} rows, p50", took, floor, f"{statistics.median(sizes):.0f} bytes a move")
            )
        (folder / "live").mkdir()
        with _busy_hub(folder / "live", 30) as env:
            took, _ = _presses(env, "order", live=True)
            figures.append(_figure("key → frame, 100 events/s, p50", took, floor, ""))
    return figures


def _figure(what: str, took: list[float], floor: list[float], note: str) -> Figure:
    """Medians of thirds, so that there is a spread to see."""
    third = PRESSES // 3
    ours, base = ([statistics.median(x[n * third : (n + 1) * third]) for n in range(3)] for x in (took, floor))
    note = "; ".join(filter(None, [f"p95 {statistics.quantiles(took, n=20)[18]:.0f} ms", note]))
    return Figure(what, "100 rows, idle", "ms", ours, base, 1.5, note=note)
