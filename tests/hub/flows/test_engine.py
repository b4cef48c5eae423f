"""What flows queue, in the event's own transaction: all of it or none, and whatever goes wrong the event is taken in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hub_world import AGENT, SPACE, World, message

from inbox_tui.core.flows.document import Flows
from inbox_tui.core.times import MINUTE
from inbox_tui.hub.flows.engine import FlowEngine
from inbox_tui.hub.master import MasterKey
from inbox_tui.hub.store.records import Job
from inbox_tui.hub.values import Published
from inbox_tui.hub.verbs.flows import ChangeFlows
from inbox_tui.hub.verbs.jobs import Claim
from inbox_tui.hub.verbs.publish import Publish


@pytest.fixture
def master(tmp_path: Path) -> MasterKey:
    return MasterKey(tmp_path / "hub.key", may_make=True)


def apply(world: World, *verbs: Any) -> list[Any]:
    return world.store.apply(SPACE, verbs, lambda: world.now).answers


def put(world: World, master: MasterKey, text: str, seen: int = 0) -> int:
    (version,) = apply(world, ChangeFlows(master.seal(text), "ada", seen))
    assert isinstance(version, int)
    return version


def flows(*activities: tuple[str, dict[str, Any]], event_type: str = "*") -> str:
    bound = [{"activity_id": activity_id, "config": config} for activity_id, config in activities]
    document = {"triggers": [{"id": "t", "event_type": event_type}], "bindings_by_trigger_id": {"t": bound}}
    return Flows.model_validate(document).model_dump_json()


def publish(world: World, engine: FlowEngine, title: str = "x") -> Published:
    (published,) = apply(world, Publish(AGENT, message(title), flows=engine))
    assert isinstance(published, Published)
    return published


def claimed(world: World) -> list[Job]:
    (jobs,) = apply(world, Claim(100, MINUTE))
    assert isinstance(jobs, list)
    return jobs


async def test_every_binding_is_a_job_that_says_no_secret(world: World, master: MasterKey) -> None:
    hook = {"url": "https://example.org/secret?token=secret", "headers": {"X-Key": "secret"}}
    put(world, master, flows(("toast_notification", {"message_template": "{{title}}!"}), ("post_webhook", hook)))
    assert publish(world, FlowEngine(master)).dispatch == "queued"
    toast, webhook = claimed(world)
    assert (toast.kind, json.loads(toast.body)["text"]) == ("toast_notification", "x!")
    assert (webhook.kind, webhook.host) == ("post_webhook", "example.org")
    assert "secret" not in webhook.body + webhook.address + repr(webhook)
    assert json.loads(master.unseal(webhook.address)) == hook


async def test_a_change_holds_from_the_next_event_on_in_every_hub(world: World, master: MasterKey) -> None:
    engines = [FlowEngine(master), FlowEngine(master)]
    version = put(world, master, flows(("toast_notification", {"message_template": "one"})))
    for engine in engines:
        publish(world, engine)
    put(world, master, flows(("toast_notification", {"message_template": "two"})), version)
    for engine in engines:
        publish(world, engine)
    assert [json.loads(job.body)["text"] for job in claimed(world)] == ["one", "one", "two", "two"]


@pytest.mark.parametrize(("text", "dispatch"), [("{not flows", "failed"), ('{"version": 7}', "failed")])
async def test_flows_that_cannot_be_read_cost_no_event(world: World, master: MasterKey, text: str, dispatch: str) -> None:
    put(world, master, text)
    published = publish(world, FlowEngine(master))
    assert (published.dispatch, (await world.row(published.id)).title) == (dispatch, "x")
    assert claimed(world) == []


async def test_flows_sealed_by_another_key_are_said_to_be_unavailable(world: World, master: MasterKey, tmp_path: Path) -> None:
    put(world, master, flows(("toast_notification", {})))
    other = MasterKey(tmp_path / "other.key", may_make=True)
    assert publish(world, FlowEngine(other)).dispatch == "flow_unavailable"
    assert publish(world, FlowEngine(master, is_on=False)).dispatch == "flow_unavailable"
    assert claimed(world) == []


async def test_a_forward_to_several_is_a_job_each_and_one_while_it_repeats(world: World, master: MasterKey) -> None:
    put(world, master, flows(("forward", {"to": ["phone", "team", "phone"]})))
    engine = FlowEngine(master)
    for _ in range(3):
        publish(world, engine, "again and again")
    assert [job.host for job in claimed(world)] == ["phone", "team"]
    publish(world, engine, "something else")
    assert [job.host for job in claimed(world)] == ["phone", "team"]
