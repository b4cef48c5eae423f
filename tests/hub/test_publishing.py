"""What an event does: folds, ends a run, supersedes, hints, and is taken once."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hub_world import AGENT, OTHER, SPACE, World, message, prompt

from inbox_tui.core.errors import Refused
from inbox_tui.core.model import Event
from inbox_tui.hub.service import Retention, Sender
from inbox_tui.hub.verbs.decide import Decide
from inbox_tui.hub.verbs.publish import Publish


def said(kind: str, run: str = "r1", **changes: str) -> Event:
    return Event(kind=kind, title=changes.pop("title", kind), run_id=run, task_name="build", **changes)


async def test_a_repeat_folds_into_its_row_and_raises_it(world: World) -> None:
    first = await world.publish(message(body="one"))
    await world.service.triage(SPACE, first.id, "done")
    world.advance(60)
    again = await world.publish(message(body="two"))
    row = await world.row(first.id)
    assert (again.id, first.is_new, again.is_new) == (first.id, True, False)
    assert (row.count, row.body, row.read_at, row.done_at) == (2, "two", None, None)
    assert row.raised_rev == row.rev == again.rev
    assert row.created_rev == first.rev
    assert len(row.occurrences) == 2


async def test_after_the_window_a_repeat_is_a_new_row(world: World) -> None:
    first = await world.publish(message())
    world.advance(3600)
    assert (await world.publish(message())).id == first.id, "the window slides, and its last moment is inside"
    world.advance(3601)
    second = await world.publish(message())
    assert second.is_new
    assert second.id > first.id
    assert [row.count for row in await world.rows()] == [1, 2]
    assert (await world.row(first.id)).rev < second.rev


async def test_senders_and_spaces_never_share_a_row(world: World) -> None:
    mine = await world.publish(message())
    other = await world.publish(message(), OTHER)
    await world.service.create_space("team")
    elsewhere = await world.service.publish("team", AGENT, message())
    assert len({mine.id, other.id, elsewhere.id}) == 3
    assert len((await world.service.page("team", limit=10)).items) == 1
    with pytest.raises(Refused, match="No such"):
        await world.service.notification("team", mine.id)


async def test_a_run_has_one_live_row_which_its_outcome_ends(world: World) -> None:
    started = await world.publish(said("task.started"))
    progress = await world.publish(said("task.progress", body="50%"))
    assert progress.id == started.id
    assert (await world.row(started.id)).raised_rev == started.rev, "progress is quiet"
    failed = await world.publish(said("task.failed"))
    assert failed.id != started.id
    live = await world.row(started.id)
    assert live.done_at is not None
    assert live.read_at is not None
    late = await world.publish(said("task.progress", title="too late"))
    assert (late.id, late.is_new) == (failed.id, False), "named by the row that speaks for the run"
    assert (await world.row(started.id)).rev == live.rev
    assert [entry["title"] for entry in await world.service.timeline(SPACE, "r1")] == [
        "task.started",
        "task.progress",
        "task.failed",
        "too late",
    ]
    assert [entry["kind"] for entry in await world.service.occurrences(SPACE, failed.id)] == ["task.failed"]


async def test_a_prompt_of_a_runs_own_kind_is_asked_and_outlives_the_run(world: World) -> None:
    asked = await world.publish(prompt(kind="task.waiting", run_id="r1"))
    await world.publish(said("task.failed"))
    assert (await world.row(asked.id)).needs_me, "the outcome ends the live row, not a question"
    late = await world.publish(prompt(kind="task.waiting", run_id="r1"))
    assert late.is_new
    assert (await world.row(late.id)).needs_me


async def test_outcomes_fold_across_runs(world: World) -> None:
    one = await world.publish(said("task.failed", run="r1"))
    two = await world.publish(said("task.failed", run="r2"))
    assert two.id == one.id
    assert ((await world.row(one.id)).count, (await world.row(one.id)).run_id) == (2, "r2")
    assert (await world.publish(said("task.started", run="r3"))).is_new


async def test_a_run_is_its_senders_own(world: World) -> None:
    await world.publish(said("task.completed"))
    assert (await world.publish(said("task.started"), OTHER)).is_new, "another sender's run of the same name goes on"


async def test_the_same_idempotency_key_is_taken_once(world: World) -> None:
    first = await world.publish(message(), idempotency_key="k", body_hash="h")
    again = await world.publish(message(), idempotency_key="k", body_hash="h")
    assert (again.id, again.event_id, again.rev) == (first.id, first.event_id, first.rev)
    assert (await world.row(first.id)).count == 1
    with pytest.raises(Refused) as refused:
        await world.publish(message(), idempotency_key="k", body_hash="other")
    assert (refused.value.status, refused.value.code) == (409, "idempotency")
    assert (await world.publish(message(), OTHER, idempotency_key="k")).id != first.id, "keys are the sender's own"


async def test_prompts_never_fold(world: World) -> None:
    one, two = await world.ask(key="a"), await world.ask(key="b")
    assert one.id != two.id
    assert [row.needs_me for row in await world.rows()] == [True, True]


async def test_a_correction_supersedes_its_prompt_at_once(world: World) -> None:
    old = await world.ask(key="a")
    new = await world.ask(key="b", supersedes=old.id, title="May I, really?")
    assert (await world.row(old.id)).closed == "superseded"
    assert (await world.row(new.id)).is_open
    foreign = await world.ask(OTHER, key="c", supersedes=new.id)
    assert (await world.row(new.id)).is_open, "nobody supersedes another's question"
    assert (await world.row(foreign.id)).is_open


async def test_a_senders_own_input_approved_is_a_hint_only(world: World) -> None:
    asked = await world.publish(prompt(run_id="r1"), idempotency_key="a")
    elsewhere = await world.publish(prompt(run_id="r1"), OTHER, idempotency_key="a")
    await world.publish(said("input.approved"))
    row = await world.row(asked.id)
    assert (row.seems_answered, row.is_open, row.needs_me, row.decision) == (True, True, False, None)
    assert not (await world.row(elsewhere.id)).seems_answered
    assert (await world.decide(row, "approve"))["decision"]["key"] == "approve", "still decidable"


async def test_an_answered_row_is_closed_to_repeats(world: World) -> None:
    event = message(actionable=True)
    first = await world.publish(event)
    await world.decide(await world.row(first.id))
    assert (await world.publish(event)).id != first.id


async def test_an_answer_and_the_runs_outcome_in_one_commit_leave_what_was_answered(world: World) -> None:
    event = replace(said("task.error"), actionable=True)
    row = await world.row((await world.publish(event)).id)
    epoch = (await world.service.head(SPACE)).epoch
    answer = Decide(row.id, "approve", "", row.raised_rev, epoch, "attempt-1", "ada", "test")
    outcome = Publish(AGENT, said("task.completed"))
    world.store.apply(SPACE, [answer, outcome], lambda: world.now)
    row = await world.row(row.id)
    assert (row.decision is not None, row.actionable, len(row.choices), row.done_at is not None) == (True, True, 2, True)


async def test_a_live_row_that_was_answered_is_done_with_its_run(world: World) -> None:
    live = await world.publish(Event("task.waiting", "?", run_id="r1", actionable=True))
    await world.decide(await world.row(live.id), "approve")
    await world.publish(said("task.completed"))
    row = await world.row(live.id)
    assert row.done_at is not None
    assert row.decision is not None
    assert len(row.choices) == 2, "what was asked stays"


async def test_unread_is_counted_with_every_change(world: World) -> None:
    ids = [(await world.publish(message(title))).id for title in "abc"]
    assert (await world.service.head(SPACE)).unread_count == 3
    await world.service.triage(SPACE, ids[0], "read")
    await world.service.triage(SPACE, ids[1], "done")
    assert (await world.page()).unread_count == 1
    await world.publish(message("a"))
    await world.service.triage(SPACE, ids[1], "unread")
    assert (await world.page()).unread_count == 3


async def test_pages_go_back_by_id_in_one_snapshot(world: World) -> None:
    ids = [(await world.publish(message(str(number)))).id for number in range(5)]
    first = await world.page(limit=2)
    second = await world.page(limit=2, before=first.next_cursor)
    last = await world.page(limit=2, before=second.next_cursor)
    found = [json.loads(text)["id"] for page in (first, second, last) for text in page.items]
    assert found == ids[::-1]
    assert last.next_cursor == ""
    assert first.rev == (await world.service.head(SPACE)).rev
    await world.service.triage(SPACE, ids[4], "read")
    assert [json.loads(text)["id"] for text in (await world.page(unread=True)).items] == ids[3::-1]
    assert (await world.page(needs_me=True)).items == []


async def test_changes_are_by_rev_and_know_a_bad_cursor(world: World) -> None:
    beginning = await world.service.head(SPACE)
    one, two = await world.publish(message("a")), await world.publish(message("b"))
    await world.publish(message("a"))
    changes = await world.service.changes(SPACE, beginning.rev, 10)
    assert changes is not None
    assert [(change.id, change.is_new) for change in changes.items] == [(two.id, True), (one.id, False)]
    assert changes.items[-1].rev == changes.head.rev
    assert await world.service.changes(SPACE, changes.head.rev + 1, 10) is None
    assert await world.service.changes(SPACE, beginning.floor - 1, 10) is None


async def test_a_new_database_takes_no_cursor_of_a_lost_one(world: World) -> None:
    head = await world.service.head(SPACE)
    assert head.rev == head.floor == head.epoch > 0


async def test_own_status_is_told_to_the_sender_alone(world: World) -> None:
    asked = await world.ask()
    assert (await world.service.asks.status(SPACE, AGENT, asked.id)).status == "open"
    button = await world.publish(message(actionable=True))
    assert (await world.service.asks.status(SPACE, AGENT, button.id)).status == "open", "it may be answered"
    said = await world.publish(message("u"))
    assert (await world.service.asks.status(SPACE, AGENT, said.id)).status == "told", "it asks nothing"
    with pytest.raises(Refused) as refused:
        await world.service.asks.status(SPACE, Sender("other"), asked.id)
    assert refused.value.status == 404


async def test_a_row_keeps_its_first_events_and_its_last(world: World) -> None:
    (*_, last) = await world.publish_all(message(body=str(number)) for number in range(1200))
    kept = [int(entry["body"]) for entry in await world.service.occurrences(SPACE, last.id)]
    assert kept[:100] == list(range(100))
    assert kept[100:] == list(range(kept[100], 1200))
    assert 900 <= len(kept) <= 1000
    assert (await world.row(last.id)).count == 1200


@pytest.mark.parametrize(("first", "last"), [(1, 1), (3, 10), (2, 120)])
async def test_how_many_events_a_row_keeps_is_configured(world: World, first: int, last: int) -> None:
    await world.stop()
    await world.start(retention=Retention(first_events=first, last_events=last))
    for number in range(250):
        posted = await world.publish(message(body=str(number)))
    kept = [int(entry["body"]) for entry in await world.service.occurrences(SPACE, posted.id)]
    assert kept[:first] == list(range(first))
    assert kept[first:] == list(range(kept[first], 250))
    assert max(1, last // 2) <= len(kept) - first <= last
