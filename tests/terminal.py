"""A program in a real pseudo-terminal whose other end is ours: what it writes, when, and what a slow link does to its questions.

It answers the one question that matters here, CSI 6n (where is the cursor), as late as a test wants, in the same byte stream as
the keys: what a laggy SSH session does.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

_SEQUENCES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]P^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]")
WHERE_IS_THE_CURSOR = b"\x1b[6n"


class Terminal:
    """`lag` seconds pass before a question of the program is answered; None: this terminal never answers."""

    def __init__(
        self, command: Sequence[str], *, env: dict[str, str], size: tuple[int, int] = (80, 24), lag: float | None = 0.0
    ) -> None:
        columns, rows = size
        self.lag = lag
        self.output = bytearray()
        self.written_at: list[tuple[int, float]] = []
        """(length of the output after it, monotonic time) of every read."""
        self._answers: list[float] = []
        self._answered = 0
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", **env},
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        os.close(self._master)

    def pump(self, seconds: float) -> bool:
        """Reads what the program writes for at most that long, answering its questions. False: it has ended."""
        end = time.monotonic() + seconds
        while True:
            now = time.monotonic()
            while self._answers and self._answers[0] <= now:
                self._answers.pop(0)
                os.write(self._master, b"\x1b[1;1R")
            until = min([end, *self._answers[:1]])
            if now >= end:
                return True
            ready, _, _ = select.select([self._master], [], [], max(0.0, until - now))
            if not ready:
                continue
            try:
                data = os.read(self._master, 65536)
            except OSError:
                return False
            if not data:
                return False
            self.output += data
            self.written_at.append((len(self.output), time.monotonic()))
            questions = self.output.count(WHERE_IS_THE_CURSOR)
            if self.lag is not None:
                self._answers += [time.monotonic() + self.lag] * (questions - self._answered)
            self._answered = questions

    def forget(self) -> None:
        """Drops what was written so far: who watches for hours keeps no roll of it."""
        self.output.clear()
        self.written_at.clear()
        self._answered = 0

    def press(self, keys: str) -> None:
        """Keys as the bytes that a keyboard sends."""
        os.write(self._master, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """The signal is ours: the program is in a session that no terminal controls."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process.send_signal(signal.SIGWINCH)

    def text(self, since: int = 0) -> str:
        """What was written from that offset on, without escape sequences: words appear in the order they were painted."""
        return _SEQUENCES.sub("", bytes(self.output[since:]).decode(errors="replace"))

    def wait_for(self, wanted: str | bytes | Callable[[str], bool], *, since: int = 0, seconds: float = 20.0) -> float:
        """Pumps until the text was painted, or the bytes were written as they are; answers the monotonic time of the write that
        completed it. Raises AssertionError."""

        def is_met() -> bool:
            if isinstance(wanted, bytes):
                return self.output.find(wanted, since) >= 0
            text = self.text(since)
            return wanted(text) if callable(wanted) else wanted in text

        deadline = time.monotonic() + seconds
        while not is_met():
            alive = self.pump(0.005)
            if (not alive and not is_met()) or time.monotonic() > deadline:
                found = bytes(self.output[since:]) if isinstance(wanted, bytes) else self.text(since)
                raise AssertionError(f"not painted within {seconds} s: {wanted!r}; painted:\n{found[-3000:]!s}")
        return self.written_at[-1][1]
