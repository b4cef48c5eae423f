"""The same on asyncio: nothing blocks the loop, cancelling withdraws, and a hundred may wait for people at once."""

from __future__ import annotations

import asyncio
import signal
import time

import pytest
from commands import decide, eventually, open_question, rows, timeline
from hubs import RunningHub

from inbox_tui import sdk as inbox
from inbox_tui.sdk.beside import in_thread


async def meanwhile(look):  # type: ignore[no-untyped-def]
    """`eventually`, beside the loop."""
    return await in_thread(lambda: eventually(look))


def kinds(hub: RunningHub, run_id: str) -> list[str]:
    return [event["kind"] for event in timeline(hub, run_id)]


async def test_a_block_is_a_run(hub: RunningHub) -> None:
    async with inbox.task("email") as run:
        run.progress("half", 0.5)
        run.metric("tokens", 5)
    assert kinds(hub, run.id) == ["task.started", "task.progress", "task.completed"]


async def test_a_question_is_awaited(hub: RunningHub) -> None:
    async with inbox.task("email") as run:
        asking = asyncio.create_task(run.ask("Send?"))
        decide(hub, await meanwhile(lambda: open_question(hub)), "approve", "go")
        answer = await asking
    assert (answer.approved, answer.comment) == (True, "go")
    assert kinds(hub, run.id) == ["task.started", "input.required", "input.approved", "task.completed"]


async def test_a_cancelled_task_withdraws_and_is_a_cancelled_run(hub: RunningHub) -> None:
    ids = []

    async def work() -> None:
        async with inbox.task("email") as run:
            ids.append(run.id)
            await run.ask("Send?")

    working = asyncio.create_task(work())
    await meanwhile(lambda: open_question(hub))
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    question = next(row for row in rows(hub) if row["kind"] == "input.required")
    assert question["closed"] == "withdrawn"
    assert kinds(hub, ids[0])[-1] == "task.cancelled"


async def test_a_time_limit_is_a_timeout(hub: RunningHub) -> None:
    run = inbox.task("email")

    async def work() -> None:
        async with run, asyncio.timeout(0.05):
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await work()
    assert kinds(hub, run.id)[-1] == "task.timeout"


async def test_many_wait_at_once_and_each_gets_its_own_answer(hub: RunningHub) -> None:
    asking = {n: asyncio.create_task(inbox.ask_async(f"Send {n}?")) for n in range(40)}
    await meanwhile(lambda: len(rows(hub)) == 40)
    for question in rows(hub):
        n = int(question["title"][5:-1])
        decide(hub, question, "approve" if n % 2 else "reject", str(n))
    for n, answer in {n: await task for n, task in asking.items()}.items():
        assert (answer.key, answer.comment) == ("approve" if n % 2 else "reject", str(n))


async def test_a_hub_that_hangs_does_not_hold_the_loop(hub: RunningHub) -> None:
    hub.process.send_signal(signal.SIGSTOP)
    try:
        sending = asyncio.create_task(inbox.send_async("hello"))
        longest, last = 0.0, time.monotonic()
        async with inbox.task("email") as run:
            while not sending.done():
                if not longest:
                    run.loop()
                await asyncio.sleep(0)
                now = time.monotonic()
                longest, last = max(longest, now - last), now
        assert sending.result().kept
        assert longest < 1
    finally:
        hub.process.send_signal(signal.SIGCONT)
