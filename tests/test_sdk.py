"""The asker's side of a question against everything that a network, a restarting hub and a lying one can do.

A relay stands before a real hub: it loses and delays what passes, and forges answers.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import decide, ended, eventually, key_variables, open_question, row, rows, running
from hubs import RunningHub
from relay import Call, Relay, relay

from inbox_tui.core.errors import Exit, HubUnreachable, Refused
from inbox_tui.sdk import Answer, ask, send


@pytest.fixture
def between(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    """The relay; what is asked from here goes through it."""
    with relay(hub.listen) as state:
        monkeypatch.setenv("INBOX_HUB", state.url)
        monkeypatch.setenv("INBOX_KEY", key_variables(hub)["INBOX_KEY"])
        yield state


class Asking(threading.Thread):
    """A question asked in a thread, as a program with a screen would."""

    def __init__(self, **options: object) -> None:
        super().__init__()
        self.options = options
        self.answer: Answer | None = None
        self.problem: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self.answer = ask("Deploy?", **self.options)  # type: ignore[arg-type]
        except Exception as problem:
            self.problem = problem

    def end(self) -> Answer:
        self.join(30)
        assert self.answer is not None, self.problem
        return self.answer


def once(what: str) -> Iterator[bool]:
    """True for the first, False ever after."""
    yield True
    while True:
        yield False


def lose_first(what: str):  # type: ignore[no-untyped-def]
    first = once(what)
    return lambda call: call.what == what and next(first)


def approved(hub: RunningHub, asking: Asking) -> Answer:
    decide(hub, eventually(lambda: open_question(hub)), "approve")
    return asking.end()


def test_a_message_is_on_disk_once_whatever_is_lost(hub: RunningHub, between: Relay) -> None:
    between.after = lose_first("post")
    sent = send("Backup done", "4,218 files", source="backup", severity="warn")
    assert len(between.seen("post")) == 2
    assert len({call.idempotency_key for call in between.seen("post")}) == 1
    (found,) = rows(hub)
    assert (found["id"], found["count"], found["severity"]) == (sent.id, 1, "warn")


def test_a_lost_post_asks_once(hub: RunningHub, between: Relay) -> None:
    between.before = lose_first("post")
    assert approved(hub, Asking()).approved
    assert len(rows(hub)) == 1


def test_a_lost_answer_to_the_post_asks_once(hub: RunningHub, between: Relay) -> None:
    between.after = lose_first("post")
    assert approved(hub, Asking()).approved
    assert len(rows(hub)) == 1


@pytest.mark.parametrize("what", ["poll", "ack"])
def test_a_lost_poll_or_acknowledgement_is_said_again(hub: RunningHub, between: Relay, what: str) -> None:
    between.after = lose_first(what)
    asking = Asking()
    answer = approved(hub, asking)
    assert answer.approved
    assert row(hub, answer.id)["decision"]["delivery"] == "delivered"


def test_two_askers_of_the_same_words_never_share_a_key(hub: RunningHub, between: Relay) -> None:
    both = [Asking(), Asking()]
    eventually(lambda: len(rows(hub)) == 2)
    keys = {call.idempotency_key for call in between.seen("post")}
    assert len(keys) == 2
    assert all(len(key) == 32 for key in keys)
    for question, key in zip(rows(hub), ("approve", "reject"), strict=True):
        decide(hub, question, key)
    answers = {asking.end().id: asking.end().key for asking in both}
    assert answers == {question["id"]: question["decision"]["key"] for question in rows(hub)}


def test_the_acknowledgement_goes_before_the_answer_is_given(hub: RunningHub, between: Relay) -> None:
    held, reached = threading.Event(), threading.Event()

    def hold(call: Call) -> bool:
        if call.what == "ack":
            reached.set()
            held.wait(30)
        return False

    between.before = hold
    asking = Asking()
    decide(hub, eventually(lambda: open_question(hub)), "approve")
    assert reached.wait(30)
    assert asking.answer is None
    held.set()
    assert asking.end().approved


@pytest.mark.parametrize(
    "forged",
    [
        {"id": "01JD0Q4N3V5W8XRZ2K7M9T6BHC"},
        {"id": None},
        {"epoch": 7},
        {"epoch": True},
        {"epoch": None},
        {"decision": None},
        {"decision": {}},
        {"decision": {"key": "allow"}},
        {"decision": {"key": ["approve"]}},
        {"decision": "approve"},
        {"status": "expired"},
        {"status": "approved"},
        {"status": None},
    ],
    ids=str,
)
def test_an_answer_that_is_not_for_this_question_is_none(hub: RunningHub, between: Relay, forged: dict[str, object]) -> None:
    between.forge = lambda call, document: document | forged if call.what == "poll" and document["status"] != "open" else document
    answer = approved(hub, Asking())
    assert not answer.approved
    assert answer.key == ""
    assert not between.seen("ack")
    assert between.seen("withdraw")


@pytest.mark.parametrize("forged", [[], "approve", None, 1])
def test_an_answer_of_another_shape_is_none(hub: RunningHub, between: Relay, forged: object) -> None:
    between.forge = lambda call, document: forged if call.what == "poll" and document["status"] != "open" else document
    asking = Asking(timeout=1.0)
    decide(hub, eventually(lambda: open_question(hub)), "approve")
    assert asking.end().key == ""


def test_a_hub_that_names_no_question_gets_none_answered(hub: RunningHub, between: Relay) -> None:
    between.forge = lambda call, document: {} if call.what == "post" else document
    with pytest.raises(HubUnreachable):
        ask("Deploy?")
    assert rows(hub)[0]["closed"] == "withdrawn"


def test_a_hub_that_disowns_the_answer_takes_it_back(hub: RunningHub, between: Relay) -> None:
    """A revoked key refuses the acknowledgement: nobody acts on what cannot be confirmed as theirs."""
    keys = hub.call("GET", "/api/keys").document["items"]

    def revoke(call: Call) -> bool:
        if call.what == "ack":
            for key in keys:
                hub.call("DELETE", f"/api/keys/{key['id']}")
            eventually(lambda: hub.call("GET", "/api/hub", by="tcp", headers=_bearer()).status == 401)
        return False

    between.before = revoke
    assert approved(hub, Asking()).key == ""


@pytest.mark.parametrize("forged", [{"id": "", "epoch": 0, "status": "unknown", "decision": None}, {"status": "withdrawn"}, {}])
def test_a_hub_that_no_longer_knows_the_answer_takes_it_back(hub: RunningHub, between: Relay, forged: dict[str, object]) -> None:
    between.forge = lambda call, document: forged if call.what == "ack" else document
    answer = approved(hub, Asking())
    assert (answer.key, answer.status) == ("", "unknown")


def _bearer() -> dict[str, str]:
    import os

    return {"Authorization": f"Bearer {os.environ['INBOX_KEY']}"}


def test_when_time_is_up_the_row_says_so_and_nothing_is_acted_on(hub: RunningHub, between: Relay) -> None:
    answer = ask("Deploy?", timeout=0.3)
    assert (answer.key, answer.status, rows(hub)[0]["closed"]) == ("", "expired", "expired")


def test_giving_up_without_the_hubs_word_withdraws(hub: RunningHub, between: Relay) -> None:
    between.before = lambda call: call.what == "poll"
    answer = ask("Deploy?", timeout=0.1)
    assert (answer.key, answer.status, between.calls[-1].what) == ("", "timeout", "withdraw")


def test_a_hub_that_takes_calls_and_never_answers_holds_nobody_much_beyond_the_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be 13 seconds by the patience of each call alone: 10 for the question, 3 to withdraw it."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        monkeypatch.setenv("INBOX_HUB", f"http://127.0.0.1:{mute.getsockname()[1]}")
        with running("ask", "Deploy?", "--timeout", "1") as asker:
            _, err = asker.communicate(timeout=8)
    assert asker.returncode == Exit.UNREACHABLE
    assert "no decision: The hub at" in err


@pytest.mark.parametrize("mute", [{"poll"}, {"poll", "withdraw"}], ids=["poll", "and withdrawal"])
def test_nor_does_one_that_falls_silent_after_it_took_the_question(between: Relay, mute: set[str]) -> None:
    released = threading.Event()
    between.before = lambda call: call.what in mute and released.wait(30)
    asking = Asking(timeout=0.2)
    asking.join(8)
    released.set()
    assert asking.answer is not None
    assert (asking.answer.key, asking.answer.status) == ("", "timeout")


def test_an_answer_that_comes_after_giving_up_is_marked_unused(hub: RunningHub, between: Relay) -> None:
    """The poll is held past the deadline; the person answers meanwhile, and in time."""
    held = threading.Event()

    def hold(call: Call) -> bool:
        if call.what == "withdraw":
            held.wait(30)
        return call.what == "poll"

    between.before = hold
    asking = Asking(timeout=1.0)
    question = eventually(lambda: open_question(hub))
    decide(hub, question, "approve")
    held.set()
    assert asking.end().key == ""
    assert row(hub, question["id"])["decision"]["delivery"] == "unused"


def test_ctrl_c_before_the_post_was_answered_leaves_nothing_open(hub: RunningHub, between: Relay) -> None:
    """The withdrawal overtakes the POST: when that arrives at last it is born withdrawn."""
    held = threading.Event()

    def hold(call: Call) -> bool:
        if call.what == "post":
            held.wait(30)
        return False

    between.before = hold
    with running("ask", "Deploy?") as asker:
        eventually(lambda: between.seen("post"))
        asker.send_signal(signal.SIGINT)
        assert ended(asker)[0] == 130
    assert [call.what for call in between.calls] == ["post", "withdraw"]
    held.set()
    eventually(lambda: rows(hub))
    assert rows(hub)[0]["closed"] == "withdrawn"


def test_an_exception_in_the_program_withdraws(hub: RunningHub, between: Relay) -> None:
    def explode(problem: str) -> None:
        raise RuntimeError(problem)

    between.before = lambda call: call.what == "poll"
    with pytest.raises(RuntimeError):
        ask("Deploy?", on_outage=explode)
    assert rows(hub)[0]["closed"] == "withdrawn"


def test_a_refused_question_is_not_repeated(hub: RunningHub, between: Relay) -> None:
    with pytest.raises(Refused) as refusal:
        ask("", timeout=5)
    assert refusal.value.status == 422
    assert len(between.seen("post")) == 1


def test_a_default_must_be_offered_and_needs_time() -> None:
    with pytest.raises(ValueError, match="none of the choices"):
        ask("Deploy?", default="perhaps", timeout=5)
    with pytest.raises(ValueError, match="time-out"):
        ask("Deploy?", default="reject")


def test_that_no_hub_is_there_is_told_at_once(home: Path) -> None:
    told: list[str] = []
    with pytest.raises(HubUnreachable):
        ask("Deploy?", timeout=0.5, on_outage=told.append)
    assert len(told) == 1
    assert "No hub is running" in told[0]


def test_nothing_is_asked_where_no_hub_is(home: Path) -> None:
    with pytest.raises(HubUnreachable):
        ask("Deploy?", timeout=0.3)
    with pytest.raises(HubUnreachable):
        send("hello", patience=0, keep=False)
    assert not list(home.iterdir())
