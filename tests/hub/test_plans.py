"""No statement looks at more than it has to, however much there is: each is explained while a service does everything once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import pytest
from everything import do_everything, replace
from filling import fill
from hub_world import SPACE, World
from planning import Explained, Plan
from test_statements import texts

from inbox_tui.hub.service import Retention
from inbox_tui.hub.store.database import Database
from inbox_tui.hub.store.postgres import PostgresDatabase
from inbox_tui.hub.store.sqlite import SqliteDatabase
from inbox_tui.hub.store.store import Store
from inbox_tui.hub.verbs import mutes, triage

QUIET = "quiet-1"
MOST = 2_500
"""Pages, or tens of steps, for the largest piece: to delete a thousand records. The busy space has more in the short form too."""
LARGE = {"notification", "event", "measure"}
ELSEWHERE = {"HEADS", "UNFINISHED_COPY", "BEGIN_COPY", "END_COPY", "KEY_IS_LIVE"}
"""For copies of a whole database, which read all of it."""


class Watched(World):
    """A service whose every statement is explained."""

    def __init__(self, place: Path | str) -> None:
        super().__init__(place, retention=Retention(rows_most=10**6, first_events=2, last_events=4))
        self.database = Explained(SqliteDatabase(place) if isinstance(place, Path) else PostgresDatabase(place))

    def open(self) -> Store:
        return Store(cast(Database, self.database))


@pytest.mark.parametrize(
    ("rows", "quiet", "stretch"),
    [
        pytest.param(200, 3, 400, id="short"),
        pytest.param(10_000, 50, 5_000, id="a million", marks=[pytest.mark.soak, pytest.mark.timeout(3600)]),
    ],
)
async def test_no_statement_looks_at_more_than_it_has_to(
    place: Path | str, rows: int, quiet: int, stretch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (triage, mutes):
        monkeypatch.setattr(module, "STRETCH", stretch)
    store = Store.open(place)
    fill(store, rows=rows, quiet=quiet)
    store.close()
    world = Watched(place)
    await world.start()
    try:
        for space in (SPACE, QUIET):
            await do_everything(world, space)
        await replace(world, QUIET)
    finally:
        await world.stop()
    plans = world.database.plans
    assert sorted(forgotten(plans)) == [], "`do_everything` is to do what runs it"
    is_small = rows < 1_000 and world.store.database.lanes > 1
    assert is_small or not [plan for plan in plans if plan.walked & LARGE], "PostgreSQL may walk through what is small"
    assert not [plan for plan in plans if plan.work > max(MOST, 4 * stretch)]


def forgotten(plans: list[Plan]) -> set[str]:
    """Statements of the store that nothing here has run, by name."""
    ran = {re.sub(r"IN \(:[^)]*\)", "IN (:values)", plan.sql).removesuffix(" FOR UPDATE") for plan in plans}
    return {name for name, text in texts() if text not in ran and name[0] != "_"} - ELSEWHERE
