"""The pane as a person has it: `inbox` in a real terminal, and keys that are read before they are pressed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from commands import INBOX
from terminal import Terminal

CALM = 1.3
"""Seconds from `a` to `y` of somebody who reads; long enough on a busy machine too."""


@contextmanager
def opened(
    home: Path,
    shown: str = "caught up",
    *,
    command: Sequence[str] = INBOX,
    size: tuple[int, int] = (100, 30),
    lag: float | None = 0.0,
    **environ: str,
) -> Iterator[Terminal]:
    """Once that is painted. Of this process's environment it knows nothing."""
    env = {"INBOX_HOME": str(home), "HOME": str(home), "PATH": "/usr/bin:/bin", **environ}
    with Terminal(command, env=env, size=size, lag=lag) as terminal:
        terminal.wait_for(shown)
        yield terminal


def open_bar(terminal: Terminal, key: str = "a", *, reading: float = 0.0) -> int:
    """Presses the key, waits for the bar, and reads it for so many seconds. Answers where in the output that was."""
    since = len(terminal.output)
    terminal.press(key)
    terminal.wait_for("not now", since=since)
    terminal.pump(reading)
    return since
