"""Fixtures of the hub's room."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import postgres
import pytest
from hub_world import World
from hubs import RunningHub
from receiver import Receiver


@pytest.fixture
def dsn() -> Iterator[str]:
    """The address of a database of PostgreSQL's, with nothing but our schema in it."""
    dsn = postgres.make_database()
    yield dsn
    postgres.drop_database(dsn)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where an empty store is: on each engine in turn."""
    return tmp_path / "hub.sqlite3" if request.param == "sqlite" else str(request.getfixturevalue("dsn"))


@pytest.fixture
async def world(place: Path | str) -> AsyncIterator[World]:
    """A started service over an empty store, stopped at the end."""
    world = World(place)
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody on this machine who is called."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def calling(home: Path) -> Iterator[RunningHub]:
    """A hub that may call this machine, and whose leases are short."""
    (home / "config.toml").write_text('[outbound]\nallowed = ["127.0.0.1"]\n')
    hub = RunningHub.start(home, job_lease_seconds=1.0)
    yield hub
    assert hub.stop() in (0, -9), hub.paths.hub_log.read_text()
