"""What a list's line may be besides a plain row: the heading of a group, and a row of a thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from inbox_tui.cache.pages import Row
from inbox_tui.tui.cells import cut

OPEN, FOLDED = "▾", "▸"
CHILD, LAST_CHILD = "├ ", "└ "


@dataclass(frozen=True, slots=True)
class Heading:
    """`count` of its rows are below it, and `asks` more on top of the list, where they need somebody. `id`: no row has it."""

    id: str
    value: str
    name: str
    count: int
    unread: int
    asks: int
    is_folded: bool


@dataclass(frozen=True, slots=True)
class Branch(Row):
    """A row of a thread of several. `lead`: the sign before one that belongs to another; `children`: how many belong to it."""

    thread: str = ""
    lead: str = ""
    children: int = 0
    unread: int = 0
    """Of these."""
    is_folded: bool = False

    @property
    def mark(self) -> str:
        """Behind the title of one that others belong to."""
        if not self.children:
            return ""
        unread = f" ({self.unread:,} unread)" if self.is_folded and self.unread else ""
        return f"{FOLDED if self.is_folded else OPEN} {self.children:,}{unread}"


Line: TypeAlias = Row | Heading


def render_heading(heading: Heading, width: int, style: Mapping[str, Style], *, lines: int, cursor: str) -> list[Strip]:
    """One strip or two, each of exactly `width` cells. `cursor`: the sign at its edge, a blank where the cursor is elsewhere."""
    counts = [f"{heading.count:,}"]
    counts += [f"{heading.unread:,} unread"] * (heading.unread > 0) + [f"{heading.asks:,} above"] * (heading.asks > 0)
    told = "  " + " · ".join(counts)
    name = cut(heading.name, width - 4 - cell_len(told))
    strong = style["text"] + Style(bold=True)
    edge = Segment(cursor, style["bar"])
    first = Strip(
        [
            edge,
            Segment(f"{FOLDED if heading.is_folded else OPEN} ", style["dim"]),
            Segment(name, strong if heading.unread or heading.asks else style["text"]),
            Segment(told, style["dim"]),
        ]
    )
    strips = [first] if lines == 1 else [first, Strip([edge])]
    return [strip.adjust_cell_length(width, style["text"]) for strip in strips]
