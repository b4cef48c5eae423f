"""Fixtures that every room shares: a private home, and nothing of the developer's own configuration."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hubs import RunningHub
from hypothesis import settings

from inbox_tui.core.paths import Paths, find_paths

settings.register_profile("same every time", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=2000, deadline=None)


def pytest_configure(config: pytest.Config) -> None:
    """Property tests look at the same examples in every run; a campaign looks for new ones."""
    settings.load_profile("search" if "not soak" not in config.getoption("markexpr") else "same every time")


@pytest.fixture(autouse=True)
def hermetic(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the developer's hub, keys, colours or agents."""
    for name in list(os.environ):
        if name.startswith(("INBOX_", "NOTILENS_")) or name in ("NO_COLOR", "TMUX", "TMUX_PANE"):
            monkeypatch.delenv(name)


@contextmanager
def short_folder() -> Iterator[Path]:
    """A Unix socket's path may have about 107 bytes only."""
    folder = Path(tempfile.mkdtemp(prefix="inbox-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh INBOX_HOME in a short folder."""
    with short_folder() as folder:
        monkeypatch.setenv("INBOX_HOME", str(folder))
        yield folder


@pytest.fixture
def paths(home: Path) -> Paths:
    return find_paths({"INBOX_HOME": str(home)})


@pytest.fixture
def hub(home: Path) -> Iterator[RunningHub]:
    """A hub of the test's own, in a process: what runs beside it finds it by INBOX_HOME."""
    hub = RunningHub.start(home, ping_seconds=0.2)
    yield hub
    assert hub.stop() in (0, -9), hub.paths.hub_log.read_text()


@pytest.fixture(scope="module")
def shared_hub() -> Iterator[RunningHub]:
    """One hub for the tests of a module that do not mind what else is in it."""
    with short_folder() as folder:
        hub = RunningHub.start(folder, ping_seconds=0.2)
        yield hub
        assert hub.stop() == 0
