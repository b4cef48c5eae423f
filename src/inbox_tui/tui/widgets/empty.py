"""What stands in the place of an empty list: why it is empty, and how to fill it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip

from inbox_tui.tui.cells import chop, wrap
from inbox_tui.tui.widgets.line import Line, Piece


class Empty(Line):
    """Lines of text, indented; commands are broken where they must, never cut, so that they can be copied."""

    DEFAULT_CSS = """
    Empty { height: 1fr; }
    """
    INDENT = "   "

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._paragraphs: list[Piece] = []

    def say(self, paragraphs: Sequence[Piece]) -> None:
        """Texts with their part; a `key` is a command."""
        if self._paragraphs != [*paragraphs]:
            self._paragraphs = [*paragraphs]
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        lines: list[Piece] = [("", "text")]
        for text, part in self._paragraphs:
            room = width - 2 * len(self.INDENT)
            lines.extend((line, part) for line in (chop(text, room) if part == "key" else wrap(text, room)))
        text, part = lines[y] if y < len(lines) else ("", "text")
        style = self.get_component_rich_style(f"line--{part}")
        blank = self.get_component_rich_style("line--text")
        return Strip([Segment(self.INDENT, blank), Segment(text, style)]).adjust_cell_length(width, blank)
