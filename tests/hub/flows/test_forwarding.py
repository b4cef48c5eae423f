"""Sending on: what is said when of a row that repeats, and Apprise for real against a server on this machine."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from commands import eventually, row
from hub_world import SPACE, World, message
from hubs import RunningHub
from receiver import Receiver, hold, status

from inbox_tui.core.flows.document import Flows
from inbox_tui.core.model import Notification
from inbox_tui.hub.flows import forwarding
from inbox_tui.hub.flows.engine import FlowEngine
from inbox_tui.hub.flows.forwarding import CHECK_IN_SECONDS, LATER_SECONDS, Message, NotForwarded, Progress, next_message, pause
from inbox_tui.hub.logs import LogHandler, Logs, Wanted
from inbox_tui.hub.master import MasterKey

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # which Apprise loads
BEGUN = Progress("t/0/phone", "Nightly failed", "disk full", False, "01HF7YAT00Z1Y5W9WJNS1AQ2VD")
ROW = Notification("01HF7YAT00Z1Y5W9WJNS1AQ2VD", "task.failed", "Nightly failed", 1, 1)


def test_first_then_check_ins_then_a_summary() -> None:
    said, following = next_message(BEGUN, ROW)
    assert said == Message("Nightly failed", "disk full")
    assert following is not None
    assert pause(following) == CHECK_IN_SECONDS
    said, following = next_message(following, replace(ROW, count=1_005))
    assert said == Message("Nightly failed (1,004 more, 1,005 in all)", "Nightly failed")
    assert following is not None
    assert pause(following) == LATER_SECONDS
    said, following = next_message(following, replace(ROW, count=1_005))
    assert (said, following) == (Message("Nightly failed: quiet again", "It came 1,005 times."), None)


def test_what_comes_once_is_said_once() -> None:
    _, following = next_message(BEGUN, ROW)
    assert following is not None
    assert next_message(following, ROW) == (None, None)
    question = replace(ROW, is_prompt=True, actionable=True)
    assert next_message(BEGUN, question) == (Message("Nightly failed", "disk full"), None), "a question never repeats"


@pytest.mark.parametrize("settled", [{"read_at": 2}, {"done_at": 2}])
def test_what_somebody_has_seen_is_told_no_more(settled: dict[str, Any]) -> None:
    seen = replace(ROW, count=9, **settled)
    assert next_message(replace(BEGUN, told=1), seen) == (None, None)
    assert next_message(replace(BEGUN, escalates=True), seen) == (None, None)
    assert next_message(BEGUN, seen)[0] is not None, "what was to be said at once is"


def test_an_escalation_is_for_what_nobody_has_answered() -> None:
    escalates = replace(BEGUN, escalates=True)
    asks = replace(ROW, is_prompt=True, actionable=True)
    assert next_message(escalates, asks)[0] is not None
    assert next_message(escalates, replace(asks, closed="expired")) == (None, None)
    assert next_message(escalates, None) == (None, None)


def test_progress_is_kept_whole_in_a_job() -> None:
    progress = replace(BEGUN, told=3, check_ins=2, escalates=True)
    assert Progress.read(progress.body) == progress


def test_apprise_sends_it(receiver: Receiver) -> None:
    forwarding.send(f"json://127.0.0.1:{receiver.port}/hook", Message("Title\x1b[31m\nof it", "Text\N{RIGHT-TO-LEFT OVERRIDE}"))
    (got,) = receiver.at("/hook")
    assert (got.document["title"], got.document["message"]) == ("Title of it", "Text")


def test_what_is_refused_names_its_status_and_no_address(receiver: Receiver) -> None:
    receiver.answers["/secret"] = [status(503)]
    with pytest.raises(NotForwarded, match=r"^answered 503$") as refused:
        forwarding.send(f"json://user:secret@127.0.0.1:{receiver.port}/secret", Message("t", "x"))
    assert refused.value.may_work_later
    with pytest.raises(NotForwarded, match="no address that Apprise understands") as unknown:
        forwarding.send("nonsense://secret", Message("t", "x"))
    assert not unknown.value.may_work_later


def test_what_apprise_says_of_an_address_is_in_no_log_of_the_hubs() -> None:
    logs, hub = Logs(), logging.getLogger()
    handler = LogHandler(logs)
    hub.addHandler(handler)
    try:
        for address in ("nonsense://secret", "json://127.0.0.1:1/?method=secret"):
            with pytest.raises(NotForwarded):
                forwarding.send(address, Message("t", "x"))
    finally:
        hub.removeHandler(handler)
    assert logs.before(Wanted(frozenset({""})), None, 10) == ([], None)


async def test_a_burst_that_folds_is_one_forward(world: World, tmp_path: Path) -> None:
    await world.stop()
    await world.start(flows=FlowEngine(MasterKey(tmp_path / "key", may_make=True)))
    bound = {"t": [{"activity_id": "forward", "config": {"to": ["phone"]}}]}
    flows = Flows.model_validate({"triggers": [{"id": "t", "event_type": "*"}], "bindings_by_trigger_id": bound})
    assert world.service.flow_rules is not None
    await world.service.flow_rules.change(SPACE, flows, by="ada")
    posted = await world.publish_all(message("Nightly failed") for _ in range(20))
    assert (await world.row(posted[0].id)).count == 20
    assert [job.host for job in await world.service.worklist.listed(SPACE, "queued")] == ["phone"]


def test_a_forward_of_a_real_hub_is_done_again_after_it_died(home: Path, receiver: Receiver) -> None:
    (home / "config.toml").write_text(f'[flows.forwards]\nphone = "json://127.0.0.1:{receiver.port}/secret-topic"\n')
    hub = RunningHub.start(home, job_lease_seconds=1.0)
    config = {"to": ["phone", "nobody"], "title_template": "{{title}}", "message_template": "{{body}}"}
    flows = {
        "triggers": [{"id": "failed", "event_type": "task.failed"}],
        "bindings_by_trigger_id": {"failed": [{"activity_id": "forward", "config": config}]},
    }
    try:
        assert hub.call("PUT", "/api/flow/config", flows).status == 204
        dead = threading.Event()
        receiver.answers["/secret-topic"] = [hold(dead)]
        posted = [hub.publish(title="Nightly failed", body="disk full", kind="task.failed") for _ in range(3)]
        eventually(lambda: receiver.at("/secret-topic"))
        hub.kill9()
        dead.set()
        hub.restart()
        eventually(lambda: len(receiver.at("/secret-topic")) == 2)
        for got in receiver.at("/secret-topic"):
            assert (got.document["title"], got.document["message"]) == ("Nightly failed", "disk full")
        waiting = eventually(lambda: jobs if (jobs := _jobs(hub, "queued")) and jobs[0]["attempts"] == 0 else None)
        assert [(job["host"], job["kind"]) for job in waiting] == [("phone", "forward")], "one for all three"
        (failed,) = _jobs(hub, "failed")
        assert (failed["host"], "[flows.forwards]" in failed["last_error"]) == ("nobody", True)
        assert row(hub, posted[0]["id"])["count"] == 3
        assert "secret-topic" not in hub.paths.hub_log.read_text() + json.dumps(hub.call("GET", "/api/logs?limit=500").document)
    finally:
        hub.stop()


def _jobs(hub: RunningHub, state: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = hub.call("GET", f"/api/jobs?state={state}").document["items"]
    return found
