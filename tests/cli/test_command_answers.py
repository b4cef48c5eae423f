"""Answering from the command line: for exactly what was shown, once, and only by who may."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from commands import DEADLINE, INBOX, decide, ended, eventually, inbox, key_variables, open_question, row, running
from hubs import RunningHub
from relay import relay
from terminal import Terminal

QUESTION: dict[str, Any] = {"title": "Deploy?", "kind": "input.required", "command": "./deploy 1.2.3"}


def reference(hub: RunningHub, title: str = "Deploy?") -> str:
    """ID@REV as `inbox list` prints it."""
    lines = inbox("list", "--view", "needs").stdout.splitlines()
    return next(line.split()[0] for line in lines if title in line)


def test_what_list_prints_is_what_approve_takes(hub: RunningHub) -> None:
    id_ = hub.publish(**QUESTION)["id"]
    done = inbox("approve", reference(hub), "--comment", "go")
    assert done.returncode == 0
    assert done.stdout.startswith("approved by")
    decision = row(hub, id_)["decision"]
    assert (decision["key"], decision["comment"]) == ("approve", "go")


def test_reject_and_decide_give_their_keys(hub: RunningHub) -> None:
    first = hub.publish(**QUESTION)["id"]
    assert inbox("reject", reference(hub)).returncode == 0
    choices = [{"key": "staging", "label": "Staging"}, {"key": "prod", "label": "Production"}]
    second = hub.publish(**QUESTION | {"title": "Where?", "choices": choices})["id"]
    assert inbox("decide", reference(hub, "Where?"), "prod").returncode == 0
    assert [row(hub, id_)["decision"]["key"] for id_ in (first, second)] == ["reject", "prod"]


def test_an_answer_that_somebody_waits_for_is_said_to_have_arrived(hub: RunningHub) -> None:
    with running("ask", "Deploy?") as asker:
        eventually(lambda: open_question(hub))
        assert inbox("approve", reference(hub)).stdout.endswith(", delivered\n")
        assert ended(asker)[0] == 0


def test_an_answer_that_does_not_arrive_is_not_waited_for_long(hub: RunningHub) -> None:
    with running("ask", "Deploy?") as asker:
        eventually(lambda: open_question(hub))
        asker.kill()
        ended(asker)
        assert inbox("approve", reference(hub)).stdout.endswith(", not confirmed\n")


def test_a_second_answer_is_refused_and_told_who_was_first(hub: RunningHub) -> None:
    id_ = hub.publish(**QUESTION)["id"]
    seen = reference(hub)
    assert inbox("approve", seen).returncode == 0
    late = inbox("reject", seen)
    assert late.returncode == 5
    assert "lready answered by" in late.stderr
    assert row(hub, id_)["decision"]["key"] == "approve"


def test_a_hub_that_cannot_answer_yet_has_not_refused(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first call takes, and its answer is lost; the next meets a hub that is just stopping."""
    hub.publish(**QUESTION)
    seen = reference(hub)
    with relay(hub.listen) as between:
        monkeypatch.setenv("INBOX_HUB", between.url)
        monkeypatch.setenv("INBOX_KEY", key_variables(hub, "operate")["INBOX_KEY"])
        between.after = lambda call: call.path.endswith("/decision") and len(between.seen("other")) == 2
        between.stop_before = lambda call: call.path.endswith("/decision") and len(between.seen("other")) == 3
        done = inbox("approve", seen)
    assert done.returncode == 0, done.stderr


def test_a_reference_of_any_length_is_told_what_it_should_be(home: Path) -> None:
    done = inbox("approve", "01JD0Q4N3V5W8XRZ2K7M9T6BHC@" + "9" * 5000)
    assert (done.returncode, "internal error" in done.stderr) == (2, False)


def test_an_answer_for_an_older_text_is_refused(hub: RunningHub) -> None:
    """A row that folds is raised anew: what was shown is not what is asked now."""
    event = {"title": "Disk full", "kind": "disk.full", "actionable": True}
    id_ = hub.publish(**event)["id"]
    seen = reference(hub, "Disk full")
    assert hub.publish(**event | {"body": "now really"})["id"] == id_
    late = inbox("approve", seen)
    assert late.returncode == 5
    assert "changed since you were shown it" in late.stderr
    assert "decision" not in row(hub, id_)


@pytest.mark.parametrize("command", [("approve",), ("reject",), ("decide",)])
def test_a_bare_id_answers_nothing_unseen(hub: RunningHub, command: tuple[str, ...]) -> None:
    id_ = hub.publish(**QUESTION)["id"]
    done = inbox(*command, id_, *(["approve"] if command == ("decide",) else []))
    assert done.returncode == 2
    assert f"{id_}@REV" in done.stderr
    assert "decision" not in row(hub, id_)


@pytest.mark.parametrize(("typed", "code", "key"), [("approve", 0, "approve"), ("", 2, None), ("y", 2, None)])
def test_a_bare_id_on_a_terminal_shows_the_text_and_asks(hub: RunningHub, typed: str, code: int, key: str | None) -> None:
    id_ = hub.publish(**QUESTION | {"command": "./deploy \x1b[31m1.2.3 \u202e--really"})["id"]
    with Terminal([*INBOX, "approve", id_], env=dict(os.environ)) as terminal:
        terminal.wait_for("to answer so")
        shown = terminal.text()
        terminal.press(f"{typed}\n")
        assert terminal.process.wait(30) == code
    assert "./deploy ␛[31m1.2.3 ⟨U+202E⟩--really" in shown
    assert (row(hub, id_).get("decision") or {}).get("key") == key


def test_an_answer_that_was_not_offered_is_refused(hub: RunningHub) -> None:
    id_ = hub.publish(**QUESTION)["id"]
    done = inbox("decide", reference(hub), "allow")
    assert done.returncode == 5
    assert "approve, reject" in done.stderr
    assert "decision" not in row(hub, id_)


def test_a_key_that_sends_can_neither_read_nor_answer(hub: RunningHub) -> None:
    id_ = hub.publish(**QUESTION)["id"]
    seen = reference(hub)
    sender = key_variables(hub)
    for command in (("approve", seen), ("list",), ("done", id_), ("status",)):
        assert inbox(*command, **sender).returncode == 5
    assert "decision" not in row(hub, id_)
    operator = key_variables(hub, "operate")
    assert inbox("approve", seen, **operator).returncode == 0


def test_the_answer_of_the_command_line_reaches_the_asker(hub: RunningHub) -> None:
    with running("ask", "Deploy?") as asker:
        eventually(lambda: open_question(hub))
        assert inbox("approve", reference(hub)).returncode == 0
        assert ended(asker)[0] == 0


def test_an_unknown_id_is_refused(hub: RunningHub) -> None:
    assert inbox("approve", "01JD0Q4N3V5W8XRZ2K7M9T6BHC@42").returncode == 5


@pytest.mark.parametrize("wrong", ["x", "01JD0Q4N3V5W8XRZ2K7M9T6BHC@", "01JD0Q4N3V5W8XRZ2K7M9T6BHC@x", "../../etc/passwd"])
def test_what_is_no_reference_is_wrong_use(home: object, wrong: str) -> None:
    assert inbox("approve", wrong).returncode == 2


def test_list_tells_what_needs_me_first_and_nothing_steers_the_terminal(hub: RunningHub) -> None:
    hub.publish(**QUESTION)
    hub.publish(title="Backup \x1b]0;pwned\x07done", severity="warn", source="back\u202eup")
    hub.publish(title="Import failed", kind="task.failed", severity="error")
    hub.publish(title="Import failed", kind="task.failed", severity="error")
    lines = inbox("list", COLUMNS="100").stdout.splitlines()
    assert len(lines) == 3
    assert "? Deploy?" in lines[0]
    assert "✗ Import failed ×2" in lines[1]
    assert "▲ Backup done" in lines[2]
    assert not set("\x1b\x07\u202e") & set("".join(lines))
    assert [json.loads(line)["count"] for line in inbox("list", "--json").stdout.splitlines()] == [1, 2, 1]


@pytest.mark.parametrize("more", [(), ("--limit", "2000")], ids=["little", "much"])
def test_a_reader_that_goes_away_is_no_success_and_no_answer(hub: RunningHub, more: tuple[str, ...]) -> None:
    """Little is met when the output is flushed at the end, much while it is printed."""
    for number in range(300 if more else 1):
        hub.publish(title=f"{number} " + "x" * 400)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        done = subprocess.run([*INBOX, "list", "--json", *more], stdout=gone, stderr=subprocess.PIPE, timeout=DEADLINE)
    assert (done.returncode, done.stderr) == (141, b"")


def test_views_are_what_the_pane_shows(hub: RunningHub) -> None:
    ids = {name: hub.publish(title=name, kind=name)["id"] for name in ("unread", "read", "done")}
    asks = hub.publish(**QUESTION)["id"]
    assert inbox("read", ids["read"]).returncode == 0
    assert inbox("done", ids["done"]).returncode == 0

    def listed(view: str) -> set[str]:
        return {json.loads(line)["id"] for line in inbox("list", "--view", view, "--json").stdout.splitlines()}

    assert listed("needs") == {asks}
    assert listed("unread") == {asks, ids["unread"]}
    assert listed("all") == {asks, ids["unread"], ids["read"]}
    assert listed("done") == {ids["done"]}
    assert len(inbox("list", "--limit", "2").stdout.splitlines()) == 2


def test_read_and_done_take_many_or_all_and_say_what_was_left(hub: RunningHub) -> None:
    ids = [hub.publish(title=f"number {n}", kind=f"k{n}")["id"] for n in range(3)]
    assert inbox("read", *ids[:2]).returncode == 0
    assert inbox("read", "--all").stdout == "1 read\n"
    with running("ask", "Deploy?"):
        eventually(lambda: open_question(hub))
        assert inbox("done", "--all").stdout == "3 done, 1 wait for an answer\n"
    assert inbox("done").returncode == 2
    assert inbox("done", ids[0], "--all").returncode == 2


def test_triage_of_what_changed_since_is_refused(hub: RunningHub) -> None:
    event = {"title": "Disk full", "kind": "disk.full"}
    hub.publish(**event)
    seen = inbox("list").stdout.split()[0]
    id_ = hub.publish(**event)["id"]
    assert inbox("done", seen).returncode == 5
    assert not row(hub, id_).get("done_at")


def test_an_outcome_that_nobody_heard_is_unknown_until_the_row_tells(hub: RunningHub) -> None:
    """The hub dies after the answer was read from the list: the attempt is retried until it is back."""
    id_ = hub.publish(**QUESTION)["id"]
    seen = reference(hub)
    with running("approve", seen) as approving:
        hub.kill9()
        hub.restart()
        code, _, err = ended(approving)
    if code != 0:
        assert (code, "out of reach" in err or "No hub is running" in err) == (3, True)
        decide(hub, row(hub, id_), "approve")
    assert row(hub, id_)["decision"]["key"] == "approve"
