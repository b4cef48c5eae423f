"""When a key may answer: not before the person can have read what it answers. Pure; times are seconds of one monotonic clock.

The oracle is the decision bar's executable specification. A key counts by when it was *read* off the terminal. The 400 ms run
from the frame that completes the question on the screen, and from the terminal's reply to a query (CSI 6n) that was written
behind that frame: the reply comes back in the same byte stream as the keys, so what was typed before the frame was drawn is
read before it.
"""

from __future__ import annotations

GUARD_SECONDS = 0.4
REPLY_SECONDS = 2.0
"""A terminal that has not answered by then will not; the bar says so and stays unarmed."""


class Guard:
    """One showing of one question. It begins unarmed and `restart` unarms it again."""

    def __init__(self, *, needs_reply: bool = True) -> None:
        self.needs_reply = needs_reply
        self._frame_at: float | None = None
        self._reply_at: float | None = None

    def restart(self) -> None:
        """What is on the screen is no longer the whole question: it was resized, or scrolled before its end was seen."""
        self._frame_at = self._reply_at = None

    def shown(self, at: float) -> None:
        """The frame that completes the question was handed to the terminal."""
        self._frame_at, self._reply_at = at, None

    def replied(self, at: float) -> None:
        """The terminal's reply to the query behind that frame was read. Without such a frame it means nothing."""
        if self._frame_at is not None and self._reply_at is None:
            self._reply_at = at

    @property
    def armed_at(self) -> float | None:
        """From when on a key answers; None while that is not known."""
        if self._frame_at is None or (self.needs_reply and self._reply_at is None):
            return None
        return max(self._frame_at, self._reply_at or 0.0) + GUARD_SECONDS

    def waits_in_vain(self, now: float) -> bool:
        """Whether the terminal should have replied long ago."""
        return (
            self.needs_reply and self._frame_at is not None and self._reply_at is None and now - self._frame_at >= REPLY_SECONDS
        )

    def is_early(self, read_at: float) -> bool:
        armed_at = self.armed_at
        return armed_at is None or read_at < armed_at
