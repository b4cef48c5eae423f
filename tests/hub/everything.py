"""All that a hub does to a space, each thing once, in a store that `filling` has filled."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hub_world import AGENT, Retention, World, about, message, prompt

from inbox_tui.core import triage
from inbox_tui.core.flows.document import Flows
from inbox_tui.core.times import DAY, HOUR
from inbox_tui.hub.flows.engine import FlowEngine
from inbox_tui.hub.master import MasterKey
from inbox_tui.hub.measuring import Asked
from inbox_tui.hub.store import reads
from inbox_tui.hub.store.store import Verb
from inbox_tui.hub.values import Belonging, Callback, InSession, Terminal
from inbox_tui.hub.verbs.asks import Withdraw
from inbox_tui.hub.verbs.decide import Decide
from inbox_tui.hub.verbs.flows import ChangeFlows
from inbox_tui.hub.verbs.jobs import Again, Claim, Done, Failed, Finish, Later, Renew
from inbox_tui.hub.verbs.media import PIECE, AddPiece
from inbox_tui.hub.verbs.publish import Publish
from inbox_tui.hub.verbs.retain import Retain
from inbox_tui.hub.verbs.triage import TriageChunk
from inbox_tui.hub.webhooks import SetWebhook


async def do_everything(world: World, space: str) -> None:
    await _publish(world, space)
    await _ask(world, space)
    await _read(world, space)
    await _triage(world, space)
    await _mute(world, space)
    await _keep_files(world, space)
    await _let_time_pass(world, space)
    _do_jobs(world, space)
    await _follow_flows(world, space)
    await _keep_keys(world, space)


def _apply(world: World, space: str, *verbs: Verb) -> list[Any]:
    return world.store.apply(space, verbs, lambda: world.now).answers


async def _publish(world: World, space: str) -> None:
    publish = world.service.publish
    for n in range(12):
        await publish(space, AGENT, message("again and again"), idempotency_key=f"own-{n}", body_hash="h")
    await publish(space, AGENT, message(kind="task.started", run_id="r"))
    await publish(space, AGENT, message(kind="task.completed", run_id="r"))
    await publish(space, AGENT, message(kind="task.progress", run_id="r"))
    await publish(space, AGENT, message(kind="input.approved", run_id="run-0"))
    await publish(space, AGENT, message(timeout=60.0))
    session = await world.service.messages.open_session(space, AGENT, "of the test")
    begun = await publish(space, AGENT, message("begun"), belonging=Belonging(session.id))
    await publish(space, AGENT, message("ended"), belonging=Belonging(session.id, begun.event_id, "close"))
    await world.service.messages.session(space, AGENT, session.id)
    await world.service.messages.said(space, AGENT, begun.event_id)
    for n in range(2):
        await publish(space, AGENT, message("in a session"), belonging=InSession("Codex 1", plan=f'{{"level": "{n}"}}'))
    sessions, nowhere = world.service.sessions, Terminal()
    await sessions.register(space, AGENT, id="Codex 1", label="", terminal=nowhere)
    await sessions.register(space, AGENT, id="", label="Codex", terminal=nowhere)
    await sessions.listed(space)
    await sessions.close(space, "Codex 2")
    world.advance(2 * 3600)
    await publish(space, AGENT, message("again and again"))


async def _ask(world: World, space: str) -> None:
    service = world.service
    asked = await service.publish(
        space, AGENT, prompt(details={"request": "request-20", "session_id": "s"}), idempotency_key="asked"
    )
    assert (await service.asks.poll(space, AGENT, "asked", epoch=None, wait=0)).status == "open"
    given = {"key": "approve", "comment": "", "by": "ada", "via": "test", "attempt": "own"}
    for _ in range(2):
        await service.decide(space, asked.id, raised_rev=asked.rev, epoch=asked.epoch, **given)
    await service.answers.wait(space, AGENT, asked.id, 0)
    await service.answers.asked(space, AGENT, asked.id)
    await service.answers.untaken(space, AGENT)
    await service.answers.take(space, AGENT, asked.id)
    await service.asks.acknowledge(space, AGENT, "asked", id=asked.id, epoch=asked.epoch)
    await service.asks.hint(space, AGENT, session_id="s", request="request-20")
    old = await service.publish(space, AGENT, prompt(details={"session_id": "s"}), idempotency_key="old")
    await service.asks.hint(space, AGENT, session_id="s")
    await service.publish(space, AGENT, prompt(supersedes=old.id), idempotency_key="new")
    await service.asks.withdraw(space, AGENT, "new")
    await service.asks.withdraw(space, AGENT, "never asked")
    await service.asks.status(space, AGENT, asked.id)
    world.store.read(lambda connection: reads.asked(connection, space, "agent", "asked"))
    await service.publish(space, AGENT, prompt(), idempotency_key="left alone")


async def _read(world: World, space: str) -> None:
    service = world.service
    for task in await service.measures.tasks(space):
        await service.measures.told(space, Asked(task.source, task.name, world.now - DAY, world.now))
    head = (await service.heads([space]))[space]
    for unread in (False, True):
        for needs_me in (False, True):
            page = await service.page(space, limit=50, unread=unread, needs_me=needs_me)
            if page.next_cursor:
                await service.page(space, limit=500, before=page.next_cursor, unread=unread, needs_me=needs_me)
    for behind in (5, 200, head.rev - head.floor):
        await service.changes(space, head.rev - behind, 500)
        at = reads.Head(head.epoch, head.rev - behind, head.floor, 0)
        world.store.read(lambda connection, at=at: reads.moved(connection, space, at))  # type: ignore[misc]
    await service.timeline(space, "run-0")
    await service.occurrences(space, (await service.publish(space, AGENT, message("again and again"))).id)
    await service.list_spaces()
    await service.totals()
    world.store.spaces()
    world.store.read(lambda connection: reads.space_made_at(connection, space))
    world.store.secret("of the test")


async def _triage(world: World, space: str) -> None:
    service = world.service
    rev = (await service.head(space)).rev
    own = await service.publish(space, AGENT, message("own"))
    for verb in triage.BULK:
        until = world.now + HOUR if verb == "snooze" else None
        await service.triage(space, own.id, verb, until=until, idempotency_key=f"own-{verb}")
        for up_to in (0, rev):  # Nothing is so old; and a chunk of all there is.
            _apply(world, space, TriageChunk(verb, up_to, "0", False, False, until))
            _apply(world, space, TriageChunk(verb, up_to, "0", True, True, until, True))
    await service.triage(space, own.id, "snooze", until=world.now + HOUR)


async def _mute(world: World, space: str) -> None:
    mutes = world.service.mutes
    own = await world.service.publish(space, AGENT, message("of nobody else", source="some-tool", task_name="t"))
    await mutes.mute_row(space, own.id, "notification", until=None, by="ada")
    await mutes.mute_row(space, own.id, "notification", until=world.now + HOUR, by="ada")
    await mutes.unmute_row(space, own.id, "notification")
    rule = await mutes.make(space, "source", "some-tool", "", until=None, by="ada")
    await mutes.lift(space, rule)
    await mutes.mute_row(space, own.id, "task", until=world.now + HOUR, by="ada")
    await mutes.make(space, "source", "agent-1", "", until=world.now + HOUR, by="ada")
    await mutes.listed(space)


async def _keep_files(world: World, space: str) -> None:
    """One in several pieces that is referred to, the same again, and one that is cut off and gone on with too late."""
    media, large = world.service.media, b"own" * PIECE
    kept = await world.keep(large, space=space)
    assert (await world.keep(large, space=space)).id == kept.id
    await world.service.publish(space, AGENT, about(kept))
    found = await media.find(space, kept.id, kept.name)
    assert b"".join([piece async for piece in media.pieces(space, found)]) == large
    _apply(world, space, AddPiece("", 0, b"own", 1 << 40))
    await world.keep(b"nobody's", space=space)
    world.advance(2 * DAY / 10**6)
    await world.service.tick()


async def _let_time_pass(world: World, space: str) -> None:
    _apply(world, space, Retain(Retention(rows_days=1000, rows_most=10)))
    for seconds in (120, 2 * 3600, 31 * DAY // 10**6):
        world.advance(seconds)
        await world.service.tick()


def _do_jobs(world: World, space: str) -> None:
    """Those of questions that are decided; one whose asker gave up has none."""
    outcomes = Done(), Again("answered 503"), Failed("answered 404")
    for n in range(len(outcomes)):
        ask = Publish(AGENT, prompt(), f"job-{n}", callback=Callback("example.org", "sealed"))
        (asked,) = _apply(world, space, ask)
        decide = Decide(asked.id, "approve", "", asked.rev, asked.epoch, f"job-{n}", "ada", "test")
        _apply(world, space, decide)
    _apply(world, space, Publish(AGENT, prompt(), "given up", callback=Callback("example.org", "sealed")))
    _apply(world, space, Withdraw("agent", "given up"))
    world.store.read(lambda connection: reads.next_jobs(connection, 200))
    (jobs,) = _apply(world, space, Claim(len(outcomes), DAY))
    _apply(world, space, *(Renew(job, DAY) for job in jobs))
    _apply(world, space, *(Finish(job, outcome, 0.5) for job, outcome in zip(jobs, outcomes, strict=True)))


async def _follow_flows(world: World, space: str) -> None:
    """Jobs that go on later, are tried again and dropped; and a forward of what repeats."""
    worklist = world.service.worklist
    with TemporaryDirectory() as folder:
        master = MasterKey(Path(folder) / "key", may_make=True)
        for _ in range(2):
            config = {"to": ["one", "two"], "unanswered_minutes": 60}
            bound = {"t": [{"activity_id": "forward", "config": config}]}
            flows = Flows.model_validate({"triggers": [{"id": "t", "event_type": "*"}], "bindings_by_trigger_id": bound})
            version, _ = world.store.read(lambda connection: reads.flows(connection, space))
            _apply(world, space, ChangeFlows(master.seal(flows.model_dump_json()), "ada", version))
        for _ in range(3):
            _apply(world, space, Publish(AGENT, message("told on"), flows=FlowEngine(master)))
    world.advance(2 * 3600)
    (jobs,) = _apply(world, space, Claim(10, DAY))
    first, second = (job for job in jobs if job.kind == "forward")
    _apply(world, space, Finish(first, Later(60.0, first.body, "was told"), 0.5), Finish(second, Failed("answered 404"), 0.5))
    await worklist.listed(space, None)
    await worklist.retry(space, second.id)
    await worklist.drop(space, second.id)


async def _keep_keys(world: World, space: str) -> None:
    service = world.service
    made = await service.create_key(space, "own", "send")
    await service.authenticate(made.key_text)
    await service.list_keys(space)
    _apply(world, space, SetWebhook("own", Callback("h", "sealed")))
    await service.list_keys()
    await service.revoke_key(made.id)


async def replace(world: World, space: str) -> None:
    """By its own restored self, with something of everything in it; and then by an empty one."""
    own = await world.service.publish(space, AGENT, message("own"), idempotency_key="last")
    await world.service.triage(space, own.id, "done", idempotency_key="last")
    world.store.restore_epoch(space, lambda: world.now)
    await world.service.remove_space(space, confirm=space)
    while space in world.store.read(reads.removed_spaces):
        await world.service.tick()
    await world.service.create_space(space)
