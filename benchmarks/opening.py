"""From exec to the first row on a terminal, and what memory the pane then holds; against the least Textual program."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.cached import FIRST_ROW, fill
from benchmarks.memory import resident
from benchmarks.report import Figure
from tests.terminal import Terminal

ROUNDS = 9
PANE = [sys.executable, "-m", "inbox_tui"]
MINIMAL = [sys.executable, "-m", "benchmarks.floors.minimal_app"]
EAGER = [
    sys.executable,
    "-c",
    "import httpx, httpx_sse, aiosqlite; from pydantic import BaseModel\n"
    "from benchmarks.floors.minimal_app import MinimalApp as A; A().run()",
]
SIZES = (1_000, 100_000, 1_000_000)


def _open(command: Sequence[str], env: dict[str, str], wanted: str, settle: float = 0.0) -> tuple[float, float]:
    """Milliseconds to the first row, and MiB resident `settle` seconds later."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with Terminal(command, env=inherited | env) as terminal:
        painted = terminal.wait_for(wanted) - terminal.started_at
        terminal.pump(settle)
        return painted * 1e3, resident(terminal.process.pid)


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        homes = {rows: fill(Path(name) / str(rows), rows) for rows in SIZES}
        minimal: list[float] = []
        opened: dict[int, list[float]] = {rows: [] for rows in SIZES}
        for n in range(ROUNDS + 1):
            floor = _open(MINIMAL, {}, "first row of a minimal app")[0]
            times = {rows: _open(PANE, env, FIRST_ROW)[0] for rows, env in homes.items()}
            if n:  # the first round warms the disk and the compiled modules
                minimal.append(floor)
                for rows, took in times.items():
                    opened[rows].append(took)
        memory = [_open(PANE, homes[1_000_000], FIRST_ROW, settle=3.0)[1] for _ in range(3)]
        least = [_open(EAGER, {}, "first row of a minimal app", settle=1.0)[1] for _ in range(3)]
    return [
        Figure("exec → first row, 100k cached rows", "minimal Textual app", "ms", opened[100_000], minimal, 1.15),
        Figure("exec → first row, 1M cached rows", "1k cached rows", "ms", opened[1_000_000], opened[1_000], 1.1),
        Figure("resident, 1M cached rows", "minimal app, same imports", "MiB", memory, least, 1.25),
    ]
