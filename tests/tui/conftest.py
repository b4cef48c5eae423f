"""Fixtures of the pane's room. The rows of the pictures serve as test data too."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "screenshots"))

from tui_world import OpenPane, open_pane

from inbox_tui.core.paths import Paths


@pytest.fixture
def pane(paths: Paths) -> OpenPane:
    """Opens a pane over given rows: `async with pane(rows) as it`."""
    return partial(open_pane, paths)
