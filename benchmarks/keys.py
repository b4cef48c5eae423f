"""From a key to its frame, and the bytes that it costs: in a real pseudo-terminal, idle and while 100 events a second arrive."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cached import FIRST_ROW, deepen, fill
from benchmarks.poster import posting
from benchmarks.report import Figure
from inbox_tui.core.hubs import LOCAL
from tests.hubs import RunningHub
from tests.panes import opened
from tests.terminal import Terminal

PANE = [sys.executable, "-m", "inbox_tui"]
PRESSES, WARM, SIZE = 60, 36, (120, 36)
"""Together fewer than the floor's rows, and every counted one scrolls."""
DEEP = 1_000_000


@dataclass(frozen=True)
class Pressed:
    """Of every press: milliseconds to its first byte on the screen; bytes until all of it was."""

    took: Sequence[float]
    sizes: Sequence[float]

    def thirds(self) -> list[float]:
        """Medians, so that there is a spread to see."""
        third = len(self.took) // 3
        return [statistics.median(self.took[n * third : (n + 1) * third]) for n in range(3)]


def press(terminal: Terminal, keys: str) -> Pressed:
    """One after the other, each once what the one before painted is quiet."""
    took, sizes = [], []
    for key in keys:
        size, at = len(terminal.output), time.monotonic()
        terminal.press(key)
        while len(terminal.output) == size:
            if not terminal.pump(0.0005) or time.monotonic() - at > 5:
                raise AssertionError(f"no frame after {key!r}")
        took.append((terminal.written_at[-1][1] - at) * 1e3)
        terminal.pump(0.03)
        sizes.append(float(len(terminal.output) - size))
    return Pressed(took, sizes)


def _scrolled(env: dict[str, str], wanted: str) -> tuple[Pressed, Pressed]:
    """Presses that scroll, and then some that only move the cursor back up."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with Terminal(PANE, env=inherited | env, size=SIZE) as terminal:
        terminal.wait_for(wanted)
        terminal.pump(1.5)
        press(terminal, "j" * WARM)
        return press(terminal, "j" * PRESSES), press(terminal, "k" * (WARM // 2))


@contextmanager
def _busy(home: Path) -> Iterator[dict[str, str]]:
    """A hub to which events come all the time, and a pane's cache of a million rows beneath its own."""
    hub = RunningHub.start(home)
    try:
        for n in range(300):
            hub.publish(kind="order.placed", title=f"old order {n}", body="x" * 200)
        with opened(home):
            pass
        deepen(home, LOCAL, DEEP)
        with posting(home):
            yield {"INBOX_HOME": str(home)}
    finally:
        hub.stop()


def run() -> list[Figure]:
    figures = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        floor, _ = _scrolled(fill(folder / "100", 100), FIRST_ROW)
        for rows in (1_000, DEEP):
            scrolled, moved = _scrolled(fill(folder / str(rows), rows), FIRST_ROW)
            figures.append(_figure(f"key → frame, {rows:,} rows, p50", scrolled, floor))
        for what, pressed, most in (("moves the cursor", moved, 4096.0), ("scrolls", scrolled, None)):
            base = [most] * len(pressed.sizes) if most else []
            figures.append(Figure(f"bytes of a key that {what}, 120x36", "4 KiB", "B", pressed.sizes, base, most and 1.0))
        (folder / "live").mkdir()
        with _busy(folder / "live") as env:
            scrolled, _ = _scrolled(env, "of 1,000")
            figures.append(_figure(f"key → frame, {DEEP:,} rows, 100 events/s, p50", scrolled, floor))
    return figures


def _figure(what: str, pressed: Pressed, floor: Pressed) -> Figure:
    note = f"p95 {statistics.quantiles(pressed.took, n=20)[18]:.0f} ms"
    return Figure(what, "100 rows, idle", "ms", pressed.thirds(), floor.thirds(), 1.5, note=note)
