"""Copies between engines, backups and restores: what arrives is what was there, and what is cut off goes on or is refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import postgres
import pytest
from hub_world import SPACE, World, about, message

from inbox_tui.core.errors import InboxError
from inbox_tui.hub.backup import backup, copy_between, restore
from inbox_tui.hub.places import database_at
from inbox_tui.hub.store.copying import Step, copy
from inbox_tui.hub.store.postgres import PostgresDatabase
from inbox_tui.hub.store.store import Store

FILE = bytes(range(256)) * 20_000


async def _fill(world: World) -> None:
    """Something of every kind, with text that engines may think differently about."""
    service = world.service
    titles = [f"naïve 'quoted' \\ {n} 日本 🎉 %s :name" for n in range(700)]
    await world.publish_all(message(title, run_id=f"run-{n % 7}", kind="task.progress") for n, title in enumerate(titles))
    await world.publish_all(message(f"row {n}") for n in range(600))
    asked = await world.ask(key="answered")
    await world.decide(await world.row(asked.id))
    await world.ask(key="open", title="Still open?")
    await service.create_space("ops")
    await service.create_key("ops", "laptop", "operate")
    await world.publish(about(await world.keep(FILE, "chart.png")))
    rows = await world.rows()
    await service.triage(SPACE, rows[-1].id, "done", idempotency_key="call-1")


async def _said(world: World) -> tuple[object, ...]:
    """All that readers can tell."""
    spaces = await world.service.list_spaces()
    changes = [await world.service.changes(space.name, (await world.service.head(space.name)).floor, 10_000) for space in spaces]
    return spaces, changes, await world.service.list_keys("ops"), await world.service.timeline(SPACE, "run-3"), await _file(world)


async def _file(world: World) -> bytes:
    [(media_id,)] = world.store.read(lambda connection: connection.execute("SELECT id FROM media"))
    kept = await world.service.media.find(SPACE, media_id, "chart.png")
    return b"".join([piece async for piece in world.service.media.pieces(SPACE, kept)])


@pytest.mark.parametrize("back", [False, True])
async def test_a_hub_moves_to_the_other_engine_and_back(tmp_path: Path, dsn: str, back: bool) -> None:
    first, last = tmp_path / "hub.sqlite3", tmp_path / "back.sqlite3"
    world = World(first)
    await world.start()
    await _fill(world)
    before = await _said(world)
    await world.stop()
    steps: list[Step] = []
    copied = copy_between("", dsn, first, steps.append)
    assert steps[-1].done == steps[-1].total == 2 * copied.records > 2_500
    assert not copied.went_on
    if back:
        copy_between(dsn, f"sqlite:///{last}", first, lambda step: None)
    moved = World(last if back else dsn)
    await moved.start()
    assert await _said(moved) == before
    published = await moved.publish(message("it goes on"))
    assert published.rev == before[1][0].head.rev + 1  # type: ignore[index]
    await moved.stop()


class _CutOffError(Exception):
    pass


async def test_a_copy_that_was_cut_off_is_no_database_and_goes_on_where_it_was(tmp_path: Path, dsn: str) -> None:
    file = tmp_path / "hub.sqlite3"
    world = World(file)
    await world.start()
    await _fill(world)
    before = await _said(world)
    await world.stop()
    for wanted in (600, 1_300, 3_000):

        def cut(step: Step, wanted: int = wanted) -> None:
            if step.done > wanted:
                raise _CutOffError

        with pytest.raises(_CutOffError):
            copy_between("", dsn, file, cut)
        with pytest.raises(InboxError, match="unfinished copy"):
            Store.open(dsn)
    other = tmp_path / "other.sqlite3"
    Store.open(other).close()
    with pytest.raises(InboxError, match="unfinished copy of"):
        copy_between("", dsn, other, lambda step: None)
    steps: list[Step] = []
    copy_between("", dsn, file, steps.append)
    assert steps[2].done > 0  # the first table is empty
    moved = World(dsn)
    await moved.start()
    assert await _said(moved) == before
    await moved.stop()
    with pytest.raises(InboxError, match="in use"):
        copy_between("", dsn, file, lambda step: None)


@pytest.mark.parametrize(
    ("spoil", "table"),
    [
        ("UPDATE event SET document = document || ' ' WHERE id = (SELECT max(id) FROM event)", "event"),
        ("DELETE FROM notification WHERE id = (SELECT min(id) FROM notification)", "notification"),
        ("INSERT INTO tombstone (space, rev, id, at) VALUES ('default', 1, 'x', 1)", "tombstone"),
    ],
)
async def test_one_record_that_differs_is_found(tmp_path: Path, dsn: str, spoil: str, table: str) -> None:
    file = tmp_path / "hub.sqlite3"
    world = World(file)
    await world.start()
    await world.publish_all(message(f"row {n}") for n in range(600))
    await world.stop()
    target = PostgresDatabase(dsn)

    def meddle(step: Step) -> None:
        if step.done * 2 == step.total:
            connection = target.writer()
            connection.begin_write()
            connection.execute(spoil)
            connection.commit()
            connection.close()

    with pytest.raises(InboxError, match=f"The copy differs in {table} default"):
        copy(database_at("", file), target, meddle)
    with pytest.raises(InboxError, match="unfinished copy"):
        Store.open(dsn)


async def test_what_changes_meanwhile_is_not_in_the_copy_and_is_told(tmp_path: Path, dsn: str) -> None:
    world = World(dsn)
    await world.start()
    await world.publish(message("before"))

    def write(step: Step) -> None:
        if step.done == 0:
            store = Store.open(dsn)
            store.restore_epoch(SPACE)
            store.close()

    epoch = (await world.service.head(SPACE)).epoch
    copied = backup(dsn, tmp_path / "none", tmp_path / "file", write)
    assert copied.went_on
    with sqlite3.connect(tmp_path / "file") as db:
        assert db.execute("SELECT epoch FROM space").fetchall() == [(epoch,)]
    db.close()
    await world.stop()


async def test_a_restore_is_a_new_life(place: Path | str, tmp_path: Path) -> None:
    world = World(place)
    await world.start()
    await _fill(world)
    head = await world.service.head(SPACE)
    address, file = (place, tmp_path / "x") if isinstance(place, str) else ("", place)
    kept = tmp_path / "kept.backup"
    assert not backup(address, file, kept, lambda step: None).went_on  # while the hub runs
    assert kept.stat().st_mode & 0o777 == 0o600
    with pytest.raises(InboxError, match="is there already"):
        backup(address, file, kept, lambda step: None)
    lost = await world.publish(message("after the backup"))
    await world.stop()
    fresh = postgres.make_database() if isinstance(place, str) else ""
    aside = restore(kept, fresh, file, lambda step: None)
    restored = World(fresh or file)
    await restored.start()
    now = await restored.service.head(SPACE)
    assert now.epoch > lost.rev
    assert now.floor == now.epoch > head.rev
    assert await restored.service.changes(SPACE, lost.rev, 10) is None
    titles = {row.title: row for row in await restored.rows()}
    assert "after the backup" not in titles
    assert (titles["Still open?"].closed, titles["Still open?"].decision) == ("expired", None)
    assert any(row.decision is not None and row.decision.key == "approve" for row in titles.values())
    await restored.stop()
    if aside is not None:  # what was in its place is whole, too
        old = World(aside)
        await old.start()
        assert "after the backup" in {row.title for row in await old.rows()}
        await old.stop()
    if fresh:
        with pytest.raises(InboxError, match="in use"):
            restore(kept, fresh, file, lambda step: None)
        postgres.drop_database(fresh)


def test_nothing_is_made_where_nothing_was(tmp_path: Path) -> None:
    with pytest.raises(InboxError, match="There is no database"):
        backup("", tmp_path / "none.sqlite3", tmp_path / "file", lambda step: None)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "text").write_text("no database at all, but long enough to be looked at as one" * 20)
    with pytest.raises(InboxError, match="not a database"):
        restore(tmp_path / "text", "", tmp_path / "hub.sqlite3", lambda step: None)
    assert [file.name for file in tmp_path.iterdir()] == ["text"]
    with pytest.raises(InboxError, match="sqlite:///PATH or postgresql"):
        copy_between("mysql://x", "", tmp_path / "text", lambda step: None)


@pytest.mark.parametrize("table", ["space", "notification", "event", "ask", "run", "idempotency", "api_key", "secret", "mute"])
def test_keys_sort_the_same_on_both_engines(dsn: str, table: str) -> None:
    """However the database was made: records are compared side by side in the order of their keys."""
    connection = PostgresDatabase(dsn).reader()
    found = connection.execute(
        "SELECT a.attname, c.collname FROM pg_index i "
        "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) "
        "JOIN pg_collation c ON c.oid = a.attcollation WHERE i.indisprimary AND i.indrelid = CAST(:table AS regclass)",
        {"table": table},
    )
    connection.close()
    assert found
    assert {collation for _, collation in found} == {"C"}
