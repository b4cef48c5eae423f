"""The feed and its readers over a real service, with tiny limits so that each is met: whatever a reader goes through, its map
ends as the space is."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hub_world import SPACE, World, message

from inbox_tui.hub.feed import Feeds
from inbox_tui.hub.service import Retention
from inbox_tui.hub.settings import Settings
from inbox_tui.hub.sse import EventStream

TINY = Settings(ring_frames=6, ring_bytes=6_000, write_bytes=1_500, ping_seconds=0.05, send_seconds=30)


class Reader:
    """The other end of a stream: takes a write only when told to, and keeps what a pane would keep."""

    def __init__(self, feeds: Feeds, cursor: int | None) -> None:
        self.cursor, self.rows, self.gone = cursor, dict[str, dict[str, Any]](), set[str]()
        self.opening = ""
        self.pings: list[int] = []
        self.writes: list[int] = []
        self._room = asyncio.Semaphore(0)
        self._left = asyncio.Event()
        self.caught_up = asyncio.Event()
        stream = EventStream(feeds.of(SPACE), TINY, asked=cursor, is_allowed=self._always)
        self.task = asyncio.create_task(stream({}, self._receive, self._send))

    def let(self, writes: int = 1_000_000) -> None:
        """Reads so many more writes."""
        for _ in range(min(writes, 2_000)):
            self._room.release()

    async def leave(self) -> None:
        self._left.set()
        self.let(1)
        await self.task

    async def _always(self) -> bool:
        return True

    async def _receive(self) -> dict[str, Any]:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start" or not message["more_body"]:
            return
        await self._room.acquire()
        self.writes.append(len(message["body"]))
        for text in message["body"].decode().removesuffix("\n\n").split("\n\n"):
            self._take(dict(line.split(": ", 1) for line in text.split("\n")))

    def _take(self, frame: dict[str, str]) -> None:
        data = json.loads(frame["data"])
        if "retry" in frame:
            self.opening, self.cursor = frame["event"], int(frame["id"])
            return
        if "id" in frame:
            assert self.cursor is None or int(frame["id"]) > self.cursor
            self.cursor = int(frame["id"])
        if frame["event"] == "ping":
            self.pings.append(data["rev"])
            if data["rev"] == self.cursor:
                self.caught_up.set()
        elif frame["event"] == "notification.removed":
            self.rows.pop(data["id"], None)
            self.gone.add(data["id"])
        elif "notification" in data:
            self.rows[data["notification"]["id"]] = data["notification"]


@pytest.fixture
async def feeds(world: World) -> AsyncIterator[Feeds]:
    await world.publish(message(title="the first row"))
    feeds = Feeds(world.service, TINY)
    yield feeds
    feeds.close()


async def stored(world: World) -> dict[str, dict[str, Any]]:
    found = (json.loads(text) for text in (await world.page()).items)
    return {row["id"]: row for row in found}


async def at_the_end(world: World, reader: Reader) -> None:
    """Until the reader has heard a ping that proves that it has everything."""
    reader.let()
    rev = (await world.service.head(SPACE)).rev
    while reader.cursor != rev or rev not in reader.pings:
        reader.caught_up.clear()
        await asyncio.wait_for(reader.caught_up.wait(), 10)


SEEDS = [("sqlite", seed) for seed in range(15)] + [("postgres", seed) for seed in range(15, 19)]


@pytest.mark.parametrize(("place", "seed"), SEEDS, indirect=["place"])
async def test_every_reader_ends_as_the_space_is(world: World, feeds: Feeds, seed: int) -> None:
    dice = random.Random(seed)
    epoch = (await world.service.head(SPACE)).epoch
    readers = [Reader(feeds, epoch)]
    for step in range(120):
        match dice.randrange(8):
            case 0 | 1 | 2:
                body = "x" * dice.choice([0, 300, 2_500])
                await world.publish(message(title=f"row {dice.randrange(8)}", body=body))
            case 3:
                row = dice.choice(await world.rows())
                await world.service.triage(SPACE, row.id, dice.choice(["read", "unread", "done", "undone"]))
            case 4:
                await world.service.triage_all(SPACE, dice.choice(["read", "unread"]))
                world.advance(dice.choice([1, 4_000]))
            case 5 | 6:
                dice.choice(readers).let(dice.randrange(1, 4))
            case 7 if len(readers) < 5:
                readers.append(Reader(feeds, epoch))
            case 7:
                reader = dice.choice(readers)
                await reader.leave()
                after = Reader(feeds, reader.cursor)
                after.rows = reader.rows
                readers[readers.index(reader)] = after
        if step % 10 == 0:
            await asyncio.sleep(0)
    truth = await stored(world)
    for reader in readers:
        await at_the_end(world, reader)
        assert reader.opening == "ping"
        assert reader.rows == truth
        await reader.leave()


async def test_a_reader_far_behind_is_served_from_the_store_in_small_writes(world: World, feeds: Feeds) -> None:
    epoch = (await world.service.head(SPACE)).epoch
    behind, ahead = Reader(feeds, epoch), Reader(feeds, epoch)
    await at_the_end(world, ahead)
    await world.publish_all(message(title=f"row {number}", body="x" * 400) for number in range(300))
    await at_the_end(world, ahead)
    await at_the_end(world, behind)
    assert behind.rows == ahead.rows
    assert max(behind.writes) <= TINY.write_bytes
    for reader in (behind, ahead):
        await reader.leave()


async def test_one_frame_that_is_larger_than_a_write_still_goes_out(world: World, feeds: Feeds) -> None:
    reader = Reader(feeds, (await world.service.head(SPACE)).epoch)
    await world.publish(message(title="big", body="x" * 20_000))
    await at_the_end(world, reader)
    assert max(reader.writes) > 20_000
    await reader.leave()


async def test_a_restore_under_the_hub_hangs_up_and_the_next_opening_says_so(world: World, feeds: Feeds) -> None:
    reader = Reader(feeds, None)
    await at_the_end(world, reader)
    cursor = reader.cursor
    epoch = await asyncio.to_thread(world.store.restore_epoch, SPACE, lambda: world.now)
    await world.publish(message(title="after the restore"))
    await asyncio.wait_for(reader.task, 10)
    again = Reader(feeds, cursor)
    await at_the_end(world, again)
    assert (again.opening, (again.cursor or 0) > epoch) == ("resync", True)
    await again.leave()


async def test_what_is_removed_is_told(place: Path | str) -> None:
    world = World(place, retention=Retention(rows_days=1))
    await world.start()
    feeds = Feeds(world.service, TINY)
    old = await world.publish(message(title="old"))
    reader = Reader(feeds, old.epoch)
    await at_the_end(world, reader)
    world.advance(3 * 86_400)
    await world.service.tick()
    await world.publish(message(title="new"))
    await at_the_end(world, reader)
    assert reader.gone == {old.id}
    assert reader.rows == await stored(world)
    await reader.leave()
    feeds.close()
    await world.stop()


async def test_a_cursor_older_than_the_last_tombstone_that_went_is_not_good(world: World, feeds: Feeds) -> None:
    head = await world.service.head(SPACE)
    for cursor, opening in ((head.floor - 1, "resync"), (head.floor, "ping"), (head.rev, "ping"), (head.rev + 1, "resync")):
        reader = Reader(feeds, cursor)
        await at_the_end(world, reader)
        assert reader.opening == opening
        await reader.leave()


async def test_a_feed_that_closes_ends_its_streams(world: World, feeds: Feeds) -> None:
    reader = Reader(feeds, None)
    await at_the_end(world, reader)
    feeds.close()
    await asyncio.wait_for(reader.task, 10)
    late = Reader(feeds, None)
    late.let()
    await asyncio.wait_for(late.task, 10)
    assert late.opening == "resync"
