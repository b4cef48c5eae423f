"""What an event tells in figures, and of which task: kept apart from the event, so that a month of it can be looked at. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from inbox_tui.core.lifecycle import LIVE, OUTCOMES
from inbox_tui.core.model import Event, Json
from inbox_tui.core.mutes import SEPARATOR

NUMBERS, WORDS = 24, 8
"""Of one event's `meta` so many numbers count, and so many short texts, by which they can be grouped;"""
NAME, WORD = 60, 60
"""of at most so many characters each."""
SUBJECT = 250
"""So many characters of a source and of a task tell which they are."""
_STEPS = LIVE | OUTCOMES


class Measure(NamedTuple):
    """`figures`: name → number, or short text. `run_id` is "" where there is none. The members are the record's columns."""

    subject: str
    kind: str
    run_id: str
    figures: Mapping[str, Json]


def measure_of(event: Event, sender: str) -> Measure | None:
    """None for what tells no number and is no step of a task. Without a task its title stands for one, as in folding."""
    meta = event.details.get("meta")
    numbers, words = figures_in(meta) if isinstance(meta, dict) else ({}, {})
    if event.is_prompt or not (numbers or event.kind in _STEPS):
        return None
    subject = subject_of(event.source or sender, event.task_name or event.title)
    return Measure(subject, event.kind, event.run_id, numbers | words)


def subject_of(source: str, task: str) -> str:
    """A task by its whole name: that of its source, U+001F, its own."""
    return f"{source[:SUBJECT]}{SEPARATOR}{task[:SUBJECT]}"


def named(subject: str) -> tuple[str, str]:
    """Source and task."""
    source, _, task = subject.partition(SEPARATOR)
    return source, task


def figures_in(meta: Mapping[str, Json]) -> tuple[dict[str, Json], dict[str, Json]]:
    """The first numbers and the first short texts of its own level. True and false are neither."""
    numbers: dict[str, Json] = {}
    words: dict[str, Json] = {}
    for name, value in meta.items():
        if len(name) > NAME or isinstance(value, bool):
            continue
        if isinstance(value, (int, float)) and len(numbers) < NUMBERS:
            numbers[name] = value
        elif isinstance(value, str) and 0 < len(value) <= WORD and len(words) < WORDS and "\n" not in value:
            words[name] = value
    return numbers, words
