"""From key presses to actions: single keys, and chords that begin with a prefix (`g n`). Pure; the clock is the keys' own."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inbox_tui.core.errors import ConfigError
from inbox_tui.tui.actions import ACTIONS, BY_ID

CHORD_SECONDS = 1.0
"""A prefix waits this long for its second key."""


@dataclass(frozen=True, slots=True)
class Keymap:
    """`actions`: key or chord → action id. `prefixes`: first keys of chords."""

    actions: Mapping[str, str]
    prefixes: frozenset[str]

    def key_of(self, action_id: str) -> str:
        """The key that is taught for an action; "" where none is left."""
        return next((key for key, id_ in self.actions.items() if id_ == action_id), "")


def build_keymap(overrides: Mapping[str, Sequence[str]] | None = None) -> Keymap:
    """The registry's keys with the person's own over them (`action id → keys`; an empty list takes its keys away).

    Raises ConfigError for an unknown action, and for a key that two actions want, naming both.
    """
    keys = {action.id: action.keys for action in ACTIONS}
    for action_id, own in (overrides or {}).items():
        if action_id not in BY_ID:
            near = difflib.get_close_matches(action_id, BY_ID, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ConfigError(f"tui.keys.{action_id}: no such action{hint}")
        keys[action_id] = tuple(" ".join(key.split()) for key in own)
    actions: dict[str, str] = {}
    for action_id, its in keys.items():
        for key in its:
            if key in actions:
                raise ConfigError(f"tui.keys: {key!r} is wanted by {actions[key]} and by {action_id}")
            if not key or key.count(" ") > 1:
                raise ConfigError(f"tui.keys.{action_id}: {key!r} is no key and no chord of two")
            actions[key] = action_id
    prefixes = frozenset(key.split()[0] for key in actions if " " in key)
    for prefix in sorted(prefixes & actions.keys()):
        raise ConfigError(f"tui.keys: {prefix!r} is {actions[prefix]}, and begins a chord as well")
    return Keymap(actions, prefixes)


class Chord:
    """Keeps the prefix that was pressed, for as long as it waits."""

    def __init__(self, keymap: Keymap) -> None:
        self.keymap = keymap
        self.pending = ""
        self._since = 0.0

    def press(self, key: str, at: float) -> str | None:
        """The action of a key read at `at` seconds; "" while a prefix waits; None where the key does nothing."""
        prefix, self.pending = self.pending, ""
        if prefix and at - self._since <= CHORD_SECONDS:
            return self.keymap.actions.get(f"{prefix} {key}")
        if key in self.keymap.prefixes:
            self.pending, self._since = key, at
            return ""
        return self.keymap.actions.get(key)
