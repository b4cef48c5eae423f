"""Reading what was measured: newest first, a stretch of all that a space has at a time, until there is no more to find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inbox_tui.core.ids import encode
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.database import Connection, Params, Record

STRETCH = 500
MOST = 20_000
"""Measures of one task that are taken into memory."""
_BEHIND_ALL_IDS = "~"


@dataclass(frozen=True, slots=True)
class Measured:
    """(at, kind, run_id, figures as JSON text), oldest first. `is_whole`: there were no more since the time asked for."""

    items: list[Record]
    is_whole: bool


def of_task(connection: Connection, space: str, subject: str, since: int, *, stretch: int = STRETCH) -> Measured:
    """Since a time in microseconds."""
    first, items = encode(max(0, since // 1000) << 80), list[Record]()
    for before in _stretches(connection, space, first, stretch):
        params: Params = {"space": space, "subject": subject, "first": first, "before": before, "length": stretch}
        items += connection.execute(statements.MEASURES, params)
        if len(items) > MOST:
            return Measured(items[MOST - 1 :: -1], False)
    return Measured(items[::-1], True)


def subjects(connection: Connection, space: str, *, stretch: int = STRETCH) -> dict[str, tuple[int, int]]:
    """Every task: when something was last measured of it, and how often; the one heard of last is the first."""
    found: dict[str, tuple[int, int]] = {}
    for before in _stretches(connection, space, "", stretch):
        params: Params = {"space": space, "before": before, "length": stretch}
        for subject, at, count in connection.execute(statements.MEASURED, params):
            last, times = found.get(subject, (at, 0))
            found[subject] = max(last, at), times + count
    return dict(sorted(found.items(), key=lambda item: item[1], reverse=True))


def _stretches(connection: Connection, space: str, first: str, length: int) -> Iterator[str]:
    """The id before which each begins, down to the one that holds `first`."""
    before = _BEHIND_ALL_IDS
    while before > first:
        yield before
        end = connection.execute(statements.END_OF_MEASURES, {"space": space, "before": before, "length": length})
        if not end:
            return
        before = str(end[0][0])
