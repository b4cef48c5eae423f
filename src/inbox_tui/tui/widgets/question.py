"""What is asked, on the screen: all of it in a window that may have to be scrolled to its end, and from when on a key answers.

What the answer bar and the list before many answers have in common. Keys come through `take` in the order they were read; nothing
here has the focus.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from inbox_tui.cache.pages import Row
from inbox_tui.core.model import Choice
from inbox_tui.core.times import Clock
from inbox_tui.tui import asked
from inbox_tui.tui.actions import show_key
from inbox_tui.tui.guard import GUARD_SECONDS, REPLY_SECONDS, Guard
from inbox_tui.tui.keymap import our_keymap
from inbox_tui.tui.terminal import Fence

Confirm = Literal["key", "digit"]
Piece = tuple[str, str]
"""A text and its part."""
TOO_QUICK = "too quick: nothing answered"
NOT_ANSWERED = "not answered"
NOT_READ = "read it to its end first: nothing answered"
MARGIN = "┃ "
NOT_NOW: Sequence[Piece] = (("Esc", "key"), (" not now", "note"))
ALWAYS = {"down": "down", "up": "up", "pagedown": "page_down", "pageup": "page_up"}
"""Keys that move whatever a person's own do."""
LINES = {"down": 1, "up": -1}
PAGES = {"page_down": 1, "half_down": 1, "page_up": -1, "half_up": -1}


class Question(Widget, can_focus=False):
    """Hidden until it is begun. `monotonic` is the clock that stamps events."""

    DEFAULT_CSS = """
    Question {
        display: none; background: $surface;
        &.-open { display: block; }
        & > .question--edge { color: $inbox-ask; text-style: bold; }
        & > .question--title { color: $foreground; text-style: bold; }
        & > .question--text { color: $foreground; }
        & > .question--command { color: $inbox-ask; }
        & > .question--added { color: $success; }
        & > .question--removed { color: $error; }
        & > .question--note { color: $inbox-dim; }
        & > .question--key { color: $accent; text-style: bold; }
        & > .question--warn { color: $warning; }
        &:ansi > .question--note { text-style: dim; }
    }
    """
    PARTS: ClassVar[tuple[str, ...]] = ("edge", "title", "text", "command", "added", "removed", "note", "key", "warn")
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"question--{part}" for part in PARTS}

    @dataclass
    class Answered(Message):
        row: Row
        choice: Choice

    @dataclass
    class Closed(Message):
        """Without an answer; `reason` is fit to show."""

        reason: str

    def __init__(
        self,
        fence: Fence,
        clock: Clock,
        monotonic: Callable[[], float],
        *,
        confirm: Confirm = "key",
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._fence, self._clock, self._monotonic, self.confirm = fence, clock, monotonic, confirm
        self.keymap = our_keymap()
        self._guard = Guard()
        self._keys: Mapping[str, Choice] = {}
        self._lines: list[asked.Line] = []
        self._foot: list[list[Piece]] = []
        self._top = self._seen_to = 0
        self._is_fenced = False
        """The frame that completes it was handed over, and the terminal asked for its reply."""
        self.frames = 0
        """Whole frames that the terminal was given since the question was put."""
        self._generation = 0
        self._undrawn: set[int] = set()
        self._swallow_until = 0.0
        self._wakers: list[Timer] = []

    # What a question is made of

    @property
    @abstractmethod
    def is_open(self) -> bool: ...

    @abstractmethod
    def _pick_keys(self) -> Mapping[str, Choice]:
        """Which key gives which answer."""

    @abstractmethod
    def _lay_out(self, width: int) -> None:
        """Breaks all that is asked into `_lines`, and what can be answered into `_foot`."""

    @abstractmethod
    def _head(self, room: int) -> list[Piece]:
        """The line above it."""

    @abstractmethod
    def _answer(self, choice: Choice) -> None:
        """A calm key gave it."""

    @abstractmethod
    def _end(self) -> None:
        """It is asked no more."""

    def _line(self, at: int, room: int) -> list[Piece]:
        """One of its lines as it is drawn: never less of it than was laid out."""
        return [(self._lines[at].text, self._lines[at].part)]

    def _edge(self, at: int | None) -> str:
        """What stands before a line of it, or (None) before another line."""
        return MARGIN

    def _moves(self, key: str) -> bool:
        """Whether the key only moved something."""
        action = self._action_of(key)
        return self._scrolls(LINES.get(action, 0) + PAGES.get(action, 0) * self._page)

    def _action_of(self, key: str) -> str:
        return self.keymap.actions.get(key) or ALWAYS.get(key, "")

    def _shown(self, action: str, otherwise: str) -> str:
        """The key that does it here: a chord does not, nor does one that answers."""
        key = self.keymap.key_of(action)
        return otherwise if not key or " " in key or key in self._keys else show_key(key)

    # From its beginning to its end

    @property
    def armed_at(self) -> float | None:
        return self._guard.armed_at if self.is_open else None

    def _begin(self) -> None:
        """Shows it, with nothing over it. Nothing is armed yet."""
        self.app.clear_notifications()
        self._guard = Guard(needs_reply=self.confirm == "key")
        self._keys = self._pick_keys()
        self.frames = 0
        self.add_class("-open")
        self._measure()

    def close(self, reason: str, *, by_itself: bool = False) -> None:
        """Closes unanswered. Where it does so by itself, keys that were meant for it are swallowed for a while."""
        if not self.is_open:
            return
        if by_itself:
            self._swallow_until = self._monotonic() + GUARD_SECONDS
        self._hide()
        self.post_message(self.Closed(reason))

    def disturb(self) -> None:
        """Something was pasted, or the terminal lost the focus."""
        self.close(NOT_ANSWERED)

    def swallows(self, read_at: float) -> bool:
        """Whether a key read then was meant for what has just closed by itself."""
        return not self.is_open and read_at < self._swallow_until

    def take(self, key: str, read_at: float) -> None:
        """One key, by the name a person gives it, read off the terminal at `read_at`."""
        if not self.is_open:
            return
        key = "space" if key == " " else key
        choice = self._keys.get(key)
        if choice is None and self._moves(key):
            return
        if key == "escape" or (choice is None and not self._guard.is_early(read_at)):
            self.close(NOT_ANSWERED)
        elif self._guard.is_early(read_at):
            self.close(NOT_READ if self.frames and not self._is_read else TOO_QUICK)
        elif choice is not None:
            self._answer(choice)

    def _hide(self) -> None:
        self._end()
        self._fence.forget()
        self._stop_timers()
        self.remove_class("-open")

    # What is on the screen

    @property
    def _window(self) -> int:
        """Lines of it that are on the screen at once."""
        return max(1, self.size.height - 1 - len(self._foot))

    @property
    def _page(self) -> int:
        return max(1, self._window - 1)

    @property
    def _is_read(self) -> bool:
        return self._seen_to >= len(self._lines)

    def _scrolls(self, lines: int) -> bool:
        """Whether that moved a question which is longer than its window."""
        if not lines or len(self._lines) <= self._window:
            return False
        self._top = min(max(0, self._top + lines), len(self._lines) - self._window)
        self._show()
        return True

    def _measure(self) -> None:
        """Breaks the question anew. What was seen before says nothing about how it is broken now."""
        if not self.is_open:
            return
        self._lay_out((self.size.width or self.app.size.width) - cell_len(MARGIN) - 1)
        self._top = self._seen_to = 0
        self._restart()

    def _restart(self) -> None:
        """Something else is asked than was shown before: the guard begins again with the next frame."""
        self._guard.restart()
        self._fence.forget()
        self._stop_timers()
        self._is_fenced = False
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        self._measure()

    def _show(self) -> None:
        """Draws; once the terminal has been given all of it, `_after_frame` looks whether the question is complete."""
        self._generation += 1
        self._undrawn = set(range(self._window + 1 + len(self._foot)))
        self.refresh()

    def _after_frame(self, generation: int) -> None:
        """The terminal has been given a frame with every line as it is now."""
        if not self.is_open or generation != self._generation or self._is_fenced:
            return
        self.frames += 1
        if self._top <= self._seen_to:
            self._seen_to = max(self._seen_to, self._top + self._window)
        if self._is_read:
            self._is_fenced = True
            self._guard.shown(self._monotonic())
            self._wakers.append(self.set_timer(REPLY_SECONDS + 0.05, self.refresh))
            self._fence.send(self._replied)
        self._draw_when_armed()

    def _replied(self, read_at: float) -> None:
        self._guard.replied(read_at)
        self._draw_when_armed()

    def _draw_when_armed(self) -> None:
        if (armed_at := self._guard.armed_at) is not None:
            self._wakers.append(self.set_timer(max(0.0, armed_at - self._monotonic()) + 0.01, self.refresh))

    def _stop_timers(self) -> None:
        for timer in self._wakers:
            timer.stop()
        self._wakers = []

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        style = {part: self.get_component_rich_style(f"question--{part}") for part in self.PARTS}
        if not self.is_open:
            return Strip.blank(width, style["text"])
        room, at = width - cell_len(MARGIN) - 1, self._top + y - 1
        is_its_own = 1 <= y <= self._window and at < len(self._lines)
        pieces = self._line(at, room) if is_its_own else self._around(y, room)
        if self._undrawn:
            self._undrawn.discard(y)
            if not self._undrawn:
                self.call_after_refresh(self._after_frame, self._generation)
        drawn = [Segment(text, style[part]) for text, part in pieces]
        return Strip([Segment(self._edge(at if is_its_own else None), style["edge"]), *drawn]).adjust_cell_length(
            width, style["text"]
        )

    def _around(self, y: int, room: int) -> list[Piece]:
        """The lines above and below what is asked."""
        if y == 0:
            return self._head(room)
        at = y - self._window - 1
        hint = self._hint()
        if at == 0 and hint:
            return hint
        line = self._foot[at] if 0 <= at < len(self._foot) and not hint else []
        is_early = self._guard.is_early(self._monotonic())
        return [(text, "note") for text, _ in line] if is_early else line

    def _hint(self) -> list[Piece]:
        """What stands in the place of the answers while there is something to do first; empty where there is not."""
        if not self._is_read and self._top + self._window < len(self._lines):
            left = len(self._lines) - self._top - self._window
            return [
                (self._shown("down", "↓"), "key"),
                (f" read on, {left} more {'line' if left == 1 else 'lines'}    ", "text"),
                *NOT_NOW,
            ]
        if self._guard.waits_in_vain(self._monotonic()):
            return [('the terminal does not confirm what it shows: set confirm = "digit" under [tui]', "warn")]
        return []
