"""What is large is read in bounded pieces: nothing is left out, nothing comes twice, and no answer is many times its share."""

from __future__ import annotations

import json

import pytest
from hub_world import AGENT, SPACE, Remove, Retention, World, message

from inbox_tui.hub.store import reads
from inbox_tui.hub.store.reads import Changes
from inbox_tui.hub.verbs import retain
from inbox_tui.hub.verbs.retain import Retain

LARGE, SMALL = "ä" * 60_000, "a"


async def fill(world: World, rows: int) -> list[str]:
    """Ids, oldest first; every third row is small."""
    events = [message(str(number), body=LARGE if number % 3 else SMALL) for number in range(rows)]
    return [published.id for published in await world.publish_all(events)]


@pytest.mark.parametrize("limit", [50, 100, 500])
async def test_a_page_of_large_rows_ends_early_and_goes_on_where_it_ended(world: World, limit: int) -> None:
    ids = await fill(world, 120)
    seen, before, sizes = list[str](), "", list[int]()
    while True:
        page = await world.page(before=before, limit=limit)
        seen += [json.loads(document)["id"] for document in page.items]
        sizes.append(sum(len(document.encode()) for document in page.items))
        if not page.next_cursor:
            break
        assert page.next_cursor == seen[-1]
        before = page.next_cursor
    assert seen == ids[::-1]
    assert max(sizes) <= reads.MOST_BYTES
    assert len(sizes) <= 4


async def test_changes_are_cut_by_bytes_between_rows_and_what_is_gone(world: World) -> None:
    """Whatever the share is, the pieces put together are the whole; a row that is larger than the share comes alone."""
    beginning = (await world.service.head(SPACE)).rev
    ids = await fill(world, 30)
    world.store.apply(SPACE, [Remove(*ids[5:20:2])], lambda: world.now)
    await fill(world, 10)
    await world.service.triage(SPACE, ids[6], "read")
    whole = await _changes(world, beginning, 1000, 1 << 30)
    assert not whole.more
    for limit, most in ((1000, 1), (1000, 130_000), (1000, 400_000), (7, 400_000), (3, 1 << 30)):
        cursor, found = beginning, []
        while True:
            piece = await _changes(world, cursor, limit, most)
            rows = [change.document for change in piece.items if change.document is not None]
            assert len(rows) <= 1 or sum(len(document.encode()) for document in rows) <= most
            assert len(piece.items) <= limit
            found += piece.items
            if not piece.more:
                break
            cursor = piece.items[-1].rev
        assert found == whole.items


async def _changes(world: World, cursor: int, limit: int, most_bytes: int) -> Changes:
    changes = await world.service.changes(SPACE, cursor, limit, most_bytes)
    assert changes is not None
    return changes


async def test_keys_of_questions_go_a_bounded_piece_a_commit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retain, "RECORDS", 10)
    for number in range(25):
        world.now += 1
        await world.service.asks.withdraw(SPACE, AGENT, f"never posted {number}")
    asked = await world.ask(key="its row is kept")
    world.advance(8 * 24 * 3600)
    left = []
    for _ in range(3):
        ((more),) = world.store.apply(SPACE, [Retain(Retention())], lambda: world.now).answers
        left.append((world.store.read(lambda connection: connection.execute("SELECT count(*) FROM ask"))[0][0], more))
    assert left == [(16, True), (6, True), (1, False)]
    assert (await world.service.asks.poll(SPACE, AGENT, "its row is kept", epoch=None, wait=0)).id == asked.id
