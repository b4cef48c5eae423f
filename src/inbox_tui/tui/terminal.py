"""The few things that we say to the terminal past Textual: sequences of our own, and a fence behind a frame."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from typing import Protocol

from textual import events
from textual.driver import Driver

LOST_SECONDS = 30.0
"""A question that old has lost its reply."""

Reply = Callable[[float], None]
"""Takes the time at which the reply was read, in seconds of the clock that stamps events."""


def put(driver: Driver | None, sequence: str) -> None:
    """One sequence, whole and never inside a frame. Nothing happens where there is no terminal."""
    if driver is not None and not driver.is_headless:
        driver.write(sequence)
        driver.flush()


def is_there(driver: Driver | None) -> bool:
    """Whether there is a terminal that is read from; one that was closed is none."""
    return driver is not None and not driver.is_headless and os.isatty(getattr(driver, "fileno", -1))


class Fence(Protocol):
    def send(self, reply: Reply) -> None:
        """Asks the terminal, behind all that was written so far; `reply` is called once, if ever."""

    def take(self, event: events.CursorPosition) -> None:
        """A cursor report came in."""

    def forget(self) -> None:
        """No reply is of interest any more."""


class CursorFence:
    """CSI 6n. Replies come in the order of the questions, so each is taken for the oldest that is still open."""

    def __init__(self, driver: Callable[[], Driver | None], monotonic: Callable[[], float]) -> None:
        self._driver, self._monotonic = driver, monotonic
        self._asked: deque[tuple[float, Reply | None]] = deque()

    def send(self, reply: Reply) -> None:
        self.forget()
        driver = self._driver()
        if driver is None:
            return
        if driver.is_headless:
            # Nobody is there who could type ahead.
            reply(self._monotonic())
            return
        self._asked.append((self._monotonic(), reply))
        driver.write("\x1b[6n")
        driver.flush()

    def take(self, event: events.CursorPosition) -> None:
        while self._asked and event.time - self._asked[0][0] > LOST_SECONDS:
            self._asked.popleft()
        if self._asked and not _is_function_key(event):
            _, reply = self._asked.popleft()
            if reply is not None:
                reply(event.time)

    def forget(self) -> None:
        self._asked = deque((at, None) for at, _ in self._asked)


def _is_function_key(event: events.CursorPosition) -> bool:
    """F3 with a modifier reads like a report of the first line, columns 2 to 8; our cursor rests in the first column."""
    return event.y == 0 and 1 <= event.x <= 7
