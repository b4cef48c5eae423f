"""The hub's calls over real sockets: seed 000's posts, seed 001's list, triage, answers, timelines."""

from __future__ import annotations

import json
import threading
from typing import Any
from urllib.parse import quote

import pytest
from hubs import Reply, RunningHub
from notilens_seed import COMPLETED, EXAMPLES, FAILED, INPUT, QUEUED, STARTED

from inbox_tui.core.lifecycle import SEVERITY_OF_TYPE, TYPE_OF_EVENT
from inbox_tui.hub.wire import NotificationBody, NotificationsListBody, PublishedBody, RunBody

SEED_001 = {
    *("id", "fingerprint", "kind", "severity", "task_name", "run_id", "title", "body"),
    *("count", "occurrences", "created_at", "last_occurred_at", "read_at"),
}


@pytest.fixture(scope="module")
def notilens(shared_hub: RunningHub) -> dict[str, str]:
    made: dict[str, str] = shared_hub.new_key("my-app", "send")["notilens"]
    return made


def hook(hub: RunningHub, key: dict[str, str], body: Any, **headers: str) -> Reply:
    path = f"/webhook/{key['token']}/send"
    return hub.call("POST", path, body, by="tcp", headers={"X-NOTILENS-KEY": key["secret"]} | headers)


def row(hub: RunningHub, id: str) -> dict[str, Any]:  # noqa: A002
    reply = hub.call("GET", f"/api/notifications/{id}")
    assert reply.status == 200, reply
    document: dict[str, Any] = reply.document
    NotificationBody.model_validate(document)
    return document


@pytest.mark.parametrize("body", EXAMPLES, ids=[body["event"] for body in EXAMPLES])
def test_every_post_of_the_seed(shared_hub: RunningHub, notilens: dict[str, str], body: dict[str, Any]) -> None:
    reply = hook(shared_hub, notilens, body)
    assert reply.status == 202
    found = row(shared_hub, reply.document["id"])
    assert (found["kind"], found["title"], found["body"]) == (body["event"], body["title"], body["message"])
    assert (found["source"], found["task_name"], found["dialect"]) == (body["agent"], body.get("task_id", ""), "notilens")


@pytest.mark.parametrize(("kind", "type_"), TYPE_OF_EVENT.items())
def test_the_twenty_events(shared_hub: RunningHub, notilens: dict[str, str], kind: str, type_: str) -> None:
    body = {"event": kind, "title": kind, "message": "", "type": type_, "agent": "a", "task_id": f"task of {kind}"}
    found = row(shared_hub, hook(shared_hub, notilens, body).document["id"])
    assert (found["kind"], found["severity"]) == (kind, SEVERITY_OF_TYPE[type_])


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=x"])
def test_json_is_json_whatever_it_is_called(shared_hub: RunningHub, notilens: dict[str, str], content_type: str) -> None:
    assert hook(shared_hub, notilens, QUEUED, **{"Content-Type": content_type}).status == 202


def test_a_run_tells_its_story(hub: RunningHub) -> None:
    key = hub.new_key("my-app", "send")["notilens"]
    ids = [hook(hub, key, body).document["id"] for body in (QUEUED, STARTED, COMPLETED)]
    assert ids[0] == ids[1] != ids[2]
    assert row(hub, ids[0])["done_at"]
    reply = hub.call("GET", f"/api/runs/{QUEUED['run_id']}")
    RunBody.model_validate(reply.document)
    assert [item["kind"] for item in reply.document["items"]] == ["task.queued", "task.started", "task.completed"]
    events = hub.call("GET", f"/api/notifications/{ids[2]}/events").document["items"]
    assert [event["details"]["meta"] for event in events] == [COMPLETED["meta"]]
    assert hub.call("GET", "/api/runs/unheard-of").document["items"] == []


def test_a_run_may_have_any_name(hub: RunningHub) -> None:
    name = "deploy/eu west?#%2F/é"
    hub.publish(title="x", kind="task.started", run_id=name)
    reply = hub.call("GET", f"/api/runs/{quote(name, safe='')}")
    assert (reply.status, reply.document["run_id"]) == (200, name)
    assert [item["title"] for item in reply.document["items"]] == ["x"]


def test_the_list_is_seed_001s(hub: RunningHub) -> None:
    ids = [hub.publish(title=f"row {number}")["id"] for number in range(5)]
    first = hub.call("GET", "/api/notifications?limit=2")
    page = NotificationsListBody.model_validate(first.document)
    assert [item.id for item in page.items] == ids[:2:-1]
    assert set(first.document["items"][0]) >= SEED_001
    found, cursor = [item.id for item in page.items], page.next_cursor
    while cursor:
        following = hub.call("GET", f"/api/notifications?limit=2&before={cursor.lower()}").document
        found += [item["id"] for item in following["items"]]
        cursor = following["next_cursor"]
    assert found == ids[::-1]
    assert (page.unread_count, page.rev >= page.epoch) == (5, True)


def test_an_empty_hub_has_an_empty_list(hub: RunningHub) -> None:
    document = hub.call("GET", "/api/notifications?before=&limit=&unread=").document
    assert (document["items"], document["next_cursor"], document["unread_count"]) == ([], "", 0)


def test_filters(hub: RunningHub) -> None:
    read, asks, plain = hub.publish(title="read"), hub.publish(title="?", is_prompt=True), hub.publish(title="plain")
    hub.call("POST", f"/api/notifications/{read['id']}/read")
    for query, expected in (("unread=true", [plain, asks]), ("needs_me=1", [asks]), ("unread=false", [plain, asks, read])):
        items = hub.call("GET", f"/api/notifications?{query}").document["items"]
        assert [item["id"] for item in items] == [one["id"] for one in expected]
    assert hub.call("GET", "/api/notifications/unread-count").document["count"] == 2


WRONG_QUERIES = {
    "limit=0": "query.limit",
    "limit=501": "query.limit",
    "limit=x": "query.limit",
    "limit=" + "9" * 5000: "query.limit",
    "before=x": "query.before",
    "before=01JD0Q4N3V5W8XRZ2K7M9T6BH!": "query.before",
    "before=%00": "query.before",
    "unread=maybe": "query.unread",
}


@pytest.mark.parametrize(("query", "location"), WRONG_QUERIES.items(), ids=[query[:20] for query in WRONG_QUERIES])
def test_wrong_queries_are_named(shared_hub: RunningHub, query: str, location: str) -> None:
    reply = shared_hub.call("GET", f"/api/notifications?{query}")
    assert (reply.status, [error["location"] for error in reply.document["errors"]]) == (422, [location])


def test_a_cursor_that_is_gone_pages_on(shared_hub: RunningHub) -> None:
    assert shared_hub.call("GET", "/api/notifications?before=7ZZZZZZZZZZZZZZZZZZZZZZZZZ").status == 200
    assert shared_hub.call("GET", "/api/notifications?before=00000000000000000000000000").document["items"] == []


def test_triage_and_its_undo(hub: RunningHub) -> None:
    made = hub.publish(title="one")
    path = f"/api/notifications/{made['id']}"
    for verb, shown in (("read", (True, False)), ("done", (True, True)), ("undone", (True, False)), ("unread", (False, False))):
        reply = hub.call("POST", f"{path}/{verb}", {"seen": made["rev"]})
        assert (reply.status, reply.document) == (204, None)
        found = row(hub, made["id"])
        assert int(reply.headers["x-inbox-rev"]) == found["rev"]
        assert (bool(found["read_at"]), bool(found.get("done_at"))) == shown


def test_an_id_is_the_same_in_either_case(hub: RunningHub) -> None:
    made = hub.publish(title="May I?", is_prompt=True)
    path = f"/api/notifications/{made['id'].lower()}"
    assert hub.call("GET", path).document["id"] == made["id"]
    assert hub.call("GET", path, by="send").document["id"] == made["id"]
    assert hub.call("GET", f"{path}/events").document["items"][0]["notification_id"] == made["id"]
    assert hub.call("POST", f"{path}/read", {}).status == 204
    answer = {"key": "approve", "attempt": "attempt-1", "raised_rev": made["rev"], "epoch": made["epoch"]}
    assert hub.call("POST", f"{path}/decision", answer).document["decision"]["key"] == "approve"


def test_what_was_raised_since_is_not_touched(hub: RunningHub) -> None:
    seen = hub.publish(title="one")
    hub.publish(title="one")
    reply = hub.call("POST", f"/api/notifications/{seen['id']}/done", {"seen": seen["rev"]})
    assert (reply.status, reply.document["code"]) == (409, "changed")


def test_a_repeated_call_is_answered_as_the_first(hub: RunningHub) -> None:
    made = hub.publish(title="one")
    key = {"Idempotency-Key": "k1"}
    done = [hub.call("POST", f"/api/notifications/{made['id']}/done", headers=key) for _ in range(2)]
    hub.call("POST", f"/api/notifications/{made['id']}/undone")
    done.append(hub.call("POST", f"/api/notifications/{made['id']}/done", headers=key))
    assert len({reply.headers["x-inbox-rev"] for reply in done}) == 1
    assert "done_at" not in row(hub, made["id"])


def test_bulk_takes_a_filter_and_a_rev(hub: RunningHub) -> None:
    first, asks = hub.publish(title="one"), hub.publish(title="?", is_prompt=True)
    reply = hub.call("POST", "/api/notifications/read", {"up_to": first["rev"]})
    assert (reply.status, reply.headers["x-inbox-changed"], reply.headers["x-inbox-skipped"]) == (204, "1", "0")
    assert not row(hub, asks["id"])["read_at"]
    assert hub.call("POST", "/api/notifications/done", {"needs_me": True}).headers["x-inbox-changed"] == "1"


def test_one_answer_for_ever(hub: RunningHub) -> None:
    made = hub.publish(title="?", choices=[{"key": "go", "label": "Go on"}, {"key": "stay"}])
    path, shown = f"/api/notifications/{made['id']}/decision", {"raised_rev": made["rev"], "epoch": made["epoch"]}
    wrong = {
        (422, "invalid"): {"key": "approve", "attempt": "attempt-0", **shown},
        (409, "changed"): {"key": "go", "attempt": "attempt-1", **shown, "raised_rev": made["rev"] + 1},
        (404, "unknown_id"): {"key": "go", "attempt": "attempt-2", **shown, "epoch": made["epoch"] + 1},
    }
    for (status, code), body in wrong.items():
        reply = hub.call("POST", path, body)
        assert (reply.status, reply.document["code"]) == (status, code)
    body = {"key": "go", "comment": "fine\x1b[2J", "attempt": "attempt-3", **shown}
    answers = [hub.call("POST", path, body) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].document["decision"] == answers[1].document["decision"]
    assert answers[0].document["decision"]["comment"] == "fine"
    late = hub.call("POST", path, {"key": "stay", "attempt": "attempt-4", **shown})
    assert (late.status, late.document["code"], late.document["decision"]["key"]) == (409, "decided", "go")


def test_an_asker_waits_and_is_answered(hub: RunningHub) -> None:
    key = {"Idempotency-Key": "0123456789abcdef0123456789abcdef"}
    ask = f"/api/asks/{key['Idempotency-Key']}"
    body = {"title": "?", "is_prompt": True, "waiting": True}
    posted = hub.call("POST", "/api/events", body, by="send", headers=key)
    PublishedBody.model_validate(posted.document)
    made = posted.document
    assert hub.call("GET", f"{ask}?epoch={made['epoch']}", by="send").document["status"] == "open"
    assert hub.call("POST", f"/api/notifications/{made['id']}/done").document["code"] == "waiting_here"
    polled: list[Reply] = []
    waiter = threading.Thread(target=lambda: polled.append(hub.call("GET", f"{ask}?wait=30&epoch={made['epoch']}", by="send")))
    waiter.start()
    decision = {"key": "approve", "raised_rev": made["rev"], "epoch": made["epoch"], "attempt": "attempt-1"}
    assert hub.call("POST", f"/api/notifications/{made['id']}/decision", decision).status == 200
    waiter.join()
    assert (polled[0].document["status"], polled[0].document["decision"]["key"]) == ("decided", "approve")
    confirmed = hub.call("POST", f"{ask}/ack", {"id": made["id"], "epoch": made["epoch"]}, by="send")
    assert confirmed.document["decision"]["delivery"] == "delivered"
    assert row(hub, made["id"])["decision"]["delivery"] == "delivered"


def test_a_question_can_be_withdrawn_before_it_was_asked(hub: RunningHub) -> None:
    assert hub.call("POST", "/api/asks/k1/withdraw", by="send").status == 200
    headers = {"Idempotency-Key": "k1"}
    made = hub.call("POST", "/api/events", {"title": "?", "is_prompt": True}, by="send", headers=headers).document
    assert row(hub, made["id"])["closed"] == "withdrawn"
    assert hub.call("GET", "/api/asks/nobody-asked", by="send").document["status"] == "unknown"


def test_the_same_post_twice_is_one(hub: RunningHub) -> None:
    def post(body: Any) -> Reply:
        return hub.call("POST", "/api/events", body, by="send", headers={"Idempotency-Key": "k1"})

    first, again = post({"title": "x", "meta": {"a": 1, "b": 2}}), post({"meta": {"b": 2, "a": 1}, "title": "x"})
    assert first.document == again.document
    assert row(hub, first.document["id"])["count"] == 1
    other = post({"title": "y"})
    assert (other.status, other.document["code"]) == (409, "idempotency")


def test_an_input_of_the_seed_is_answered(hub: RunningHub) -> None:
    key = hub.new_key("my-app", "send")
    made = hook(hub, key["notilens"], INPUT).document
    asked = row(hub, made["id"])
    assert [choice["key"] for choice in asked["choices"]] == ["approve", "reject"]
    epoch = hub.call("GET", "/api/hub").document["epoch"]
    decision = {"key": "reject", "raised_rev": asked["raised_rev"], "epoch": epoch, "attempt": "attempt-1"}
    assert hub.call("POST", f"/api/notifications/{made['id']}/decision", decision).status == 200
    headers = {"X-API-Key": key["key"]}
    told = hub.call("GET", f"/api/notifications/{made['id']}", by="tcp", headers=headers).document
    assert (told["status"], told["decision"]["key"], told["id"]) == ("decided", "reject", made["id"])


def test_the_hub_says_what_it_is(shared_hub: RunningHub) -> None:
    about = shared_hub.call("GET", "/api/hub").document
    assert (about["name"], about["listen"], about["pid"]) == ("inbox", shared_hub.listen, shared_hub.process.pid)
    info = json.loads(shared_hub.paths.hub_info.read_text())
    assert (info["listen"], info["pid"], info["version"]) == (shared_hub.listen, shared_hub.process.pid, about["version"])


def test_a_failed_task_of_the_seed_asks_for_a_look(hub: RunningHub) -> None:
    key = hub.new_key("my-app", "send")["notilens"]
    found = row(hub, hook(hub, key, FAILED).document["id"])
    assert (found["severity"], found["actionable"], found.get("is_prompt", False)) == ("error", True, False)
