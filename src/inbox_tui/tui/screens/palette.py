"""The palette: Textual's, made safe for keys that come faster than it draws."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.command import CommandList, CommandPalette


class Palette(CommandPalette):
    """Pages only through lines that are there: Textual's own ends the program where none was laid out yet."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "page('down')", show=False),
        Binding("pageup", "page('up')", show=False),
    ]

    async def action_page(self, way: str) -> None:
        commands = self.query_one(CommandList)
        if commands.size.height:
            await commands.run_action(f"page_{way}")
