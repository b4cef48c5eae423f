"""Gestalt's calls over a real hub: the seed's examples, what is refused and how, sessions, and the record of each notify."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
from gestalt_seed import CODEX, PLAN
from hubs import Reply, RunningHub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    hub = RunningHub.start(tmp_path_factory.mktemp("gestalt"))
    yield hub
    hub.stop()


def notify(hub: RunningHub, body: Any, session: str = "Codex 1", **more: Any) -> Reply:
    path = f"/api/sessions/{quote(session, safe='')}/notify"
    return hub.call("POST", path, body, **{"by": "send", **more})


def rows_of(hub: RunningHub, source: str) -> list[dict[str, Any]]:
    return [row for row in hub.call("GET", "/api/notifications?limit=500").document["items"] if row["source"] == source]


def logged(hub: RunningHub, session: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = hub.call("GET", f"/api/logs?session_id={quote(session)}").document["items"]
    return found


def in_session(session: str, body: dict[str, Any] = CODEX, **more: Any) -> dict[str, Any]:
    return body | {"session_id": session} | more


def test_the_seeds_examples_by_a_key(hub: RunningHub) -> None:
    key = hub.new_key("gestalt", "send")["key"]
    for header in ({"Authorization": f"Bearer {key}"}, {"X-API-Key": key}):
        for example in (CODEX, PLAN):
            reply = notify(hub, example, by="tcp", headers=header)
            assert (reply.status, reply.text) == (204, "")
    codex, plan = sorted(rows_of(hub, "Codex 1"), key=lambda row: str(row["kind"]))
    assert (codex["kind"], codex["title"], codex["count"]) == ("agent-turn-complete", "agent-turn-complete", 1)
    assert (plan["kind"], plan["title"], plan["status"], plan["severity"]) == (
        "plan-update", "Route session events via gestalt-notify", "wip", "info",
    )  # fmt: skip
    assert codex["meta"] == CODEX["payload"]
    (event,) = hub.call("GET", f"/api/notifications/{codex['id']}/events").document["items"]
    assert event["raw"] == CODEX["raw"]
    (session,) = hub.call("GET", "/api/sessions").document["items"]
    assert (session["id"], session["sender"], session["takes_text"]) == ("Codex 1", "gestalt", False)
    assert session["plan"] == {
        "plan_file": ".gestalt/plans/gestalt-notify.org",
        "heading": "Route session events via gestalt-notify",
        "level": "1",
        "state": "wip",
        "summary": "",
    }


def test_who_may_notify(hub: RunningHub) -> None:
    assert notify(hub, CODEX, by="tcp").status == 401
    assert notify(hub, CODEX, by="operate").status == 403


@pytest.mark.parametrize(
    ("body", "status", "location"),
    [
        (CODEX | {"session_id": "Codex 2"}, 400, "body.session_id"),
        ({"payload": {"type": "start"}}, 400, "body.session_id"),
        ({"session_id": "Codex 1"}, 422, "body.payload"),
        ({"session_id": "Codex 1", "payload": {"a": 1}}, 422, "body.payload"),
        (CODEX | {"agent_id": "x"}, 422, "body"),
        ([], 422, "body"),
    ],
)
def test_what_is_refused_says_why_and_makes_nothing(hub: RunningHub, body: Any, status: int, location: str) -> None:
    before = hub.call("GET", "/api/logs").document["items"][:1]
    reply = notify(hub, body)
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reply.document["errors"][0]["location"] == location
    assert hub.call("GET", "/api/logs").document["items"][:1] == before


def test_the_record_of_a_notify_has_exactly_its_attributes(hub: RunningHub) -> None:
    payload = {"type": "plan-L1-wip", "level": 1.10, "done": False, "nested": {"a": 1}, "type.x": "y"}
    raw = json.dumps(in_session("exact", PLAN, payload=payload)).replace("1.1,", "1.10,").encode()
    assert notify(hub, None, "exact", raw=raw).status == 204
    (record,) = logged(hub, "exact")
    assert (record["body"], record["severity_text"], record["severity_number"]) == ("notify event accepted", "INFO", 9)
    assert record["attributes"] == {
        "gestalt.category": "notification",
        "gestalt.source": "notify",
        "type": "plan-update",
        "notify.type": "plan-L1-wip",
        "notify.event_id": PLAN["event_id"],
        "session.id": "exact",
        "session_id": "exact",
        "notify.dispatch": "queued",
        "level": "1.10",
        "notify.level": "1.10",
        "done": "false",
        "notify.done": "false",
        "type.x": "y",
        "notify.type.x": "y",
    }


def test_a_repeat_is_logged_and_makes_nothing(hub: RunningHub) -> None:
    body = in_session("repeats")
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda n: notify(hub, body | {"raw": str(n)}, "repeats"), range(32)))
    assert {reply.status for reply in replies} == {204}
    (row,) = rows_of(hub, "repeats")
    assert row["count"] == 1
    assert len(logged(hub, "repeats")) == 32
    assert notify(hub, in_session("other"), "other").status == 204
    assert rows_of(hub, "other"), "an event's id is its session's own"


def test_a_path_is_decoded(hub: RunningHub) -> None:
    for session in ("Über 1", "a+b c%2", "日本 1"):
        assert notify(hub, in_session(session), session).status == 204
        assert [row["session_id"] for row in rows_of(hub, session)] == [session]


def test_sessions_are_opened_numbered_and_forgotten(hub: RunningHub) -> None:
    opened = [hub.call("POST", "/api/sessions", {"label": "Worker"}, by="send") for _ in range(2)]
    assert [(one.status, one.document["id"]) for one in opened] == [(201, "Worker 1"), (201, "Worker 2")]
    assert hub.call("DELETE", "/api/sessions/Worker%201", by="send").status == 204
    assert hub.call("POST", "/api/sessions", {"label": "Worker"}, by="send").document["id"] == "Worker 1"
    assert hub.call("DELETE", "/api/sessions/none", by="send").status == 404
    key = {"X-API-Key": hub.new_key("stranger", "send")["key"]}
    assert hub.call("DELETE", "/api/sessions/Worker%201", by="tcp", headers=key).status == 404
    assert hub.call("GET", "/api/sessions", by="tcp", headers=key).document["items"] == []
    assert hub.call("DELETE", "/api/sessions/Worker%201").status == 204


def test_only_the_machine_itself_names_a_terminal_of_its_own(hub: RunningHub) -> None:
    body = {"id": "typed", "terminal": {"tmux_pane": "%1", "program": "codex"}}
    key = {"X-API-Key": hub.new_key("far away", "send")["key"]}
    assert hub.call("POST", "/api/sessions", body, by="tcp", headers=key).status == 403
    assert hub.call("POST", "/api/sessions", body, by="send").document["takes_text"] is True
    again = hub.call("POST", "/api/sessions", {"id": "typed"}, by="tcp", headers=key)
    assert again.document["takes_text"] is True, "nor takes one away"
    for wrong in ({"tmux_pane": "1"}, {"program": "a b"}, {"tmux_pane": "%1 ; kill-server"}):
        refused = hub.call("POST", "/api/sessions", body | {"terminal": body["terminal"] | wrong}, by="send")  # type: ignore[operator]
        assert (refused.status, refused.document["errors"][0]["location"]) == (422, f"body.terminal.{next(iter(wrong))}")


def test_a_strict_hub_knows_only_sessions_that_were_opened(tmp_path: Any) -> None:
    (tmp_path / "config.toml").write_text("[gestalt]\nstrict_sessions = true\n")
    hub = RunningHub.start(tmp_path)
    try:
        refused = notify(hub, CODEX)
        assert (refused.status, refused.document["detail"]) == (404, "No such session here.")
        assert rows_of(hub, "Codex 1") == []
        assert hub.call("POST", "/api/sessions", {"id": "Codex 1"}, by="send").status == 201
        assert notify(hub, CODEX).status == 204
        assert notify(hub, CODEX | {"session_id": "Codex 2"}).status == 400, "what does not fit is said first"
    finally:
        hub.stop()
