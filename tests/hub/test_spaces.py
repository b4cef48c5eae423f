"""Spaces: made by name and by nothing else, removed with everything in them, a piece at a time, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
from commands import eventually
from following import STREAM, Follower, follow
from hub_world import AGENT, SPACE, World, about, message, prompt
from hubs import RunningHub

from inbox_tui.core.errors import Refused
from inbox_tui.hub.feed import Feeds
from inbox_tui.hub.service import Service
from inbox_tui.hub.settings import Settings
from inbox_tui.hub.spaces import _Remove
from inbox_tui.hub.store import erasing, statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.database import Connection
from inbox_tui.hub.store.erasing import Erase
from inbox_tui.hub.store.migrations import STEPS
from inbox_tui.hub.store.records import Held, Wanted
from inbox_tui.hub.store.store import Store
from inbox_tui.hub.values import Terminal
from inbox_tui.hub.verbs.flows import ChangeFlows
from inbox_tui.hub.verbs.publish import Publish

TEAM = "team"


_MADE = re.findall(r"CREATE TABLE (\w+) (\([^;]*)", "".join(STEPS))
TABLES = {name: "space {id} NOT NULL" in rest for name, rest in _MADE if name != "unfinished_copy"}
"""Every table, and whether its records are spaces'."""


def records(world: World, space: str = TEAM) -> dict[str, int]:
    """How many records each table has of the space, of those that have any."""

    def count(connection: Connection) -> dict[str, int]:
        found = {}
        for table, is_of_spaces in TABLES.items():
            which = "space" if is_of_spaces else "name"
            ((found[table],),) = connection.execute(f"SELECT count(*) FROM {table} WHERE {which} = :space", {"space": space})
        return {table: number for table, number in found.items() if number}

    return world.store.read(count)


@dataclass(frozen=True)
class Beside:
    """Done to a row as the hub's own verbs would, at another time."""

    id: str
    do: Callable[[Batch, Held], None]

    def prepare(self, wanted: Wanted) -> None:
        wanted.ids.add(self.id)

    def run(self, batch: Batch) -> None:
        held = batch.row(self.id)
        assert held is not None
        self.do(batch, held)


async def fill(world: World, space: str = TEAM, rows: int = 3) -> None:
    """Something in every table: three rows are left besides."""
    service = world.service
    await service.create_key(space, "ci", "send")
    await asyncio.gather(*(service.publish(space, AGENT, message(str(number))) for number in range(rows)))
    question = await service.publish(space, AGENT, prompt(), idempotency_key="ask")
    await service.publish(space, AGENT, message("run", kind="task.started", run_id="r1"))
    await service.triage(space, question.id, "read", idempotency_key="triage")
    await service.mutes.make(space, "source", "nobody", "nobody", until=None, by="ada")
    with pytest.raises(Refused):
        await service.decide(space, question.id, key="?", comment="", raised_rev=1, epoch=1, attempt="12345678", by="", via="")
    await service.publish(space, AGENT, about(await world.keep(b"file", space=space)))
    await service.messages.open_session(space, AGENT, "of the test")
    await service.sessions.register(space, AGENT, id="Codex 1", label="", terminal=Terminal())
    world.store.apply(space, [ChangeFlows("sealed", "ada", 0)], lambda: world.now)
    gone = await service.publish(space, AGENT, message("gone"))
    beside = [Beside(gone.id, Batch.remove), Beside(question.id, lambda batch, held: batch.add_callback(held, "host", "sealed"))]
    world.store.apply(space, beside, lambda: world.now)
    assert records(world, space).keys() == {"space", *statements.OF_A_SPACE}


async def erase(world: World) -> None:
    while records(world):
        await world.service.tick()


def test_every_table_of_spaces_is_erased() -> None:
    assert {table for table, is_of_spaces in TABLES.items() if is_of_spaces} == set(statements.OF_A_SPACE)
    assert {table for table, is_of_spaces in TABLES.items() if not is_of_spaces} <= {"space", "secret"}


async def test_a_removed_space_leaves_nothing_and_the_others_as_they_were(world: World) -> None:
    await world.service.create_space(TEAM)
    await fill(world)
    await fill(world, SPACE)
    mine = records(world, SPACE)
    await world.service.remove_space(TEAM, confirm=TEAM)
    await erase(world)
    assert records(world, SPACE) == mine
    assert [space.name for space in await world.service.list_spaces()] == [SPACE]


async def test_it_is_erased_a_bounded_piece_a_commit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "RECORDS", 10)
    await world.service.create_space(TEAM)
    await fill(world, rows=50)
    await world.service.remove_space(TEAM, confirm=TEAM)
    more, before = True, sum(records(world).values())
    while more:
        ((more),) = world.store.apply(TEAM, [Erase()], lambda: world.now).answers
        after = sum(records(world).values())
        assert 0 < before - after <= 10
        before = after
    assert before == 0


async def test_a_crash_in_the_middle_of_it_is_gone_on_from(world: World) -> None:
    await world.service.create_space(TEAM)
    await fill(world)
    await world.service.remove_space(TEAM, confirm=TEAM)
    world.store.apply(TEAM, [Erase()], lambda: world.now)
    assert records(world)
    await world.restart()
    await erase(world)


async def test_nothing_springs_up_by_being_written_to(world: World) -> None:
    service = world.service
    await service.create_space(TEAM)
    published = await service.publish(TEAM, AGENT, prompt(), idempotency_key="ask")
    await service.remove_space(TEAM, confirm=TEAM)
    for space in (TEAM, "never-made"):
        for late in (
            service.publish(space, AGENT, message()),
            service.triage(space, published.id, "read"),
            service.asks.poll(space, AGENT, "ask", epoch=None, wait=0),
            service.asks.withdraw(space, AGENT, "ask"),
            service.create_key(space, "late", "send"),
            service.head(space),
            service.page(space, limit=1),
        ):
            with pytest.raises(Refused) as refused:
                await late
            assert refused.value.status == 404
    await erase(world)
    assert await service.list_keys() == []


async def test_what_follows_a_removal_in_its_batch_is_too_late(world: World) -> None:
    await world.service.create_space(TEAM)
    verbs = [Publish(AGENT, message("before")), _Remove(TEAM), Erase(), Publish(AGENT, message("after")), Erase()]
    before, removed, more, after, _ = world.store.apply(TEAM, verbs, lambda: world.now).answers
    assert (getattr(before, "is_new", None), removed, more) == (True, None, True)
    assert isinstance(after, Refused)
    await erase(world)


async def test_names_that_cannot_be(world: World) -> None:
    for name in ("", "-a", "_a", "A", "a b", "a/b", "ä", "a\n", "a" * 64, "a.b"):
        with pytest.raises(Refused) as refused:
            await world.service.create_space(name)
        assert (refused.value.status, refused.value.errors[0].location) == (422, "body.name")
        with pytest.raises(Refused) as refused:
            await world.service.remove_space(name, confirm=name)
        assert refused.value.status == 404


async def test_a_name_is_one_spaces_at_a_time(world: World) -> None:
    service = world.service
    for name in ("0", "a" * 63, "a_b-c"):
        await service.create_space(name)
    answers = await asyncio.gather(*(service.create_space(TEAM) for _ in range(5)), return_exceptions=True)
    assert sorted(getattr(answer, "code", "made") for answer in answers) == ["made"] + 4 * ["name_taken"]
    with pytest.raises(Refused, match="already"):
        await service.create_space(SPACE)
    first = await service.head(TEAM)
    await service.remove_space(TEAM, confirm=TEAM)
    with pytest.raises(Refused, match="still being erased"):
        await service.create_space(TEAM)
    await erase(world)
    world.advance(1)
    await service.create_space(TEAM)
    again = await service.head(TEAM)
    assert again.epoch == again.floor == again.rev > first.rev


async def test_the_default_one_stays_and_nothing_goes_unconfirmed(world: World) -> None:
    await world.service.create_space(TEAM)
    for name, confirm, code in ((SPACE, SPACE, "default_space"), (TEAM, "", "unconfirmed"), (TEAM, SPACE, "unconfirmed")):
        with pytest.raises(Refused) as refused:
            await world.service.remove_space(name, confirm=confirm)
        assert (refused.value.status, refused.value.code) == (409, code)
    assert [space.name for space in await world.service.list_spaces()] == [SPACE, TEAM]


async def test_spaces_are_told_in_numbers(world: World) -> None:
    await world.service.create_space(TEAM)
    await fill(world)
    default, team = await world.service.list_spaces()
    assert replace(default, created_at=0) == replace(default, rows=0, unread=0, open_prompts=0, keys=0, created_at=0)
    assert (team.rows, team.unread, team.open_prompts, team.keys) == (6, 5, 1, 1)


async def test_another_hub_of_the_same_database_finds_out(world: World) -> None:
    """Its streams end, and its keys stop within a second."""
    await world.service.create_space(TEAM)
    key = await world.service.create_key(TEAM, "ci", "operate")
    store = Store.open(world.place)
    elsewhere = Service(store, clock=lambda: world.now, monotonic=lambda: world.seconds)
    await elsewhere.start()
    assert await elsewhere.authenticate(key.key_text) is not None
    feed = Feeds(elsewhere, Settings(ping_seconds=0.02)).of(TEAM)
    await feed.subscribe(_Reader())
    await world.service.remove_space(TEAM, confirm=TEAM)
    async with asyncio.timeout(10):
        while not feed.closed:
            await feed.changed()
    world.advance(1)
    assert await elsewhere.authenticate(key.key_text) is None
    await elsewhere.tick()
    assert not records(world)
    await elsewhere.close()
    store.close()


class _Reader:
    def look(self, now: float) -> None:
        pass


async def test_who_is_connected_is_sent_away_and_its_key_never_comes_back(hub: RunningHub) -> None:
    assert hub.call("POST", "/api/spaces", {"name": TEAM}).status == 201
    operate, send = (hub.new_key(role, role, space=TEAM) for role in ("operate", "send"))
    headers, asker = ({"X-API-Key": key["key"]} for key in (operate, send))
    asked = {"by": "tcp", "headers": {**asker, "Idempotency-Key": "ask"}}
    assert hub.call("POST", "/api/events", {"title": "?", "is_prompt": True}, **asked).status == 202
    token = hub.call("POST", "/api/stream-token", by="tcp", headers=headers).document["token"]
    with ThreadPoolExecutor() as pool:
        async with follow(hub, url=hub.url + STREAM, headers=headers) as (_, reader):
            await _drain(reader)
            poll = pool.submit(hub.call, "GET", "/api/asks/ask?wait=30", by="tcp", headers=asker)
            assert (await reader.next()).data["notification"]["waiting"] == "here"
            assert hub.call("DELETE", f"/api/spaces/{TEAM}?confirm={TEAM}").status == 204
            with pytest.raises(EOFError):
                await reader.next()
        assert poll.result(10).document["status"] == "unknown"
    eventually(lambda: hub.call("POST", "/api/spaces", {"name": TEAM}).status == 201)
    for path, how in (("/api/notifications", headers), ("/api/asks/ask", asker), (f"{STREAM}?token={token}", {})):
        assert hub.call("GET", path, by="tcp", headers=how).status == 401
    headers = {"X-API-Key": hub.new_key("operate", "operate", space=TEAM)["key"]}
    async with follow(hub, url=hub.url + STREAM, headers=headers) as (opening, _):
        assert opening.event == "resync"


async def _drain(reader: Follower) -> None:
    await reader.until_ping()


async def test_a_stream_hears_of_its_own_space_alone(hub: RunningHub) -> None:
    hub.call("POST", "/api/spaces", {"name": TEAM})
    operate, send = ({"X-API-Key": hub.new_key(role, role, space=TEAM)["key"]} for role in ("operate", "send"))
    async with follow(hub) as (_, default), follow(hub, url=hub.url + STREAM, headers=operate) as (_, team):
        for number in range(3):
            hub.publish(title=f"default {number}")
            hub.call("POST", "/api/events", {"title": f"team {number}"}, by="tcp", headers=send)
        for reader, space in ((default, "default"), (team, "team")):
            heard = [(await reader.next()).data["notification"]["title"] for _ in range(3)]
            assert heard == [f"{space} {number}" for number in range(3)]
