"""Counts of filters: bounded, brought up by the journal, searched again where that tells too little."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from cache_world import BORN, FEED, change, row_id

from inbox_tui.cache import steps
from inbox_tui.cache.pages import Reader
from inbox_tui.cache.tallies import AGAIN, AGE, MOST, Tallies
from inbox_tui.core.feed import Change
from inbox_tui.core.query.parse import parse

NOW = BORN + 1000


def tallies(db: sqlite3.Connection, **filters: str) -> Tallies:
    (_, _, path) = db.execute("PRAGMA database_list").fetchone()
    return Tallies(Reader(Path(path), FEED), {name: parse(text) for name, text in filters.items()})


def brought_up(of: Tallies, now: int = NOW) -> dict[str, str]:
    for _ in of.bring_up(now):
        pass
    return of.counts()


def put(db: sqlite3.Connection, *changes: Change) -> None:
    steps.apply(db, FEED, changes, NOW)


def test_they_follow_what_the_journal_tells(db: sqlite3.Connection) -> None:
    of = tallies(db, unread="is:unread", done="is:done", seven='title:"row 7"')
    assert of.counts() == {}
    put(db, *(change(n, n) for n in range(1, 10)))
    assert brought_up(of) == {"unread": "9", "done": "0", "seven": "1"}
    put(db, change(7, 10, done=True), change(8, 11, read=True), Change(12, row_id(9), None))
    assert brought_up(of) == {"unread": "6", "done": "1", "seven": "0"}


def test_a_count_has_a_bound_and_is_exact_again_below_it(db: sqlite3.Connection) -> None:
    of = tallies(db, rows="is:unread")
    put(db, *(change(n, n) for n in range(1, MOST + 2)))
    assert brought_up(of) == {"rows": f"{MOST}+"}
    put(db, *(change(n, n + 200, read=True) for n in range(30, MOST + 2)))
    told = brought_up(of)["rows"]
    assert told.endswith("+"), "how many there are below is not known yet"
    assert brought_up(of, NOW + AGAIN) == {"rows": "29"}
    assert not of.is_due(NOW + 10 * AGAIN)


def test_what_moves_with_time_is_counted_again_though_no_row_has_changed(db: sqlite3.Connection) -> None:
    of = tallies(db, late="after:1m")
    put(db, change(1, 1))
    assert brought_up(of) == {"late": "1"}
    assert not of.is_due(NOW + AGE - 1)
    assert of.is_due(NOW + AGE)
    assert brought_up(of, NOW + AGE) == {"late": "0"}
