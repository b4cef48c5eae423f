"""Snoozed rows come back by the clock, once; pinned ones stay."""

from __future__ import annotations

import pytest
from hub_world import SPACE, Retention, World, message

from inbox_tui.core.model import Event
from inbox_tui.core.times import HOUR, SECOND


async def snoozed(world: World, event: Event, seconds: float = 3600) -> str:
    row_id = (await world.publish(event)).id
    await world.service.triage(SPACE, row_id, "read")
    await world.service.triage(SPACE, row_id, "snooze", until=world.now + round(seconds * SECOND))
    return row_id


async def test_a_snoozed_row_is_out_of_needs_me_and_calls_when_its_time_comes(world: World) -> None:
    row_id = await snoozed(world, message(actionable=True))
    before = await world.row(row_id)
    assert (before.needs_me, (await world.page(needs_me=True)).items) == (False, [])
    world.advance(3599)
    await world.service.tick()
    assert await world.row(row_id) == before
    world.advance(1)
    await world.service.tick()
    row = await world.row(row_id)
    assert (row.snoozed_until, row.read_at, row.needs_me) == (None, None, True)
    assert (row.raised_rev, row.raised_at) == (row.rev, world.now)
    await world.service.tick()
    assert await world.row(row_id) == row


async def test_what_is_put_off_is_not_put_away_with_the_rest(world: World) -> None:
    row_id, other = await snoozed(world, message("a")), (await world.publish(message("b"))).id
    assert (await world.service.triage_all(SPACE, "done", listed=True)).changed == 1
    assert [(await world.row(id_)).done_at is None for id_ in (row_id, other)] == [True, False]
    await world.service.triage(SPACE, row_id, "done")
    assert (await world.row(row_id)).done_at is not None, "by its own id it is"


async def test_a_repeat_leaves_it_snoozed_unless_it_is_worse(world: World) -> None:
    row_id = await snoozed(world, message(severity="warn"))
    await world.publish(message(severity="warn"))
    row = await world.row(row_id)
    assert (row.count, row.read_at, row.raised_rev, row.snoozed_until is not None) == (2, None, row.rev, True)
    await world.publish(message(severity="error"))
    assert (await world.row(row_id)).snoozed_until is None


async def test_what_is_done_or_answered_meanwhile_does_not_come_back(world: World) -> None:
    done = await snoozed(world, message("a"))
    await world.service.triage(SPACE, done, "done")
    asked = (await world.ask()).id
    await world.service.triage(SPACE, asked, "snooze", until=world.now + HOUR)
    await world.decide(await world.row(asked))
    raised = [(await world.row(row_id)).raised_rev for row_id in (done, asked)]
    world.advance(3600)
    await world.service.tick()
    rows = [await world.row(row_id) for row_id in (done, asked)]
    assert [row.snoozed_until for row in rows] == [None, None]
    assert [row.raised_rev for row in rows] == raised
    assert all(row.read_at is not None for row in rows)


async def test_a_time_that_has_passed_while_it_was_queued_brings_it_back(world: World) -> None:
    row_id = await snoozed(world, message(), seconds=-5)
    await world.service.tick()
    row = await world.row(row_id)
    assert (row.snoozed_until, row.read_at) == (None, None)


async def test_unsnooze_brings_it_back_quietly(world: World) -> None:
    row_id = await snoozed(world, message())
    raised = (await world.row(row_id)).raised_rev
    await world.service.triage(SPACE, row_id, "unsnooze")
    row = await world.row(row_id)
    assert (row.snoozed_until, row.raised_rev, row.read_at is not None) == (None, raised, True)


async def test_pinned_rows_outlive_retention(world: World) -> None:
    old, kept = (await world.publish(message("a"))).id, (await world.publish(message("b"))).id
    await world.service.triage(SPACE, kept, "pin")
    await world.stop()
    await world.start(retention=Retention(rows_days=1, rows_most=1))
    world.advance(3 * 86_400)
    await world.publish(message("c"))
    await world.service.tick()
    assert {row.id for row in await world.rows()} == {kept}
    await world.service.triage(SPACE, kept, "unpin")
    world.advance(120)
    await world.service.tick()
    assert old not in {row.id for row in await world.rows()}
    assert await world.rows() == []


async def test_rows_by_their_ids_each_as_it_was_shown(world: World) -> None:
    ids = [(await world.publish(message(str(number)))).id for number in range(3)]
    asked = (await world.ask()).id
    seen = {row.id: row.raised_rev for row in await world.rows()}
    await world.publish(message("1"))
    seen["01JD0Q4N3V5W8XRZ2K7M9T6BHC"] = 9
    bulk = await world.service.triage_rows(SPACE, "done", seen, idempotency_key="k")
    assert (bulk.changed, bulk.skipped, bulk.raised) == (2, 1, 1)
    assert bulk.rev == (await world.service.head(SPACE)).rev
    assert [(await world.row(row_id)).done_at is not None for row_id in (*ids, asked)] == [True, False, True, False]
    await world.service.triage(SPACE, ids[0], "undone")
    assert await world.service.triage_rows(SPACE, "done", seen, idempotency_key="k") == bulk
    assert (await world.row(ids[0])).done_at is None


@pytest.mark.parametrize(("verb", "back"), [("pin", "unpin"), ("snooze", "unsnooze")])
async def test_every_verb_has_a_bulk_form(world: World, verb: str, back: str) -> None:
    await world.publish_all(message(str(number)) for number in range(300))
    until = world.now + HOUR
    assert (await world.service.triage_all(SPACE, verb, until=until)).changed == 300  # type: ignore[arg-type]
    assert (await world.service.triage_all(SPACE, verb, until=until)).changed == 0  # type: ignore[arg-type]
    assert all(row.pinned or row.snoozed_until == until for row in await world.rows())
    assert (await world.service.triage_all(SPACE, back)).changed == 300  # type: ignore[arg-type]
