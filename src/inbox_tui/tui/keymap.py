"""From key presses to actions: single keys, and chords that begin with a prefix (`g n`). Pure; the clock is the keys' own."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from inbox_tui.core.errors import ConfigError
from inbox_tui.tui.actions import ACTIONS, BY_ID, show_key
from inbox_tui.tui.keymaps import KEYMAPS
from inbox_tui.tui.keynames import key_problem

if TYPE_CHECKING:
    from textual.events import Key

CHORD_SECONDS = 1.0
"""A prefix waits this long for its second key,"""
CHOICE_SECONDS = 10.0
"""and so long where its choices are to be read first: those of triage, and of what goes with a row."""


class Keymap(NamedTuple):
    """`actions`: key or chord → action id. `prefixes`: first keys of chords."""

    actions: Mapping[str, str]
    prefixes: frozenset[str]

    def patience(self, prefix: str) -> float:
        """Seconds that it waits."""
        chords = [id_ for key, id_ in self.actions.items() if key.startswith(f"{prefix} ")]
        return CHOICE_SECONDS if any(BY_ID[id_].group in ("triage", "alike") for id_ in chords) else CHORD_SECONDS

    def key_of(self, action_id: str) -> str:
        """The key that is taught for an action; "" where none is left."""
        return next((key for key, id_ in self.actions.items() if id_ == action_id), "")

    def shown(self, action_id: str) -> str:
        """The same as a person reads it."""
        return show_key(self.key_of(action_id))

    def taught(self, action_id: str, does: str, lead: str = "") -> str:
        """What an action's key does, in words behind `lead`; "" where it has none."""
        key = self.shown(action_id)
        return f"{lead}{key} {does}" if key else ""

    def action_of(self, event: Key) -> str:
        """What a key does by itself; "" where it does nothing, or begins a chord."""
        name = event.character if event.is_printable and event.character else event.key
        return self.actions.get("space" if name == " " else name, "")


class Problem(NamedTuple):
    """One thing that is wrong with a person's own keys. `place`: the key of the configuration file."""

    place: str
    said: str
    fix: str

    def __str__(self) -> str:
        return f"{self.place}: {self.said}; {self.fix}" if self.fix else f"{self.place}: {self.said}"


def build_keymap(overrides: Mapping[str, Sequence[str]] | None = None, base: str = "default") -> Keymap:
    """The keys of a keymap with the person's own over them (`action id → keys`; an empty list takes its keys away).

    Raises ConfigError with everything that is wrong with them.
    """
    keymap, problems = checked_keymap(overrides, base)
    if problems:
        raise ConfigError("\n".join(map(str, problems)))
    return keymap


def checked_keymap(overrides: Mapping[str, Sequence[str]] | None = None, base: str = "default") -> tuple[Keymap, list[Problem]]:
    """The keymap as far as it can work, and what is wrong with it."""
    if base not in KEYMAPS:
        said = f"{base!r} is none of {', '.join(KEYMAPS)}"
        return build_keymap(overrides), [Problem("tui.keymap", said, "")]
    problems: list[Problem] = []
    keys = {action.id: action.keys for action in ACTIONS} | dict(KEYMAPS[base])
    for action_id, own in (overrides or {}).items():
        place = f"tui.keys.{action_id}"
        if action_id not in BY_ID:
            near = difflib.get_close_matches(action_id, BY_ID, 1)
            problems.append(Problem(place, "no such action", f"did you mean {near[0]}?" if near else "`inbox keymap` lists them"))
            continue
        keys[action_id] = tuple(" ".join(key.split()) for key in own)
        problems += [Problem(place, said, "") for key in keys[action_id] if (said := _unusable(key))]
    actions: dict[str, str] = {}
    for action_id, its in keys.items():
        for key in its:
            if key in actions:
                said = f"{key!r} is wanted by {actions[key]} and by {action_id}"
                problems.append(Problem("tui.keys", said, f"give one of them other keys, as in {actions[key]} = []"))
            elif key and key.count(" ") < 2:
                actions[key] = action_id
    prefixes = frozenset(key.split()[0] for key in actions if " " in key)
    for prefix in sorted(prefixes & actions.keys()):
        chords = ", ".join(f"{key!r} ({actions[key]})" for key in actions if key.startswith(f"{prefix} "))
        said = f"{prefix!r} is {actions[prefix]}, and begins a chord as well: {chords}"
        problems.append(Problem("tui.keys", said, f"give {actions[prefix]} another key"))
    return Keymap(actions, prefixes), problems


def _unusable(keys: str) -> str:
    """What is wrong with a key or a chord; "" where nothing is."""
    parts = keys.split(" ")
    if not keys or len(parts) > 2:
        return f"{keys!r} is no key and no chord of two"
    return next((said for part in parts if (said := key_problem(part))), "")


@cache
def our_keymap() -> Keymap:
    """Where a person has changed none."""
    return build_keymap()


class Chord:
    """Keeps the prefix that was pressed, for as long as it waits."""

    def __init__(self, keymap: Keymap) -> None:
        self.keymap = keymap
        self.pending = ""
        self._since = 0.0

    def press(self, key: str, at: float) -> str | None:
        """The action of a key read at `at` seconds; "" while a prefix waits; None where the key does nothing."""
        key = "space" if key == " " else key
        prefix, self.pending = self.pending, ""
        if prefix and at - self._since <= self.keymap.patience(prefix):
            return self.keymap.actions.get(f"{prefix} {key}")
        if key in self.keymap.prefixes:
            self.pending, self._since = key, at
            return ""
        return self.keymap.actions.get(key)
