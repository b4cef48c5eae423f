"""Many senders at once: every event is counted once, every changed row of a commit has one rev, and no rev is missing."""

from __future__ import annotations

import asyncio

import pytest
from hub_world import AGENT, SPACE, World, message

from inbox_tui.core.errors import Refused
from inbox_tui.core.model import decode
from inbox_tui.hub import writer
from inbox_tui.hub.service import Published
from inbox_tui.hub.store import reads


async def test_two_hundred_at_once_on_one_fingerprint(world: World) -> None:
    old = await world.publish(message("hot"))
    world.advance(3601)
    begun = await world.service.head(SPACE)
    revs: set[int] = set()
    cursor = begun.rev

    async def follow() -> None:
        nonlocal cursor
        while (changes := await world.service.changes(SPACE, cursor, 1000)) is not None and changes.items:
            found = [change.rev for change in changes.items]
            assert found == sorted(found)
            assert len({change.id for change in changes.items}) == len(found)
            revs.update(found)
            cursor = found[-1]

    async def read() -> None:
        row_id = (await world.publish(message("hot"))).id
        await world.service.triage(SPACE, row_id, "read")

    followers: list[asyncio.Task[None]] = []
    world.service.on_commit(lambda _: followers.append(asyncio.create_task(follow())))
    hot = [world.publish(message("hot")) for _ in range(200)]
    others = [world.publish(message(f"other {number % 7}")) for number in range(100)]
    mixed = [call for pair in zip(hot[:100], others, strict=True) for call in pair] + hot[100:]
    published = await asyncio.gather(*mixed[:150], read(), *mixed[150:])
    await asyncio.gather(*followers)
    await follow()

    rows = {row.title: row for row in (decode(text) for text in (await world.page()).items) if row.id != old.id}
    assert rows["hot"].count == 201
    assert sum(row.count for title, row in rows.items() if title != "hot") == 100
    assert (await world.row(old.id)).count == 1
    answers = [answer for answer in published if isinstance(answer, Published)]
    assert sum(answer.is_new for answer in answers) == 8, "one call made each row"
    assert len({answer.event_id for answer in answers}) == 300
    assert len(await world.service.occurrences(SPACE, rows["hot"].id)) == 201
    head = await world.service.head(SPACE)
    assert cursor == head.rev
    assert {answer.rev for answer in answers} <= set(range(begun.rev + 1, head.rev + 1))
    assert head.unread_count == sum(row.read_at is None for row in rows.values()) + 1


async def test_each_commit_takes_the_next_revs_without_a_gap(world: World) -> None:
    seen = [(await world.service.head(SPACE)).rev]

    def committed(_: str) -> None:
        # Read before the writer can be given anything else: exactly what this commit changed, and maybe the next one's.
        changes = world.store.read(lambda connection: reads.changes(connection, SPACE, seen[-1], 1000))
        assert changes is not None
        seen.extend(change.rev for change in changes.items)

    world.service.on_commit(committed)
    for batch in range(20):
        row = await world.publish(message("0"))
        await asyncio.gather(*(world.publish(message(f"{batch} {number % 5}")) for number in range(20)))
        await world.service.triage(SPACE, row.id, "done")
    assert len(seen) > 100
    assert seen == list(range(seen[0], seen[-1] + 1))


async def test_a_refused_verb_hurts_nobody_in_its_batch(world: World) -> None:
    calls = [world.publish(message(str(number))) for number in range(20)]
    wrong = [world.service.triage(SPACE, "01JD0Q4N3V5W8XRZ2K7M9T6BHC", "read") for _ in range(5)]
    answers = await asyncio.gather(*calls[:10], *wrong, *calls[10:], return_exceptions=True)
    assert sum(isinstance(answer, Published) for answer in answers) == 20
    assert sum(isinstance(answer, Refused) for answer in answers) == 5


async def test_one_bad_event_fails_alone(world: World) -> None:
    """What the edge should have refused: a lone surrogate cannot be stored. The others of its batch are."""
    good = [world.publish(message(str(number))) for number in range(10)]
    answers = await asyncio.gather(*good[:5], world.publish(message("\ud800")), *good[5:], return_exceptions=True)
    assert [type(answer) for answer in answers] == [Published] * 5 + [UnicodeEncodeError] + [Published] * 5
    assert len(await world.rows()) == 10
    assert world.service.storage_problem == ""


async def test_spaces_share_the_writer(world: World) -> None:
    for space in ("team", "ops"):
        await world.service.create_space(space)
    spaces = ["default", "team", "ops"] * 50
    await asyncio.gather(*(world.service.publish(space, AGENT, message()) for space in spaces))
    for space in ("default", "team", "ops"):
        (text,) = (await world.service.page(space, limit=10)).items
        assert decode(text).count == 50


async def test_a_queue_that_is_full_refuses_instead_of_growing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MOST_QUEUED", 5)
    answers = await asyncio.gather(*(world.publish(message(str(n))) for n in range(50)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert {(answer.status, answer.code, answer.retry_after) for answer in refused} == {(503, "busy", 1)}
    assert len(refused) == 45
    assert len(await world.rows()) == 5


async def test_what_was_accepted_before_closing_is_written(world: World) -> None:
    tasks = [asyncio.create_task(world.publish(message(str(n)))) for n in range(300)]
    closing = asyncio.create_task(world.service.close())
    published = await asyncio.gather(*tasks)
    await closing
    with pytest.raises(Refused, match="shutting down"):
        await world.publish(message())
    await world.restart()
    assert {row.id for row in await world.rows()} == {answer.id for answer in published}
