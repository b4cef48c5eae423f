"""What an operator does to rows, one and many, without ever covering what was not seen."""

from __future__ import annotations

import pytest
from hub_world import SPACE, World, message

from inbox_tui.core.errors import Refused


async def test_each_verb_and_its_undo(world: World) -> None:
    row_id = (await world.publish(message())).id
    raised = (await world.row(row_id)).raised_rev
    for verb, read, done in (("read", True, False), ("unread", False, False), ("done", True, True), ("undone", True, False)):
        rev = await world.service.triage(SPACE, row_id, verb)
        row = await world.row(row_id)
        assert (row.read_at is not None, row.done_at is not None, row.rev) == (read, done, rev)
    assert row.raised_rev == raised


async def test_a_verb_that_changes_nothing_takes_no_rev(world: World) -> None:
    row_id = (await world.publish(message())).id
    rev = await world.service.triage(SPACE, row_id, "read")
    assert await world.service.triage(SPACE, row_id, "read") == rev
    assert (await world.service.head(SPACE)).rev == rev


async def test_what_was_raised_since_is_not_touched(world: World) -> None:
    row_id = (await world.publish(message())).id
    seen = (await world.row(row_id)).raised_rev
    await world.publish(message())
    with pytest.raises(Refused) as refused:
        await world.service.triage(SPACE, row_id, "done", seen=seen)
    assert (refused.value.status, refused.value.code) == (409, "changed")
    assert (await world.row(row_id)).done_at is None


async def test_an_unknown_row_is_404(world: World) -> None:
    with pytest.raises(Refused) as refused:
        await world.service.triage(SPACE, "01JD0Q4N3V5W8XRZ2K7M9T6BHC", "read")
    assert (refused.value.status, refused.value.code) == (404, "unknown_id")


async def test_a_call_that_comes_twice_is_done_once(world: World) -> None:
    row_id = (await world.publish(message())).id
    rev = await world.service.triage(SPACE, row_id, "done", idempotency_key="k")
    await world.service.triage(SPACE, row_id, "undone")
    assert await world.service.triage(SPACE, row_id, "done", idempotency_key="k") == rev
    assert (await world.row(row_id)).done_at is None


async def test_nothing_is_done_over_somebody_who_waits(world: World) -> None:
    asked = await world.ask()
    with pytest.raises(Refused) as refused:
        await world.service.triage(SPACE, asked.id, "done")
    assert (refused.value.status, refused.value.code) == (409, "waiting_here")
    bulk = await world.service.triage_all(SPACE, "done")
    assert (bulk.changed, bulk.skipped) == (0, 1)
    assert (await world.service.triage_all(SPACE, "read")).changed == 1


async def test_bulk_goes_in_chunks_up_to_the_rev_that_was_seen(world: World) -> None:
    await world.publish_all(message(str(number)) for number in range(600))
    seen = (await world.service.head(SPACE)).rev
    later = await world.publish(message("0"))
    commits = len(world.commits)
    bulk = await world.service.triage_all(SPACE, "read", up_to=seen)
    assert (bulk.changed, bulk.skipped) == (599, 0)
    assert bulk.rev == (await world.service.head(SPACE)).rev
    assert len(world.commits) - commits == 3
    assert (await world.row(later.id)).read_at is None
    assert (await world.page()).unread_count == 1


async def test_bulk_by_filter_and_only_once_a_key(world: World) -> None:
    read, unread = await world.publish(message("a")), await world.publish(message("b"))
    needs = await world.publish(message("c", actionable=True))
    await world.service.triage(SPACE, read.id, "read")
    assert (await world.service.triage_all(SPACE, "done", needs_me=True)).changed == 1
    bulk = await world.service.triage_all(SPACE, "done", unread=True, idempotency_key="k")
    assert bulk.changed == 1
    done = {row.id for row in await world.rows() if row.done_at is not None}
    assert done == {needs.id, unread.id}
    await world.publish(message("b"))
    assert await world.service.triage_all(SPACE, "done", unread=True, idempotency_key="k") == bulk
    assert (await world.row(unread.id)).done_at is None
