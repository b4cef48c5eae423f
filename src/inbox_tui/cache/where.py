"""A filter as SQL over the cache's rows and their documents. Says of every row what `core.query.match` says of it.

The text of a statement is made of this module's own words and of the language's tables; whatever a person wrote is a parameter.
Words are looked up in `said`, a table of the search that holds (number of the phrase, number of the document).
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from functools import lru_cache

from inbox_tui.cache.rows import NEEDS_ME
from inbox_tui.core.model import SEVERITIES
from inbox_tui.core.query import match, values
from inbox_tui.core.query.language import BY_NAME, LISTS, META, STATES_BY_NAME
from inbox_tui.core.query.tree import Condition, Is, Level, Like, Number, Pattern, Query, When, Words
from inbox_tui.core.query.words import phrase
from inbox_tui.core.times import to_wire

Value = str | int | float | None
_COLUMNS = {
    "read_at": "NOT row.unread",
    "done_at": "row.done",
    "snoozed_until": "row.snoozed > 0",
    "pinned": "row.pinned",
    "muted": "row.muted",
    "needs_me": f"row.rank = {NEEDS_ME}",
}
"""What queued triage touches is in columns; the documents are as the hub has them."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition over `row JOIN document`. Each of its `?` is one of `values`."""

    sql: str
    values: tuple[Value, ...] = ()

    def named(self) -> tuple[str, dict[str, Value]]:
        """The same with parameters by name, `:v0` and so on."""
        first, *rest = self.sql.split("?")
        sql = first + "".join(f":v{number}{part}" for number, part in enumerate(rest))
        return sql, {f"v{number}": value for number, value in enumerate(self.values)}


def phrases(query: Query) -> list[tuple[str, bool]]:
    """The words that the filter looks for, each once, and whether every row that it finds has them."""
    found: dict[str, bool] = {}
    for term in query.terms:
        if isinstance(term.condition, Words):
            words = phrase(term.condition.text)
            found[words] = found.get(words, False) or not term.negated
    return [*found.items()]


def compile_filter(query: Query, now: int, hub: str = "") -> Clause:
    """1 or 0, never NULL. `now`: microseconds since 1970. `hub`: whose rows they are, of several. The numbers of phrases are
    their places in `phrases`."""
    numbers = {words: number for number, (words, _) in enumerate(phrases(query))}
    clauses = [Clause("1")]
    for term in query.terms:
        if isinstance(term.condition, Words):
            number = numbers[phrase(term.condition.text)]
            clause = Clause("EXISTS (SELECT 1 FROM said WHERE phrase = ? AND said.doc = row.doc)", (number,))
        else:
            clause = _compiled(term.condition, now, hub)
        clauses.append(Clause(f"{'NOT ' * term.negated}coalesce({clause.sql}, 0)", clause.values))
    return Clause(" AND ".join(clause.sql for clause in clauses), tuple(value for clause in clauses for value in clause.values))


def prepare(db: sqlite3.Connection) -> None:
    """What compiled filters need of a connection."""
    db.create_function("fits", 2, _fits, deterministic=True)
    db.execute("CREATE TEMP TABLE said (phrase INTEGER NOT NULL, doc INTEGER NOT NULL, PRIMARY KEY (phrase, doc)) WITHOUT ROWID")


def _compiled(condition: Condition, now: int, hub: str) -> Clause:
    match condition:
        case Like("hub", pattern):
            return Clause(str(int(match.fits(pattern, hub))))
        case Is(name):
            state = STATES_BY_NAME[name]
            parts = [_has(each) for each in state.having] + [f"NOT {_has(each)}" for each in state.lacking]
            return Clause("(" + " AND ".join(parts) + ")")
        case Like(field, pattern) if field.startswith(META):
            return _meta_like(_path(field), pattern)
        case Like(field, pattern):
            clauses = [_member_like(member, pattern) for member in BY_NAME[field].members]
            return Clause(f"({' OR '.join(each.sql for each in clauses)})", tuple(v for each in clauses for v in each.values))
        case Level(comparison, severity):
            ranks = " ".join(f"WHEN '{name}' THEN {rank}" for rank, name in enumerate(SEVERITIES))
            return Clause(f"CASE {_json('severity')} {ranks} END {comparison} ?", (SEVERITIES.index(severity),))
        case When(field, moment):
            sign = ">=" if field == "after" else "<"
            return Clause(f"{_json('last_occurred_at')} {sign} ?", (to_wire(values.micros(moment, now)),))
        case Number(field, comparison, value):
            path = _path(field)
            is_number = "json_type(document.text, ?) IN ('integer', 'real')"
            return Clause(f"({is_number} AND json_extract(document.text, ?) {comparison} ?)", (path, path, value))
        case Words():
            raise AssertionError("compiled by the caller, which numbers them")


def _json(member: str) -> str:
    return f"json_extract(document.text, '$.{member}')"


def _has(member: str) -> str:
    return f"({_COLUMNS[member]})" if member in _COLUMNS else f"(coalesce({_json(member)}, 0) NOT IN (0, ''))"


def _path(field: str) -> str:
    """The grammar of names leaves nothing in them that ends a quoted key."""
    return f'$.meta."{field.removeprefix(META)}"' if field.startswith(META) else f"$.{BY_NAME[field].members[0]}"


def _member_like(member: str, pattern: Pattern) -> Clause:
    if member in LISTS:
        fits, given = _like("json_each.value", pattern)
        each = f"json_each(document.text, '$.{member}')"
        return Clause(f"EXISTS (SELECT 1 FROM {each} WHERE json_each.type = 'text' AND {fits})", given)
    fits, given = _like(_json(member), pattern)
    return Clause(f"CASE json_type(document.text, '$.{member}') WHEN 'text' THEN {fits} END", given)


def _meta_like(path: str, pattern: Pattern) -> Clause:
    text, given = _like("json_extract(document.text, ?)", pattern, path)
    number = values.number(pattern.parts[0]) if len(pattern.parts) == 1 else None
    is_any = pattern.parts == ("", "")
    sql = (
        f"CASE json_type(document.text, ?) WHEN 'text' THEN {text} WHEN 'true' THEN ? WHEN 'false' THEN ? "
        "WHEN 'null' THEN 0 WHEN 'array' THEN 0 WHEN 'object' THEN 0 ELSE ? OR json_extract(document.text, ?) = ? END"
    )
    truths = match.fits(pattern, "true"), match.fits(pattern, "false")
    # A path that leads nowhere has no type, and an extract that is NULL: found by `is_any` alone, so it is asked for.
    return Clause(f"json_type(document.text, ?) IS NOT NULL AND {sql}", (path, path, *given, *truths, is_any, path, number))


def _like(value: str, pattern: Pattern, *inside: str) -> tuple[str, tuple[Value, ...]]:
    """LIKE takes letters of ASCII in either case; a pattern with others is judged by ours. `inside`: parameters of `value`."""
    if all(part.isascii() for part in pattern.parts):
        escaped = "%".join(part.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") for part in pattern.parts)
        return f"({value} <> '' AND {value} LIKE ? ESCAPE '\\')", (*inside, *inside, escaped)
    return f"fits(?, {value})", (json.dumps(pattern.parts), *inside)


@lru_cache(maxsize=64)
def _pattern(parts: str) -> Pattern:
    return Pattern(tuple(json.loads(parts)))


def _fits(parts: str, value: object) -> bool:
    return isinstance(value, str) and match.fits(_pattern(parts), value)
