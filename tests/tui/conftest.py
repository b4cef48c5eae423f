"""Fixtures of the pane's room. The rows of the pictures serve as test data too."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from hubs import RunningHub

sys.path.insert(0, str(Path(__file__).parents[2] / "screenshots"))

from tui_world import OpenPane, open_pane

from inbox_tui.client.target import Target, find_target
from inbox_tui.core.paths import Paths


@pytest.fixture
def pane(paths: Paths) -> OpenPane:
    """Opens a pane over given rows: `async with pane(rows) as it`."""
    return partial(open_pane, paths)


@pytest.fixture
def target(hub: RunningHub) -> Target:
    return find_target({}, hub.paths)


@pytest.fixture
def tmux(home: Path) -> Iterator[Callable[..., str]]:
    """A tmux of the test's own, whose socket is `tmux.sock` in its home: `tmux("new-session", …)` answers what it said."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not on the PATH")
    command = ["tmux", "-S", str(home / "tmux.sock"), "-f", "/dev/null"]

    def run(*arguments: str) -> str:
        return subprocess.run([*command, *arguments], check=True, capture_output=True, text=True, timeout=20).stdout.strip()

    yield run
    subprocess.run([*command, "kill-server"], capture_output=True, check=False, timeout=20)
