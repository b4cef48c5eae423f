"""What goes through many rows does so beside those that write: whoever has something to say waits for one piece of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest
from hub_world import SPACE, Retention, World, message

from inbox_tui.hub.store.store import Committed, Store, Verb
from inbox_tui.hub.verbs.publish import Publish

ROWS, KEPT = 2_000, 300


class Noting(Store):
    """Knows the batches that it began, by the titles of what was published in each."""

    def apply(self, space: str, verbs: Sequence[Verb], *args: Any, **more: Any) -> Committed:
        self.batches.append({verb.event.title for verb in verbs if isinstance(verb, Publish)})
        return super().apply(space, verbs, *args, **more)

    batches: list[set[str]]


class Noted(World):
    batches: list[set[str]]

    def open(self) -> Store:
        store = Noting.open(self.place)
        assert isinstance(store, Noting)
        self.batches = store.batches = []
        return store


WORK: dict[str, Callable[[World], Coroutine[Any, Any, object]]] = {
    "retention": lambda world: world.service.tick(),
    "done": lambda world: world.service.triage_all(SPACE, "done"),
    "mute": lambda world: world.service.mutes.make(SPACE, "source", "agent", "", until=None, by="ada"),
}


@pytest.mark.parametrize("work", WORK)
async def test_whoever_writes_waits_for_one_piece_at_most(place: Path | str, work: str) -> None:
    world = Noted(place, retention=Retention(rows_most=KEPT))
    await world.start()
    await world.publish_all(message(str(number)) for number in range(ROWS))
    world.batches.clear()
    working = asyncio.create_task(WORK[work](world))
    waited: list[int] = []
    while not working.done():
        begun, title = len(world.batches), f"beside {len(waited)}"
        await world.publish(message(title))
        mine = next(place for place, titles in enumerate(world.batches) if title in titles)
        waited.append(mine - begun)
    await working
    # One may have begun that was not seen yet, and the event's own is the next.
    assert max(waited) <= 1
    assert len(waited) > 4
    assert len(world.batches) > (ROWS - KEPT) // 250, "it was done in pieces"
    await world.stop()
