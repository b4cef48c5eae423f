"""A project's webhook hears of each answer, signed, besides whoever asks for it; through failures on either side."""

from __future__ import annotations

from typing import Any

import pytest
from commands import decide, eventually, inbox, row, rows
from hubs import RunningHub
from receiver import Receiver, status

from inbox_tui.sdk import verify

SECRET = "token=do-not-tell"


@pytest.fixture
def hub(calling: RunningHub) -> RunningHub:
    return calling


def press(hub: RunningHub, headers: dict[str, str], title: str, button: str, **more: Any) -> str:
    """Posts a message with buttons and answers it; answers the message's id."""
    body = {"type": "alert", "title": title, "buttons": ["Retry", "Stop"], **more}
    posted = hub.call("POST", "/api/v1/messages", body, by="tcp", headers=headers).document
    [found] = [one for one in rows(hub) if one["title"] == title]
    decide(hub, row(hub, found["id"]), button, "go")
    return str(posted["id"])


def test_each_answer_is_posted_signed_until_it_arrives(hub: RunningHub, receiver: Receiver) -> None:
    project = {"X-API-Key": hub.new_key("ci", "send")["key"]}
    assert inbox("key", "webhook", "ci", receiver.url(f"/hook?{SECRET}")).stdout == "ci: each answer is POSTed to 127.0.0.1.\n"
    receiver.answers[f"/hook?{SECRET}"] = [status(500)]
    posted = press(hub, project, "Which?", "Retry", metadata={"build": "7"})
    eventually(lambda: len(receiver.got) == 2)
    first, again = receiver.got
    assert (first.headers["webhook-id"], first.body) == (again.headers["webhook-id"], again.body)
    document = verify(inbox("key", "secret", "ci").stdout.strip(), again.headers, again.body)
    [response] = hub.call("GET", "/v1/action-responses", by="tcp", headers=project).document["items"]
    assert (document["type"], document["data"]) == ("action_response", response)
    assert (response["notification_id"], response["action"], response["text"]) == (posted, "Retry", "go")
    assert response["metadata"] == {"build": "7"}
    [asked] = [one for one in rows(hub) if one["title"] == "Which?"]
    assert asked["decision"]["delivery"] == "unconfirmed", "its sender still has to acknowledge it"
    timeline = hub.call("GET", f"/api/notifications/{asked['id']}/events").document["items"]
    assert [one["kind"] for one in timeline][-2:] == ["webhook.delayed", "webhook.sent"]
    assert SECRET not in str([rows(hub), timeline])
    hub.stop()
    for file in hub.home.rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file


def test_it_is_the_projects_own_and_ends_when_it_is_taken_away(hub: RunningHub, receiver: Receiver) -> None:
    with_one, without = ({"X-API-Key": hub.new_key(name, "send")["key"]} for name in ("with", "without"))
    assert inbox("key", "webhook", "with", receiver.url("/hook")).returncode == 0
    press(hub, without, "unheard", "Stop")
    hub.call("POST", "/v1/approvals", {"title": "over", "timeout_seconds": 1, "decisions": [{"key": "go"}]}, by="tcp",
             headers=with_one)  # fmt: skip
    eventually(lambda: [one for one in rows(hub) if one.get("closed") == "expired"])
    press(hub, with_one, "heard", "Stop")
    eventually(lambda: receiver.got)
    assert inbox("key", "webhook", "with", "").stdout == "with: no answer is POSTed any more.\n"
    press(hub, with_one, "unheard too", "Stop")
    assert [got.document["data"]["title"] for got in receiver.got] == ["heard"], "nobody answered what has run out"
    assert inbox("key", "webhook", "nobody", receiver.url("/hook")).returncode == 5
    assert "http" in inbox("key", "webhook", "with", "ftp://127.0.0.1/").stderr


def test_a_hub_that_is_killed_tells_it_afterwards(hub: RunningHub, receiver: Receiver) -> None:
    project = {"X-API-Key": hub.new_key("ci", "send")["key"]}
    assert inbox("key", "webhook", "ci", receiver.url("/hook")).returncode == 0
    receiver.answers["/hook"] = [status(503)]
    press(hub, project, "Which?", "Stop")
    eventually(lambda: len(receiver.got) == 1)
    hub.kill9()
    hub.restart()
    eventually(lambda: len(receiver.got) > 1)
    assert receiver.got[1].document["data"]["action"] == "Stop"
