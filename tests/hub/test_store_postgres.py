"""The store on PostgreSQL where it differs from a file: many that open it, addresses, long keys, what other hubs changed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hub_world import AGENT, BEGINNING, SPACE, message
from hubs import HubDied, RunningHub

from inbox_tui.core.errors import InboxError
from inbox_tui.core.model import decode
from inbox_tui.hub.store import migrations, reads
from inbox_tui.hub.store.migrations import NewerDatabase
from inbox_tui.hub.store.postgres import PostgresDatabase
from inbox_tui.hub.store.store import Begin, Store
from inbox_tui.hub.verbs.publish import Publish


@pytest.fixture
def two(dsn: str) -> Iterator[tuple[Store, Store]]:
    """Two hubs' stores over one database."""
    stores = Store.open(dsn), Store.open(dsn)
    stores[0].apply(SPACE, [Begin()], lambda: BEGINNING)
    yield stores
    for store in stores:
        store.close()


def test_eight_that_start_at_once_migrate_once(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, "CREATE TABLE second (a TEXT)", "CREATE TABLE third (a TEXT)"))
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: Store.open(dsn), range(8)))
    version = stores[0].read(lambda connection: connection.execute("SELECT version FROM schema_version"))
    for store in stores:
        store.close()
    assert version == [(3,)]


def test_a_newer_programs_database_is_left_alone(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(migrations, "STEPS", (*migrations.STEPS, "CREATE TABLE second (a TEXT)"))
        Store.open(dsn).close()
    with pytest.raises(NewerDatabase, match=r"schema 2.*newer inbox"):
        Store.open(dsn)


def test_what_another_hub_changed_is_read_anew(two: tuple[Store, Store]) -> None:
    """What a hub decoded last is good for its rev alone: over other hubs' changes, and over a restore that another one made."""
    for turn in range(6):
        for store in two:
            store.apply(SPACE, [Publish(AGENT, message())], lambda: BEGINNING)
        if turn == 3:
            two[0].restore_epoch(SPACE, lambda: BEGINNING)
    page = two[1].read(lambda c: reads.page(c, SPACE, limit=9, before="", unread=False, needs_me=False))
    (row,) = [decode(text) for text in page.items]
    assert (row.count, row.rev) == (12, page.rev)


def test_the_longest_of_keys_fold(two: tuple[Store, Store]) -> None:
    """An index of PostgreSQL holds 2,700 bytes an entry, and none of these can be compressed."""
    dice = random.Random(1)

    def text(size: int) -> str:
        return "".join(chr(dice.randrange(0x10000, 0x10FFFF)) for _ in range(size))

    long = message(title=text(2_000), source=text(500), task_name=text(500), run_id=text(500), body=text(1_000))
    other = message(title=long.title[:-1] + "x", source=long.source, task_name=long.task_name, run_id=long.run_id)
    asked = message(title="?", is_prompt=True, details={"session_id": text(500), "request": text(500)})
    for event in (long, other, long, asked):
        two[0].apply(SPACE, [Publish(AGENT, event, text(500), "hash")], lambda: BEGINNING)
    page = two[1].read(lambda c: reads.page(c, SPACE, limit=9, before="", unread=False, needs_me=False))
    assert [decode(document).count for document in page.items] == [1, 1, 2]


@pytest.mark.parametrize("address", ["postgresql://u:hun%2ter@h", "postgresql://?no=such"])
def test_an_address_that_is_none_is_said_without_its_password(address: str) -> None:
    with pytest.raises(InboxError, match="postgresql://USER@HOST/NAME") as problem:
        PostgresDatabase(address)
    assert "hun" not in str(problem.value)


def test_a_server_that_is_not_there_is_one_line(home: Path) -> None:
    with pytest.raises(HubDied, match=r"^inbox: Cannot open .*Connection refused") as died:
        RunningHub.start(home, database="postgresql://u:hunter2@127.0.0.1:1/x")
    assert "hunter2" not in str(died.value)
    assert "hunter2" not in (home / "hub.log").read_text()
    assert str(died.value).count("\n") < 4
