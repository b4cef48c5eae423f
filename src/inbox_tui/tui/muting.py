"""What a mute of one row or of several would reach: a rule for each notification, task or source of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_tui.core.model import Notification
from inbox_tui.core.mutes import Scope, may_mute, subject_of
from inbox_tui.core.text import clean
from inbox_tui.tui import words
from inbox_tui.tui.prompts import Muted

MOST = 100
"""Rules that are made at once."""
_KEYS: dict[Scope, str] = {"notification": "n", "task": "k", "source": "s"}
_MANY: dict[Scope, str] = {
    "notification": "these {} notifications",
    "task": "their {} tasks",
    "source": "all of their {} sources",
}


def one_each(scope: Scope, rows: Sequence[Notification]) -> list[Notification]:
    """One row of each that a rule of the scope would be for. A question itself is never muted; what its source says may be."""
    found: dict[str, Notification] = {}
    for row in rows:
        subject = subject_of(scope, row)
        if subject and (scope != "notification" or may_mute(row)):
            found.setdefault(row.id if scope == "notification" else subject, row)
    return [*found.values()]


def choices(rows: Sequence[Notification]) -> list[Muted]:
    """What may be muted of them, to be chosen by its key."""
    found = ((scope, key, one_each(scope, rows)) for scope, key in _KEYS.items())
    return [Muted(key, scope, _label(scope, each)) for scope, key, each in found if each]


def _label(scope: Scope, rows: Sequence[Notification]) -> str:
    if len(rows) > 1:
        return _MANY[scope].format(len(rows))
    match scope:
        case "notification":
            return "this notification"
        case "task":
            return f"task {clean(rows[0].task_name, lines=False)}"
        case "source":
            return f"all of {words.who(rows[0])}"
