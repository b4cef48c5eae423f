"""What a wrapped command prints, listened to: its last lines, and what in it tells how far it is. Changes nothing of it."""

from __future__ import annotations

import re
from typing import NamedTuple

from inbox_tui.core.text import clean, redact

TAIL_BYTES, TAIL_LINES, LINE_MOST = 16_384, 20, 1_000


class Step(NamedTuple):
    """A line that told of progress; `share` is 0 to 1 where it named one."""

    message: str
    share: float | None


class Heard:
    """`progress` is looked for in each line. Its groups, where it has them, are per cent, or what is done and of how much."""

    def __init__(self, progress: re.Pattern[str] | None = None) -> None:
        self._progress = progress
        self._tail = bytearray()
        self._line = bytearray()
        self.step: Step | None = None
        """The newest, until somebody takes it."""

    def hear(self, data: bytes) -> None:
        self._tail += data[-TAIL_BYTES:]
        del self._tail[:-TAIL_BYTES]
        if self._progress is None:
            return
        *whole, rest = re.split(rb"[\r\n]", bytes(self._line) + data)
        for line in whole:
            self._look(line)
        self._line = bytearray(rest[-LINE_MOST:])

    def last_lines(self) -> str:
        """As a person last saw them: of a line that was written over, what stayed. Without control characters and secrets."""
        text = bytes(self._tail).decode("utf-8", "replace").replace("\r\n", "\n")
        lines = [clean(_last_state(line)).rstrip()[:LINE_MOST] for line in text.split("\n")]
        return redact("\n".join([line for line in lines if line][-TAIL_LINES:]))[0]

    def _look(self, line: bytes) -> None:
        assert self._progress is not None
        text = clean(line[:LINE_MOST].decode("utf-8", "replace"), lines=False)
        if found := self._progress.search(text):
            self.step = Step(redact(text)[0], _share(found.groups()))


def _share(groups: tuple[str | None, ...]) -> float | None:
    try:
        numbers = [float((group or "").replace(",", "")) for group in groups[:2]]
        share = numbers[0] / 100 if len(numbers) == 1 else numbers[0] / numbers[1]
    except (ValueError, IndexError, ZeroDivisionError):
        return None
    return share if 0 <= share <= 1 else None


def _last_state(line: str) -> str:
    return next((part for part in reversed(line.split("\r")) if part), "")
