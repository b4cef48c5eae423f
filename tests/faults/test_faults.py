"""Every part killed, stopped and cut off at every step of asking, deciding and answering: nobody acts on what nobody answered."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from judge import outcomes, verdicts
from playing import Played
from schedules import every, seeded, table
from world import World, world

BATCH, TRIES = 60, 5


def judge(it: World, played: list[Played]) -> None:
    """After one more kill: what holds is what is on the disk."""
    it.kill_hub()
    assert not (found := verdicts(it, played)), "\n".join(found)
    print(len(played), "plans,", it.disturbances, "times a hub killed or stopped:", dict(sorted(outcomes(played).items())))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("harms_all", [False, True], ids=["askers, operators and lines", "hubs"])
def test_each_trouble_at_each_call(home: Path, harms_all: bool) -> None:
    with world(home) as it:
        plans, played = [plan for plan in table() if plan.harms_all == harms_all], []
        for _ in range(TRIES):
            played += it.play_all(plans)
            # What happened to others has kept some of them from coming so far.
            if not (plans := [one.plan for one in played[-len(plans) :] if not one.met]):
                break
        judge(it, played)
        assert not plans, "never came to pass"


@pytest.mark.soak
def test_each_trouble_at_each_step_of_each_asker(home: Path) -> None:
    plans = iter(every())
    with world(home) as it:
        while batch := list(islice(plans, BATCH)):
            judge(it, it.play_all(batch))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_any_troubles_in_any_order(home: Path, seed: int) -> None:
    with world(home) as it:
        judge(it, it.play_all(islice(seeded(seed), BATCH)))
