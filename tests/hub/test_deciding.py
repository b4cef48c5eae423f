"""One answer a question, given to what was shown, and told truthfully."""

from __future__ import annotations

import asyncio

import pytest
from hub_world import AGENT, OTHER, SPACE, World, message, prompt

from inbox_tui.core.errors import Refused
from inbox_tui.core.model import Choice
from inbox_tui.hub.service import Answer


async def refusal(world: World, *args: object, **changes: object) -> Refused:
    with pytest.raises(Refused) as refused:
        await world.decide(*args, **changes)  # type: ignore[arg-type]
    return refused.value


async def log(world: World) -> list[tuple[object, ...]]:
    return world.store.read(
        lambda connection: connection.execute("SELECT outcome, key, decided_by, via, shown_hash FROM decision_log ORDER BY id")
    )


async def test_the_first_answer_stands_and_the_second_learns_of_it(world: World) -> None:
    asked = await world.ask()
    row = await world.row(asked.id)
    world.advance(5)
    document = await world.decide(row, "approve", comment="go", shown_hash="abc")
    assert document["decision"] | {"at": ""} == {
        "key": "approve",
        "label": "approve",
        "comment": "go",
        "by": "ada",
        "at": "",
        "is_timeout_default": False,
        "delivery": "unconfirmed",
    }
    refused = await refusal(world, row, "reject", attempt="another", by="bob")
    assert (refused.status, refused.code) == (409, "decided")
    assert refused.extra["decision"]["by"] == "ada"  # type: ignore[index]
    assert await log(world) == [("decided", "approve", "ada", "test", "abc"), ("refused: decided", "reject", "bob", "test", "")]


async def test_the_same_attempt_gets_the_same_answer(world: World) -> None:
    row = await world.row((await world.ask()).id)
    both = await asyncio.gather(world.decide(row, attempt="x"), world.decide(row, attempt="x"))
    assert both[0]["decision"] == both[1]["decision"]
    await world.restart()
    assert (await world.decide(row, attempt="x"))["decision"] == both[0]["decision"]
    assert (await refusal(world, row, "reject", attempt="x")).code == "decided"


async def test_an_answer_to_what_has_changed_since_is_none(world: World) -> None:
    event = message(actionable=True)
    row = await world.row((await world.publish(event)).id)
    await world.publish(event)
    assert (await refusal(world, row)).code == "changed"
    assert (await world.row(row.id)).decision is None


async def test_an_answer_in_one_commit_with_a_raise_is_none(world: World) -> None:
    event = message(actionable=True)
    row = await world.row((await world.publish(event)).id)
    # Both are queued before the writer can take either: one batch, in this order.
    raised, refused = await asyncio.gather(world.publish(event), world.decide(row), return_exceptions=True)
    assert not isinstance(raised, BaseException)
    assert isinstance(refused, Refused)
    assert refused.code == "changed"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [({"epoch": 1}, 404, "unknown_id"), ({"key": "maybe"}, 422, "invalid"), ({"raised_rev": 1}, 409, "changed")],
)
async def test_what_was_not_offered_is_refused(world: World, changes: dict[str, object], status: int, code: str) -> None:
    row = await world.row((await world.ask()).id)
    refused = await refusal(world, row, **changes)
    assert (refused.status, refused.code) == (status, code)
    assert (await world.row(row.id)).is_open
    assert (await log(world))[-1][0] == f"refused: {code}"


async def test_a_message_asks_nothing(world: World) -> None:
    row = await world.row((await world.publish(message())).id)
    assert (await refusal(world, row)).code == "not_actionable"


async def test_too_late_is_judged_in_the_transaction(world: World) -> None:
    row = await world.row((await world.ask(timeout=10.0)).id)
    world.advance(10)
    assert (await refusal(world, row)).code == "expired"
    await world.service.tick()
    assert (await refusal(world, row)).code == "expired"


async def test_the_answer_is_on_the_timeline(world: World) -> None:
    asked = await world.publish(prompt(run_id="r1", choices=(Choice("deny", "No!"), Choice("ok", "Yes"))), idempotency_key="a")
    await world.decide(await world.row(asked.id), "deny", comment="never")
    for entries in (await world.service.timeline(SPACE, "r1"), await world.service.occurrences(SPACE, asked.id)):
        assert [entry["kind"] for entry in entries] == ["input.required", "input.rejected"]
        assert entries[-1]["body"] == "never"
        assert entries[-1]["details"]["by"] == "ada"


async def test_an_asker_waits_until_it_is_answered(world: World) -> None:
    asked = await world.ask()
    waiting = asyncio.create_task(world.service.asks.poll(SPACE, AGENT, "ask-1", epoch=asked.epoch, wait=30))
    await asyncio.gather(world.service.asks.poll(SPACE, AGENT, "ask-1", epoch=None, wait=0))
    await world.decide(await world.row(asked.id))
    answer = await waiting
    assert (answer.id, answer.epoch, answer.status) == (asked.id, asked.epoch, "decided")
    assert answer.decision is not None
    told = await world.service.asks.acknowledge(SPACE, AGENT, "ask-1", id=answer.id, epoch=answer.epoch)
    assert told.decision is not None
    assert (await world.row(asked.id)).decision.delivery == "delivered"  # type: ignore[union-attr]


async def test_closing_lets_everybody_go(world: World) -> None:
    asked = await world.ask()
    waiting = asyncio.create_task(world.service.asks.poll(SPACE, AGENT, "ask-1", epoch=asked.epoch, wait=60))
    await world.service.asks.poll(SPACE, AGENT, "ask-1", epoch=None, wait=0)
    await world.service.close()
    assert (await waiting).status in ("open", "unknown")


async def test_strangers_and_other_lives_have_no_question(world: World) -> None:
    asked = await world.ask()
    poll = world.service.asks.poll
    assert (await poll(SPACE, AGENT, "none", epoch=None, wait=0)).status == "unknown"
    assert (await poll(SPACE, OTHER, "ask-1", epoch=None, wait=0)).status == "unknown"
    assert (await poll(SPACE, AGENT, "ask-1", epoch=asked.epoch + 1, wait=0)).status == "unknown"
    told = await world.service.asks.acknowledge(SPACE, AGENT, "ask-1", id="01JD0Q4N3V5W8XRZ2K7M9T6BHC", epoch=asked.epoch)
    assert told == Answer("", 0, "unknown")


async def test_a_question_withdrawn_before_it_came_is_born_withdrawn(world: World) -> None:
    assert (await world.service.asks.withdraw(SPACE, AGENT, "ask-1")).status == "withdrawn"
    asked = await world.ask()
    row = await world.row(asked.id)
    assert (row.closed, row.needs_me) == ("withdrawn", False)
    assert (await world.service.asks.poll(SPACE, AGENT, "ask-1", epoch=None, wait=0)).status == "withdrawn"
    assert (await refusal(world, row)).code == "withdrawn"


async def test_withdrawing_after_the_answer_marks_it_unused(world: World) -> None:
    asked = await world.ask()
    await world.decide(await world.row(asked.id))
    assert (await world.service.asks.withdraw(SPACE, AGENT, "ask-1")).status == "decided"
    await world.service.asks.acknowledge(SPACE, AGENT, "ask-1", id=asked.id, epoch=asked.epoch)
    assert (await world.row(asked.id)).decision.delivery == "unused"  # type: ignore[union-attr]


async def test_a_post_that_comes_twice_makes_one_question(world: World) -> None:
    first = await world.ask()
    assert (await world.ask()).id == first.id
    await world.decide(await world.row(first.id))
    assert (await world.ask()).id == first.id
    assert len(await world.rows()) == 1


async def test_a_restore_closes_every_open_question_and_is_another_life(world: World) -> None:
    asked, answered = await world.ask(key="a"), await world.ask(key="b")
    shown = await world.row(asked.id)
    await world.decide(await world.row(answered.id))
    head = await world.service.head(SPACE)
    epoch = world.store.restore_epoch(SPACE, lambda: world.now)
    after = await world.service.head(SPACE)
    assert epoch == after.epoch == after.rev == after.floor > head.rev
    assert await world.service.changes(SPACE, head.rev, 10) is None
    assert (await world.row(asked.id)).closed == "expired"
    assert (await world.row(answered.id)).decision is not None
    assert (await refusal(world, shown, epoch=head.epoch)).code == "unknown_id"
    assert (await world.service.asks.poll(SPACE, AGENT, "a", epoch=head.epoch, wait=0)).status == "expired"
