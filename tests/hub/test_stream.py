"""The stream over real connections: its shape, resuming, and that one reader never harms another."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from following import STREAM, Follower, Frame, follow
from hubs import RunningHub


async def publish(hub: RunningHub, **event: Any) -> dict[str, Any]:
    return await asyncio.to_thread(hub.publish, **event)


def rows_of(frames: list[Frame]) -> dict[str, int]:
    """Row id → its latest rev, as a reader's map would hold it."""
    return {frame.data["notification"]["id"]: frame.data["notification"]["rev"] for frame in frames}


async def test_a_first_reader_starts_at_the_head_and_is_told_to_read_the_pages(hub: RunningHub) -> None:
    before = await publish(hub, title="before")
    async with follow(hub) as (opening, reader):
        assert opening == Frame(
            "resync",
            before["rev"],
            {"epoch": before["epoch"], "rev": before["rev"], "unread_count": 1, "state": {"storage": ""}},
        )
        ping = await reader.next(pings=True)
        assert (ping.event, ping.id, ping.data) == ("ping", None, opening.data)
        async with asyncio.timeout(5):  # not the 15 s of later ones: a reader of the pages wants its proof
            assert (await reader.next(pings=True)).event == "ping"
        after = await publish(hub, title="after")
        created = await reader.next()
        assert (created.event, created.id) == ("notification.created", after["rev"])
        assert created.data["notification"]["title"] == "after"
        assert created.data["unread_count"] == 2


async def test_a_repeat_is_an_update_and_so_is_a_read(hub: RunningHub) -> None:
    async with follow(hub) as (_, reader):
        first = await publish(hub, title="again")
        await publish(hub, title="again")
        assert [(await reader.next()).event for _ in range(2)] == ["notification.created", "notification.updated"]
        reply = await asyncio.to_thread(hub.call, "POST", f"/api/notifications/{first['id']}/read")
        read = await reader.next()
        assert (read.event, str(read.id), read.data["unread_count"]) == ("notification.updated", reply.headers["x-inbox-rev"], 0)
        assert read.data["notification"]["count"] == 2


async def test_a_bulk_verb_sends_its_rows_and_then_the_count(hub: RunningHub) -> None:
    for number in range(3):
        await publish(hub, title=f"row {number}")
    async with follow(hub) as (_, reader):
        await asyncio.to_thread(hub.call, "POST", "/api/notifications/read")
        frames = [await reader.next() for _ in range(4)]
        assert Counter(frame.event for frame in frames) == {
            "notification.updated": 3,
            "notifications.unread_count_changed": 1,
        }
        assert frames[-1] == Frame("notifications.unread_count_changed", None, {"unread_count": 0})


async def test_resuming_gives_each_change_since_the_cursor_once(hub: RunningHub) -> None:
    async with follow(hub) as (opening, reader):
        for number in range(5):
            await publish(hub, title=f"row {number}")
        seen = [await reader.next() for _ in range(2)]
    for number in range(5, 250):
        await publish(hub, title=f"row {number}")
    async with follow(hub, seen[-1].id) as (resumed, reader):
        assert (resumed.event, resumed.id) == ("ping", seen[-1].id)
        rest = await reader.until_ping()
    ids = [frame.data["notification"]["id"] for frame in seen + rest]
    assert len(ids) == len(set(ids)) == 250
    assert [frame.id for frame in rest] == sorted(frame.id or 0 for frame in rest)
    assert opening.id is not None


async def test_two_readers_end_with_the_same_rows(hub: RunningHub) -> None:
    async with follow(hub) as (start, live), follow(hub) as (_, other):
        for number in range(100):
            await publish(hub, title=f"row {number % 7}", kind="tick")
        last = (await publish(hub, title="last"))["rev"]
        ends = [await _until(reader, last) for reader in (live, other)]
    async with follow(hub, start.id) as (_, late):
        ends.append(await _until(late, last))
    assert rows_of(ends[0]) == rows_of(ends[1]) == rows_of(ends[2])
    assert len(rows_of(ends[0])) == 8


async def _until(reader: Follower, rev: int) -> list[Frame]:
    frames = [await reader.next()]
    while frames[-1].id != rev:
        frames.append(await reader.next())
    return frames


@pytest.mark.parametrize("cursor", ["0", "99999999999999999", "-1", "01JD0Q4N3V5W8XRZ2K7M9T6BHC", "1e3", "null", "9" * 400])
async def test_a_cursor_that_is_not_good_begins_anew(hub: RunningHub, cursor: str) -> None:
    async with follow(hub, cursor) as (opening, _):
        assert opening.event == "resync"


async def test_the_cursor_may_stand_in_the_url(hub: RunningHub) -> None:
    epoch = (await publish(hub, title="one"))["epoch"]
    key = hub.new_key("pane", "operate")["key"]
    url = f"{hub.url}{STREAM}?last_event_id={epoch}"
    async with follow(hub, url=url, headers={"X-API-Key": key}) as (opening, reader):
        assert (opening.event, opening.id) == ("ping", epoch)
        assert (await reader.next()).data["notification"]["title"] == "one"


async def test_a_cursor_outlives_the_hub(hub: RunningHub) -> None:
    rev = (await publish(hub, title="one"))["rev"]
    hub.kill9()
    hub.restart()
    await publish(hub, title="two")
    async with follow(hub, rev) as (opening, reader):
        assert opening.event == "ping"
        assert (await reader.next()).data["notification"]["title"] == "two"


async def test_a_reader_that_stops_reading_is_dropped_and_delays_nobody(home: Path) -> None:
    hub = RunningHub.start(home, ping_seconds=0.2, send_seconds=1)
    stalled = socket.socket(socket.AF_UNIX)
    stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stalled.connect(str(hub.operate_socket))
    stalled.sendall(f"GET {STREAM} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    body = "x" * 100_000
    async with follow(hub) as (_, reader):
        for number in range(30):
            await publish(hub, title=f"row {number}", body=body)
            assert (await reader.next()).data["notification"]["title"] == f"row {number}"
        await asyncio.wait_for(asyncio.to_thread(_read_to_end, stalled, hub), 20)
    assert hub.stop() == 0


def _read_to_end(stalled: socket.socket, hub: RunningHub) -> None:
    """Waits until the hub has hung up, without reading; then the connection must be at its end."""
    stalled.settimeout(15)
    with stalled:
        _wait_for_hangup(stalled)
        while stalled.recv(65536):
            pass


def _wait_for_hangup(stalled: socket.socket) -> None:
    import select

    poll = select.poll()
    poll.register(stalled, select.POLLHUP | select.POLLRDHUP)
    assert poll.poll(15_000)


async def test_a_reader_that_leaves_is_forgotten_at_once(hub: RunningHub) -> None:
    for _ in range(20):
        async with follow(hub):
            pass
    async with follow(hub) as (_, reader):
        await publish(hub, title="still here")
        assert (await reader.next()).data["notification"]["title"] == "still here"
    assert "broke off" not in hub.paths.hub_log.read_text()


async def test_streams_end_with_the_hub_within_a_second(hub: RunningHub) -> None:
    async with follow(hub) as (_, reader), follow(hub) as (_, other):
        stopping = asyncio.get_running_loop().time()
        await asyncio.to_thread(hub.stop)
        assert asyncio.get_running_loop().time() - stopping < 5
        for one in (reader, other):
            with pytest.raises(EOFError):
                await one.next()
