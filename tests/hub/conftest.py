"""Fixtures of the hub's room."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import postgres
import pytest
from hub_world import World
from hubs import RunningHub


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Where an empty store is: on each engine in turn."""
    if request.param == "sqlite":
        yield tmp_path / "hub.sqlite3"
    else:
        dsn = postgres.make_database()
        yield dsn
        postgres.drop_database(dsn)


@pytest.fixture
async def world(place: Path | str) -> AsyncIterator[World]:
    """A started service over an empty store, stopped at the end."""
    world = World(place)
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
def hub(home: Path) -> Iterator[RunningHub]:
    """A hub of the test's own, in a process."""
    hub = RunningHub.start(home, ping_seconds=0.2)
    yield hub
    assert hub.stop() in (0, -9), hub.paths.hub_log.read_text()


@pytest.fixture(scope="module")
def shared_hub() -> Iterator[RunningHub]:
    """One hub for the tests of a module that do not mind what else is in it."""
    folder = Path(tempfile.mkdtemp(prefix="inbox-"))
    hub = RunningHub.start(folder, ping_seconds=0.2)
    yield hub
    assert hub.stop() == 0
    shutil.rmtree(folder)
