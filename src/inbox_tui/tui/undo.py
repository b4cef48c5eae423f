"""What a person did, and what takes it back: a stack that outlives the pane. Answers are never on it.

Each action is one step, however many rows it touched. A row that has called again since is let be: its raise undid the rest.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from inbox_tui.cache.rows import UNDO_KEPT
from inbox_tui.core import triage
from inbox_tui.core.mutes import Scope
from inbox_tui.core.triage import Verb

if TYPE_CHECKING:
    from inbox_tui.cache.lists import Lists
    from inbox_tui.cache.pages import Shown
    from inbox_tui.tui.link import Link


@dataclass(slots=True)
class Call:
    """A verb for some rows, each with its raised_rev when they were acted upon."""

    verb: Verb
    rows: dict[str, int]
    until: int | None = None
    scope: Scope | None = None


@dataclass(slots=True)
class Undoing:
    """What takes one action back, in order. `told`: what the person reads then."""

    told: str
    calls: list[Call]
    key: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def ids(self) -> set[str]:
        return {id_ for call in self.calls for id_ in call.rows}


def undoing(verb: Verb, rows: Iterable[Shown], told: str, scope: Scope | None = None) -> Undoing | None:
    """None where the verb changes none of them."""
    calls: dict[tuple[int, Verb, int | None], Call] = {}
    for row in rows:
        for place, step in enumerate(triage.undo(verb, row.state)):
            call = calls.setdefault((place, *step), Call(step.verb, {}, step.until, scope))
            call.rows[row.id] = row.raised_rev
    return Undoing(told, [calls[place] for place in sorted(calls, key=lambda key: key[0])]) if calls else None


class UndoStack:
    """The newest last, each as it is written down: a step may name thousands of rows, and is read when it is asked for.

    What other panes of this file took back is not taken back again.
    """

    def __init__(self, reader: Lists) -> None:
        self._reader = reader
        self._texts = dict(reader.undo_steps())
        """By key."""
        self._inherited = frozenset(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def push(self, step: Undoing, link: Link) -> None:
        self._write(step, link)
        if len(self._texts) > UNDO_KEPT:
            del self._texts[next(iter(self._texts))]

    def pop(self, link: Link) -> Undoing | None:
        while self._texts:
            key, text = self._texts.popitem()
            if key in self._inherited and key not in dict(self._reader.undo_steps()):
                continue
            link.forget_undo(key)
            return _read(key, text)
        return None

    def refused(self, ids: Iterable[str], link: Link) -> None:
        """The hub did not do it to these rows: the newest step that names one of them forgets them."""
        gone = set(ids)
        steps = (_read(key, text) for key, text in reversed(self._texts.items()))
        step = next((step for step in steps if step.ids & gone), None)
        if step is None:
            return
        for call in step.calls:
            call.rows = {id_: seen for id_, seen in call.rows.items() if id_ not in gone}
        step.calls = [call for call in step.calls if call.rows]
        if step.calls:
            self._write(step, link)
        else:
            del self._texts[step.key]
            link.forget_undo(step.key)

    def _write(self, step: Undoing, link: Link) -> None:
        self._texts[step.key] = _text(step)
        link.remember_undo(step.key, self._texts[step.key])


def _text(step: Undoing) -> str:
    calls = [[call.verb, call.rows, call.until, call.scope] for call in step.calls]
    return json.dumps({"told": step.told, "calls": calls}, separators=(",", ":"))


def _read(key: str, text: str) -> Undoing:
    found: Mapping[str, Any] = json.loads(text)
    return Undoing(found["told"], [Call(*call) for call in found["calls"]], key)
