"""Fixtures of the cache's room."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from cache_world import FEED, prepared
from search_world import World, world_in

from inbox_tui.cache import schema, steps
from inbox_tui.core.feed import Opening


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A writing connection to a cache that follows an empty hub."""
    db = schema.connect(prepared(tmp_path))
    assert steps.begin(db, FEED, None, Opening(0, 0, 1, 0, True), 0)
    yield db
    db.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_in(tmp_path) as world:
        yield world
