"""A filter as a value: terms, all of which must hold. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from inbox_tui.core.model import Severity

Comparison = Literal["=", ">", ">=", "<", "<="]
Unit = Literal["s", "m", "h", "d", "w"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Literal parts with anything between them: `nightly *` is ("nightly ", ""). One part: no wildcard; it is not empty."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ago:
    """`2h`: so long before now."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Midnight:
    """The local midnight that begins a day: 0 is today, 1 yesterday."""

    days_ago: int


@dataclass(frozen=True, slots=True)
class At:
    """An ISO 8601 date or time of day; without an offset it is local."""

    text: str


Moment: TypeAlias = "Ago | Midnight | At"


@dataclass(frozen=True, slots=True)
class Words:
    """Words that follow one another; of the last one the beginning is enough."""

    text: str


@dataclass(frozen=True, slots=True)
class Is:
    """One of the language's states."""

    state: str


@dataclass(frozen=True, slots=True)
class Like:
    """A field of text, or a value of meta (`meta.env`)."""

    field: str
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Level:
    comparison: Comparison
    severity: Severity


@dataclass(frozen=True, slots=True)
class When:
    """`after` includes its moment, `before` does not."""

    field: Literal["after", "before"]
    moment: Moment


@dataclass(frozen=True, slots=True)
class Number:
    """A numeric field, or a number of meta (`meta.rows`)."""

    field: str
    comparison: Comparison
    value: int | float


Condition: TypeAlias = "Words | Is | Like | Level | When | Number"


@dataclass(frozen=True, slots=True)
class Term:
    condition: Condition
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """No terms: every row."""

    terms: tuple[Term, ...] = ()

    @property
    def home(self) -> Literal["", "done", "snoozed"]:
        """Of the rows that it names, the list that alone holds them; "": any list may."""
        return "done" if Term(Is("done")) in self.terms else "snoozed" if Term(Is("snoozed")) in self.terms else ""

    @property
    def moves_with_time(self) -> bool:
        """What it finds changes though no row does."""
        return any(isinstance(term.condition, When) and not isinstance(term.condition.moment, At) for term in self.terms)
