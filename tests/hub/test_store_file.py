"""The database file: opened by many, never by an older program, full, unwritable, and after a kill."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hub_world import AGENT, SPACE, World, message

from inbox_tui.core.errors import Refused
from inbox_tui.core.model import decode
from inbox_tui.core.times import now
from inbox_tui.hub.store import migrations, reads
from inbox_tui.hub.store.migrations import NewerDatabase
from inbox_tui.hub.store.store import Begin, Store


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A started service over an empty file, stopped at the end."""
    world = World(tmp_path / "hub.sqlite3")
    await world.start()
    yield world
    await world.stop()


def file_of(world: World) -> Path:
    assert isinstance(world.place, Path)
    return world.place


LOAD = """
import asyncio, sys
from pathlib import Path
from inbox_tui.core.model import Event
from inbox_tui.hub.service import Sender, Service
from inbox_tui.hub.store.store import Store

async def main():
    service = Service(Store.open(Path(sys.argv[1])))
    await service.start()
    async def send(task):
        for number in range(100_000):
            body = f"{task}-{number}"
            published = await service.publish(
                "default", Sender("agent"), Event("message", f"t{number % 50}", body), idempotency_key=body
            )
            print(published.event_id, body, flush=True)
    await asyncio.gather(*(send(task) for task in range(16)))

asyncio.run(main())
"""


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    Store.open(tmp_path / "hub.sqlite3").close()
    assert stat.S_IMODE((tmp_path / "hub.sqlite3").stat().st_mode) == 0o600


def test_eight_that_start_at_once_migrate_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, "CREATE TABLE second (a TEXT)", "CREATE TABLE third (a TEXT)"))
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: Store.open(tmp_path / "hub.sqlite3"), range(8)))
    version = stores[0].read(lambda connection: connection.execute("SELECT version FROM schema_version"))
    for store in stores:
        store.close()
    assert version == [(3,)]


def test_a_step_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "hub.sqlite3"
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, "CREATE TABLE second (a TEXT); CREATE TABL third (a TEXT)"))
    with pytest.raises(sqlite3.OperationalError):
        Store.open(path)
    monkeypatch.undo()
    store = Store.open(path)
    assert store.read(lambda c: c.execute("SELECT name FROM sqlite_master WHERE name = 'second'")) == []
    store.close()


def test_a_newer_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite3"
    Store.open(path).close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE schema_version SET version = 99")
    connection.commit()
    connection.close()
    with pytest.raises(NewerDatabase, match=r"schema 99.*newer inbox"):
        Store.open(path)


def test_opening_and_closing_leaves_no_file_open(tmp_path: Path) -> None:
    def open_files() -> int:
        return len(os.listdir("/dev/fd"))

    before = open_files()
    for _ in range(5):
        store = Store.open(tmp_path / "hub.sqlite3")
        store.apply(SPACE, [Begin()], now)
        store.read(lambda connection: reads.head(connection, SPACE))
        store.close()
        store.close()
    assert open_files() == before


async def test_a_full_disk_is_said_and_what_is_stored_can_be_read(world: World) -> None:
    first = await world.publish(message("before"))
    asked = await world.ask()
    connection = sqlite3.connect(file_of(world))
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.close()
    writer = world.store._lanes[0].connection
    writer.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Refused) as refused:
        await asyncio.gather(*(world.publish(message(str(number), body="x" * 5000)) for number in range(100)))
    assert (refused.value.status, refused.value.code) == (507, "storage")
    assert "full" in world.service.storage_problem
    assert str(file_of(world)) in refused.value.detail
    assert (await world.row(first.id)).title == "before"
    answer = await world.service.asks.poll(SPACE, AGENT, "ask-1", epoch=asked.epoch, wait=0)
    assert (answer.id, answer.status) == (asked.id, "open")
    assert "full" in world.service.storage_problem
    count = len(await world.rows())
    writer.execute("PRAGMA max_page_count = 1000000")
    again = await world.publish(message("after"))
    assert world.service.storage_problem == ""
    assert len(await world.rows()) == count + 1
    assert (await world.service.head(SPACE)).rev == again.rev


async def test_a_database_that_cannot_be_written_is_said(world: World) -> None:
    await world.publish(message())
    world.store._lanes[0].connection.execute("PRAGMA query_only = ON")
    with pytest.raises(Refused) as refused:
        await world.publish(message())
    assert (refused.value.status, refused.value.code) == (507, "storage")
    world.store._lanes[0].connection.execute("PRAGMA query_only = OFF")
    await world.publish(message())


async def test_a_damaged_database_is_said_and_nothing_is_a_fault_of_ours(world: World) -> None:
    await world.publish(message())
    world.store._lanes[0].connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file_of(world).open("r+b") as file:
        file.seek(0)
        file.write(b"no database any more" * 4096)
    with pytest.raises(Refused) as refused:
        await world.service.head(SPACE)
    assert (refused.value.status, refused.value.code) == (503, "storage")
    assert "damaged" in str(refused.value)


async def test_a_read_needs_no_writer(world: World) -> None:
    await world.publish(message())
    blocker = sqlite3.connect(file_of(world), isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(world.publish(message()))
    assert len(await world.rows()) == 1
    blocker.execute("ROLLBACK")
    blocker.close()
    await waiting


def test_what_was_acknowledged_is_there_once_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite3"
    process = subprocess.Popen([sys.executable, "-c", LOAD, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    acknowledged = [process.stdout.readline().split() for _ in range(1500)]
    process.send_signal(signal.SIGKILL)
    acknowledged += [line.split() for line in process.stdout if line.endswith("\n")]
    process.stdout.close()
    process.wait()
    store = Store.open(path)
    events = store.read(lambda c: c.execute("SELECT id, notification_id, document FROM event"))
    rows = [decode(text) for (text,) in store.read(lambda c: c.execute("SELECT document FROM notification"))]
    head = store.read(lambda connection: reads.head(connection, SPACE))
    keys = store.read(lambda c: c.execute("SELECT event_id, key FROM idempotency"))
    check = store.read(lambda c: c.execute("PRAGMA integrity_check"))
    store.close()
    assert check == [("ok",)]
    assert len(acknowledged) >= 1500
    assert {(event_id, key) for event_id, key in acknowledged} <= set(keys)
    assert len({key for _, key in keys}) == len(keys) == len(events)
    assert sum(row.count for row in rows) == len(events)
    assert max(row.rev for row in rows) == head.rev
    assert head.unread_count == len(rows)
