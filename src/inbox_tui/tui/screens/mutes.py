"""What is muted, and until when: a list to lift from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from inbox_tui.core.errors import InboxError
from inbox_tui.core.text import clean
from inbox_tui.core.times import from_wire
from inbox_tui.tui.cells import cut
from inbox_tui.tui.clocktime import coming
from inbox_tui.tui.keymap import Keymap
from inbox_tui.tui.link import Link
from inbox_tui.tui.screens.closing import ClosesOnce
from inbox_tui.tui.widgets.line import Line, Piece

SCOPES = {"notification": "this", "task": "task", "source": "all of"}


class MutesScreen(ClosesOnce, ModalScreen[None]):
    """Rules are the hub's own: without it none can be seen or lifted."""

    DEFAULT_CSS = """
    MutesScreen {
        background: $background; align: left top;
        VerticalScroll {
            height: 1fr; padding: 1 1; scrollbar-size-vertical: 1; background: $background;
            scrollbar-color: $inbox-rule; scrollbar-background: $background;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "close"),
        Binding("down", "move(1)", "down", show=False),
        Binding("up", "move(-1)", "up", show=False),
        Binding("enter,delete", "lift", "lift"),
    ]

    def __init__(self, link: Link, now: Callable[[], int], keymap: Keymap) -> None:
        super().__init__()
        self._link, self._now, self._keymap = link, now, keymap
        self._rules: Sequence[Mapping[str, Any]] = ()
        self._lifted: list[Mapping[str, Any]] = []
        self._at = 0
        self._said = "asking the hub…"

    def compose(self) -> ComposeResult:
        yield VerticalScroll(can_focus=False)
        yield Line(id="mutes-foot")

    def on_mount(self) -> None:
        self.action_move(0)
        self._load("")

    def on_resize(self) -> None:
        self.action_move(0)

    def on_key(self, event: events.Key) -> None:
        """A person's own keys."""
        match self._keymap.action_of(event):
            case "down" | "up" as way:
                self.action_move(1 if way == "down" else -1)
            case "right" | "open":
                self.action_lift()
            case "undo":
                self.action_again()
            case "left" | "back" | "quit":
                self.dismiss()

    def action_move(self, by: int) -> None:
        """The cursor, as far as there are rules; what reads differently then is drawn."""
        self._at = min(max(0, self._at + by), max(0, len(self._rules) - 1))
        lines = self.query("VerticalScroll Line").results(Line)
        for n, (line, rule) in enumerate(zip(lines, self._rules, strict=False)):  # rules come before their lines
            line.show(self._line(rule, n == self._at))
            if n == self._at:
                line.scroll_visible(animate=False)
        self.query_one("#mutes-foot", Line).show(self._foot())

    def action_lift(self) -> None:
        if self._rules:
            self._lift(self._rules[self._at])

    def action_again(self) -> None:
        if self._lifted:
            self._mute_again(self._lifted[-1])

    @work(group="mutes", exclusive=True, exit_on_error=False, description="list what is muted")
    async def _load(self, said: str) -> None:
        try:
            self._rules = await self._link.mutes()
            self._said = said or ("" if self._rules else self._nothing())
        except InboxError as error:
            self._said = clean(str(error), lines=False)
        table = self.query_one(VerticalScroll)
        await table.remove_children()
        await table.mount_all(Line() for _ in self._rules)
        self.action_move(0)

    @work(group="mutes", exclusive=True, exit_on_error=False, description="lift a mute")
    async def _lift(self, rule: Mapping[str, Any]) -> None:
        try:
            await self._link.lift_mute(rule["id"])
            self._lifted.append(rule)
            again = self._keymap.shown("undo")
            self._load(f"lifted: {_label(rule)}{f' · {again} mutes it again' if again else ''}")
        except InboxError as error:
            self._load(clean(f"not lifted: {error}", lines=False))

    @work(group="mutes", exclusive=True, exit_on_error=False, description="mute again")
    async def _mute_again(self, rule: Mapping[str, Any]) -> None:
        try:
            await self._link.make_mute(rule)
            self._lifted.remove(rule)
            self._load(f"muted again: {_label(rule)}")
        except InboxError as error:
            self._load(clean(f"not muted: {error}", lines=False))

    def _line(self, rule: Mapping[str, Any], is_current: bool) -> list[Piece]:
        until = from_wire(rule.get("until"))
        ends = f"until {coming(until, self._now())}" if until is not None else "until it is lifted"
        by = clean(str(rule.get("by", "")), lines=False)
        room = max(10, self.app.size.width - 46)
        label = cut(_label(rule), room)
        return [
            ("▌" if is_current else " ", "key"), (f"{SCOPES.get(str(rule.get('scope')), ''):<7}", "dim"),
            (f"{label:<{room}} ", "strong" if is_current else "text"), (f"{ends:<25}", "text"), (cut(by, 9), "dim"),
        ]  # fmt: skip

    def _foot(self) -> list[Piece]:
        if self._said:
            return [(f" {self._said}", "text")]
        keys = {"Enter": "lift", self._keymap.shown("undo"): "mute again", "Esc": "back"}
        return [piece for key, does in keys.items() if key for piece in ((f" {key}", "key"), (f" {does}  ", "dim"))]

    def _nothing(self) -> str:
        key = self._keymap.shown("mute")
        return f"Nothing is muted.{f' {key} on a row mutes it, its task or its source.' if key else ''}"


def _label(rule: Mapping[str, Any]) -> str:
    return clean(str(rule.get("label", "")), lines=False)
