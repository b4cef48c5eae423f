"""A list in groups, held against one that is grouped anew from what the plain list shows: however it came about."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest
from cache_world import BORN, FEED, prepared
from query_world import NOW
from search_world import World, change

from inbox_tui.cache import finders, groups, pages, schema, search, steps
from inbox_tui.cache.gathering import By, gather, value_of
from inbox_tui.cache.group import Folds
from inbox_tui.cache.groups import Groups
from inbox_tui.cache.merged import Merged
from inbox_tui.cache.rows import Op, View
from inbox_tui.cache.search import Finder
from inbox_tui.core.feed import Change, Opening
from inbox_tui.core.model import Notification
from inbox_tui.core.query.parse import parse
from inbox_tui.core.query.tree import Query

HOUR = 3_600_000_000


def stepping(world: World, query: Query, view: View, by: By, folds: Folds) -> Iterator[Groups]:
    """The groups after each step of a search."""
    finder = Finder(world.path, FEED, query, view, NOW, most=1 << 40, by=by)
    found = None
    try:
        while (step := finder.step()) is not None:
            found = found or Groups(query, view, by, finder.mark, folds)
            found.add(gather(step.matches, by))
            yield found
            if step.is_end:
                found.settle()
                return
    finally:
        finder.cancel()


def gathered(world: World, query: Query, view: View, by: By, folds: Folds) -> Groups:
    return list(stepping(world, query, view, by, folds))[-1]


def lines(world: World, found: Groups) -> list[str]:
    """Ids, and of headings what they count."""
    spots = list(found.spots(0, found.lines))
    ids = world.reader.named([found.number(spot) for spot in spots if spot.nth >= 0])
    return [
        ids[found.number(spot)].id
        if spot.group is None or spot.nth >= 0
        else f"{spot.group.value}: {len(spot.group)}, {spot.group.unread} unread, {spot.group.asks} ask"
        for spot in spots
    ]


def wanted(world: World, query: Query, view: View, by: By, folds: Folds) -> list[str]:
    """The same, from the rows of the plain list."""
    listed = [row.notification for row in world.reader.rows(world.judged(query, view))]
    valued = [(value_of(row, by, lambda parent: parent), row) for row in listed]
    top = [row.id for _, row in valued if row.place[0]]
    rest = sorted(((value, row) for value, row in valued if not row.place[0]), key=lambda pair: pair[0])
    made = [(value, [row for _, row in some]) for value, some in groupby(rest, key=lambda pair: pair[0])]
    made.sort(key=lambda each: (max(row.place[1] for row in each[1]), each[0]), reverse=True)
    for value, rows in made:
        asks = sum(row.needs_me for its, row in valued if its == value)
        unread = sum(row.is_unread and row.done_at is None and row.snoozed_until is None for row in rows)
        if by is By.THREAD:
            rows.sort(key=lambda row: (row.id != value, row.place[1]))
            top += [row.id for row in rows[: 1 if value in folds else None]]
        else:
            top.append(f"{value}: {len(rows)}, {unread} unread, {asks} ask")
            top += [] if value in folds else [row.id for row in rows]
    return top


def some(choose: random.Random, kept: list[Notification]) -> Notification:
    """A row that is raised at a moment of its own."""
    at = BORN + choose.randrange(72 * HOUR)
    details = {"parent_id": choose.choice(kept[:5]).id} if kept and choose.random() < 0.4 else {}
    if choose.random() < 0.2:
        details = {"session_id": "s", "subagent_id": choose.choice("ab")}
    return Notification(
        "", "message", f"row {choose.choice(['odd', 'even'])}", at, at, raised_at=at, source=choose.choice(["ci", "web", ""]),
        sender=choose.choice(["k1", "k2"]), task_name=choose.choice(["", "nightly"]), run_id=choose.choice(["", "r1", "r2"]),
        read_at=choose.choice([None, BORN]), done_at=choose.choice([None, None, None, BORN]), actionable=choose.random() < 0.2,
        pinned=choose.random() < 0.1, snoozed_until=choose.choice([None, None, None, BORN + choose.randrange(HOUR)]),
        details=details,
    )  # fmt: skip


def stir(choose: random.Random, world: World, kept: list[Notification]) -> None:
    """Something happens to some rows."""
    for _ in range(choose.randrange(1, 8)):
        world.rev += 1
        row = choose.choice(kept)
        match choose.randrange(4):
            case 0:
                parent = {name: value for name, value in row.details.items() if name == "parent_id"}
                now = replace(some(choose, []), id=row.id, rev=world.rev, raised_rev=world.rev, details=parent)
                steps.apply(world.db, FEED, [change(now)], 0)
            case 1:
                kept += world.put([some(choose, kept)])
            case 2:
                steps.apply(world.db, FEED, [Change(world.rev, choose.choice(kept[5:]).id, None)], 0)
            case _:
                verb = choose.choice(["read", "unread", "done", "undone", "pin", "unpin", "snooze", "unsnooze"])
                until = BORN + choose.randrange(HOUR)
                steps.enqueue(world.db, FEED, Op(f"{world.rev}", verb, row.id, world.rev, BORN, until=until))  # type: ignore[arg-type]


@pytest.mark.parametrize("by", By)
@pytest.mark.parametrize("seed", range(3))
def test_groups_follow_the_cache(world: World, by: By, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    choose = random.Random(seed)
    monkeypatch.setattr(search, "FIRST_STEP", 9)
    monkeypatch.setattr(search, "LAST_STEP", 11)
    kept = world.put([some(choose, []) for _ in range(6)])
    kept = [replace(row, details={}) for row in kept]
    steps.apply(world.db, FEED, [change(replace(row, rev=100 + n)) for n, row in enumerate(kept)], 0)
    world.rev = 200
    kept += world.put([some(choose, kept) for _ in range(60)])
    query, view = parse(choose.choice(["", "odd", "is:unread"])), choose.choice([*View])
    folds = Folds()
    for found in stepping(world, query, view, by, folds):
        stir(choose, world, kept)
        assert found.take_in(world.reader, NOW)
    for _ in range(25):
        assert lines(world, found) == wanted(world, query, view, by, folds)
        assert len(found) == len(world.judged(query, view))
        for y, spot in enumerate(found.spots(0, 30)):
            if spot.nth >= 0:
                (row,) = world.reader.numbered([found.number(spot)]).values()
                assert found.position(row, world.reader) == y
        stir(choose, world, kept)
        folds.turn(choose.choice([spot.group.value for spot in found.spots(0, 99) if spot.group] or [""]))
        found.refolded()
        assert found.take_in(world.reader, NOW)


def test_what_belongs_to_a_reply_belongs_to_what_began_it(world: World) -> None:
    def reply(title: str, at: int, to: str) -> Notification:
        return Notification("", "message", title, at, at, raised_at=at, details={"parent_id": to})

    (root,) = world.put([Notification("", "message", "root", BORN, BORN, raised_at=BORN)])
    (first,) = world.put([reply("first", BORN + 1000, root.id)])
    (second,) = world.put([reply("second", BORN + 2000, first.id)])
    (lost,) = world.put([reply("lost", BORN + 3000, "nowhere")])
    assert lines(world, gathered(world, Query(()), View.ALL, By.THREAD, Folds())) == [lost.id, root.id, first.id, second.id]


def test_of_groups_the_newest_are_held(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST", 4)

    def of(n: int) -> Notification:
        return Notification("", "message", "row", BORN + 1000 * n, BORN, raised_at=BORN + n, task_name=f"task {n}")

    world.put([of(n) for n in range(9)])
    found = gathered(world, Query(()), View.ALL, By.TASK, Folds())
    assert (found.count, len(found), found.is_cut) == (4, 4, True)
    world.put([of(20)])
    assert found.take_in(world.reader, NOW)
    assert [spot.group.value for spot in found.spots(0, 99) if spot.group and spot.nth < 0] == [
        "task 20", "task 8", "task 7", "task 6",
    ]  # fmt: skip
    world.put([of(100 + n) for n in range(300)])
    assert not found.take_in(world.reader, NOW), "too many changes are searched anew"


def test_rows_are_read_by_their_numbers_alone(world: World) -> None:
    (row,) = world.put([Notification("", "message", "row", BORN, BORN)])
    (read,) = world.reader.rows([row.id])
    assert {n: found.id for n, found in world.reader.numbered([read.n, 99]).items()} == {read.n: row.id}
    for sql in (f"SELECT id FROM row {pages._BY_NUMBER}", pages._NAMED):
        (plan, *_) = world.db.execute(f"EXPLAIN QUERY PLAN {sql}", ("[1]", 1))
        assert "INTEGER PRIMARY KEY" in plan[3]


@pytest.mark.parametrize("by", [By.SOURCE, By.THREAD])
def test_rows_of_several_hubs_are_in_the_same_groups_and_each_in_its_own_threads(tmp_path: Path, by: By) -> None:
    path, said = prepared(tmp_path), "01HF7YAT000000000000000001"
    with closing(schema.connect(path)) as db, closing(Merged(path, {"a": "feed a", "b": "feed b"})) as lists:

        def put(feed: str, rev: int, at: int, parent: str = "") -> None:
            id_ = said if not parent else f"01HF7YAT0000000000000000{rev:02d}"
            row = Notification(
                id_, "message", f"{feed} {rev}", BORN, BORN, raised_at=BORN + at, source="ci", rev=rev, raised_rev=rev
            )
            row = replace(row, details={"parent_id": parent}) if parent else row
            steps.apply(db, feed, [change(row)], 0)

        for feed in ("feed a", "feed b"):
            steps.begin(db, feed, None, Opening(0, 0, 1, 0, True), 0)
            put(feed, 1, len(feed))
        put("feed a", 2, 20, said)
        finder = finders.search(lists, Query(()), View.ALL, NOW, most=1 << 40, by=by)
        step = finder.step()
        assert step is not None
        assert step.is_end
        found = Groups(Query(()), View.ALL, by, finder.mark, Folds())
        found.add(gather(step.matches, by))
        put("feed b", 2, 30, said)
        assert found.take_in(lists, NOW)
        rows = lists.numbered([*found.numbers()])
        titles = [rows[n].notification.title for n in found.numbers()]
        assert titles == {
            By.SOURCE: ["feed b 2", "feed a 2", *titles[2:]], By.THREAD: ["feed b 1", "feed b 2", "feed a 1", "feed a 2"],
        }[by]  # fmt: skip
        assert (found.count, len(found)) == (1 if by is By.SOURCE else 2, 4)
        assert [found.position(row, lists) for row in map(rows.__getitem__, found.numbers())] == [
            *range(found.lines - 4, found.lines)
        ]
        finder.cancel()
