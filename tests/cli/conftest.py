"""A hub for the commands to talk to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hubs import RunningHub


@pytest.fixture
def hub(home: Path) -> Iterator[RunningHub]:
    """This user's own hub: commands find it by INBOX_HOME."""
    running = RunningHub.start(home)
    running.options["listen"] = running.listen
    yield running
    running.stop()
