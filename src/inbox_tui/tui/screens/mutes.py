"""What is muted, and until when: a list to lift from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from inbox_tui.core.text import clean
from inbox_tui.core.times import from_wire
from inbox_tui.tui.cells import cut
from inbox_tui.tui.clocktime import coming
from inbox_tui.tui.keymap import Keymap
from inbox_tui.tui.link import Link
from inbox_tui.tui.screens.listed import ListedScreen
from inbox_tui.tui.widgets.line import Piece

SCOPES = {"notification": "this", "task": "task", "source": "all of"}
Rule = Mapping[str, Any]


class MutesScreen(ListedScreen[Rule]):
    """What was lifted here can be muted again."""

    HEAD = "Muted"

    def __init__(self, link: Link, now: Callable[[], int], keymap: Keymap) -> None:
        super().__init__(keymap)
        self._link, self._now = link, now
        self._lifted: list[Rule] = []

    async def fetch(self) -> Sequence[Rule]:
        return await self._link.mutes()

    def name_of(self, item: Rule) -> str:
        return str(item.get("id"))

    def do(self, action: str, item: Rule) -> None:
        if action in ("open", "done"):
            again = self._keymap.taught("undo", "mutes it again", " · ")
            self.change(partial(self._lift, item), f"lifted: {_label(item)}{again}", "not lifted")

    def action_act(self, action: str) -> None:
        if action == "undo" and self._lifted:
            rule = self._lifted[-1]
            self.change(partial(self._mute_again, rule), f"muted again: {_label(rule)}", "not muted")
        else:
            super().action_act(action)

    async def _lift(self, rule: Rule) -> None:
        await self._link.lift_mute(rule["id"])
        self._lifted.append(rule)

    async def _mute_again(self, rule: Rule) -> None:
        await self._link.make_mute(rule)
        self._lifted.remove(rule)

    def line(self, item: Rule, room: int) -> list[Piece]:
        until = from_wire(item.get("until"))
        ends = f"until {coming(until, self._now())}" if until is not None else "until it is lifted"
        by = clean(str(item.get("by", "")), lines=False)
        room = max(10, room - 42)
        return [
            (f"{SCOPES.get(str(item.get('scope')), ''):<7}", "dim"), (f"{cut(_label(item), room):<{room}} ", "text"),
            (f"{ends:<25}", "text"), (cut(by, 9), "dim"),
        ]  # fmt: skip

    def keys(self) -> dict[str, str]:
        return {"Enter": "lift", self._keymap.shown("undo"): "mute again"}

    def nothing(self) -> str:
        return f"Nothing is muted.{self._keymap.taught('mute', 'on a row mutes it, its task or its source.', ' ')}"


def _label(rule: Rule) -> str:
    return clean(str(rule.get("label", "")), lines=False)
