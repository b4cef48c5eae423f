"""Mute rules: what they reach, now and later, and whom they never silence."""

from __future__ import annotations

import asyncio

import pytest
from hub_world import SPACE, World, message, prompt

from inbox_tui.core.errors import Refused
from inbox_tui.core.times import HOUR
from inbox_tui.hub.verbs import mutes


async def mute(world: World, row_id: str, scope: mutes.mutes.Scope = "notification", hours: float | None = None) -> int:
    until = None if hours is None else world.now + round(hours * HOUR)
    return await world.service.mutes.mute_row(SPACE, row_id, scope, until=until, by="ada")


async def muted(world: World) -> set[str]:
    return {row.title for row in await world.rows() if row.muted}


async def test_repeats_of_a_muted_notification_are_kept_and_call_nobody(world: World) -> None:
    row_id = (await world.publish(message("a", source="ci", actionable=True))).id
    rev = await mute(world, row_id)
    await world.publish(message("a", source="ci", actionable=True))
    await world.publish(message("b", source="ci"))
    row = await world.row(row_id)
    assert (row.muted, row.count, row.needs_me, row.rev > rev) == (True, 2, False, True)
    page = await world.page(unread=True)
    assert (len(page.items), page.unread_count) == (1, 1)
    world.advance(2 * 3600)
    again = await world.publish(message("a", source="ci"))
    assert again.id != row_id
    assert (await world.row(again.id)).muted


@pytest.mark.parametrize(("scope", "reached"), [("notification", {"a"}), ("task", {"a", "b"}), ("source", {"a", "b", "c"})])
async def test_each_scope_reaches_its_own(world: World, scope: mutes.mutes.Scope, reached: set[str]) -> None:
    said = {"a": ("ci", "build"), "b": ("ci", "build"), "c": ("ci", "test"), "d": ("cd", "build")}
    ids = {title: (await world.publish(message(title, source=of, task_name=task))).id for title, (of, task) in said.items()}
    await mute(world, ids["a"], scope)
    assert await muted(world) == reached
    world.advance(2 * 3600)
    for title, (of, task) in said.items():
        await world.publish(message(title, source=of, task_name=task))
    assert [row.title for row in await world.rows() if row.muted and row.id not in ids.values()] == sorted(reached, reverse=True)
    await world.service.mutes.unmute_row(SPACE, ids["a"], scope)
    assert await muted(world) == set()
    assert await world.service.mutes.listed(SPACE) == []


async def test_outcomes_and_live_rows_are_muted_by_what_they_fold_by(world: World) -> None:
    failed = await world.publish(message("failed at 1", kind="task.failed", task_name="nightly", run_id="r1"))
    live = await world.publish(message("step 1", kind="task.progress", run_id="r2"))
    await mute(world, failed.id)
    await mute(world, live.id)
    world.advance(3 * 3600)
    later = await world.publish(message("failed at 2", kind="task.failed", task_name="nightly", run_id="r3"))
    await world.publish(message("step 2", kind="task.error", run_id="r2"))
    assert (await world.row(later.id)).muted
    row = await world.row(live.id)
    assert (row.muted, row.title) == (True, "step 2")


async def test_a_question_is_never_muted(world: World) -> None:
    asked = await world.ask(source="ci")
    with pytest.raises(Refused) as refused:
        await mute(world, asked.id)
    assert (refused.value.status, refused.value.code) == (409, "asks")
    await mute(world, asked.id, "source")
    later = await world.publish(prompt(source="ci", title="And this?"))
    for row_id in (asked.id, later.id):
        row = await world.row(row_id)
        assert (row.muted, row.needs_me) == (False, True)
    told = await world.publish(message("told", source="ci"))
    assert (await world.row(told.id)).muted


async def test_a_mute_ends_by_the_clock_and_its_rows_are_as_they_were(world: World) -> None:
    read, unread = (await world.publish(message("a", source="ci"))).id, (await world.publish(message("b", source="ci"))).id
    await world.service.triage(SPACE, read, "read")
    await mute(world, read, "source", hours=1)
    raised = (await world.row(unread)).raised_rev
    assert (await world.page()).unread_count == 0
    world.advance(3601)
    await world.service.tick()
    rows = {row.title: row for row in await world.rows()}
    assert (rows["a"].muted, rows["b"].muted, rows["a"].read_at is None, rows["b"].read_at is None) == (False, False, False, True)
    assert rows["b"].raised_rev == raised
    assert (await world.page()).unread_count == 1
    assert await world.service.mutes.listed(SPACE) == []


async def test_what_another_rule_mutes_stays_muted(world: World) -> None:
    row_id = (await world.publish(message("a", source="ci", task_name="build"))).id
    await mute(world, row_id, "task")
    await mute(world, row_id, "source")
    source = next(rule for rule in await world.service.mutes.listed(SPACE) if rule.scope == "source")
    assert (source.label, source.by, source.until) == ("ci", "ada", None)
    await world.service.mutes.lift(SPACE, source.id)
    assert await muted(world) == {"a"}
    with pytest.raises(Refused):
        await world.service.mutes.lift(SPACE, source.id)


async def test_made_again_it_is_one_rule_with_another_end(world: World) -> None:
    row_id = (await world.publish(message("a"))).id
    await mute(world, row_id, hours=1)
    await mute(world, row_id)
    (rule,) = await world.service.mutes.listed(SPACE)
    assert rule.until is None
    world.advance(7200)
    await world.service.tick()
    assert await muted(world) == {"a"}


async def test_many_rows_are_swept_in_chunks_also_by_another_process(world: World) -> None:
    await world.publish_all(message(str(number), source="ci") for number in range(450))
    (first, *_) = await world.rows()
    commits = len(world.commits)
    await mute(world, first.id, "source")
    assert len(await muted(world)) == 450
    assert len(world.commits) - commits == 3  # the row itself, then two chunks
    rule = (await world.service.mutes.listed(SPACE))[0]
    await asyncio.to_thread(world.store.apply, SPACE, [mutes.LiftMute(rule.id)], lambda: world.now)
    await world.restart()
    assert len(await muted(world)) == 450
    fresh = await world.publish(message("fresh", source="ci"))
    assert not (await world.row(fresh.id)).muted
    await world.service.tick()
    assert await muted(world) == set()


async def test_a_title_of_any_length_can_be_muted(world: World) -> None:
    title = "long " * 390
    row_id = (await world.publish(message(title, source="ci"))).id
    other = (await world.publish(message(title + "er", source="ci"))).id
    await mute(world, row_id)
    world.advance(7200)
    again = await world.publish(message(title, source="ci"))
    assert [(await world.row(each)).muted for each in (row_id, other, again.id)] == [True, False, True]
    await world.service.mutes.unmute_row(SPACE, row_id, "notification")
    assert await muted(world) == set()
