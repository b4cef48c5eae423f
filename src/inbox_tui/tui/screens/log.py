"""The hub's log as it comes: every notify with what became of its flows, and what the hub says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from inbox_tui.core.text import clean
from inbox_tui.tui.clocktime import time_of_day
from inbox_tui.tui.keymap import Keymap
from inbox_tui.tui.link import Link
from inbox_tui.tui.screens.listed import ListedScreen
from inbox_tui.tui.widgets.line import Piece

if TYPE_CHECKING:
    from inbox_tui.client.work import Record

LOOK_SECONDS = 1.0
_SEVERITIES = ("", "WARN", "ERROR")
_PARTS = {"WARN": "warn", "ERROR": "error"}
_FIRST = ("type", "session.id", "notify.dispatch", "gestalt.source")


class LogScreen(ListedScreen["Record"]):
    """Of the hub of one row: `row_id`; the newest on top. The cursor stays with its record while others come."""

    HEAD = "The hub's log, the newest on top"

    def __init__(self, link: Link, row_id: str, keymap: Keymap) -> None:
        super().__init__(keymap)
        self._link, self._row_id, self._severity = link, row_id, ""
        self._is_whole = False

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(LOOK_SECONDS, self.load_quietly)

    async def fetch(self) -> Sequence[Record]:
        return await self._link.hub(self._row_id).log(self._severity)

    def name_of(self, item: Record) -> str:
        return str(item.id)

    def action_act(self, action: str) -> None:
        if action == "filter":
            self._severity = _SEVERITIES[(_SEVERITIES.index(self._severity) + 1) % len(_SEVERITIES)]
            self.say(f"{self._severity} and above" if self._severity else "everything")
            self.load()
        else:
            super().action_act(action)

    def do(self, action: str, item: Record) -> None:
        if action == "open":
            self._is_whole = not self._is_whole
            self.action_move(0)

    def line(self, item: Record, room: int) -> list[Piece]:
        names = [*_FIRST, *sorted(item.attributes.keys() - {*_FIRST})] if self._is_whole else _FIRST
        said = " ".join(f"{name}={item.attributes[name]}" for name in names if item.attributes.get(name))
        return [
            (f"{time_of_day(item.timestamp)} ", "dim"), (f"{item.severity_text:<6}", _PARTS.get(item.severity_text, "text")),
            (clean(item.body, lines=False), "text"), (f"  {clean(said, lines=False)}", "dim"),
        ]  # fmt: skip

    def keys(self) -> dict[str, str]:
        return {"Enter": "less" if self._is_whole else "all of it", self._keymap.shown("filter"): "severity"}

    def nothing(self) -> str:
        return "Nothing is logged" + (f" of {self._severity} and above." if self._severity else " yet.")
