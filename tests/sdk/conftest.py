"""A hub for programs to talk to, and what it heard of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hubs import RunningHub


@pytest.fixture
def hub(home: Path) -> Iterator[RunningHub]:
    """This user's own hub: programs find it by INBOX_HOME."""
    running = RunningHub.start(home)
    yield running
    running.stop()
