"""The few things that we say to the terminal past Textual: a fence behind a frame."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Protocol

from textual import events
from textual.driver import Driver
from textual.geometry import Size

Reply = Callable[[float], None]
"""Takes the time at which the reply was read, in seconds of the clock that stamps events."""


class Fence(Protocol):
    def send(self, reply: Reply) -> None:
        """Asks the terminal, behind all that was written so far; `reply` is called once, if ever."""

    def take(self, event: events.CursorPosition) -> None:
        """A cursor report came in."""

    def forget(self) -> None:
        """No reply is of interest any more."""


class CursorFence:
    """CSI 6n with the cursor put on a random cell, so that a reply names the fence that it answers and cannot be guessed."""

    def __init__(self, driver: Callable[[], Driver | None], size: Callable[[], Size]) -> None:
        self._driver, self._size = driver, size
        self._awaited: tuple[int, int] | None = None
        self._reply: Reply | None = None

    def send(self, reply: Reply) -> None:
        driver, size = self._driver(), self._size()
        if driver is None:
            return
        if driver.is_headless:
            # Nobody is there who could type ahead.
            reply(events.Event().time)
            return
        x, y = secrets.randbelow(max(1, size.width)), secrets.randbelow(max(1, size.height))
        self._awaited, self._reply = (x, y), reply
        driver.write(f"\x1b7\x1b[{y + 1};{x + 1}H\x1b[6n\x1b8")
        driver.flush()

    def take(self, event: events.CursorPosition) -> None:
        if self._reply is not None and (event.x, event.y) == self._awaited:
            reply, self._reply = self._reply, None
            reply(event.time)

    def forget(self) -> None:
        self._reply = self._awaited = None
