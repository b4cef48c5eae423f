"""How several hubs are followed, each in words: for the sidebar one by one, for the header as a whole. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rich.cells import cell_len

from inbox_tui.core.text import clean
from inbox_tui.core.times import MINUTE
from inbox_tui.tui.clocktime import span
from inbox_tui.tui.messages import ConnectionChanged
from inbox_tui.tui.status import BRIEF


class HubState(NamedTuple):
    """`words` is never longer than a column of the sidebar; `detail` is why, where something is wrong."""

    name: str
    color: str
    is_live: bool
    words: str
    detail: str = ""


class HubStates:
    """Of hubs by their names, in the order of the configuration. Without any, one hub is followed, which has no name."""

    def __init__(self, colors: Mapping[str, str]) -> None:
        self.colors = colors
        self._changes: dict[str, ConnectionChanged] = {}

    def __bool__(self) -> bool:
        return bool(self.colors)

    @property
    def is_any_live(self) -> bool:
        return any(change.state == "live" for change in self._changes.values())

    def is_live(self, name: str) -> bool:
        change = self._changes.get(name)
        return change is not None and change.state == "live"

    def take(self, change: ConnectionChanged) -> None:
        self._changes[change.hub] = change

    def each(self, now: int) -> list[HubState]:
        return [self._state(name, now) for name in self.colors]

    def _state(self, name: str, now: int) -> HubState:
        change, is_live = self._changes.get(name), self.is_live(name)
        detail = clean(change.detail, lines=False) if change is not None and change.state == "offline" else ""
        return HubState(name, self.colors[name], is_live, _words(change, now), detail)

    def summary(self, now: int, room: int) -> str:
        """All of them in at most `room` cells: how many are live, then as many of the others as fit."""
        states = self.each(now)
        absent = [state for state in states if not state.is_live]
        live = len(states) - len(absent)
        if not absent:
            behind = [state for state in states if state.words != "live"]
            words = f"● {live} hubs live"
        else:
            behind = absent
            words = f"○ {live} of {len(states)} hubs live"
        if cell_len(words) > room:
            words = f"{words[0]} {live} of {len(states)}"
        for state in behind:
            more = f" · {state.name} {state.words}"
            if cell_len(words) + cell_len(more) <= room:
                words += more
        return words if cell_len(words) <= room else ""

    def unsaid(self, now: int) -> str:
        """Why those that are offline are. It takes a line of its own, which moves the list: so not for one that is back soon."""
        told = []
        for state in self.each(now):
            change = self._changes.get(state.name)
            if state.detail and change is not None and now - change.since >= BRIEF:
                told.append(f"{state.name}: {state.detail}")
        return " · ".join(told)


def _words(change: ConnectionChanged | None, now: int) -> str:
    if change is None or change.state == "connecting":
        return "connecting"
    waiting = f"{change.waiting:,} wait" if change.waiting else ""
    if change.state == "live":
        said = "live" if change.caught_up_at is not None else "catching up"
    elif change.refused:
        said = "refused: its key"
    elif now - change.since < MINUTE:
        said = "offline"
    else:
        said = f"offline {span(now - change.since)}"
    return f"{said}, {waiting}" if waiting else said
