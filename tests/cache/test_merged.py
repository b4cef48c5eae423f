"""The lists of several hubs as one, held against the rows sorted by hand; hubs that lie about ids among them."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cache_world import BORN, item, prepared, row_id

from inbox_tui.cache import blocks, pages, schema, steps
from inbox_tui.cache.finders import search
from inbox_tui.cache.matches import Matches
from inbox_tui.cache.merged import Merged, own_feed
from inbox_tui.cache.rows import View
from inbox_tui.core.feed import Change, Opening
from inbox_tui.core.hubs import place_of
from inbox_tui.core.query.parse import parse

HUBS = {"b": "feed of b", "a-b": "feed of a-b", "a": "feed of a"}
"""`a/` is not the beginning of `a-b/`, and sorts behind it."""


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(schema.connect(prepared(tmp_path))) as db:
        for feed in HUBS.values():
            steps.begin(db, feed, None, Opening(0, 0, 1, 0, True), BORN)
        yield db


@pytest.fixture
def merged(db: sqlite3.Connection, tmp_path: Path) -> Iterator[Merged]:
    with closing(Merged(tmp_path / "cache.sqlite3", HUBS)) as merged:
        yield merged


def put(db: sqlite3.Connection, hub: str, *items: tuple[int, int, bool]) -> None:
    """Rows by (number, when they were raised, whether they ask): hubs give out the same ids, and tie."""
    changes = [Change(rev, row_id(n), item(n, rev, raised=at, asks=asks)) for rev, (n, at, asks) in enumerate(items, 1)]
    steps.apply(db, HUBS[hub], changes, BORN)


def by_hand(merged: Merged, view: View) -> list[str]:
    """All rows, each hub's read by itself, in the order of their places."""
    places = [
        (rank, at, f"{hub}/{id_}")
        for hub, reader in merged.by_hub.items()
        for rank, at, id_ in reader.keys(view, 0, reader.count(view))
    ]
    return [id_ for _, _, id_ in sorted(places, reverse=True)]


@pytest.mark.parametrize("seed", range(6))
def test_every_window_and_place_is_as_if_sorted_by_hand(
    db: sqlite3.Connection, merged: Merged, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "BLOCK", 8)
    monkeypatch.setattr(pages, "SPLIT", 16)
    monkeypatch.setattr(blocks, "SPLIT", 16)
    choose = random.Random(seed)
    for hub in HUBS:
        count = choose.choice([0, 1, 40, 120])
        put(db, hub, *((n, choose.randrange(1, 30), choose.random() < 0.1) for n in range(count)))
    for part in merged.parts[: seed % 3]:
        part.refresh()
        part.adopt(View.ALL, part.build_index(View.ALL))
    merged.refresh()
    for view in (View.ALL, View.NEEDS):
        wanted = by_hand(merged, view)
        assert merged.count(view) == len(wanted)
        for start in {0, 1, 7, len(wanted) // 2, max(0, len(wanted) - 3), len(wanted)}:
            assert merged.ids(view, start, 10) == wanted[start : start + 10]
            assert [row.id for row in merged.window(view, start, 10)] == wanted[start : start + 10]
        for place in choose.sample(range(len(wanted)), min(20, len(wanted))):
            assert merged.position(view, wanted[place]) == place


def test_the_same_id_of_two_hubs_is_two_rows(db: sqlite3.Connection, merged: Merged) -> None:
    put(db, "a", (1, 5, True))
    put(db, "b", (1, 9, False))
    merged.refresh()
    ours, theirs = f"a/{row_id(1)}", f"b/{row_id(1)}"
    assert merged.ids(View.ALL, 0, 9) == [ours, theirs]
    assert merged.ids(View.NEEDS, 0, 9) == [ours]
    rows = merged.rows([theirs, "nobody/x", ours])
    assert [(row.id, row.notification.id, row.notification.hub) for row in rows] == [(theirs, theirs, "b"), (ours, ours, "a")]
    assert [(shown.id, shown.raised_rev) for shown in merged.shown([ours, theirs])] == [(ours, 5), (theirs, 9)]
    assert merged.position(View.NEEDS, theirs) is None


def test_an_id_that_names_another_hub_stays_its_own_hubs(db: sqlite3.Connection, merged: Merged) -> None:
    """No hub's check of ids would let it in; the reader does not rely on that."""
    put(db, "a", (1, 5, True))
    put(db, "b", (2, 9, True))
    db.execute("UPDATE row SET id = ? WHERE feed = (SELECT feed FROM feed WHERE name = ?)", (f"a/{row_id(1)}", HUBS["b"]))
    merged.refresh()
    lying = f"b/a/{row_id(1)}"
    assert merged.ids(View.NEEDS, 0, 9) == [lying, f"a/{row_id(1)}"]
    assert place_of(lying) == ("b", f"a/{row_id(1)}")


def test_a_filter_finds_rows_of_all_and_of_one_hub(db: sqlite3.Connection, merged: Merged) -> None:
    put(db, "a", (1, 1, False), (2, 4, False))
    put(db, "b", (1, 3, False), (3, 2, False))

    def found(text: str) -> list[str]:
        finder = search(merged, parse(text), View.ALL, BORN)
        step = finder.step()
        assert step is not None
        assert step.is_end
        matches = Matches(parse(text), View.ALL, finder.mark)
        matches.add(step.matches)
        finder.cancel()
        put(db, "b", (1, 3, False), (3, 2, False), (5, 9, False), (6, 8, False))
        merged.refresh()
        assert matches.take_in(merged, BORN)
        return [f"{place_of(id_).hub}{int(merged.rows([id_])[0].notification.title[4:])}" for id_ in matches.ids(0, 9)]

    assert found("row") == ["b5", "b6", "a2", "b1", "b3", "a1"]
    assert found("hub:b -title:*3") == ["b5", "b6", "b1"]
    assert found("hub:a*") == ["a2", "a1"]
    assert found("-hub:b") == ["a2", "a1"]
    assert found(f"id:{row_id(1)}") == ["b1", "a1"]


def test_what_can_be_undone_is_these_hubs_own(db: sqlite3.Connection, merged: Merged) -> None:
    steps.remember_undo(db, own_feed(HUBS), "key", "{}")
    steps.remember_undo(db, own_feed({"a": "another", "b": "feed of b"}), "other", "{}")
    steps.remember_undo(db, HUBS["a"], "of a alone", "{}")
    assert merged.undo_steps() == [("key", "{}")]
