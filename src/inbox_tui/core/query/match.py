"""Whether a row is one that a filter looks for, judged by the row itself. The cache's SQL (`cache/where.py`) says the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields
from functools import lru_cache
from operator import eq, ge, gt, le, lt
from typing import Any, Final

from inbox_tui.core.hubs import place_of
from inbox_tui.core.model import SEVERITIES, Notification
from inbox_tui.core.query import values
from inbox_tui.core.query.language import BY_NAME, LISTS, META, STATES_BY_NAME
from inbox_tui.core.query.tree import Comparison, Condition, Is, Level, Like, Number, Pattern, Query, When, Words
from inbox_tui.core.query.words import contains, phrase, searchable

_COMPARE: Final[dict[Comparison, Any]] = {"=": eq, ">": gt, ">=": ge, "<": lt, "<=": le}
_OWN = frozenset({"needs_me", *(member.name for member in fields(Notification))})


def matches(query: Query, row: Notification, now: int) -> bool:
    """`now`: microseconds since 1970, for what is relative to it."""
    row_words = ""
    for term in query.terms:
        if isinstance(term.condition, Words):
            row_words = row_words or searchable(lambda name: member(row, name))
            holds = contains(row_words, phrase(term.condition.text))
        else:
            holds = _holds(term.condition, row, now)
        if holds == term.negated:
            return False
    return True


def member(row: Notification, name: str) -> object:
    """A member by its wire name; None where the row has none. Its id is the one that its hub says."""
    if name == "id" and row.hub:
        return place_of(row.id).id
    return getattr(row, name) if name in _OWN else row.details.get(name)


def _holds(condition: Condition, row: Notification, now: int) -> bool:
    match condition:
        case Is(name):
            state = STATES_BY_NAME[name]
            return all(member(row, each) for each in state.having) and not any(member(row, each) for each in state.lacking)
        case Like(field, pattern):
            if field.startswith(META):
                return _meta_fits(pattern, _meta(row, field))
            return any(fits(pattern, text) for name in BY_NAME[field].members for text in _texts(row, name))
        case Level(comparison, severity):
            return bool(_COMPARE[comparison](SEVERITIES.index(row.severity), SEVERITIES.index(severity)))
        case When(field, moment):
            at = values.micros(moment, now)
            return row.last_occurred_at >= at if field == "after" else row.last_occurred_at < at
        case Number(field, comparison, value):
            has = _meta(row, field) if field.startswith(META) else member(row, BY_NAME[field].members[0])
            return _is_number(has) and bool(_COMPARE[comparison](has, value))
        case Words():
            raise AssertionError("judged by the caller, which has the row's words")


def fits(pattern: Pattern, text: str) -> bool:
    """Whole text against pattern, letters in either case: of ASCII alone where the pattern has no others. Empty fits none."""
    return bool(text) and _expression(pattern).fullmatch(text) is not None


@lru_cache(maxsize=64)
def _expression(pattern: Pattern) -> re.Pattern[str]:
    only_ascii = re.ASCII if all(part.isascii() for part in pattern.parts) else re.NOFLAG
    return re.compile(".*".join(map(re.escape, pattern.parts)), re.IGNORECASE | re.DOTALL | only_ascii)


def _meta(row: Notification, field: str) -> object:
    meta = row.details.get("meta")
    return meta.get(field.removeprefix(META)) if isinstance(meta, dict) else None


def _meta_fits(pattern: Pattern, value: object) -> bool:
    """A number by its value, a truth by its name, a text as every other."""
    if isinstance(value, bool):
        return fits(pattern, "true" if value else "false")
    if isinstance(value, (int, float)):
        return pattern.parts == ("", "") or (len(pattern.parts) == 1 and values.number(pattern.parts[0]) == value)
    return isinstance(value, str) and fits(pattern, value)


def _texts(row: Notification, name: str) -> Iterable[str]:
    value = member(row, name)
    each = value if name in LISTS and isinstance(value, list) else [value]
    return [text for text in each if isinstance(text, str)]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
