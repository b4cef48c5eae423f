"""How long a command of the command line takes as a whole process, against an interpreter that does nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import Figure
from tests.hubs import RunningHub

ROUNDS = 15


def _run(*arguments: str, home: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], env={**os.environ, "INBOX_HOME": home}, check=True, capture_output=True)
    return (time.perf_counter() - began) * 1e3


def run() -> list[Figure]:
    commands = {"inbox status": ("status",), "inbox send": ("send", "hello")}
    nothing: list[float] = []
    took: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as home:
        hub = RunningHub.start(Path(home))
        try:
            for n in range(ROUNDS + 1):
                floor = _run("-c", "pass", home=home)
                times = {name: _run("-m", "inbox_tui", *arguments, home=home) for name, arguments in commands.items()}
                if n:
                    nothing.append(floor)
                    for name, one in times.items():
                        took[name].append(one)
        finally:
            hub.stop()
    return [Figure(f"`{name}`", "python -c pass", "ms", times, nothing, 4.0) for name, times in took.items()]
