"""Searches of the cache, held against the filter's own judgement of every row: whatever is indexed, queued, changed or gone."""

from __future__ import annotations

import random
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from cache_world import BORN, FEED
from hypothesis import example, given, settings
from hypothesis import strategies as st
from query_world import NOW, queries, rows
from search_world import World, change, world_in

from inbox_tui.cache import said, search, steps
from inbox_tui.cache.matches import Matches
from inbox_tui.cache.rows import Mark, Op, View
from inbox_tui.core.feed import Change
from inbox_tui.core.model import Notification
from inbox_tui.core.query.parse import parse
from inbox_tui.core.query.tree import Query


def shown(found: Matches) -> list[str]:
    return found.ids(0, len(found))


@settings(max_examples=settings.default.max_examples // 4)  # each with several filters
@given(
    st.lists(rows(), min_size=1, max_size=12),
    st.lists(queries, min_size=1, max_size=6),
    st.integers(0, 12),
    st.sampled_from(View),
)
@example([], [parse("-zebra")], 0, View.ALL)
def test_the_cache_finds_what_the_filter_says(made: list[Notification], asked: list[Query], indexed: int, view: View) -> None:
    with tempfile.TemporaryDirectory() as folder, world_in(Path(folder)) as world:
        kept = world.put(made)
        world.index(indexed)
        for row in kept[::3]:
            steps.enqueue(world.db, FEED, Op(row.id, "done" if row.read_at else "read", row.id, world.rev, BORN))
        for query in asked:
            assert shown(world.search(query, view)) == world.judged(query, view)


@pytest.mark.parametrize("few", [search.FEW, 0], ids=["from the words", "down the list"])
def test_both_ways_to_look_for_words_find_the_same(world: World, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "FEW", few)
    monkeypatch.setattr(search, "FIRST_STEP", 7)
    monkeypatch.setattr(search, "LAST_STEP", 9)
    made = [
        Notification("", "message", f"row {n} {'odd' if n % 2 else 'even'}", BORN + n, BORN + n, raised_at=BORN + n // 3)
        for n in range(60)
    ]
    world.put(made)
    world.index(40)
    for text in ("odd", "-odd", "row even", "od -3", '"row 1"', "none"):
        found = world.search(parse(text))
        assert shown(found) == world.judged(parse(text), View.ALL)
        assert bool(found) == (text != "none")


def test_only_the_first_are_held_and_that_is_known(world: World) -> None:
    world.put([Notification("", "message", f"row {n}", BORN, BORN, raised_at=BORN + n) for n in range(50)])
    found = world.search(parse("row"), most=20)
    assert (len(found), found.is_cut) == (20, True)
    assert shown(found) == world.judged(parse("row"), View.ALL)[:20]


def test_the_index_goes_on_where_it_was_and_is_right_under_changes(world: World) -> None:
    kept = world.put([Notification("", "message", f"row {n}", BORN, BORN, raised_at=BORN + n) for n in range(30)])
    world.index(10)
    assert world.db.execute("SELECT indexed, entries FROM indexing").fetchone() == (10, 10)
    changed = [replace(row, title="another", rev=100 + n) for n, row in enumerate(kept[::2])]
    steps.apply(world.db, FEED, [change(row) for row in changed], 0)
    steps.apply(world.db, FEED, [Change(200, kept[1].id, None)], 0)
    for _ in range(2):
        for text in ("row", "another", "-row"):
            assert shown(world.search(parse(text))) == world.judged(parse(text), View.ALL)
        world.index()
    assert said.index_some(world.db) == 0


def test_entries_of_what_is_gone_do_not_pile_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(said, "STALE_MOST", 20)
    (row,) = world.put([Notification("", "message", "again", BORN, BORN)])
    for n in range(100):
        steps.apply(world.db, FEED, [change(replace(row, rev=10 + n, title=f"again {n}"))], 0)
        world.index()
    (entries,) = world.db.execute("SELECT entries FROM indexing").fetchone()
    assert entries <= 22
    assert shown(world.search(parse("again 99"))) == [row.id]
    assert shown(world.search(parse('"again 98"'))) == []


def test_what_is_not_searched_is_told_and_never_found_by_its_lack_of_a_word(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(said, "TAIL_MOST", 10)
    kept = world.put([Notification("", "message", f"row {n}", BORN, BORN, raised_at=BORN + n) for n in range(40)])
    world.index(5)
    step = world.finder(parse("-zebra"), View.ALL).step()
    assert step is not None
    assert (step.unsearched, len(step.matches)) == (25, 15)
    assert shown(world.search(parse("row"))) == [row.id for row in [*reversed(kept[30:]), *reversed(kept[:5])]]
    step = world.finder(parse("is:unread"), View.ALL).step()
    assert step is not None
    assert (step.unsearched, len(step.matches)) == (0, 40)


def test_a_cancelled_search_ends(world: World) -> None:
    world.put([Notification("", "message", f"row {n}", BORN, BORN) for n in range(3000)])
    finder = world.finder(parse("row -3"), View.ALL)
    assert finder.step() is not None
    finder.cancel()
    assert finder.step() is None


@pytest.mark.parametrize("seed", range(5))
def test_a_filtered_list_follows_the_cache(world: World, seed: int) -> None:
    choose = random.Random(seed)
    kept = world.put([_some(choose, n) for n in range(60)])
    query, view = parse(choose.choice(["odd", "is:unread odd", "-odd", "count>2", "source:ci is:unread"])), choose.choice([*View])
    found = world.search(query, view, most=choose.choice([12, 500]))
    for turn in range(40):
        for _ in range(choose.randrange(1, 8)):
            world.rev += 1
            row = choose.choice(kept)
            match choose.randrange(4):
                case 0:
                    now = replace(_some(choose, turn), id=row.id, rev=world.rev, raised_rev=world.rev)
                    steps.apply(world.db, FEED, [change(now)], 0)
                case 1:
                    kept += world.put([_some(choose, 100 + turn)])
                case 2:
                    steps.apply(world.db, FEED, [Change(world.rev, row.id, None)], 0)
                case _:
                    verb = choose.choice(["read", "unread", "done", "undone"])
                    steps.enqueue(world.db, FEED, Op(f"{world.rev}", verb, row.id, world.rev, BORN))  # type: ignore[arg-type]
        if not found.take_in(world.reader, NOW):
            found = world.search(query, view, most=found.most)
        wanted = world.judged(query, view)
        assert shown(found) == wanted[: len(found)]
        assert len(found) == len(wanted) or found.is_cut
        for y, id_ in enumerate(shown(found)[:5]):
            assert found.position(id_) == y
        unread = [row.id for row in world.reader.rows(shown(found)) if row.notification.read_at is None]
        assert found.unread_ids() == unread


def _some(choose: random.Random, n: int) -> Notification:
    state = {
        "read_at": choose.choice([None, BORN]),
        "done_at": choose.choice([None, None, BORN]),
        "actionable": choose.random() < 0.3,
    }
    at = BORN + choose.randrange(1000)
    source = choose.choice(["ci", "web"])
    return Notification(
        "", "message", f"row {n} {choose.choice(['odd', 'even'])}", at, at, raised_at=at, source=source, count=n % 5, **state
    )  # type: ignore[arg-type]


def test_too_many_changes_are_searched_anew(world: World) -> None:
    world.put([Notification("", "message", "row", BORN, BORN) for _ in range(3)])
    found = world.search(parse("row"))
    world.put([Notification("", "message", "row", BORN, BORN) for _ in range(400)])
    assert not found.take_in(world.reader, NOW)
    found = world.search(parse("row"))
    steps.enqueue(world.db, FEED, Op("all", "done", None, world.rev, BORN))
    assert not found.take_in(world.reader, NOW)
    assert Mark(0, 0) != found.mark
