"""The themes to choose from: the pane wears each as the cursor comes to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from inbox_tui.tui.screens.closing import ClosesOnce
from inbox_tui.tui.widgets.line import Line


class ThemeScreen(ClosesOnce, ModalScreen[str]):
    """Answers the name that was kept; "" where the pane is as it was before."""

    DEFAULT_CSS = """
    ThemeScreen {
        background: $background 0%; align: right bottom;
        OptionList {
            width: 36; max-height: 60%; height: auto; border: none; padding: 0; background: $panel; scrollbar-size-vertical: 1;
            scrollbar-color: $inbox-faint; scrollbar-background: $panel;
            & > .option-list--option { color: $foreground; }
            &:focus { border: none; }
            &:focus > .option-list--option-highlighted { background: $inbox-cursor; color: $accent; text-style: bold; }
            &:focus:ansi > .option-list--option-highlighted { text-style: bold reverse; }
        }
        #themes-foot { width: 36; background: $panel; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,h,left", "back", "as before"),
        Binding("j,T,shift+t", "move('cursor_down')", "down", show=False),
        Binding("k", "move('cursor_up')", "up", show=False),
    ]

    def __init__(self, names: Sequence[str], worn: str, wear: Callable[[str], None]) -> None:
        super().__init__()
        self._names, self._worn, self._wear = names, worn, wear

    def compose(self) -> ComposeResult:
        yield OptionList(*(Option(f" {name}", name) for name in self._names), markup=False)
        foot = Line(id="themes-foot")
        foot.show([(" Enter", "key"), (" keep   ", "dim"), ("Esc", "key"), (" as before", "dim")])
        yield foot

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        options.highlighted = self._names.index(self._worn) if self._worn in self._names else 0

    def action_move(self, move: str) -> None:
        getattr(self.query_one(OptionList), f"action_{move}")()

    def action_back(self) -> None:
        self._wear(self._worn)
        self.dismiss("")

    @on(OptionList.OptionHighlighted)
    def _on_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self._wear(event.option.id or self._worn)

    @on(OptionList.OptionSelected)
    def _on_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)
