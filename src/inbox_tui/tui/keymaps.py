"""The keymaps to choose from, as data: what each has in place of the registry's own keys."""

from __future__ import annotations

from collections.abc import Mapping

KEYMAPS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "default": {},
    "arrows": {
        "left": ("left",),
        "right": ("right",),
        "down": ("down",),
        "up": ("up",),
        "top": ("home",),
        "bottom": ("end",),
        "half_down": ("shift+down",),
        "half_up": ("shift+up",),
        "go_needs": ("1",),
        "go_unread": ("2",),
        "go_all": ("3",),
        "go_done": ("4",),
        "go_snoozed": ("5",),
    },
}
"""`default` is the registry's, in the manner of vi. `arrows` moves by arrows and shows views by digits; no letter moves."""
