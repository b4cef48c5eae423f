"""A hub for hooks to talk to."""

from __future__ import annotations

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
