"""Every route of the hub, as it declares them, walked by everybody who has no business there."""

from __future__ import annotations

import pytest
from hubs import RunningHub
from walking import SECRET, Walk, closed, intruders, owner

from inbox_tui.hub.access import Door
from inbox_tui.hub.app import ENDPOINTS
from inbox_tui.hub.endpoints import Endpoint

_OPENS = {"notify_session"}
"""What is named is made where there is none, so that its owner hears the same."""


@pytest.fixture(scope="module")
def walk(shared_hub: RunningHub) -> Walk:
    return Walk(shared_hub)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_nobody_else_gets_anything_not_even_a_hint(walk: Walk, endpoint: Endpoint) -> None:
    """What is there is answered as what is not, in the same words, and the space is as it was."""
    named = walk.something_new()
    before = walk.north()
    assert [table for table in before if before[table]], "the space is there to be harmed"
    for caller in intruders(walk, endpoint):
        for queries in (True, False):
            walk.ask(
                endpoint, caller, named.unlike("once"), queries=queries
            )  # does what there is to do in the caller's own space
            real = walk.ask(endpoint, caller, named, queries=queries)
            none = walk.ask(endpoint, caller, named.unlike(), queries=queries)
            assert real == none, caller
            assert real.status == (closed(endpoint, caller) or real.status) < 500, caller
            assert SECRET not in real.text, caller
    assert walk.north() == before


@pytest.mark.parametrize(
    "endpoint",
    [one for one in ENDPOINTS if "{" in one.path and one.door not in (Door.OPEN, Door.MACHINE) and one.name not in _OPENS],
    ids=lambda endpoint: f"{endpoint.method} {endpoint.path}",
)
def test_whom_it_is_for_is_told_the_difference(walk: Walk, endpoint: Endpoint) -> None:
    """Else the walk would prove nothing."""
    named, caller = walk.something_new(), owner(walk, endpoint)
    real, none = walk.ask(endpoint, caller, named), walk.ask(endpoint, caller, named.unlike())
    assert real != none
