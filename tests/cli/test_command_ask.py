"""`inbox ask` as shell scripts see it: exit codes, and what the row says afterwards."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest
from commands import INBOX, decide, ended, eventually, inbox, key_variables, open_question, row, rows, running
from hubs import RunningHub


def asked(hub: RunningHub) -> dict[str, object]:
    return eventually(lambda: open_question(hub))


def test_approved_is_zero_and_the_row_says_delivered(hub: RunningHub) -> None:
    with running("ask", "Deploy?", "--command", "./deploy 1.2.3", "--source", "ci") as asker:
        question = asked(hub)
        assert (question["title"], question["command"], question["source"]) == ("Deploy?", "./deploy 1.2.3", "ci")
        assert question["waiting"] == "here"
        decide(hub, question, "approve")
        assert ended(asker) == (0, "", "")
    assert row(hub, question["id"])["decision"]["delivery"] == "delivered"


def test_rejected_is_one_and_says_why(hub: RunningHub) -> None:
    with running("ask", "Deploy?") as asker:
        decide(hub, asked(hub), "reject", "not on a Friday")
        code, out, err = ended(asker)
    assert (code, out) == (1, "")
    assert "rejected by" in err
    assert "not on a Friday" in err


def test_another_choice_prints_its_key(hub: RunningHub) -> None:
    with running(
        "ask", "Where?", "--choice", "staging=Staging", "--choice", "prod=Production", "--choice", "deny=Nowhere"
    ) as asker:
        question = asked(hub)
        assert [choice["label"] for choice in question["choices"]] == ["Staging", "Production", "Nowhere"]
        decide(hub, question, "prod")
        assert ended(asker) == (0, "prod\n", "")


def test_the_comment_may_be_what_is_asked_for(hub: RunningHub) -> None:
    for comment, printed in (("release-7", "release-7\n"), ("", "")):
        with running("ask", "Which branch?", "--reply", "--choice", "this=This one") as asker:
            decide(hub, asked(hub), "this", comment)
            assert ended(asker) == (0, printed, "")


def test_a_choice_named_deny_is_never_zero(hub: RunningHub) -> None:
    with running("ask", "Where?", "--choice", "prod=Production", "--choice", "deny=Nowhere") as asker:
        decide(hub, asked(hub), "deny")
        assert ended(asker)[:2] == (1, "")


def test_json_tells_the_whole_answer(hub: RunningHub) -> None:
    with running("ask", "Deploy?", "--json") as asker:
        question = asked(hub)
        decide(hub, question, "approve", "go")
        code, out, _ = ended(asker)
    answer = json.loads(out)
    assert code == 0
    assert (answer["status"], answer["id"], answer["key"], answer["comment"]) == ("decided", question["id"], "approve", "go")


def test_no_answer_in_time_is_no_decision_and_closes_the_question(hub: RunningHub) -> None:
    done = inbox("ask", "Deploy?", "--timeout", "0.3")
    assert (done.returncode, done.stdout) == (4, "")
    assert rows(hub)[0]["closed"] == "expired"


def test_without_anybody_to_tell_the_exit_code_is_the_same(hub: RunningHub) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*INBOX, "ask", "Deploy?", "--timeout", "0.3"], stderr=full, stdin=subprocess.DEVNULL)
    assert done.returncode == 4


def test_a_refusing_default_is_given_when_the_time_is_up(hub: RunningHub) -> None:
    assert inbox("ask", "Deploy?", "--timeout", "0.5", "--default", "reject").returncode == 1


def test_a_permitting_default_needs_a_key_that_may(hub: RunningHub) -> None:
    arguments = ("ask", "Deploy?", "--timeout", "0.5", "--default", "approve")
    refused = inbox(*arguments, **key_variables(hub))
    assert (refused.returncode, "--allow-timeout-approve" in refused.stderr) == (4, True)
    assert inbox(*arguments, **key_variables(hub, allow_timeout_approve=True)).returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_withdraws_the_question(hub: RunningHub, number: signal.Signals) -> None:
    with running("ask", "Deploy?") as asker:
        question = asked(hub)
        asker.send_signal(number)
        code, out, err = ended(asker)
        assert (code, out, err.strip()) == (130, "", "")
    assert row(hub, question["id"])["closed"] == "withdrawn"


def test_a_hub_that_restarts_loses_no_answer(hub: RunningHub) -> None:
    with running("ask", "Deploy?") as asker:
        question = asked(hub)
        hub.kill9()
        hub.restart()
        decide(hub, question, "approve")
        code, _, err = ended(asker)
    assert code == 0
    assert err.count("Still waiting") <= 1
    assert len(rows(hub)) == 1


def test_an_answer_given_while_the_asker_cannot_hear_is_kept(hub: RunningHub) -> None:
    with running("ask", "Deploy?") as asker:
        question = asked(hub)
        asker.send_signal(signal.SIGSTOP)
        decide(hub, question, "approve")
        hub.kill9()
        hub.restart()
        asker.send_signal(signal.SIGCONT)
        assert ended(asker)[0] == 0
    assert row(hub, question["id"])["decision"]["delivery"] == "delivered"


def test_a_killed_asker_leaves_the_question_to_its_lease(hub: RunningHub) -> None:
    with running("ask", "Deploy?") as asker:
        question = asked(hub)
        asker.kill()
        ended(asker)
    decide(hub, question, "approve")
    assert row(hub, question["id"])["decision"]["delivery"] == "unconfirmed"


def test_no_hub_is_three_and_starts_none(home: object) -> None:
    done = inbox("ask", "Deploy?", "--timeout", "0.3")
    assert done.returncode == 3
    assert "inbox serve" in done.stderr
    assert inbox("status").returncode == 3


def test_a_key_that_is_none_is_refused(hub: RunningHub) -> None:
    done = inbox("ask", "Deploy?", INBOX_HUB=hub.url, INBOX_KEY="ik_nobody_0000")
    assert done.returncode == 5


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "Deploy?", "--default", "approve"),
        ("ask", "Deploy?", "--default", "perhaps", "--timeout", "5"),
        ("ask", "Deploy?", "--timeout", "soon"),
        ("ask", "Deploy?", "--choice", "=x"),
        ("ask", "Deploy?", "--choice", "a=x", "--choice", "a=y"),
        ("ask", "Deploy?", "--detail", "/no/such/file"),
    ],
)
def test_wrong_use_is_two_and_asks_nothing(home: object, arguments: tuple[str, ...]) -> None:
    done = inbox(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_what_the_hub_refuses_is_named_as_it_was_typed(hub: RunningHub) -> None:
    for arguments, named in (
        (("Where?", "--choice", "a=A", "--choice", "b b=B"), "--choice 2, its key: "),
        (("Where?", "--choice", f"a={'x' * 501}"), "--choice 1, its label: "),
        (("Where?", "--callback", "ftp://example.com/"), "--callback: must be an http or https URL"),
        (("Where?", "--timeout", "31d"), "--timeout: "),
        ((" ",), "QUESTION: has no visible character"),
    ):
        done = inbox("ask", *arguments)
        assert (done.returncode, done.stderr.startswith(f"inbox: {named}")) == (5, True), done.stderr


def test_detail_may_be_piped_in(hub: RunningHub) -> None:
    done = inbox("ask", "Deploy?", "--detail", "-", "--timeout", "0.3", text="one\ntwo\n")
    assert done.returncode == 4
    assert rows(hub)[0]["body"] == "one\ntwo"


def test_in_a_shell_only_yes_runs_what_follows(hub: RunningHub) -> None:
    shell = ["sh", "-c", '"$@" && echo ran', "sh"]
    with subprocess.Popen([*shell, *INBOX, "ask", "Run?"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as asker:
        decide(hub, asked(hub), "approve")
        assert asker.communicate(timeout=30)[0] == "ran\n"
    hub.stop()
    done = subprocess.run([*shell, *INBOX, "ask", "Run?", "--timeout", "0.2"], capture_output=True, text=True, timeout=30)
    assert done.stdout == ""
    hub.restart()
