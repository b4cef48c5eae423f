"""Flows over a real hub: kept, shown, changed; set off by events of any dialect; every activity for real, also after a kill."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import eventually, rows
from gestalt_seed import FLOWS
from hubs import Reply, RunningHub
from receiver import Receiver, hold, status

from inbox_tui.sdk import verify
from inbox_tui.tmux import TmuxError, tmux

AGENT = """
import sys, tty
tty.setraw(0)
print("told", *sys.argv[2:], end="\\r\\n", flush=True)
while byte := sys.stdin.buffer.raw.read(1):
    open(sys.argv[1], "ab").write(byte)
"""
"""Stands in for a coding agent: shows what it was started with, and keeps what is typed."""


@pytest.fixture
def start(home: Path) -> Iterator[Callable[..., RunningHub]]:
    """Starts a hub with a configuration."""
    hubs: list[RunningHub] = []

    def start(configuration: str = "", **options: Any) -> RunningHub:
        (home / "config.toml").write_text('[outbound]\nallowed = ["127.0.0.1"]\n' + configuration)
        hubs.append(RunningHub.start(home, job_lease_seconds=1.0, **options))
        return hubs[-1]

    yield start
    for hub in hubs:
        assert hub.stop() in (0, -9), hub.paths.hub_log.read_text()


def put(hub: RunningHub, document: dict[str, Any], **more: Any) -> Reply:
    return hub.call("PUT", "/api/flow/config", document, **more)


def bound(activity_id: str, event_type: str = "work-start", **config: Any) -> dict[str, Any]:
    """Flows with one trigger that does one thing."""
    return {
        "triggers": [{"id": "t", "event_type": event_type}],
        "bindings_by_trigger_id": {"t": [{"activity_id": activity_id, "config": config}]},
    }


def notify(hub: RunningHub, session: str = "Codex 1", **payload: Any) -> None:
    body = {"session_id": session, "payload": {"type": "start", "summary": "Begin", **payload}}
    reply = hub.call("POST", f"/api/sessions/{session.replace(' ', '%20')}/notify", body, by="send")
    assert reply.status == 204, reply


def of_kind(hub: RunningHub, kind: str) -> list[dict[str, Any]]:
    return [row for row in rows(hub) if row["kind"] == kind]


def jobs(hub: RunningHub, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = hub.call("GET", f"/api/jobs?{query}").document["items"]
    return found


def test_the_document_is_kept_and_changed_as_a_whole(start: Callable[..., RunningHub]) -> None:
    hub = start()
    empty = hub.call("GET", "/api/flow/config")
    assert (empty.document, empty.headers["etag"]) == ({"version": 1, "triggers": [], "bindings_by_trigger_id": {}}, '"0"')
    done = put(hub, FLOWS, headers={"If-Match": '"0"'})
    assert done.status == 204
    kept = hub.call("GET", "/api/flow/config")
    assert (kept.document, kept.headers["etag"]) == (FLOWS, done.headers["etag"])
    late = put(hub, {}, headers={"If-Match": '"0"'})
    assert (late.status, late.document["code"]) == (409, "changed")
    wrong = put(hub, {"triggers": [{"id": "a"}]})
    assert (wrong.status, wrong.document["errors"][0]["location"]) == (422, "body.triggers[0].event_type")
    assert hub.call("GET", "/api/flow/config").document == FLOWS
    hub.kill9()
    hub.restart()
    assert hub.call("GET", "/api/flow/config").document == FLOWS


def test_as_yaml_and_back(start: Callable[..., RunningHub]) -> None:
    hub = start()
    assert put(hub, FLOWS).status == 204
    text = hub.call("GET", "/api/flow/config.yaml").text
    assert "event_type: plan-new" in text
    assert put(hub, {}).status == 204
    assert hub.call("PUT", "/api/flow/config.yaml", raw=text.encode()).status == 204
    assert hub.call("GET", "/api/flow/config").document == FLOWS
    bomb = "a: &a [x,x,x]\nb: &b [*a,*a,*a]\n"
    for raw, code, words in (
        (bomb, 400, "anchors"),
        ("triggers: [", 400, "line 1"),
        ("!!python/object/apply:os.system [id]", 400, "not YAML"),
        ("\x00", 400, "not YAML"),
        ("- a", 422, "an object"),
        ("triggers: [{id: a, event_type: x, wher: {}}]", 422, "wher"),
    ):
        refused = hub.call("PUT", "/api/flow/config.yaml", raw=raw.encode())
        assert (refused.status, words in refused.text) == (code, True), refused.text
    assert hub.call("GET", "/api/flow/config").document == FLOWS


def test_what_can_be_named_is_listed(start: Callable[..., RunningHub]) -> None:
    hub = start()
    listed = {item["id"]: item["config_schema"] for item in hub.call("GET", "/api/flow/activities").document["items"]}
    assert set(listed) == {"toast_notification", "post_webhook", "send_to_terminal", "spawn_agent_session", "forward"}
    assert set(listed["toast_notification"]["properties"]) == {"level", "message_template"}
    assert {"plan-new", "agent-turn-complete", "task.failed", "input.required"} <= {
        *hub.call("GET", "/api/flow/event-types").document["items"]
    }


def test_secrets_are_shown_to_nobody_and_stay_where_they_are_left(start: Callable[..., RunningHub], receiver: Receiver) -> None:
    hub = start()
    secret = "hook-secret-in-the-path"
    document = bound("post_webhook", url=receiver.url(f"/{secret}"), headers={"Authorization": f"Bearer {secret}"})
    assert put(hub, document).status == 204
    shown = hub.call("GET", "/api/flow/config").document
    config = shown["bindings_by_trigger_id"]["t"][0]["config"]
    assert (config["url"], config["headers"]) == (receiver.url("/***"), {"Authorization": "***"})
    config["body_template"] = "{{summary}}"
    assert put(hub, shown).status == 204
    notify(hub)
    got = eventually(lambda: receiver.at(f"/{secret}"))[0]
    assert (got.headers["authorization"], got.body) == (f"Bearer {secret}", b"Begin")
    config["url"] = "http://elsewhere.example/***"
    refused = put(hub, shown)
    assert (refused.status, "stand for" in refused.text) == (422, True)
    hub.stop()
    for file in hub.home.rglob("*"):
        if file.is_file() and file.stat().st_size:
            assert secret.encode() not in file.read_bytes(), file


def test_a_toast_is_a_row_beside_the_one_that_caused_it(start: Callable[..., RunningHub]) -> None:
    hub = start()
    put(hub, bound("toast_notification", "*", level="warning", message_template="{{summary}} in {{session.id}}\nmore"))
    notify(hub)
    (toast,) = eventually(lambda: of_kind(hub, "flow.toast"))
    (cause,) = of_kind(hub, "work-start")
    assert (toast["title"], toast["body"], toast["severity"], toast["parent_id"]) == (
        "Begin in Codex 1", "more", "warn", cause["id"],
    )  # fmt: skip
    eventually(lambda: not jobs(hub) or None)
    assert len(rows(hub)) == 2, "what a flow makes sets nothing off"


def test_any_dialect_sets_flows_off(start: Callable[..., RunningHub]) -> None:
    hub = start()
    put(hub, bound("toast_notification", "task.*", message_template="{{title}} {{rows}} by {{sender}}"))
    hub.publish(title="Nightly", kind="task.failed", meta={"rows": 7})
    hub.publish(title="no such kind", kind="message")
    (toast,) = eventually(lambda: of_kind(hub, "flow.toast"))
    assert toast["title"] == "Nightly 7 by local"


def test_a_repeat_of_a_notify_sets_nothing_off_again(start: Callable[..., RunningHub]) -> None:
    hub = start()
    put(hub, bound("toast_notification", message_template="x"))
    body = {"session_id": "s", "payload": {"type": "start"}, "event_id": "once"}
    for _ in range(3):
        assert hub.call("POST", "/api/sessions/s/notify", body, by="send").status == 204
    eventually(lambda: bool(of_kind(hub, "flow.toast")) and not jobs(hub))
    assert [row["count"] for row in of_kind(hub, "flow.toast")] == [1]


def test_a_webhook_is_signed_and_tried_again_with_the_same_key(start: Callable[..., RunningHub], receiver: Receiver) -> None:
    hub = start()
    put(hub, bound("post_webhook", url=receiver.url("/hook"), headers={"X-Team": "core"}))
    receiver.answers["/hook"] = [status(503, retry_after="1")]
    notify(hub, level=1)
    first, second = eventually(lambda: got if len(got := receiver.at("/hook")) == 2 else None)
    secret = hub.call("GET", "/api/signing-secret?name=flows").document["signing_secret"]
    for got in (first, second):
        verify(secret, got.headers, got.body)
        assert got.headers["x-team"] == "core"
        assert (got.document["type"], got.document["level"], got.document["notify.type"]) == ("work-start", "1", "start")
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == first.headers["webhook-id"]


def test_a_hub_that_dies_midway_does_it_again(start: Callable[..., RunningHub], receiver: Receiver) -> None:
    hub, dead = start(), threading.Event()
    put(hub, bound("post_webhook", url=receiver.url("/hook")))
    receiver.answers["/hook"] = [hold(dead)]
    notify(hub)
    eventually(lambda: receiver.at("/hook"))
    hub.kill9()
    dead.set()
    hub.restart()
    first, second = eventually(lambda: got if len(got := receiver.at("/hook")) == 2 else None)
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.body == second.body
    eventually(lambda: not jobs(hub) or None)


def test_what_failed_is_told_once_listed_and_tried_again_or_dropped(start: Callable[..., RunningHub], receiver: Receiver) -> None:
    hub = start()
    put(hub, bound("post_webhook", "*", url=receiver.url("/gone")))
    receiver.answers["/gone"] = [status(410), status(410)]
    notify(hub)
    (failed,) = eventually(lambda: jobs(hub, "state=failed"))
    assert (failed["kind"], failed["host"], failed["last_error"]) == ("post_webhook", "127.0.0.1", "answered 410 Gone")
    (told,) = of_kind(hub, "notify.delivery_failed")
    assert told["severity"] == "error"
    assert len(receiver.at("/gone")) == 1, "of a failure nobody is told by a flow"
    assert hub.call("POST", f"/api/jobs/{failed['id']}/retry").status == 204
    eventually(lambda: len(receiver.at("/gone")) == 2 and jobs(hub, "state=failed"))
    assert hub.call("DELETE", f"/api/jobs/{failed['id']}").status == 204
    assert hub.call("DELETE", f"/api/jobs/{failed['id']}").status == 404
    assert jobs(hub) == []
    assert [row["count"] for row in of_kind(hub, "notify.delivery_failed")] == [2]


def test_where_flows_are_off_it_is_said_and_nothing_is_lost(start: Callable[..., RunningHub]) -> None:
    hub = start('[flows]\nengine = "off"\n')
    put(hub, bound("toast_notification", message_template="x"))
    notify(hub)
    (record,) = hub.call("GET", "/api/logs?category=notification").document["items"]
    assert record["attributes"]["notify.dispatch"] == "flow_unavailable"
    assert of_kind(hub, "work-start")
    assert jobs(hub) == []


def shown(pane: str, socket: str) -> str:
    """What the pane shows; nothing while there is none."""
    try:
        return tmux("capture-pane", "-p", "-J", "-t", pane, socket=socket)
    except TmuxError:
        return ""


@pytest.mark.tmux
@pytest.mark.skipif(not shutil.which("tmux"), reason="needs tmux")
class TestTerminals:
    @pytest.fixture
    def socket(self, tmp_path: Path) -> Iterator[str]:
        path = str(tmp_path / "tmux")
        yield path
        subprocess.run(["tmux", "-S", path, "kill-server"], check=False, capture_output=True)

    def test_the_seed_s_flow_starts_an_agent_and_then_talks_to_it(
        self, start: Callable[..., RunningHub], socket: str, tmp_path: Path
    ) -> None:
        heard = tmp_path / "heard"
        argv = json.dumps([sys.executable, "-c", AGENT, str(heard)])
        hub = start(f'[flows]\nenter = true\ntmux_socket = "{socket}"\n[flows.agents.coder]\nargv = {argv}\n')
        put(hub, FLOWS)
        notify(hub, type="new-plan", summary="Add jobs", plan_summary="one; `two`\nthree")
        (toast,) = eventually(lambda: of_kind(hub, "flow.toast"))
        assert toast["title"] == "Add jobs"
        told = "told New plan summary: one; `two` three"
        eventually(lambda: told in shown("inbox", socket) or None)
        notify(hub, type="new-plan", summary="Next", plan_summary="four")
        assert eventually(lambda: heard.read_bytes() if heard.exists() else None)
        eventually(lambda: heard.read_bytes() == b"New plan summary: four\r" or None)
        assert tmux("list-windows", "-a", socket=socket).count("\n") == 0, "the one that runs is used"

    def test_text_goes_to_a_session_that_takes_it(self, start: Callable[..., RunningHub], socket: str, tmp_path: Path) -> None:
        hub, heard = start(), tmp_path / "heard"
        put(hub, bound("send_to_terminal", message_template="{{summary}}"))
        pane = tmux("new-session", "-d", "-P", "-F", "#{pane_id}", "--", sys.executable, "-c", AGENT, str(heard), socket=socket)
        eventually(lambda: "told" in shown(pane, socket) or None)
        program = tmux("display-message", "-p", "-t", pane, "#{pane_current_command}", socket=socket)
        terminal = {"tmux_pane": pane, "program": program, "tmux_socket": socket}
        assert hub.call("POST", "/api/sessions", {"id": "Codex 1", "terminal": terminal}, by="send").status == 201
        notify(hub, summary="go\non")
        eventually(lambda: heard.exists() and heard.read_bytes() == b"go on")
        notify(hub, "Codex 2")
        (failed,) = eventually(lambda: jobs(hub, "state=failed"))
        assert (failed["host"], "takes no text" in failed["last_error"]) == ("Codex 2", True)

    def test_an_agent_that_the_configuration_does_not_name_is_never_started(self, start: Callable[..., RunningHub]) -> None:
        hub = start()
        put(hub, bound("spawn_agent_session", agent_id="sh"))
        notify(hub)
        (failed,) = eventually(lambda: jobs(hub, "state=failed"))
        assert "no agent of the configuration file" in failed["last_error"]
