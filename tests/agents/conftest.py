"""A hub for hooks to talk to."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hubs import RunningHub


@pytest.fixture
def hub(home: Path) -> Iterator[RunningHub]:
    """This user's own hub: hooks find it by INBOX_HOME."""
    running = RunningHub.start(home)
    yield running
    if running.process.poll() is None:
        running.limit_files()
    running.stop()


@pytest.fixture(scope="module")
def shared_hub() -> Iterator[RunningHub]:
    folder = Path(tempfile.mkdtemp(prefix="inbox-"))
    running = RunningHub.start(folder)
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def idle_hub(shared_hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningHub]:
    """One hub for all the tests of a module in which no question ever reaches it."""
    monkeypatch.setenv("INBOX_HOME", str(shared_hub.home))
    yield shared_hub
    shared_hub.paths.config_file.unlink(missing_ok=True)
