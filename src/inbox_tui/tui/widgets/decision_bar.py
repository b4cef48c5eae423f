"""The answer bar: one question, whole, and the keys that answer it. Keys come through `take` in the order they were read.

It acts on the row that it was opened with, id and raised_rev; never on a position. Nothing in it has the focus.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from inbox_tui.cache.pages import Row
from inbox_tui.core.model import Choice
from inbox_tui.core.text import clean, mark
from inbox_tui.core.times import Clock
from inbox_tui.tui import asked, words
from inbox_tui.tui.cells import cut, fit, wrap
from inbox_tui.tui.guard import GUARD_SECONDS, REPLY_SECONDS, Guard
from inbox_tui.tui.terminal import Fence

Confirm = Literal["key", "digit"]
TOO_QUICK = "too quick: nothing answered"
NOT_ANSWERED = "not answered"
NOT_READ = "read it to its end first: nothing answered"
SCROLL: dict[str, int] = {"j": 1, "down": 1, "k": -1, "up": -1}
PAGE_SCROLL: dict[str, int] = {"pagedown": 1, "ctrl+d": 1, "space": 1, "pageup": -1, "ctrl+u": -1}
MARGIN = "┃ "
GAP = 4
NOT_NOW = [("Esc", "key"), (" not now", "note")]


class DecisionBar(Widget, can_focus=False):
    """Hidden until `ask`. `monotonic` is the clock that stamps events."""

    DEFAULT_CSS = """
    DecisionBar {
        display: none; height: auto; background: $surface;
        &.-open { display: block; }
        & > .bar--edge { color: $inbox-ask; text-style: bold; }
        & > .bar--title { color: $foreground; text-style: bold; }
        & > .bar--text { color: $foreground; }
        & > .bar--command { color: $inbox-ask; }
        & > .bar--note { color: $inbox-dim; }
        & > .bar--key { color: $accent; text-style: bold; }
        & > .bar--warn { color: $warning; }
        &:ansi > .bar--note { text-style: dim; }
    }
    """
    PARTS: ClassVar[tuple[str, ...]] = ("edge", "title", "text", "command", "note", "key", "warn")
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"bar--{part}" for part in PARTS}

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
        self.row: Row | None = None
        self._guard = Guard()
        self._keys: Mapping[str, Choice] = {}
        self._lines: list[asked.Line] = []
        self._top = self._seen_to = 0
        self.frames = 0
        """Whole frames of the bar that the terminal was given since the question was put."""
        self._generation = 0
        self._undrawn: set[int] = set()
        self._foot: list[list[tuple[str, str]]] = []
        self._swallow_until = 0.0
        self._wakers: list[Timer] = []

    @property
    def is_open(self) -> bool:
        return self.row is not None

    @property
    def armed_at(self) -> float | None:
        return self._guard.armed_at if self.is_open else None

    def ask(self, row: Row) -> None:
        """Shows the question of `row`, as it is now. Nothing is armed yet."""
        self.row = row
        self._guard = Guard(needs_reply=self.confirm == "key")
        self._keys = asked.answers(row.notification.choices, by_digit=self.confirm == "digit", pick=secrets.choice)
        self._top = self._seen_to = self.frames = 0
        self.add_class("-open")
        self._measure()

    def close(self, reason: str, *, by_itself: bool = False) -> None:
        """Closes unanswered. Where it does so by itself, keys that were meant for it are swallowed for a while."""
        if self.row is None:
            return
        if by_itself:
            self._swallow_until = self._monotonic() + GUARD_SECONDS
        self._hide()
        self.post_message(self.Closed(reason))

    def follow(self, row: Row | None) -> None:
        """The cache has changed: `row` is what the shown row is now. Another question than the one shown is not answered."""
        if self.row is None:
            return
        shown, now = self.row.notification, None if row is None else row.notification
        if now is None:
            self.close("it is gone: nothing answered", by_itself=True)
        elif not now.is_open:
            self.close(f"{words.state(now) or 'it asks nothing any more'}: nothing answered by you", by_itself=True)
        elif now.raised_rev != shown.raised_rev:
            self.close("it has changed: look again, nothing answered", by_itself=True)

    def tick(self) -> None:
        """Time went by: how long it has been asked reads differently."""
        if self.row is not None:
            self.refresh(Region(0, 0, self.size.width, 1))

    # Keys

    def swallows(self, read_at: float) -> bool:
        """Whether a key read then was meant for the bar that has just closed by itself."""
        return not self.is_open and read_at < self._swallow_until

    def take(self, key: str, read_at: float) -> None:
        """One key, by the name a person gives it, read off the terminal at `read_at`."""
        if self.row is None:
            return
        if self._scrolls(key):
            return
        choice = self._keys.get(key)
        if key == "escape" or (choice is None and not self._guard.is_early(read_at)):
            self.close(NOT_ANSWERED)
        elif self._guard.is_early(read_at):
            self.close(NOT_READ if self.frames and not self._is_read else TOO_QUICK)
        elif choice is not None:
            row = self.row
            self._hide()
            self.post_message(self.Answered(row, choice))

    def _scrolls(self, key: str) -> bool:
        """Whether the key moved a question that is longer than the bar."""
        if len(self._lines) <= self._window:
            return False
        step = SCROLL.get(key) or PAGE_SCROLL.get(key, 0) * max(1, self._window - 1)
        if not step:
            return False
        self._top = min(max(0, self._top + step), len(self._lines) - self._window)
        self._show()
        return True

    def _hide(self) -> None:
        self.row = None
        self._fence.forget()
        self._stop_timers()
        self.remove_class("-open")

    # What is on the screen

    @property
    def _window(self) -> int:
        """Lines of the question that are on the screen at once."""
        return max(1, self.size.height - 1 - len(self._foot))

    @property
    def _is_read(self) -> bool:
        return self._seen_to >= len(self._lines)

    def _measure(self) -> None:
        """Breaks the question anew. What was seen before says nothing about how it is broken now."""
        if self.row is None:
            return
        width = (self.size.width or self.app.size.width) - cell_len(MARGIN) - 1
        self._lines = asked.lines(self.row.notification, width)
        self._foot = list(self._answers(width))
        self.styles.height = min(len(self._lines), max(1, self.app.size.height // 2 - 2)) + 1 + len(self._foot)
        self._top = self._seen_to = 0
        self._guard.restart()
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        self._measure()

    def _show(self) -> None:
        """Draws; once the terminal has been given all of it, `_after_frame` looks whether the question is complete."""
        self._generation += 1
        self._undrawn = set(range(self._window + 1 + len(self._foot)))
        self.refresh()

    def _after_frame(self, generation: int) -> None:
        """The terminal has been given a frame with every line of the bar as it is now."""
        if self.row is None or generation != self._generation or self._is_read:
            return
        self.frames += 1
        if self._top <= self._seen_to:
            self._seen_to = max(self._seen_to, self._top + self._window)
        if self._is_read:
            self._guard.shown(self._monotonic())
            self._wakers = [self.set_timer(REPLY_SECONDS + 0.05, self.refresh)]
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
        style = {part: self.get_component_rich_style(f"bar--{part}") for part in self.PARTS}
        if self.row is None:
            return Strip.blank(width, style["text"])
        drawn = [Segment(text, style[part]) for text, part in self._segments(y, width - cell_len(MARGIN) - 1)]
        if self._undrawn:
            self._undrawn.discard(y)
            if not self._undrawn:
                self.call_after_refresh(self._after_frame, self._generation)
        return Strip([Segment(MARGIN, style["edge"]), *drawn]).adjust_cell_length(width, style["text"])

    def _segments(self, y: int, room: int) -> list[tuple[str, str]]:
        if y == 0:
            return self._head(room)
        if y <= self._window:
            at = self._top + y - 1
            return [(self._lines[at].text, self._lines[at].part)] if at < len(self._lines) else []
        at = y - self._window - 1
        hint = self._hint()
        if at == 0 and hint:
            return hint
        line = self._foot[at] if at < len(self._foot) and not hint else []
        is_early = self._guard.is_early(self._monotonic())
        return [(text, "note") for text, _ in line] if is_early else line

    def _head(self, room: int) -> list[tuple[str, str]]:
        assert self.row is not None
        shown = self.row.notification
        key = clean(shown.sender, lines=False)
        since = f"{f'key: {key} · ' if key else ''}since {words.age(self._clock() - shown.raised_at)}"
        where = asked.place(shown)
        asker = f"{words.who(shown) or 'somebody'} asks{f' in {where}' if where else ''}"
        space = room - cell_len(since) - 2
        return [(fit(asker, space), "note"), ("  ", "note"), (since, "note")] if space >= 16 else [(cut(asker, room), "note")]

    def _hint(self) -> list[tuple[str, str]]:
        """What stands in the place of the answers while there is something to do first; empty where there is not."""
        if not self._is_read and self._top + self._window < len(self._lines):
            left = len(self._lines) - self._top - self._window
            return [("j", "key"), (f" read on, {left} more {'line' if left == 1 else 'lines'}    ", "text"), *NOT_NOW]
        if self._guard.waits_in_vain(self._monotonic()):
            return [('the terminal does not confirm what it shows: set confirm = "digit" under [tui]', "warn")]
        return []

    def _answers(self, room: int) -> Iterator[list[tuple[str, str]]]:
        """The answers with their whole labels, in as many lines as they take."""
        line: list[tuple[str, str]] = []
        used = 0
        for key, choice in self._keys.items():
            for at, label in enumerate(wrap(" ".join(mark(choice.label).split()), room - 2)):
                cells = 2 + cell_len(label)
                if line and (at or used + GAP + cells > room):
                    yield line
                    line, used = [], 0
                elif line:
                    line.append((" " * GAP, "text"))
                    used += GAP
                line += [(f"{key} " if at == 0 else "  ", "key"), (label, "text")]
                used += cells
        if line and used + GAP + cell_len("Esc not now") > room:
            yield line
            line = []
        yield [*line, (" " * GAP if line else "", "text"), *NOT_NOW]
