"""A hub for the commands to talk to."""

from __future__ import annotations

import pytest
from hubs import RunningHub


@pytest.fixture
def hub(hub: RunningHub) -> RunningHub:
    """Where it is started again, it has the same address."""
    hub.options["listen"] = hub.listen
    return hub
