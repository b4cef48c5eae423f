"""Approvals of the Agent Notifier dialect: three ways to wait, one answer, and what is kept until it is acknowledged."""

from __future__ import annotations

import http.client
import json
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hubs import Reply, RunningHub

from inbox_tui.core.ids import from_uuid

DENIED = {"permissionDecision": "deny", "permissionDecisionReason": "not today"}


class Project:
    """A sender with a key of its own, and the person who answers it."""

    def __init__(self, hub: RunningHub, name: str, **more: Any) -> None:
        self.hub, self.name = hub, name
        self.headers = {"X-API-Key": hub.new_key(name, "send", **more)["key"]}

    def call(self, method: str, path: str, body: Any = None) -> Reply:
        return self.hub.call(method, f"/api/v1{path}", body, by="tcp", headers=self.headers)

    def ask(self, **said: Any) -> Any:
        reply = self.call("POST", "/approvals", {"title": "Run tool: Bash", "command": "rm -rf build", **said})
        assert reply.status == 202, reply
        return reply.document

    def asks(self, **said: Any) -> Future[Reply]:
        """The same, held until it is answered."""
        threads = ThreadPoolExecutor(1)
        future = threads.submit(self.call, "POST", "/approvals", {"title": "Run tool: Bash", "wait": "block", **said})
        threads.shutdown(wait=False)
        return future

    def row(self, title: str) -> Any:
        """Once it is there."""
        while True:
            rows = self.hub.call("GET", "/api/notifications?needs_me=true").document
            for row in rows["items"]:
                if row["title"] == title and row["sender"] == self.name:
                    return row | {"epoch": rows["epoch"]}

    def press(self, row: Any, key: str, comment: str = "") -> None:
        said = {
            "key": key,
            "comment": comment,
            "raised_rev": row["raised_rev"],
            "epoch": row["epoch"],
            "attempt": uuid.uuid4().hex,
        }
        reply = self.hub.call("POST", f"/api/notifications/{row['id']}/decision", said)
        assert reply.status == 200, reply

    def responses(self) -> Any:
        return self.call("GET", "/action-responses").document["items"]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    running = RunningHub.start(tmp_path_factory.mktemp("approvals"), ping_seconds=0.3)
    yield running
    running.stop()


@pytest.fixture
def project(hub: RunningHub, request: pytest.FixtureRequest) -> Project:
    return Project(hub, request.node.name[:90])


def test_nobody_waits_and_the_answer_is_kept(project: Project) -> None:
    asked = project.ask(title="to keep", metadata={"build": "83", "api_key": "hunter2hunter2"}, event="PreToolUse")
    assert asked["notification_id"] == asked["id"]
    path = f"/approvals/{asked['approval_id']}"
    pending = project.call("GET", path).document
    assert (pending["status"], pending["decision"], pending["response_payload"]) == ("pending", None, None)
    assert project.call("POST", f"{path}/ack").status == 409
    row = project.row("to keep")
    assert row["id"] == from_uuid(asked["approval_id"])
    assert [choice["key"] for choice in row["choices"]] == ["allow", "deny"]
    project.press(row, "allow", "go on")
    decided = project.call("GET", path).document
    assert (decided["status"], decided["acknowledged"], decided["is_timeout_default"]) == ("decided", False, False)
    assert decided["response_payload"]["decision"]["comment"] == "go on"
    [response] = project.responses()
    assert (response["id"], response["notification_id"]) == (asked["approval_id"], asked["notification_id"])
    assert (response["action"], response["text"], response["event"]) == ("allow", "go on", "PreToolUse")
    assert response["metadata"] == decided["metadata"] == {"build": "83", "api_key": "[redacted]"}
    assert project.call("POST", f"{path}/ack").document["acknowledged"] is True
    assert project.responses() == []


def test_a_call_is_held_until_the_answer_in_the_words_of_the_tool(project: Project) -> None:
    held = project.asks(title="to hold", response_format="copilot_cli.pretooluse")
    project.press(project.row("to hold"), "deny", "not today")
    said = held.result(30)
    assert (said.status, said.document["response_payload"], said.document["acknowledged"]) == (200, DENIED, True)
    assert project.responses() == []


def test_a_stream_says_sent_then_decided(project: Project) -> None:
    connection = http.client.HTTPConnection(project.hub.listen, timeout=30)
    body = json.dumps({"title": "to stream", "wait": "sse", "response_format": "codex.permission"})
    connection.request("POST", "/v1/approvals", body, project.headers)
    response = connection.getresponse()
    assert response.getheader("content-type") == "text/event-stream; charset=utf-8"
    events = _events(response)
    name, sent = next(events)
    assert name == "sent"
    project.press(project.row("to stream"), "allow")
    name, decided = next(events)
    assert (name, decided["approval_id"]) == ("decided", sent["approval_id"])
    behavior = decided["response_payload"]["hookSpecificOutput"]["decision"]
    assert behavior == {"behavior": "allow"}
    assert next(events, None) is None
    connection.close()


def test_a_time_out_gives_the_default_that_refuses(project: Project) -> None:
    said = project.asks(title="to end", timeout_seconds=1, response_format="claude_code.pretooluse").result(30).document
    assert (said["status"], said["decision"]["key"], said["is_timeout_default"]) == ("decided", "deny", True)
    assert said["response_payload"]["hookSpecificOutput"]["permissionDecision"] == "deny"


@pytest.mark.parametrize(("format_", "allowed"), [("raw", True), ("claude_code.pretooluse", False)])
def test_a_time_out_that_would_allow_needs_the_key_and_is_never_a_hooks(hub: RunningHub, format_: str, allowed: bool) -> None:
    decisions = [{"key": "allow", "is_default_on_timeout": True}, {"key": "deny"}]
    said_to = {"title": "to allow", "timeout_seconds": 1, "decisions": decisions, "response_format": format_}
    held = {may: Project(hub, f"{format_} {may}", allow_timeout_approve=may).asks(**said_to) for may in (False, True)}
    for may, asked in held.items():
        said = asked.result(30).document
        is_given = may and allowed
        assert (said["status"], said["is_timeout_default"]) == ("decided" if is_given else "expired", is_given)
        if format_ != "raw":
            assert said["response_payload"]["hookSpecificOutput"]["permissionDecision"] == "ask"


def test_who_blocks_through_a_restart_finds_the_answer_by_asking_again(tmp_path: Path) -> None:
    hub = RunningHub.start(tmp_path)
    project, again = Project(hub, "restarted"), {"client_event_id": str(uuid.uuid4()), "title": "to survive"}
    held = project.asks(**again)
    row = project.row("to survive")
    hub.kill9()
    with pytest.raises(ConnectionError):
        held.result(30)
    hub.restart()
    held = project.asks(**again)
    assert project.row("to survive")["id"] == row["id"]
    project.press(project.row("to survive"), "allow")
    said = held.result(30).document
    assert (from_uuid(said["approval_id"]), said["decision"]["key"]) == (row["id"], "allow")
    for wait in ("block", "none"):
        reply = project.call("POST", "/approvals", again | {"wait": wait})
        assert (reply.status, reply.document["approval_id"]) == (200 if wait == "block" else 202, said["approval_id"])
    assert len(hub.call("GET", "/api/notifications").document["items"]) == 1
    hub.stop()


def test_a_connection_that_ends_closes_nothing(project: Project) -> None:
    connection = http.client.HTTPConnection(project.hub.listen, timeout=30)
    connection.request("POST", "/api/v1/approvals", json.dumps({"title": "to leave", "wait": "block"}), project.headers)
    row = project.row("to leave")
    connection.close()
    project.press(row, "deny")
    [response] = project.responses()
    assert (response["action"], response["acknowledged"]) == ("deny", False)


def test_what_is_pressed_is_followed_until_it_is_acknowledged(project: Project) -> None:
    posted = project.call("POST", "/messages", {"type": "alert", "title": "to press", "buttons": ["Retry now!", "Rollback"]})
    connection = http.client.HTTPConnection(project.hub.listen, timeout=30)
    connection.request("GET", "/api/v1/action-responses/stream", headers=project.headers)
    events = _events(connection.getresponse())
    assert next(events)[0] == "ping"
    project.press(project.row("to press"), "Retry now!", "twice")
    name, response = next(event for event in events if event[0] != "ping")
    assert (name, response["action"], response["text"]) == ("action_response", "Retry now!", "twice")
    assert response["notification_id"] == posted.document["id"]
    connection.close()
    assert project.responses() == [response]
    taken = project.call("POST", f"/action-responses/{response['id']}/ack").document
    assert taken == response | {"acknowledged": True}
    assert project.responses() == []


def test_another_project_has_none_of_it(project: Project) -> None:
    other = Project(project.hub, f"not {project.name}"[:90])
    asked = project.ask(title="of one")
    project.press(project.row("of one"), "deny")
    assert other.responses() == []
    for method, path in (("GET", ""), ("POST", "/ack")):
        assert other.call(method, f"/approvals/{asked['approval_id']}{path}").status == 404
    assert other.call("POST", f"/action-responses/{asked['approval_id']}/ack").status == 404
    assert other.call("GET", "/approvals/no-uuid").status == 404
    assert len(project.responses()) == 1


@pytest.mark.parametrize(
    ("said", "location"),
    [
        ({"response_format": "codex"}, "body.response_format"),
        ({"wait": "poll"}, "body.wait"),
        ({"timeout_seconds": 0}, "body.timeout_seconds"),
        ({"decisions": [{"key": "a"}, {"key": "a"}]}, "body.decisions"),
        ({"decisions": [{"key": "later"}], "response_format": "codex.permission"}, "body"),
        ({"decisions": [{"key": "go\x1b[2J"}]}, "body.decisions[0].key"),
        ({"buttons": ["Yes"]}, "body"),
        ({"title": ""}, "body.title"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(project: Project, said: Any, location: str) -> None:
    reply = project.call("POST", "/approvals", {"title": "x", **said})
    assert (reply.status, reply.document["errors"][0]["location"]) == (422, location)


def test_many_wait_for_their_own(project: Project) -> None:
    held = {n: project.asks(title=f"to wait {n}") for n in range(8)}
    threads = [threading.Thread(target=lambda n=n: project.press(project.row(f"to wait {n}"), "allow", str(n))) for n in held]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [held[n].result(30).document["decision"]["comment"] for n in held] == [str(n) for n in held]


def _events(response: http.client.HTTPResponse) -> Iterator[tuple[str, Any]]:
    name = ""
    while line := response.readline():
        word, _, value = line.decode().rstrip("\n").partition(": ")
        if word == "event":
            name = value
        elif word == "data":
            yield name, json.loads(value)
