"""What a sender is told of its own questions by their rows' ids, on each engine."""

from __future__ import annotations

import asyncio
import json

import pytest
from hub_world import AGENT, OTHER, SPACE, World, message, prompt

from inbox_tui.core.errors import Refused
from inbox_tui.core.model import Speech
from inbox_tui.hub.values import Voices


async def untaken(world: World) -> list[str]:
    found = await world.service.answers.untaken(SPACE, AGENT)
    return [json.loads(one.document)["decision"]["key"] for one in found]


async def test_answers_are_listed_as_they_came_until_each_is_taken(world: World) -> None:
    asked = [await world.publish(prompt(title=f"{n}")) for n in range(3)]
    await world.publish(message())
    answers = world.service.answers
    for one, key in ((asked[2], "reject"), (asked[0], "approve")):
        await world.decide(await world.row(one.id), key, attempt=key)
    assert await untaken(world) == ["reject", "approve"]
    first, second = await answers.untaken(SPACE, AGENT)
    assert (first.event_id, second.event_id) == (asked[2].event_id, asked[0].event_id)
    assert [one.rev for one in await answers.untaken(SPACE, AGENT, after_rev=first.rev)] == [second.rev]
    assert await answers.untaken(SPACE, OTHER) == []
    taken = await answers.take(SPACE, AGENT, asked[2].id)
    assert taken.decision is not None
    assert taken.decision["delivery"] == "delivered"
    assert await untaken(world) == ["approve"]
    assert (await answers.take(SPACE, AGENT, asked[0].id, is_confirmed=False)).status == "decided"
    assert await untaken(world) == []
    await world.restart()
    assert await untaken(world) == []


async def test_who_did_not_ask_is_told_nothing(world: World) -> None:
    asked, told = await world.publish(prompt()), await world.publish(message())
    answers = world.service.answers
    for id_, sender in ((asked.id, OTHER), (told.id, AGENT), ("0" * 26, AGENT)):
        for call in (answers.take(SPACE, sender, id_), answers.wait(SPACE, sender, id_, 0), answers.asked(SPACE, sender, id_)):
            with pytest.raises(Refused) as refused:
                await call
            assert refused.value.status == 404
    with pytest.raises(Refused) as refused:
        await answers.take(SPACE, AGENT, asked.id)
    assert (refused.value.status, refused.value.code) == (409, "unanswered")


async def test_who_waits_is_here_and_hears_at_once(world: World) -> None:
    asked = await world.publish(prompt(waiting=False))
    assert (await world.row(asked.id)).waiting == "nobody"
    waiting = asyncio.create_task(world.service.answers.wait(SPACE, AGENT, asked.id, 30))
    while (row := await world.row(asked.id)).waiting != "here":
        pass
    await world.decide(row, "approve")
    assert (await waiting).status == "decided"


async def test_what_cannot_be_spoken_says_so_and_leaves_no_job(world: World) -> None:
    await world.stop()
    await world.start(voices=Voices())
    speech = Speech("password=correct-horse", "af_bella", 1.0)
    said = await world.publish(message(speech=speech, details={"audio_status": "queued", "meta": {"tts_status": "queued"}}))
    while (row := await world.row(said.id)).details["audio_status"] != "failed":
        pass
    assert row.raised_rev > said.rev
    meta = row.details["meta"]
    assert isinstance(meta, dict)
    assert meta["tts_status"] == "failed"
    assert "[audio]" in str(meta["tts_error"])
    assert world.store.read(lambda connection: connection.execute("SELECT count(*) FROM job")) == [(0,)]
