"""The palette: Textual's, made safe for keys that come faster than it draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.command import CommandList, CommandPalette, SimpleProvider
from textual.screen import Screen
from textual.worker import Worker

from inbox_tui.tui.filtering import Choice
from inbox_tui.tui.screens.closing import ClosesOnce


class Palette(ClosesOnce, CommandPalette):
    """Textual's own ends the program where a page key finds no line laid out yet, and where what was typed last is looked for
    after it was closed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "page('down')", show=False),
        Binding("pageup", "page('up')", show=False),
    ]

    async def action_page(self, way: str) -> None:
        commands = self.query_one(CommandList)
        if commands.size.height:
            await commands.run_action(f"page_{way}")

    def run_worker(self, work: Any, *args: Any, **kwargs: Any) -> Worker[Any]:
        """Nothing more is begun for a screen that is gone."""
        return super().run_worker(work if self.is_active else _nothing, *args, **kwargs)

    @classmethod
    def of(cls, screen: Screen[Any], choices: Sequence[Choice], placeholder: str) -> Palette:
        """To choose one from by its name."""
        return cls([SimpleProvider(screen, [*choices])], placeholder=placeholder)  # type: ignore[list-item]


async def _nothing() -> None:
    return None
