"""A picture over the whole screen, until a key is pressed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget

from inbox_tui.tui.pictures import NotShown, draw
from inbox_tui.tui.screens.closing import ClosesOnce
from inbox_tui.tui.widgets.line import Line


class Picture(Widget):
    """In the middle of its room."""

    DEFAULT_CSS = "Picture { height: 1fr; background: $background; }"

    def __init__(self) -> None:
        super().__init__()
        self._strips: list[Strip] = []

    def show(self, strips: list[Strip]) -> None:
        self._strips = strips
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        at = y - (height - len(self._strips)) // 2
        blank = Strip.blank(width, self.rich_style)
        if not 0 <= at < len(self._strips):
            return blank
        strip = self._strips[at]
        left = blank.crop(0, (width - strip.cell_length) // 2)
        return Strip.join([left, strip]).adjust_cell_length(width, self.rich_style)


class PictureScreen(ClosesOnce, ModalScreen[None]):
    """Any of its keys closes it. `title` is what it is called."""

    DEFAULT_CSS = "PictureScreen { background: $background; align: left top; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,i,h,enter,space", "dismiss", "close")]

    def __init__(self, file: Path, title: str) -> None:
        super().__init__()
        self._file, self._title = file, title

    def compose(self) -> ComposeResult:
        yield Picture()
        yield Line(id="picture-foot")

    def on_resize(self) -> None:
        self.run_worker(self._draw(), group="picture", exclusive=True, exit_on_error=False, description="draw a picture")

    async def _draw(self) -> None:
        width, height = self.app.size
        colour = self.background_colors[1].rgb
        try:
            strips, said = await asyncio.to_thread(draw, self._file, width, height - 1, colour), ""
        except (NotShown, OSError) as error:
            strips, said = [], f"not shown: {error}"
        self.query_one(Picture).show(strips)
        self.query_one(Line).show([("  Esc", "key"), (" back   ", "dim"), (said or self._title, "text")])
