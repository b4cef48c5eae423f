"""The feed, held against its executable specification: random interleavings of hubs, streams, panes, retention and restores."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from inbox_tui.hub.verbs import triage
from tests.models import feed_check, feed_spec
from tests.models.lockstep import RealCache, RealSpace


class World(feed_check.World):
    Space, Cache = RealSpace, RealCache

    def __init__(self, log: bool = False) -> None:
        super().__init__(log)
        for cache in self.caches:
            cache.space = self.space

    def do_page(self, a: int, b: int) -> None:
        """Beside the model's page, the cursors that the real one would have."""
        before = len(self.pages)
        super().do_page(a, b)
        for _, page in self.pages[before:]:
            ids = self.space.ids
            cursors = ids.get(page.before or 0, ""), "" if page.next is None else ids[page.next]
            object.__setattr__(page, "real", cursors)

    def do_answer(self, a: int, b: int) -> None:
        """A restore has closed every prompt that was open."""
        row = self.pick(a)
        if row is not None and row.id not in self.space.closed:
            super().do_answer(a, b)

    def close(self) -> None:
        self.space.store.close()
        for cache in self.caches:
            for pane in cache.panes:
                pane.close()


@pytest.mark.parametrize("live", [False, True], ids=["by window", "by run"])
@pytest.mark.parametrize("seed", [*range(8), *(pytest.param(n, marks=pytest.mark.soak) for n in range(8, 300))])
def test_the_real_parts_walk_as_the_model_does(seed: int, live: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RealSpace, "folder", tmp_path, raising=False)
    monkeypatch.setattr(RealCache, "folder", tmp_path, raising=False)
    monkeypatch.setattr(RealSpace, "live", live)
    monkeypatch.setattr(triage, "CHUNK", feed_spec.CHUNK)
    if live:
        monkeypatch.setattr(feed_spec, "WINDOW", 1 << 40)  # a run's live row has no window
    names, weights = list(feed_check.WEIGHTS), list(feed_check.WEIGHTS.values())
    for n in range(4):
        chance = random.Random(f"{seed}/{n}")
        steps = chance.choices(names, weights, k=160)
        trace = [(name, chance.randrange(60), chance.randrange(60)) for name in steps]
        world = World()
        try:
            feed_check.run(world, trace)
        finally:
            world.close()
