"""The statements as data: one that forgets its space would be seen here, though another filter behind it still kept the walls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inbox_tui.hub.store import statements

OF_ALL_SPACES = {
    *statements.DUE_SPACES,
    "SPACES_IN_NUMBERS",
    "NEXT_JOBS",  # which spaces have something to do
    "JOBS_BY_STATE",
    "EVERY_KEY",  # for this machine's operator
    "KEY",  # a key tells its space, not the other way round
}


def texts() -> Iterator[tuple[str, str]]:
    for name, value in vars(statements).items():
        if isinstance(value, str) and re.match(r"(SELECT|INSERT|UPDATE|DELETE) ", value):
            yield name, value
    for more in (False, True):
        yield "page", statements.page(unread=more, needs_me=more)
        for verb in statements._TARGETS:
            yield verb, statements.triage_targets(verb, unread=more, needs_me=more, listed=more)
        for scope in statements._OF_A_RULE:
            yield scope, statements.rows_of_rule(scope, muted=more)
    yield from statements.DUE_SPACES.items()
    for table in statements.BY_AGE:
        yield from ((table, statements.oldest(table)), (table, statements.delete_between(table)))
    for table in statements.OF_A_SPACE:
        yield from ((table, statements.first_records(table)), (table, statements.erase_between(table)))


def test_every_statement_names_its_space_each_time_that_it_names_a_table() -> None:
    found = [(name, text) for name, text in texts() if name not in OF_ALL_SPACES]
    assert len(found) > 60
    for name, text in found:
        named = re.findall(r"\b(?:FROM|INTO|UPDATE) (?!SET\b)(\w+)", text)
        tables = [table for table in named if table in statements.OF_A_SPACE]
        spaces = re.findall(r"(?<!:)\bspace = (?::space|\w+\.space)\b|VALUES \((?::id, )?:space,", text)
        assert named, name
        assert len(tables) <= len(spaces), name
