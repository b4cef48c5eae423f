"""Jobs in the store: written with what causes them, claimed by lease, tried again, given up; callbacks are the kind there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from hub_world import AGENT, OTHER, SPACE, Remove, World, defaulting, prompt

from inbox_tui.core.errors import Refused
from inbox_tui.core.times import DAY, HOUR, SECOND
from inbox_tui.hub.callbacks import Callbacks
from inbox_tui.hub.master import MasterKey
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Job, Wanted
from inbox_tui.hub.store.store import Verb
from inbox_tui.hub.verbs.decide import Decide
from inbox_tui.hub.verbs.jobs import BUDGET, DELIVERY_FAILED, Again, Claim, Done, Failed, Finish, Outcome, pause
from inbox_tui.hub.verbs.publish import Publish

URL = "https://hooks.example/path?token=private"
LEASE = 30 * SECOND


@pytest.fixture
def callbacks(tmp_path: Path) -> Callbacks:
    """What seals addresses; nothing here calls any."""
    return Callbacks(MasterKey(tmp_path / "hub.key", may_make=True))


def apply(world: World, *verbs: Verb) -> list[Any]:
    """In one transaction."""
    return world.store.apply(SPACE, verbs, lambda: world.now).answers


async def ask(world: World, callbacks: Callbacks, **changes: Any) -> str:
    event = prompt(waiting=False, **changes)
    (done,) = apply(world, Publish(AGENT, event, callback=callbacks.sealed(URL)))
    return str(done.id)


async def decided(world: World, callbacks: Callbacks, **changes: Any) -> str:
    row_id = await ask(world, callbacks, **changes)
    await world.decide(await world.row(row_id), attempt=f"attempt-{row_id}")
    return row_id


def claim(world: World, most: int = 10) -> list[Job]:
    (jobs,) = apply(world, Claim(most, LEASE))
    return cast(list[Job], jobs)


def finish(world: World, job: Job, outcome: Outcome) -> str:
    (told,) = apply(world, Finish(job, outcome, 0.5))
    return str(told)


def states(world: World) -> list[str]:
    found = world.store.read(lambda connection: connection.execute("SELECT state FROM job ORDER BY id"))
    return [str(state) for (state,) in found]


async def kinds(world: World, row_id: str) -> list[str]:
    return [entry["kind"] for entry in await world.service.occurrences(SPACE, row_id)]


async def test_a_job_is_written_in_the_transaction_of_the_decision(world: World, callbacks: Callbacks) -> None:
    row_id = await ask(world, callbacks)
    row, head = await world.row(row_id), await world.service.head(SPACE)
    decision = Decide(row_id, "approve", "", row.raised_rev, head.epoch, "attempt-1", "ada", "test")
    with pytest.raises(ZeroDivisionError):
        apply(world, decision, Stumble())
    assert ((await world.row(row_id)).decision, states(world), claim(world)) == (None, ["waiting"], [])
    done = world.store.apply(SPACE, [decision], lambda: world.now)
    assert (done.has_queued, states(world)) == (True, ["queued"])
    assert not world.store.apply(SPACE, [decision], lambda: world.now).has_queued, "a repeated key press queues nothing"


async def test_a_question_that_ends_in_the_batch_that_asks_it_is_told_too(world: World, callbacks: Callbacks) -> None:
    old = await ask(world, callbacks, title="old")
    first = Publish(AGENT, prompt(waiting=False, title="new", supersedes=old), callback=callbacks.sealed(URL))
    apply(world, first)
    assert states(world) == ["queued", "waiting"]


async def test_who_is_told_and_who_is_not(world: World, callbacks: Callbacks) -> None:
    for key, changes in {
        "expires": {"timeout": 10.0},
        "defaults": {"timeout": 10.0, "choices": defaulting("reject")},
        "withdrawn": {},
        "open": {},
    }.items():
        apply(world, Publish(AGENT, prompt(waiting=False, title=key, **changes), key, "", callbacks.sealed(URL)))
    apply(world, Publish(AGENT, prompt(title="message", is_prompt=False, actionable=False), callback=callbacks.sealed(URL)))
    await world.service.asks.withdraw(SPACE, AGENT, "withdrawn")
    await world.service.asks.withdraw(SPACE, OTHER, "born withdrawn")
    apply(world, Publish(OTHER, prompt(title="late"), "born withdrawn", "", callbacks.sealed(URL)))
    world.advance(11)
    await world.service.tick()
    assert states(world) == ["queued", "queued", "waiting"]
    assert sorted('"status":"decided"' in job.body for job in claim(world)) == [False, True]


async def test_a_restore_tells_what_it_closes(world: World, callbacks: Callbacks) -> None:
    row_id = await ask(world, callbacks)
    world.store.restore_epoch(SPACE, lambda: world.now)
    [job] = claim(world)
    assert (job.notification_id, '"status":"expired"' in job.body) == (row_id, True)


async def test_a_claim_is_a_lease(world: World, callbacks: Callbacks) -> None:
    await decided(world, callbacks)
    [job] = claim(world)
    assert (job.attempts, job.sender, job.host, claim(world)) == (1, "agent", "hooks.example", [])
    world.advance(LEASE / SECOND - 1)
    assert claim(world) == []
    world.advance(1)
    [again] = claim(world)
    assert (again.id, again.body, again.attempts) == (job.id, job.body, 2)
    assert finish(world, job, Again("answered 500")) == "", "its lease had run out"
    assert finish(world, job, Done()) == "done", "but done is done"
    assert finish(world, again, Done()) == ""
    assert states(world) == []
    assert (await kinds(world, job.notification_id)).count("callback.sent") == 1


async def test_a_host_with_much_to_hear_leaves_room_for_others(world: World, callbacks: Callbacks) -> None:
    for _ in range(6):
        await decided(world, callbacks)
    event = prompt(waiting=False)
    (done,) = apply(world, Publish(AGENT, event, callback=callbacks.sealed("https://other.example/")))
    await world.decide(await world.row(done.id), attempt="other")
    (first,) = apply(world, Claim(5, LEASE, 2))
    assert [job.host for job in first] == ["hooks.example"] * 2
    (second,) = apply(world, Claim(5, LEASE, 2, {"hooks.example": 2}))
    assert [job.host for job in second] == ["other.example"]
    (third,) = apply(world, Claim(5, LEASE, 2, {"hooks.example": 1, "other.example": 1}))
    assert [job.host for job in third] == ["hooks.example"]


async def test_an_answer_that_was_taken_is_delivered(world: World, callbacks: Callbacks) -> None:
    row_id = await decided(world, callbacks)
    finish(world, claim(world)[0], Done())
    decision = (await world.row(row_id)).decision
    assert decision is not None
    assert decision.delivery == "delivered"


async def test_what_fails_waits_longer_each_time_and_is_given_up_after_a_day(world: World, callbacks: Callbacks) -> None:
    row_id = await decided(world, callbacks, title="Deploy?")
    begun, attempts = world.now, 0
    while not await given_up(world):
        [job] = claim(world)
        attempts += 1
        assert job.attempts == attempts
        finish(world, job, Again("answered 500"))
        if states(world) == ["queued"]:
            world.now += pause(attempts, 0, 0.5) - 1
            assert claim(world) == []
            world.now += 1
    assert BUDGET <= world.now - begun < BUDGET + HOUR
    assert states(world) == ["failed"]
    assert await kinds(world, row_id) == ["input.required", "input.approved", "callback.delayed", "callback.failed"]
    [told] = await given_up(world)
    assert "answered 500" in told.body
    assert "Deploy?" in told.body
    assert "private" not in told.body


class Stumble:
    """A verb that breaks the batch that it is in."""

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> None:
        raise ZeroDivisionError


async def given_up(world: World) -> list[Any]:
    return [row for row in await world.rows() if row.kind == DELIVERY_FAILED]


@pytest.mark.parametrize(
    ("attempts", "retry_after", "jitter", "seconds"),
    [
        (1, 0.0, 0.5, 2),
        (1, 0.0, 0.0, 1.5),
        (3, 0.0, 1.0, 10),
        (60, 0.0, 0.5, 3600),
        (1, 30.0, 0.5, 30),
        (5, 1.0, 0.5, 32),
        (1, 1e300, 0.5, 3600),
    ],
)
def test_how_long_a_pause_is(attempts: int, retry_after: float, jitter: float, seconds: float) -> None:
    assert pause(attempts, retry_after, jitter) == seconds * SECOND


async def test_failures_of_one_host_are_one_row_also_in_one_commit(world: World, callbacks: Callbacks) -> None:
    for _ in range(3):
        await decided(world, callbacks)
    first, second, third = claim(world)
    apply(world, Finish(first, Failed("answered 410 Gone"), 0.5), Finish(second, Failed("answered 410 Gone"), 0.5))
    finish(world, third, Failed("answered 410 Gone"))
    [row] = await given_up(world)
    assert (row.count, row.title, row.sender, row.severity) == (3, "A callback to hooks.example failed", "inbox", "error")


async def test_what_failed_keeps_its_address_sealed_for_another_try_and_goes_in_time(world: World, callbacks: Callbacks) -> None:
    await decided(world, callbacks)
    finish(world, claim(world)[0], Failed("answered 410 Gone"))
    ((address,),) = world.store.read(lambda connection: connection.execute("SELECT address FROM job"))
    assert address
    assert "private" not in str(address)
    world.advance(8 * DAY / SECOND)
    await world.service.tick()
    assert states(world) == []


async def test_what_is_still_to_be_done_is_never_swept(world: World, callbacks: Callbacks) -> None:
    await decided(world, callbacks)
    await ask(world, callbacks)
    world.advance(8 * DAY / SECOND)
    await world.service.tick()
    assert states(world) == ["queued", "waiting"]


async def test_a_row_that_is_gone_takes_nothing_along(world: World, callbacks: Callbacks) -> None:
    row_id = await decided(world, callbacks)
    [job] = claim(world)
    apply(world, Remove(row_id))
    assert finish(world, job, Done()) == "done"


async def test_the_address_is_nowhere_but_sealed(world: World, callbacks: Callbacks) -> None:
    await decided(world, callbacks)
    [record] = world.store.read(lambda connection: connection.execute("SELECT * FROM job"))
    assert "private" not in str([record, await world.rows(), await world.service.occurrences(SPACE, record[4])])


async def test_a_hub_that_calls_nobody_says_so(world: World) -> None:
    with pytest.raises(Refused, match="callback_url"):
        await world.publish(prompt(callback_url=URL))
