"""The column at the left: views, then saved filters, each with its number. Draws what it is given; tells what was clicked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from inbox_tui.tui.cells import fit

GAP = -1
"""A line without an entry."""


class Entry(NamedTuple):
    """`number` is what stands at its right. `is_shown`: the list shows it; `is_urgent`: its number is worth a look."""

    label: str
    number: str = ""
    is_shown: bool = False
    is_urgent: bool = False


class Sidebar(Widget, can_focus=False):
    """Two groups of entries, numbered through from 0, with a line between them."""

    DEFAULT_CSS = """
    Sidebar {
        & > .sidebar--text { color: $foreground; }
        & > .sidebar--shown { color: $foreground; text-style: bold; }
        & > .sidebar--dim { color: $inbox-dim; }
        & > .sidebar--bar { color: $accent; text-style: bold; }
        & > .sidebar--cursor { background: $inbox-cursor; }
        &:ansi > .sidebar--dim { text-style: dim; }
        &:ansi > .sidebar--cursor { text-style: reverse; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"sidebar--{part}" for part in ("text", "shown", "dim", "bar", "cursor")}

    @dataclass
    class Chosen(Message):
        """An entry was clicked."""

        number: int

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._entries: Sequence[Entry] = ()
        self._lines: list[int] = []
        self._cursor: int | None = None

    def show(self, views: Sequence[Entry], filters: Sequence[Entry], cursor: int | None) -> None:
        """`cursor`: the number of the entry that has the keys."""
        entries = [*views, *filters]
        if entries == self._entries and cursor == self._cursor:
            return
        self._entries, self._cursor = entries, cursor
        gap = [GAP] if filters else []
        self._lines = [*range(len(views)), *gap, *range(len(views), len(entries))]
        self.refresh()

    def _number(self, y: int) -> int:
        """The entry on a line of the screen. The cursor's is never below it."""
        line = self._lines.index(self._cursor) if self._cursor is not None else 0
        at = y + max(0, line - self.size.height + 1)
        return self._lines[at] if at < len(self._lines) else GAP

    def render_line(self, y: int) -> Strip:
        width, number = self.size.width, self._number(y)
        style = {part: self.get_component_rich_style(f"sidebar--{part}") for part in ("text", "shown", "dim", "bar")}
        if number == GAP:
            return Strip.blank(width, style["text"])
        entry, has_cursor = self._entries[number], number == self._cursor
        if has_cursor:
            over = self.get_component_rich_style("sidebar--cursor", partial=True)
            style = {part: each + over for part, each in style.items()}
        has_bar = has_cursor if self._cursor is not None else entry.is_shown
        part = "shown" if entry.is_shown else "text" if entry.is_urgent or has_cursor else "dim"
        return Strip([
            Segment("▌" if has_bar else " ", style["bar"]),
            Segment(fit(entry.label, width - 3 - cell_len(entry.number)) + " ", style[part]),
            Segment(f"{entry.number} ", style["shown" if entry.is_urgent else part]),
        ]).adjust_cell_length(width, style["text"])  # fmt: skip

    def on_click(self, event: events.Click) -> None:
        if (number := self._number(event.y)) != GAP:
            self.post_message(self.Chosen(number))
