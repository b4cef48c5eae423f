"""From text to a filter and back. What is wrong is pointed at: where, how long, and what to write instead. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import cast

from inbox_tui.core.errors import Exit, InboxError
from inbox_tui.core.model import SEVERITIES, Severity
from inbox_tui.core.query import values
from inbox_tui.core.query.language import BY_NAME, META, STATES_BY_NAME, Field
from inbox_tui.core.query.tree import Comparison, Condition, Is, Level, Like, Number, Pattern, Query, Term, When, Words
from inbox_tui.core.query.words import tokens

LONGEST = 1000
"""Characters of a filter."""
MOST_TERMS = 40

_FIELD = re.compile(r"([A-Za-z_][^\s\":<>=*\\]*)(:(?:[<>]=?|=)?|[<>]=?|=)")
_ESCAPED = '*"\\'


class QueryError(InboxError):
    """A filter that cannot be read. `offset`, `length`: the characters that are wrong; at the end of the text one past it."""

    exit_code = Exit.USAGE

    def __init__(self, message: str, offset: int, length: int = 1) -> None:
        super().__init__(message)
        self.offset, self.length = offset, max(1, length)

    def pointed(self, text: str) -> str:
        """The sentence, then the filter with a mark under what is wrong; for where every character takes one cell."""
        return f"{self}\n    {text}\n    {' ' * self.offset}{'^' * self.length}"


def complaint(text: str) -> str:
    """What is wrong with a filter, in three lines; "" where nothing is."""
    try:
        parse(text)
    except QueryError as error:
        return error.pointed(text)
    return ""


def parse(text: str) -> Query:
    """Raises QueryError."""
    if len(text) > LONGEST:
        raise QueryError(f"a filter has at most {LONGEST:,} characters", LONGEST, len(text) - LONGEST)
    reader = _Reader(text)
    terms: list[Term] = []
    while reader.at_term():
        start = reader.at
        terms.append(reader.term())
        if len(terms) > MOST_TERMS:
            raise QueryError(f"a filter has at most {MOST_TERMS} terms", start, len(text) - start)
    return Query(tuple(terms))


class _Reader:
    """Goes once through the text; `at` is the next character."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def at_term(self) -> bool:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.at < len(self.text)

    def term(self) -> Term:
        negated = self.text[self.at] == "-" and self.at + 1 < len(self.text) and not self.text[self.at + 1].isspace()
        self.at += negated
        found = _FIELD.match(self.text, self.at)
        if found is not None and (found[2].startswith(":") or found[1] in BY_NAME or found[1].startswith(META)):
            return Term(self._field(found[1], found[2]), negated)
        return Term(self._words(), negated)

    def _words(self) -> Words:
        start = self.at
        parts, stars = self._value()
        if len(parts) > 1 and not (len(parts) == 2 and not parts[1]):
            raise QueryError("words are found by their beginning; title:*out* looks inside them", stars[0])
        if not tokens(parts[0]):
            raise QueryError("no letter and no digit to look for", start, self.at - start)
        return Words(parts[0])

    def _field(self, name: str, sign: str) -> Condition:
        start = self.at
        self.at += len(name) + len(sign)
        value_at = self.at
        comparison = cast(Comparison, sign.lstrip(":") or "=")
        if name.startswith(META):
            return self._meta(name, comparison, value_at, start)
        field = BY_NAME.get(name)
        if field is None:
            raise QueryError(_unknown_field(name), start, len(name))
        parts, _ = self._value()
        pattern = _pattern(parts)
        if field.kind == "number":
            return Number(name, comparison, self._number(parts, value_at, f"{name}>10"))
        if field.kind == "severity":
            return Level(comparison, self._severity(parts, value_at))
        if comparison != "=":
            raise QueryError(f"{name} is not compared: {field.example}", start, len(name) + len(sign))
        return self._plain(field, pattern, value_at)

    def _plain(self, field: Field, pattern: Pattern, value_at: int) -> Condition:
        text = "*".join(pattern.parts)
        length = self.at - value_at
        if field.kind == "state":
            if text not in STATES_BY_NAME:
                raise QueryError(_unknown(text, STATES_BY_NAME, "state"), value_at, length)
            return Is(text)
        if not text:
            missing = f"; rows that have none are -{field.name}:*" if field.kind == "text" and length else ""
            raise QueryError(f"what to look for is missing: {field.example}{missing}", value_at, length)
        if field.kind == "time":
            moment = values.moment(text)
            if moment is None:
                raise QueryError(f"no time: {field.name}:2h, 3d, today, yesterday or 2026-11-03", value_at, length)
            return When("after" if field.name == "after" else "before", moment)
        return Like(field.name, pattern)

    def _meta(self, name: str, comparison: Comparison, value_at: int, start: int) -> Condition:
        if name == META:
            raise QueryError("a name is missing: meta.env:production", start, len(META))
        parts, _ = self._value()
        if comparison != "=":
            return Number(name, comparison, self._number(parts, value_at, f"{name}>10"))
        if not any(parts) and len(parts) == 1:
            raise QueryError(f"what to look for is missing: {name}:…; rows that have none are -{name}:*", value_at)
        return Like(name, _pattern(parts))

    def _number(self, parts: list[str], value_at: int, example: str) -> int | float:
        number = values.number(parts[0]) if len(parts) == 1 else None
        if number is None:
            raise QueryError(f"no number: {example}", value_at, self.at - value_at)
        return number

    def _severity(self, parts: list[str], value_at: int) -> Severity:
        text = "*".join(parts).lower()
        if text not in SEVERITIES:
            raise QueryError(_unknown(text, SEVERITIES, "severity"), value_at, self.at - value_at)
        return text

    def _value(self) -> tuple[list[str], list[int]]:
        """What stands at `at`, bare or in quotes: its parts between wildcards, and where the wildcards are."""
        quoted = self.text[self.at : self.at + 1] == '"'
        opened, at = self.at, self.at + quoted
        parts, stars = [""], list[int]()
        while at < len(self.text):
            character = self.text[at]
            if character == '"' and quoted:
                self.at = at + 1
                if self.at < len(self.text) and not self.text[self.at].isspace():
                    raise QueryError("a blank has to follow the quote", self.at)
                return parts, stars
            if character.isspace() and not quoted:
                break
            if character == "\\" and self.text[at + 1 : at + 2] in (*_ESCAPED,):
                at += 1
                parts[-1] += self.text[at]
            elif character == "*":
                parts.append("")
                stars.append(at)
            else:
                parts[-1] += character
            at += 1
        if quoted:
            raise QueryError('the quote has no end: add "', opened, len(self.text) - opened)
        self.at = at
        return parts, stars


def _pattern(parts: list[str]) -> Pattern:
    """Wildcards that stand side by side are one."""
    return Pattern((parts[0], *(part for part in parts[1:-1] if part), *parts[1:][-1:]))


def _unknown_field(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), BY_NAME, 1)
    return f"no such field; did you mean {near[0]}?" if near else "no such field; in quotes it is words to look for"


def _unknown(name: str, known: Iterable[str], what: str) -> str:
    names = [*known]
    near = difflib.get_close_matches(name.lower(), names, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
    return f"no such {what}; {hint}" if name else f"the {what} is missing; {hint}"


def write(query: Query) -> str:
    """The filter as text; `parse` makes the same of it again."""
    return " ".join(("-" if term.negated else "") + _written(term.condition) for term in query.terms)


def _written(condition: Condition) -> str:
    match condition:
        case Words(text):
            is_plain = re.fullmatch(r"[^\s\"\\*:<>=-][^\s\"\\*:<>=]*", text) is not None
            return text if is_plain else f'"{_escape(text)}"'
        case Is(state):
            return f"is:{state}"
        case Like(field, pattern):
            text = "*".join(_escape(part) for part in pattern.parts)
            is_plain = not any(c.isspace() for c in text) and text[:1] not in "<>=:"
            return f"{field}:{text}" if is_plain else f'{field}:"{text}"'
        case Level(comparison, severity):
            return f"severity{_sign(comparison)}{severity}"
        case When(field, moment):
            return f"{field}:{values.write_moment(moment)}"
        case Number(field, comparison, value):
            return f"{field}{_sign(comparison)}{value!r}"


def _sign(comparison: Comparison) -> str:
    return ":" if comparison == "=" else comparison


def _escape(text: str) -> str:
    return re.sub(r'[*"\\]', r"\\\g<0>", text)
