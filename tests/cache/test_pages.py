"""Lists of the cache, held against a list that is sorted anew each time: whatever moves, and however the index came about."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from cache_world import BORN, FEED, change, item, row_id

from inbox_tui.cache import blocks, pages, steps
from inbox_tui.cache.overlay import under
from inbox_tui.cache.pages import Reader
from inbox_tui.cache.rows import OP_COLUMNS, Op, View, is_in, op_from
from inbox_tui.core import triage
from inbox_tui.core.feed import Change, Item, Page, item_from
from inbox_tui.core.model import Notification, decode


@pytest.fixture
def reader(db: sqlite3.Connection, tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(tmp_path / "cache.sqlite3", FEED)
    yield reader
    reader.close()


STATES = {"asks": 0.2, "read": 0.4, "done": 0.3, "snoozed": 0.2, "pinned": 0.2, "muted": 0.2}
"""How many of the rows that come are so."""
decoded = lru_cache(maxsize=5000)(decode)


def sorted_ids(db: sqlite3.Connection, view: View) -> list[str]:
    """The view as its definition says, from the documents and the queue alone."""
    ops = [op_from(record) for record in db.execute(f"SELECT {OP_COLUMNS} FROM op ORDER BY n")]
    rows: list[Notification] = []
    for (document,) in db.execute("SELECT text FROM document"):
        row = decoded(document)
        rows.append(under(ops, row)[0])
    within = [row for row in rows if is_in(view, row)]
    return [row.id for row in sorted(within, key=lambda row: row.place, reverse=True)]


def agree(reader: Reader, db: sqlite3.Connection, random: random.Random) -> None:
    reader.refresh()
    for view in View:
        wanted = sorted_ids(db, view)
        assert reader.count(view) == len(wanted)
        start, size = random.randrange(len(wanted) + 1), random.randrange(1, 40)
        found = reader.window(view, start, size)
        assert [row.id for row in found] == wanted[start : start + size]
        for y, row in enumerate(found[:3], start):
            assert reader.position(view, row.id) == y
        if reader.wants_index(view) and random.random() < 0.3:
            reader.adopt(view, reader.build_index(view))


@pytest.mark.parametrize("seed", range(6))
def test_lists_are_what_their_definition_says(
    seed: int, db: sqlite3.Connection, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "SPLIT", 16)
    monkeypatch.setattr(pages, "SPLIT", 16)
    monkeypatch.setattr(pages, "BLOCK", 8)
    monkeypatch.setattr(pages, "MOVES_MOST", 20)
    choose = random.Random(seed)
    rev, held = 0, 0
    for turn in range(70):
        until = choose.choice((2 * BORN, 3 * BORN))
        action = choose.choices(("frames", "op", "rows", "bulk", "answered", "refused", "caught up"), (12, 5, 3, 2, 3, 1, 2))[0]
        queue = [key for (key,) in db.execute("SELECT key FROM op WHERE ack IS NULL ORDER BY n")]
        if action == "frames":
            batch: list[Change] = []
            for _ in range(choose.randrange(1, 40)):
                rev, held = rev + 1, min(held + 1, 150)
                number = choose.randrange(held)
                if choose.random() < 0.05:
                    batch.append(Change(rev, row_id(number), None, 0))
                    continue
                raised = rev if choose.random() < 0.6 else choose.randrange(1, rev + 1)
                states = {name: choose.random() < chance for name, chance in STATES.items()}
                batch.append(Change(rev, row_id(number), item(number, rev, raised=raised, **states), 0))
            steps.apply(db, FEED, batch, 0)
        elif action == "op":
            number = choose.randrange(held + 1)
            steps.enqueue(
                db,
                FEED,
                Op(f"{turn}", choose.choice(triage.VERBS), row_id(number), choose.randrange(rev + 1), BORN + turn, until=until),
            )
        elif action == "rows":
            shown = {row_id(choose.randrange(held + 1)): choose.randrange(rev + 1) for _ in range(9)}
            steps.enqueue(db, FEED, Op(f"{turn}", choose.choice(triage.BULK), None, 0, BORN + turn, until=until, rows=shown))
        elif action == "bulk":
            unread, needs = choose.choice(((False, False), (True, False), (False, True)))
            verb = choose.choice(triage.BULK)
            op = Op(f"{turn}", verb, None, choose.randrange(rev + 1), BORN + turn, unread, needs, until=until)
            steps.enqueue(db, FEED, op)
        elif action in ("answered", "refused") and queue:
            steps.acked(db, FEED, queue[0], rev if action == "answered" else None)
        elif action == "caught up":
            steps.merge(db, FEED, Page(1, rev, "", tuple(named(db)), ""))
            steps.caught_up(db, FEED, rev, turn)
        agree(reader, db, choose)


def named(db: sqlite3.Connection) -> Iterator[Item]:
    """Every row once more, as a walk names it."""
    for (document,) in db.execute("SELECT text FROM document").fetchall():
        yield item_from(document)


def test_a_bulk_verb_is_told_by_forgetting_the_index(db: sqlite3.Connection, reader: Reader) -> None:
    steps.apply(db, FEED, [change(n, n + 1) for n in range(3000)], 0)
    assert reader.refresh()
    reader.adopt(View.UNREAD, reader.build_index(View.UNREAD))
    assert not reader.wants_index(View.UNREAD)
    steps.enqueue(db, FEED, Op("k", "read", None, 2000, 7))
    assert reader.refresh()
    assert reader.count(View.UNREAD) == 1000
    assert [row.id for row in reader.window(View.UNREAD, 998, 9)] == [row_id(2001), row_id(2000)]
    (touched,) = reader.window(View.ALL, 2999, 1)
    assert (touched.overlay, touched.notification.read_at) == ("queued", 7)


def test_nothing_is_told_twice(db: sqlite3.Connection, reader: Reader) -> None:
    assert not reader.refresh()
    steps.apply(db, FEED, [change(1, 1)], 0)
    assert reader.refresh()
    steps.apply(db, FEED, [change(1, 1)], 0)
    assert not reader.refresh()


def test_a_window_read_before_a_refresh_still_leaves_the_change_to_be_told(db: sqlite3.Connection, reader: Reader) -> None:
    steps.apply(db, FEED, [change(1, 1)], 0)
    assert len(reader.window(View.ALL, 0, 5)) == 1
    assert reader.refresh()


def test_a_reader_of_no_file_makes_one(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "new" / "cache.sqlite3", FEED)
    assert (reader.count(View.ALL), reader.window(View.ALL, 0, 9), reader.refresh()) == (0, [], False)
    reader.close()
