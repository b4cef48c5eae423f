"""The cache file: made once by many, put aside when damaged, left alone when it is a newer program's."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cache_world import FEED, change, row_id

from inbox_tui.cache import schema, steps
from inbox_tui.cache.pages import Reader
from inbox_tui.cache.rows import Op, View
from inbox_tui.cache.store import Cache
from inbox_tui.core.feed import Opening


@pytest.mark.parametrize("before", [b"", b"this is no database" * 400])
def test_many_panes_prepare_one_file(tmp_path: Path, before: bytes) -> None:
    path = tmp_path / "cache.sqlite3"
    if before:
        path.write_bytes(before)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(schema.prepare, [path] * 8))
    assert {one.path for one in found} == {path}
    assert sum(bool(one.note) for one in found) == bool(before)
    assert len(list(tmp_path.glob("*damaged*"))) == bool(before)
    assert schema.prepare(path).note == ""


def test_a_newer_programs_file_is_left_to_it(tmp_path: Path) -> None:
    path = schema.prepare(tmp_path / "cache.sqlite3").path
    newer = sqlite3.connect(path)
    newer.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    newer.close()
    found = schema.prepare(path)
    assert found.path != path
    assert path.name in found.note
    reader = Reader(path, FEED)
    assert reader.count(View.ALL) == 0
    reader.close()


async def test_the_deepest_rows_go_when_there_are_too_many(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.sqlite3", FEED, most_rows=10)
    await cache.open()
    await cache.begin(None, Opening(0, 0, 1, 0, True))
    asking = [change(n, n + 1, asks=True) for n in range(4)]
    done = [change(n, n + 1, done=True) for n in range(4, 8)]
    read = [change(n, n + 1, read=True) for n in range(8, 12)]
    await cache.apply([*asking, *done, *read])
    await cache.enqueue(Op("k", "read", row_id(6), 99, 0))
    state = await cache.apply([change(n, n + 1) for n in range(12, 16)])
    assert (state.needs, state.unread, state.done, state.listed + state.done, state.evicted) == (4, 8, 1, 10, True)
    reader = Reader(tmp_path / "cache.sqlite3", FEED)
    assert [row.id for row in reader.window(View.DONE, 0, 9)] == [row_id(6)]
    reader.close()
    await cache.close()


async def test_a_feed_does_not_see_anothers_rows(tmp_path: Path, db: sqlite3.Connection) -> None:
    steps.apply(db, FEED, [change(1, 1)], 0)
    reader = Reader(tmp_path / "cache.sqlite3", "another")
    assert reader.window(View.ALL, 0, 9) == []
    reader.close()


def test_one_pane_walks_and_one_sends_at_a_time(db: sqlite3.Connection) -> None:
    steps.apply(db, FEED, [change(1, 1)], 0)
    assert steps.claim_walk(db, FEED, "a", 0) == ""
    assert steps.claim_walk(db, FEED, "b", 0) is None
    assert steps.claim_walk(db, FEED, "b", steps.LEASE + 1) == ""
    op = Op("k", "read", row_id(1), 1, 0)
    steps.enqueue(db, FEED, op)
    assert steps.next_op(db, FEED, "a", 0) == op
    assert steps.next_op(db, FEED, "b", 0) is None
    steps.release(db, FEED, "a")
    assert steps.next_op(db, FEED, "b", 0) == op
