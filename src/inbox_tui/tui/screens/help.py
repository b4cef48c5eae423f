"""The help: every key of the registry, in groups."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from inbox_tui.tui.actions import ACTIONS, GROUPS, show_key
from inbox_tui.tui.cells import wrap
from inbox_tui.tui.footer import moves
from inbox_tui.tui.keymap import Keymap
from inbox_tui.tui.screens.closing import ClosesOnce
from inbox_tui.tui.widgets.line import Line, Piece

WORDS = (
    "? asks you   ✗ error   ▲ warning   ✓ success   · information   bold: unread",
    "An answer takes two keys: {answer}, then y, n or a digit. Enter never answers. Any other key closes the bar.",
    "+3 new ↑: rows came in above; {top} goes there. What you look at never moves by itself.",
)

KEYS_CELLS = 16
LEAST_CELLS = 24
"""Where there is less room than that beside the keys, what they do stands under them."""


class HelpScreen(ClosesOnce, ModalScreen[None]):
    """Any of its keys closes it."""

    DEFAULT_CSS = """
    HelpScreen {
        background: $background; align: left top;
        VerticalScroll {
            height: 1fr; padding: 1 2; scrollbar-size-vertical: 1; background: $background;
            scrollbar-color: $inbox-rule; scrollbar-background: $background;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "dismiss", "close"),
        Binding("down", "scroll(1)", "down", show=False),
        Binding("up", "scroll(-1)", "up", show=False),
        Binding("pagedown,space", "scroll_page(1)", "page down", show=False),
        Binding("pageup", "scroll_page(-1)", "page up", show=False),
        Binding("home,g", "scroll(-1000)", "top", show=False),
        Binding("end,G,shift+g", "scroll(1000)", "end", show=False),
    ]

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self._keys = keymap
        self._width = 0
        """Cells that the lines were made for."""

    def compose(self) -> ComposeResult:
        self._width = self.app.size.width
        with VerticalScroll(can_focus=False):
            for pieces in self._lines():
                line = Line()
                line.show(pieces)
                yield line
        foot = Line(id="help-foot")
        foot.show([("  Esc", "key"), (" back   ", "dim"), (f"{moves(self._keys)} PgDn", "key"), (" scroll", "dim")])
        yield foot

    def on_resize(self) -> None:
        if self._width != self.app.size.width:
            self.refresh(recompose=True)

    def on_key(self, event: events.Key) -> None:
        """A person's own keys."""
        match self._keys.action_of(event):
            case "down" | "up" as way:
                self.action_scroll(1 if way == "down" else -1)
            case "half_down" | "page_down":
                self.action_scroll_page(1)
            case "half_up" | "page_up":
                self.action_scroll_page(-1)
            case "help" | "left" | "back" | "quit":
                self.dismiss()
            case _:
                return
        # Else what is bound to the same key would be done besides.
        event.stop()

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_scroll_page(self, pages: int) -> None:
        self.action_scroll(pages * max(1, self.size.height - 2))

    def _lines(self) -> list[list[Piece]]:
        shown: list[list[Piece]] = []
        room = self.app.size.width - 6
        beside = KEYS_CELLS if room - KEYS_CELLS >= LEAST_CELLS else 4
        for group, name in GROUPS.items():
            shown.append([(name, "strong")])
            for action in ACTIONS:
                keys = [show_key(key) for key, id_ in self._keys.actions.items() if id_ == action.id]
                if action.group == group and keys:
                    told = wrap(action.help, room - beside)
                    named = (f"  {'  '.join(keys):<{KEYS_CELLS - 2}}", "key")
                    shown.append([named, (told.pop(0), "text")] if beside == KEYS_CELLS else [named])
                    shown.extend([(" " * beside, "text"), (line, "text")] for line in told)
            shown.append([])
        taught = {action: self._keys.shown(action) or "in the palette" for action in ("answer", "top")}
        shown.extend([(line, "dim")] for words in WORDS for line in wrap(words.format(**taught), room))
        return shown
