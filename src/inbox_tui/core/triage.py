"""What an operator may do to a row besides answering it. Pure: one table, used by the hub and by the pane's overlay alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

from inbox_tui.core.model import Notification

Verb = Literal["read", "unread", "done", "undone"]
VERBS: tuple[Verb, ...] = get_args(Verb)
UNDO: dict[Verb, Verb] = {"read": "unread", "unread": "read", "done": "undone", "undone": "done"}


def apply(verb: Verb, row: Notification, now: int) -> Notification:
    """The row after the verb; the same value where it changes nothing. Done reads as well; undone leaves it read."""
    match verb:
        case "read":
            return row if row.read_at is not None else replace(row, read_at=now)
        case "unread":
            return row if row.read_at is None else replace(row, read_at=None)
        case "done":
            is_both = row.done_at is not None and row.read_at is not None
            return row if is_both else replace(row, done_at=row.done_at or now, read_at=row.read_at or now)
        case "undone":
            return row if row.done_at is None else replace(row, done_at=None)
