"""Signals that only match: they mark, close nothing, and never take one question for another. And what was decided before."""

from __future__ import annotations

from typing import Any

import pytest
from hub_world import AGENT, OTHER, SPACE, World, message
from hubs import RunningHub

from inbox_tui.hub.verbs.hints import Hint

REQUEST = {"session_id": "s1", "request": "abc", "cwd": "/srv/app"}


async def asked(world: World, key: str, sender: Any = AGENT, **details: Any) -> str:
    published = await world.ask(sender, key, source="claude-code", details=REQUEST | details)
    return published.id


async def hint(world: World, sender: Any = AGENT, **changes: Any) -> int:
    return await world.service.asks.hint(SPACE, sender, **({"session_id": "s1"} | changes))


async def marked(world: World, *ids: str) -> list[bool]:
    return [(await world.row(row_id)).seems_answered for row_id in ids]


async def let(world: World, row_id: str, key: str) -> None:
    """A person approves it, and its asker has the answer."""
    await world.decide(await world.row(row_id), attempt=f"attempt-{row_id}")
    epoch = (await world.service.head(SPACE)).epoch
    await world.service.asks.acknowledge(SPACE, AGENT, key, id=row_id, epoch=epoch)


async def test_a_match_marks_one_question_and_closes_none(world: World) -> None:
    one, two = await asked(world, "a"), await asked(world, "b")
    assert await hint(world, request="abc") == 1
    assert await marked(world, one, two) == [True, False]
    row = await world.row(one)
    assert (row.is_open, row.needs_me, row.waiting) == (True, False, "here")
    assert await hint(world, request="abc") == 1
    assert await marked(world, one, two) == [True, True]
    assert await hint(world, request="abc") == 0
    await world.decide(await world.row(two))
    assert (await world.row(two)).decision is not None


async def test_what_was_approved_here_takes_its_own_signal(world: World) -> None:
    one, two = await asked(world, "a"), await asked(world, "b")
    await let(world, one, "a")
    assert await hint(world, request="abc") == 0, "the tool that ran is the one that was approved"
    assert await marked(world, one, two) == [False, False]
    assert await hint(world, request="abc") == 1
    assert await marked(world, two) == [True]
    assert [entry["kind"] for entry in await world.service.occurrences(SPACE, one)][-1] == "request.met"


async def test_signals_that_come_together_are_taken_one_by_one(world: World) -> None:
    """What was approved has run, and what is open was allowed in the terminal: both say so in one transaction."""
    one, two = await asked(world, "a"), await asked(world, "b")
    await let(world, one, "a")
    signals = [Hint(AGENT.name, "s1", "abc")] * 2
    assert world.store.apply(SPACE, signals, lambda: world.now).answers == [0, 1]
    assert await marked(world, one, two) == [False, True]


async def test_a_rejected_question_takes_no_signal(world: World) -> None:
    one, two = await asked(world, "a"), await asked(world, "b")
    await world.decide(await world.row(one), "reject")
    await hint(world, request="abc")
    assert await marked(world, two) == [True]


@pytest.mark.parametrize(
    "changes", [{"session_id": "s2"}, {"request": "other"}, {"sender": OTHER}], ids=["session", "request", "sender"]
)
async def test_what_does_not_match_marks_nothing(world: World, changes: dict[str, Any]) -> None:
    one = await asked(world, "a")
    assert await hint(world, **({"request": "abc"} | changes)) == 0
    assert await marked(world, one) == [False]


async def test_the_end_of_a_turn_marks_what_that_agent_asked(world: World) -> None:
    own, subs = await asked(world, "a", request="x"), await asked(world, "b", subagent_id="sub", request="y")
    elsewhere = await asked(world, "c", session_id="s2")
    assert await hint(world, subagent_id="") == 1
    assert await marked(world, own, subs, elsewhere) == [True, False, False]
    assert await hint(world) == 1
    assert await marked(world, subs, elsewhere) == [True, False]


async def test_a_message_is_no_question(world: World) -> None:
    await world.publish(message(details=REQUEST))
    assert await hint(world, request="abc") == 0
    assert await hint(world) == 0


async def test_a_question_tells_what_became_of_the_same_one_before(world: World) -> None:
    first = await asked(world, "a")
    assert "asked_before" not in (await world.row(first)).details
    await let(world, first, "a")
    second = await asked(world, "b", session_id="s2")
    before = (await world.row(second)).details["asked_before"]
    assert isinstance(before, dict)
    assert (before["count"], before["decisions"]) == (1, {"approve": 1})
    assert before["last"] == {"key": "approve", "label": "approve", "by": "ada", "at": "2023-11-14T22:13:20.000000Z"}
    await world.decide(await world.row(second), "reject")
    third = (await world.row(await asked(world, "c"))).details["asked_before"]
    assert isinstance(third, dict)
    assert (third["count"], third["decisions"]) == (2, {"approve": 1, "reject": 1})


@pytest.mark.parametrize("details", [{"cwd": "/srv/other"}, {"host": "elsewhere"}, {"request": "other"}])
async def test_another_place_or_request_is_not_the_same(world: World, details: dict[str, Any]) -> None:
    await asked(world, "a")
    assert "asked_before" not in (await world.row(await asked(world, "b", **details))).details


def test_senders_hint_and_operators_do_not(shared_hub: RunningHub) -> None:
    shared_hub.publish(title="May I?", is_prompt=True, session_id="h1", request="r", asked_before={"count": 99})
    body = {"session_id": "h1", "request": "r"}
    assert shared_hub.call("POST", "/api/hints", body).status == 403
    assert shared_hub.call("POST", "/api/hints", {"session_id": ""}, by="send").status == 422
    reply = shared_hub.call("POST", "/api/hints", body, by="send")
    assert (reply.status, reply.document["marked"]) == (200, 1)
    row = shared_hub.call("GET", "/api/notifications?limit=1").document["items"][0]
    assert (row["seems_answered"], row["request"], row.get("asked_before")) == (True, "r", None)
