"""Mute rules: what they match, and what they never touch. Pure.

A muted row is kept, shown dim, and calls for nobody. Questions are never muted, nor is anything that somebody waits for:
whoever asked would wait in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple, get_args

from inbox_tui.core import fold
from inbox_tui.core.model import Event, Notification

Scope = Literal["notification", "task", "source"]
"""This notification with all its repeats, the task that it is of, or all that its source says."""
SCOPES: tuple[Scope, ...] = get_args(Scope)
SEPARATOR = "\x1f"


class Rule(NamedTuple):
    """`subject`: what `subject_of` answers for the rows that it mutes. `until`: microseconds; None: until it is lifted."""

    scope: Scope
    subject: str
    until: int | None = None


def may_mute(row: Notification) -> bool:
    return not row.is_prompt and row.waiting != "here"


def source_of(row: Notification) -> str:
    """The name that it claims, else its key's: what a person would call it."""
    return row.source or row.sender


def subject_of(scope: Scope, row: Notification) -> str:
    """What a rule of the scope would match of the row; "" where the row has nothing of that kind (no task, say)."""
    match scope:
        case "source":
            return source_of(row)
        case "task":
            return f"{source_of(row)}{SEPARATOR}{row.task_name}" if row.task_name else ""
        case "notification":
            said = Event(row.kind, row.title, source=row.source, task_name=row.task_name, run_id=row.run_id, details=row.details)
            return fold.fold_key(said, row.sender)


def label_of(scope: Scope, row: Notification) -> str:
    """The same for a person."""
    match scope:
        case "source":
            return source_of(row)
        case "task":
            return f"{row.task_name} of {source_of(row)}"
        case "notification":
            return row.title


class Mutes:
    """The rules of a space, to be asked about one row after another."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._until: Mapping[tuple[Scope, str], int | None] = {(rule.scope, rule.subject): rule.until for rule in rules}

    def cover(self, row: Notification, now: int) -> bool:
        if not self._until or not may_mute(row):
            return False
        return any(self._holds(scope, subject_of(scope, row), now) for scope in SCOPES)

    def _holds(self, scope: Scope, subject: str, now: int) -> bool:
        if not subject or (scope, subject) not in self._until:
            return False
        until = self._until[scope, subject]
        return until is None or until > now
