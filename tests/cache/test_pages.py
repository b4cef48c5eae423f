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
from inbox_tui.cache.pages import Reader
from inbox_tui.cache.rows import Op, View
from inbox_tui.core import triage
from inbox_tui.core.feed import Change, Item, Page, item_from
from inbox_tui.core.model import Notification, decode

VERBS: tuple[triage.Verb, ...] = ("read", "unread", "done", "undone")


@pytest.fixture
def reader(db: sqlite3.Connection, tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(tmp_path / "cache.sqlite3", FEED)
    yield reader
    reader.close()


decoded = lru_cache(maxsize=5000)(decode)


def sorted_ids(db: sqlite3.Connection, view: View) -> list[str]:
    """The view as its definition says, from the documents and the queue alone."""
    ops = [
        Op(key, verb, op_id, seen, at, bool(unread), bool(needs), ack)
        for key, verb, op_id, seen, at, unread, needs, ack in db.execute(
            "SELECT key, verb, id, seen, at, only_unread, only_needs_me, ack FROM op ORDER BY n"
        )
    ]
    rows: list[Notification] = []
    for (document,) in db.execute("SELECT text FROM document"):
        row = decoded(document)
        rows.append(pages.under([op for op in ops if op.id in (None, row.id)], row)[0])
    within = {
        View.NEEDS: lambda row: row.needs_me,
        View.UNREAD: lambda row: row.read_at is None and row.done_at is None,
        View.ALL: lambda row: row.done_at is None,
        View.DONE: lambda row: row.done_at is not None,
    }[view]
    return [row.id for row in sorted(filter(within, rows), key=lambda row: (row.needs_me, row.raised_at, row.id), reverse=True)]


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
        action = choose.choices(("frames", "op", "bulk", "answered", "refused", "caught up"), (12, 5, 1, 3, 1, 2))[0]
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
                states = {"asks": choose.random() < 0.2, "read": choose.random() < 0.4, "done": choose.random() < 0.3}
                batch.append(Change(rev, row_id(number), item(number, rev, raised=raised, **states), 0))
            steps.apply(db, FEED, batch, 0)
        elif action == "op":
            number = choose.randrange(held + 1)
            steps.enqueue(db, FEED, Op(f"{turn}", choose.choice(VERBS), row_id(number), choose.randrange(rev + 1), BORN + turn))
        elif action == "bulk":
            unread, needs = choose.choice(((False, False), (True, False), (False, True)))
            op = Op(f"{turn}", choose.choice(("read", "done")), None, choose.randrange(rev + 1), BORN + turn, unread, needs)
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
