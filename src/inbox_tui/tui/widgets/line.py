"""One line of the screen: words at its left, words at its right. Text is drawn as it is, never as markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

Piece = tuple[str, str]
"""A text and the part that it plays: `text`, `strong`, `view`, `dim`, `key`, `warn`, `error`, `good`; `link`: an address of
ASCII, which the terminal may open."""


def cells(pieces: Sequence[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)


class Line(Widget, can_focus=False):
    """Shows what it was last given; draws again only when that differs."""

    DEFAULT_CSS = """
    Line {
        height: 1;
        & > .line--text { color: $foreground; }
        & > .line--strong { color: $foreground; text-style: bold; }
        & > .line--view { color: $foreground; text-style: bold underline; }
        & > .line--dim { color: $inbox-dim; }
        & > .line--key { color: $accent; text-style: bold; }
        & > .line--warn { color: $warning; text-style: bold; }
        & > .line--error { color: $error; }
        & > .line--good { color: $success; }
        & > .line--link { color: $accent; text-style: underline; }
        &:ansi > .line--dim { text-style: dim; }
    }
    """
    PARTS: ClassVar[tuple[str, ...]] = ("text", "strong", "view", "dim", "key", "warn", "error", "good", "link")
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line--{part}" for part in PARTS}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._left: list[Piece] = []
        self._right: list[Piece] = []

    def show(self, left: Sequence[Piece], right: Sequence[Piece] = ()) -> None:
        if self._left != [*left] or self._right != [*right]:
            self._left, self._right = [*left], [*right]
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        style = {part: self.get_component_rich_style(f"line--{part}") for part in self.PARTS}
        right = Strip([Segment(text, style[part]) for text, part in self._right])
        left = Strip([Segment(text, style[part] + Style(link=text if part == "link" else None)) for text, part in self._left])
        room = max(0, width - right.cell_length)
        if left.cell_length > room > 1:
            left = Strip.join([left.crop(0, room - 2), Strip([Segment("… ", style["dim"])])])
        return Strip.join([left.adjust_cell_length(room, style["text"]), right]).adjust_cell_length(width, style["text"])
