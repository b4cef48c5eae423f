"""Fixtures that every room shares: a private home, and nothing of the developer's own configuration."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
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


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh INBOX_HOME in a short folder: a Unix socket's path may have about 107 bytes only."""
    folder = Path(tempfile.mkdtemp(prefix="inbox-"))
    monkeypatch.setenv("INBOX_HOME", str(folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def paths(home: Path) -> Paths:
    return find_paths({"INBOX_HOME": str(home)})
