"""What time does to rows, and what it never does."""

from __future__ import annotations

import pytest
from hub_world import AGENT, PERMITTING, SPACE, Rate, Retention, World, defaulting, message, prompt

from inbox_tui.core.errors import Refused
from inbox_tui.core.model import PROMPT_LIFETIME, Event
from inbox_tui.core.times import SECOND
from inbox_tui.hub.service import Service

DAY = 86_400.0


async def test_a_question_expires_and_says_so(world: World) -> None:
    asked = await world.ask(timeout=10)
    world.advance(9.9)
    await world.service.tick()
    assert (await world.row(asked.id)).is_open
    world.advance(0.2)
    await world.service.tick()
    row = await world.row(asked.id)
    assert (row.closed, row.decision, row.read_at) == ("expired", None, None)
    assert (await world.service.asks.poll(SPACE, AGENT, "ask-1", epoch=None, wait=0)).status == "expired"


async def test_every_question_expires_some_day(world: World) -> None:
    asked = await world.publish(prompt())
    world.advance(PROMPT_LIFETIME / SECOND)
    await world.service.tick()
    assert (await world.row(asked.id)).closed == "expired"


async def test_a_refusing_default_needs_nobodys_permission(world: World) -> None:
    asked = await world.ask(timeout=10, choices=defaulting("reject"))
    await world.restart()
    world.advance(11)
    await world.service.tick()
    decision = (await world.row(asked.id)).decision
    assert decision is not None
    assert (decision.key, decision.is_timeout_default) == ("reject", True)
    assert [entry["kind"] for entry in await world.service.occurrences(SPACE, asked.id)][-1] == "input.rejected"


async def test_a_permitting_default_needs_its_key_and_one_process_that_counted(world: World) -> None:
    permitted = await world.ask(PERMITTING, key="a", timeout=10, choices=defaulting("approve"))
    unpermitted = await world.ask(AGENT, key="b", timeout=10, choices=defaulting("approve"))
    world.advance(10)
    await world.service.tick()
    assert (await world.row(unpermitted.id)).closed == "expired"
    decision = (await world.row(permitted.id)).decision
    assert decision is not None
    assert (decision.key, decision.by) == ("approve", "time-out")


async def test_a_restart_or_a_jump_of_the_clock_permits_nothing(world: World) -> None:
    restarted = await world.ask(PERMITTING, key="a", timeout=10, choices=defaulting("approve"))
    await world.restart()
    assert (await world.ask(PERMITTING, key="a", timeout=10, choices=defaulting("approve"))).id == restarted.id
    jumped = await world.ask(PERMITTING, key="b", timeout=10, choices=defaulting("approve"))
    world.seconds += 3
    world.now += 16 * SECOND
    await world.service.tick()
    for asked in (restarted, jumped):
        row = await world.row(asked.id)
        assert (row.closed, row.decision) == ("expired", None)


async def test_clocks_that_differ_a_little_wait_for_each_other(world: World) -> None:
    asked = await world.ask(PERMITTING, key="a", timeout=10, choices=defaulting("approve"))
    world.now += 10 * SECOND
    world.seconds += 9.99
    await world.service.tick()
    assert (await world.row(asked.id)).is_open
    with pytest.raises(Refused, match="expired"):
        await world.decide(await world.row(asked.id))
    world.advance(1)
    await world.service.tick()
    assert (await world.row(asked.id)).decision is not None


async def test_another_hub_leaves_a_question_to_the_one_that_counted_it(world: World) -> None:
    asked = await world.ask(PERMITTING, key="a", timeout=10, choices=defaulting("approve"))
    other = Service(world.store, clock=lambda: world.now, monotonic=lambda: world.seconds)
    await other.start()
    world.advance(10)
    await other.tick()
    assert (await world.row(asked.id)).is_open, "it has not counted, and may permit nothing"
    await world.service.tick()
    decision = (await world.row(asked.id)).decision
    assert decision is not None
    assert decision.key == "approve"
    left = await world.ask(PERMITTING, key="b", timeout=10, choices=defaulting("approve"))
    world.advance(15)
    await other.tick()
    assert ((row := await world.row(left.id)).closed, row.decision) == ("expired", None), "its process seems to be gone"
    await other.close()


async def test_a_message_with_a_time_to_live_is_done_when_it_is_over(world: World) -> None:
    given = await world.publish(message(timeout=60.0))
    world.advance(61)
    await world.service.tick()
    row = await world.row(given.id)
    assert row.done_at is not None
    assert row.closed == "expired"


async def test_an_asker_not_heard_of_is_gone_and_a_poll_brings_it_back(world: World) -> None:
    world.advance(100)
    asked = await world.ask()
    raised = (await world.row(asked.id)).raised_rev
    rev = (await world.service.head(SPACE)).rev
    await world.service.asks.poll(SPACE, AGENT, "ask-1", epoch=None, wait=0)
    assert (await world.service.head(SPACE)).rev == rev, "renewing a lease is no change"
    world.advance(29)
    await world.service.tick()
    assert (await world.row(asked.id)).waiting == "here"
    world.advance(2)
    await world.service.tick()
    assert (await world.row(asked.id)).waiting == "gone"
    assert (await world.row(asked.id)).needs_me, "it forbids nothing"
    await world.service.asks.poll(SPACE, AGENT, "ask-1", epoch=None, wait=0)
    row = await world.row(asked.id)
    assert (row.waiting, row.raised_rev, row.read_at) == ("here", raised, None)


async def test_a_hub_that_has_just_come_up_lets_no_lease_lapse(world: World) -> None:
    asked = await world.ask()
    world.advance(3600)
    await world.restart()
    world.advance(89)
    await world.service.tick()
    assert (await world.row(asked.id)).waiting == "here"
    world.advance(1)
    await world.service.tick()
    assert (await world.row(asked.id)).waiting == "gone"


async def test_old_rows_leave_tombstones_and_tombstones_leave_the_floor(world: World) -> None:
    old = await world.publish(message("old"))
    asked = await world.publish(prompt(timeout=365 * DAY, waiting=False))
    cursor = (await world.service.head(SPACE)).rev
    world.advance(91 * DAY)
    new = await world.publish(message("new"))
    await world.service.tick()
    assert {row.id for row in await world.rows()} == {asked.id, new.id}
    changes = await world.service.changes(SPACE, cursor, 10)
    assert changes is not None
    assert [(change.id, change.document is None) for change in changes.items] == [(new.id, False), (old.id, True)]
    assert (await world.page()).unread_count == 2
    with pytest.raises(Refused):
        await world.service.notification(SPACE, old.id)
    world.advance(31 * DAY)
    await world.service.tick()
    assert await world.service.changes(SPACE, cursor, 10) is None
    assert (await world.service.head(SPACE)).floor == changes.items[-1].rev


async def test_a_space_keeps_so_many_rows_but_every_open_question(world: World) -> None:
    await world.stop()
    await world.start(retention=Retention(rows_most=300))
    asked = await world.ask(timeout=365 * DAY)
    await world.publish_all(message(str(number)) for number in range(700))
    await world.service.tick()
    rows = await world.rows()
    assert len(rows) == 300
    assert rows[-1].id == asked.id
    assert rows[-2].title == "401"


async def test_keys_and_events_are_forgotten(world: World) -> None:
    first = await world.publish(message(), idempotency_key="k", body_hash="one")
    asked = await world.ask(key="q", timeout=365 * DAY)
    world.advance(31 * DAY)
    await world.service.tick()
    assert await world.service.occurrences(SPACE, first.id) == []
    assert (await world.publish(message("again"), idempotency_key="k", body_hash="two")).is_new
    assert (await world.ask(key="q", timeout=365 * DAY)).id == asked.id, "a question's key as long as its row"


async def test_a_sender_that_posts_too_fast_is_told_and_shown_once(world: World) -> None:
    await world.stop()
    await world.start(rate=Rate(per_second=2, burst=3))
    for _ in range(3):
        await world.publish(message())
    for _ in range(5):
        with pytest.raises(Refused) as refused:
            await world.publish(message())
        assert (refused.value.status, refused.value.code, refused.value.retry_after) == (429, "rate", 1)
    assert sorted((row.kind, row.count) for row in await world.rows()) == [("hub.rate_limited", 1), ("message", 3)]
    await world.publish(Event("message", "from another"), PERMITTING)
    world.advance(1)
    await world.publish(message())


async def test_the_key_of_a_question_goes_with_its_row(world: World) -> None:
    await world.ask(key="answered", timeout=60.0)
    await world.service.asks.withdraw(SPACE, AGENT, "never asked")

    def keys() -> set[str]:
        return {key for (key,) in world.store.read(lambda connection: connection.execute("SELECT key FROM ask"))}

    world.advance(6 * DAY)
    await world.service.tick()
    assert keys() == {"answered", "never asked"}
    world.advance(2 * DAY)
    await world.service.tick()
    assert keys() == {"answered"}
    world.advance(90 * DAY)
    await world.service.tick()
    assert keys() == set()
