"""What became of a question arrives where its asker said, signed, through failures on either side."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from commands import decide, ended, eventually, inbox, open_question, row, rows, running
from hubs import RunningHub
from receiver import Receiver, hold, status

from inbox_tui.sdk import verify

ROOT = Path(__file__).parents[2]
SECRET = "token=do-not-tell"


def ask(hub: RunningHub, url: str, title: str = "Deploy?", **more: Any) -> dict[str, Any]:
    """A question that is posted and left; answers its row."""
    return row(hub, hub.publish(title=title, is_prompt=True, callback_url=url, **more)["id"])


def timeline(hub: RunningHub, id_: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = hub.call("GET", f"/api/notifications/{id_}/events").document["items"]
    return items


def free_port() -> int:
    """Where nobody listens yet."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def told(hub: RunningHub, id_: str, kind: str) -> str:
    """The title of that entry of a row's timeline, once it is there."""
    return str(eventually(lambda: [entry["title"] for entry in timeline(hub, id_) if entry["kind"] == kind])[0])


def failures(hub: RunningHub) -> list[dict[str, Any]]:
    return [one for one in rows(hub) if one["kind"] == "notify.delivery_failed"]


def test_a_decision_arrives_and_can_be_verified(calling: RunningHub, receiver: Receiver) -> None:
    url = receiver.url(f"/hook?{SECRET}")
    posted = calling.publish(title="Deploy?", is_prompt=True, callback_url=url, source="ci", meta={"build": 7})
    decide(calling, row(calling, posted["id"]), "approve", "go")
    assert told(calling, posted["id"], "callback.sent") == "127.0.0.1 was told"
    [got] = receiver.got
    secret = inbox("key", "secret", "local").stdout.strip()
    document = verify(secret, got.headers, got.body)
    assert {name: document[name] for name in ("type", "id", "epoch", "status", "source", "meta")} == {
        "type": "decision",
        "id": posted["id"],
        "epoch": posted["epoch"],
        "status": "decided",
        "source": "ci",
        "meta": {"build": 7},
    }
    decision = row(calling, posted["id"])["decision"]
    assert decision["delivery"] == "delivered"
    assert document["decision"] == {name: value for name, value in decision.items() if name != "delivery"}
    assert (got.path, got.headers["host"]) == (f"/hook?{SECRET}", f"127.0.0.1:{receiver.port}")


def test_the_address_is_told_to_nobody(calling: RunningHub, receiver: Receiver) -> None:
    asked = ask(calling, receiver.url(f"/never?{SECRET}"))
    receiver.answers[f"/never?{SECRET}"] = [status(410)]
    decide(calling, asked, "approve")
    told(calling, asked["id"], "callback.failed")
    assert SECRET not in str([rows(calling), timeline(calling, asked["id"])])
    calling.stop()
    for file in calling.home.rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file


def test_every_end_but_the_askers_own_is_told(calling: RunningHub, receiver: Receiver) -> None:
    ask(calling, receiver.url("/expired"), timeout=0.05)
    refusing = [{"key": "approve"}, {"key": "reject", "is_default_on_timeout": True}]
    ask(calling, receiver.url("/default"), timeout=0.05, choices=refusing)
    old = ask(calling, receiver.url("/superseded"))
    ask(calling, receiver.url("/open"), supersedes=old["id"])
    event = {"title": "Given up?", "is_prompt": True, "callback_url": receiver.url("/withdrawn")}
    assert calling.call("POST", "/api/events", event, by="send", headers={"Idempotency-Key": "mine"}).status == 202
    assert calling.call("POST", "/api/asks/mine/withdraw", {}, by="send").document["status"] == "withdrawn"
    eventually(lambda: len(receiver.got) == 3)
    ends = {got.path: (got.document["status"], (got.document["decision"] or {}).get("key")) for got in receiver.got}
    assert ends == {"/expired": ("expired", None), "/default": ("decided", "reject"), "/superseded": ("superseded", None)}


def test_what_fails_is_sent_again_and_is_the_same(calling: RunningHub, receiver: Receiver) -> None:
    receiver.answers["/hiccup"] = [status(500)]
    receiver.answers["/moved"] = [status(302, location=receiver.url("/elsewhere"))]
    receiver.answers["/later"] = [status(503, retry_after="3")]
    asked = {path: ask(calling, receiver.url(path), title=path) for path in ("/hiccup", "/moved", "/later")}
    for question in asked.values():
        decide(calling, question, "approve")
    delayed = {path: told(calling, question["id"], "callback.delayed") for path, question in asked.items()}
    assert delayed["/moved"].startswith("127.0.0.1 answered 302; ")
    for path, question in asked.items():
        told(calling, question["id"], "callback.sent")
        first, second = receiver.at(path)
        assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    first, second = receiver.at("/later")
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) >= 2
    assert not receiver.at("/elsewhere")
    assert failures(calling) == []


def test_a_receiver_that_comes_up_later_is_told(calling: RunningHub) -> None:
    port = free_port()
    asked = ask(calling, f"http://127.0.0.1:{port}/")
    decide(calling, asked, "reject")
    assert "could not be reached: " in told(calling, asked["id"], "callback.delayed")
    with Receiver(port) as receiver:
        told(calling, asked["id"], "callback.sent")
        assert receiver.got[0].document["decision"]["key"] == "reject"


def test_what_can_never_arrive_is_one_row_that_says_why(calling: RunningHub, receiver: Receiver) -> None:
    receiver.answers["/gone"] = [status(410), status(410)]
    for title in ("First?", "Second?"):
        decide(calling, ask(calling, receiver.url("/gone"), title=title), "approve")
    [failed] = eventually(lambda: [one for one in failures(calling) if one["count"] == 2])
    assert (failed["title"], failed["sender"]) == ("A callback to 127.0.0.1 failed", "inbox")
    assert failed["body"].startswith("127.0.0.1 answered 410 Gone.")
    assert len(receiver.got) == 2


def test_only_what_the_configuration_names_is_called_besides_the_internet(calling: RunningHub) -> None:
    spellings = ["2130706434", "0x7f000002", "127.2", "[::1]", "[::ffff:7f00:2]"]
    with socket.create_server(("", 0)) as listener:
        listener.setblocking(False)
        for host in spellings:
            asked = ask(calling, f"http://{host}:{listener.getsockname()[1]}/", title=host)
            decide(calling, asked, "approve")
            assert "is not on the public internet (" in told(calling, asked["id"], "callback.failed")
            assert row(calling, asked["id"])["decision"]["delivery"] == "unconfirmed"
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_hub_killed_while_it_calls_calls_again(calling: RunningHub, receiver: Receiver) -> None:
    killed = threading.Event()
    receiver.answers["/"] = [hold(killed)]
    asked = ask(calling, receiver.url())
    decide(calling, asked, "approve")
    eventually(lambda: len(receiver.got) == 1)
    calling.kill9()
    killed.set()
    calling.restart()
    told(calling, asked["id"], "callback.sent")
    first, second = receiver.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert [entry["kind"] for entry in timeline(calling, asked["id"])].count("callback.sent") == 1


def test_a_question_from_before_a_restart_is_told_after_it(calling: RunningHub, receiver: Receiver) -> None:
    asked = ask(calling, receiver.url())
    assert calling.stop() == 0
    calling.restart()
    decide(calling, asked, "approve")
    told(calling, asked["id"], "callback.sent")
    verify(inbox("key", "secret", "local").stdout, receiver.got[0].headers, receiver.got[0].body)


def test_without_its_key_file_a_callback_fails_and_says_which(calling: RunningHub, receiver: Receiver) -> None:
    asked = ask(calling, receiver.url())
    assert calling.stop() == 0
    calling.paths.hub_key.unlink()
    calling.restart()
    decide(calling, asked, "approve")
    assert str(calling.paths.hub_key) in told(calling, asked["id"], "callback.failed")
    assert receiver.got == []


def test_senders_have_secrets_of_their_own(calling: RunningHub) -> None:
    made = calling.new_key("ci", "send")
    assert inbox("key", "secret", "ci").stdout == made["signing_secret"] + "\n"
    assert (
        made["signing_secret"]
        != calling.new_key("cd", "send")["signing_secret"]
        != inbox("key", "secret", "local").stdout.strip()
    )
    assert calling.new_key("reader", "operate")["signing_secret"] == ""
    unknown = inbox("key", "secret", "nobody")
    assert (unknown.returncode, unknown.stdout) == (5, "")


def test_a_space_made_anew_under_an_old_name_has_secrets_of_its_own(calling: RunningHub) -> None:
    secrets = []
    for _ in range(2):
        eventually(lambda: inbox("space", "new", "ops").returncode == 0)  # what was in it is erased piece by piece
        made = inbox("key", "new", "ci", "--role", "send", "--space", "ops", "--json")
        secrets.append(json.loads(made.stdout)["signing_secret"])
        assert inbox("space", "remove", "ops", "--yes").returncode == 0
    assert len(set(secrets)) == 2


def test_the_documented_receiver_hears_what_a_key_asks(calling: RunningHub) -> None:
    text = (ROOT / "docs" / "callbacks.md").read_text(encoding="utf-8")
    [program] = [part.partition("```")[0] for part in text.split("```python\n") if part.startswith("# receiver.py")]
    port = free_port()
    made = calling.new_key("deployer", "send")
    receiver = subprocess.Popen(
        [sys.executable, "-u", "-c", program],
        env=os.environ | {"INBOX_SIGNING_SECRET": made["signing_secret"], "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with receiver:
        # `ask` goes on only when it has its own answer, as without a callback.
        url = f"http://127.0.0.1:{port}/"
        asking = ("ask", "Deploy?", "--callback", url)
        with running(*asking, INBOX_HUB=calling.url, INBOX_KEY=made["key"]) as asker:
            question = eventually(lambda: open_question(calling))
            decide(calling, question, "approve")
            assert ended(asker)[0] == 0
        told(calling, question["id"], "callback.sent")
        receiver.terminate()
        assert receiver.communicate()[0] == "approved: Deploy? {}\n"


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({}, "is for questions"),
        ({"is_prompt": True, "callback_url": "ftp://example.com/"}, "must be an http or https URL"),
        ({"is_prompt": True, "callback_url": "https://user:pass@example.com/"}, "must name no user"),
        ({"is_prompt": True, "callback_url": "https://exämple.com/"}, "in ASCII"),
        ({"is_prompt": True, "callback_url": "https://example.com:99999/"}, "in ASCII"),
        ({"is_prompt": True, "callback_url": "https://example.com\\@127.0.0.1/"}, "in ASCII"),
        ({"is_prompt": True, "callback_url": "https://[fe80::1%25eth0]/"}, "in ASCII"),
        ({"is_prompt": True, "callback_url": "https://example.com/" + "x" * 2000}, "at most 2000"),
    ],
)
def test_an_address_that_cannot_be_is_refused_by_name(shared_hub: RunningHub, event: dict[str, Any], said: str) -> None:
    body = {"title": "Deploy?", "callback_url": "https://example.com/"} | event
    reply = shared_hub.call("POST", "/api/events", body, by="send")
    assert (reply.status, reply.document["errors"][0]["location"]) == (422, "body.callback_url")
    assert said in reply.document["errors"][0]["message"]
