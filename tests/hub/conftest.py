"""Fixtures of the hub's room."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hub_world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A started service over an empty file, stopped at the end."""
    world = World(tmp_path)
    await world.start()
    yield world
    await world.stop()
