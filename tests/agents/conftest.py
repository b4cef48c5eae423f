"""A hub for hooks to talk to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hubs import RunningHub


@pytest.fixture
def hub(hub: RunningHub) -> Iterator[RunningHub]:
    """A test may leave its disk full: it ends in good order all the same."""
    yield hub
    if hub.process.poll() is None:
        hub.limit_files()


@pytest.fixture
def idle_hub(shared_hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningHub]:
    """One hub for all the tests of a module in which no question ever reaches it."""
    monkeypatch.setenv("INBOX_HOME", str(shared_hub.home))
    yield shared_hub
    shared_hub.paths.config_file.unlink(missing_ok=True)
