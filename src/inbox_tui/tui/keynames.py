"""Keys as a person writes them in a keymap: one character, or a name, with modifiers. Pure."""

from __future__ import annotations

import difflib

NAMES = (
    *("enter", "escape", "tab", "space", "backspace", "up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *("insert", "delete", *(f"f{number}" for number in range(1, 25))),
)
MODIFIERS = ("ctrl", "alt", "shift", "super")
_MEANT = {
    "esc": "escape", "return": "enter", "cr": "enter", "ret": "enter", "spc": "space", "blank": "space", "bs": "backspace",
    "del": "delete", "ins": "insert", "pgup": "pageup", "pgdn": "pagedown", "pgdown": "pagedown", "page_up": "pageup",
    "page_down": "pagedown", "control": "ctrl", "meta": "alt", "c": "ctrl", "m": "alt", "a": "alt", "s": "shift",
}  # fmt: skip
_SAME = {"ctrl+h": "backspace", "ctrl+i": "tab", "ctrl+j": "enter", "ctrl+m": "enter", "ctrl+[": "escape"}
"""What a terminal sends for the one it sends for the other."""


def key_problem(key: str) -> str:
    """What is wrong with one key, and what was probably meant; "" where nothing is."""
    if len(key) == 1 and key.isprintable():
        return ""
    *modifiers, name = key.split("+") if not key.endswith("++") else [*key[:-2].split("+"), "+"]
    if key in _SAME:
        return f"{key!r} is what a terminal sends for {_SAME[key]}: write {_SAME[key]}"
    if modifiers == ["shift"] and len(name) == 1:
        return f"{key!r}: write {name.upper()!r}" if name.isalpha() else f"{key!r}: write the character that it gives"
    if all(modifier in MODIFIERS for modifier in modifiers) and (name in NAMES or (len(name) == 1 and modifiers)):
        return ""
    meant = _nearest(key)
    return f"{key!r} is no key" + (
        f"; did you mean {meant}?" if meant else f"; there are single characters, {', '.join(NAMES[:15])}"
    )


def _nearest(key: str) -> str:
    *modifiers, name = key.strip("<>").lower().replace("-", "+").split("+")
    modifiers = [modifier if modifier in MODIFIERS else _MEANT.get(modifier, "") for modifier in modifiers]
    if len(name) > 1 and name not in NAMES:
        name = _MEANT.get(name) or next(iter(difflib.get_close_matches(name, NAMES, 1)), "")
    return "+".join([*modifiers, name]) if name and all(modifiers) else ""
