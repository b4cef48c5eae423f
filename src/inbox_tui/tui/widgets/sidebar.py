"""The column at the left: views, saved filters and hubs, each with its number. Draws what it is given; tells what was clicked."""

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
from inbox_tui.tui.theme import STRIPES

GAP = -1
"""A line without an entry."""


class Entry(NamedTuple):
    """`number` is what stands at its right. `is_shown`: the list shows it; `is_urgent`: its number is worth a look. `sign`:
    before its label, in `color`; `under`: a line of its own below."""

    label: str
    number: str = ""
    is_shown: bool = False
    is_urgent: bool = False
    sign: str = ""
    color: str = ""
    under: str = ""


class Sidebar(Widget, can_focus=False):
    """Groups of entries, numbered through from 0, with a line between them."""

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
    """ + "".join(f"Sidebar > .sidebar--{name} {{ color: $inbox-{name}; }}\n" for name in STRIPES)
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"sidebar--{part}" for part in ("text", "shown", "dim", "bar", "cursor", *STRIPES)}

    @dataclass
    class Chosen(Message):
        """An entry was clicked."""

        number: int

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._entries: Sequence[Entry] = ()
        self._lines: list[tuple[int, bool]] = []
        """On each, the number of its entry, and whether it is the line below it."""
        self._cursor: int | None = None

    def show(self, groups: Sequence[Sequence[Entry]], cursor: int | None) -> None:
        """`cursor`: the number of the entry that has the keys."""
        entries = [entry for group in groups for entry in group]
        if entries == self._entries and cursor == self._cursor:
            return
        self._entries, self._cursor = entries, cursor
        self._lines, number = [], 0
        for group in filter(None, groups):
            self._lines += [(GAP, False)] if self._lines else []
            for entry in group:
                self._lines += [(number, False), (number, True)][: 1 + bool(entry.under)]
                number += 1
        self.refresh()

    def _line(self, y: int) -> tuple[int, bool]:
        """What is on a line of the screen. The cursor's entry is never below it."""
        line = self._lines.index((self._cursor, False)) if self._cursor is not None else 0
        at = y + max(0, line - self.size.height + 1)
        return self._lines[at] if at < len(self._lines) else (GAP, False)

    def render_line(self, y: int) -> Strip:
        width, (number, is_under) = self.size.width, self._line(y)
        style = {part: self.get_component_rich_style(f"sidebar--{part}") for part in ("text", "shown", "dim", "bar")}
        if number == GAP:
            return Strip.blank(width, style["text"])
        entry, has_cursor = self._entries[number], number == self._cursor
        if has_cursor:
            over = self.get_component_rich_style("sidebar--cursor", partial=True)
            style = {part: each + over for part, each in style.items()}
        has_bar = has_cursor if self._cursor is not None else entry.is_shown
        if is_under:
            words = " " * (1 + len(entry.sign)) + entry.under
            return Strip([Segment(fit(words, width - 1), style["dim"])]).adjust_cell_length(width, style["text"])
        part = "shown" if entry.is_shown else "text" if entry.is_urgent or has_cursor else "dim"
        return Strip([
            Segment("▌" if has_bar else " ", style["bar"]),
            Segment(entry.sign, self.get_component_rich_style(f"sidebar--{entry.color or 'text'}")),
            Segment(fit(entry.label, width - 3 - len(entry.sign) - cell_len(entry.number)) + " ", style[part]),
            Segment(f"{entry.number} ", style["shown" if entry.is_urgent else part]),
        ]).adjust_cell_length(width, style["text"])  # fmt: skip

    def on_click(self, event: events.Click) -> None:
        if (number := self._line(event.y)[0]) != GAP:
            self.post_message(self.Chosen(number))
