"""`inbox task` as shell scripts call it: what is kept between the calls, and which run is meant."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest
from commands import DEADLINE, INBOX, inbox, open_question, rows, timeline
from hubs import RunningHub


def task(*arguments: str, **environ: str) -> str:
    done = inbox("task", *arguments, **environ)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def kinds(hub: RunningHub, run_id: str) -> list[str]:
    return [event["kind"] for event in timeline(hub, run_id)]


def state(home: Path) -> Path:
    (path,) = (home / "tasks").glob("*/*.json")
    return path


def turn_back(home: Path, milliseconds: int) -> None:
    """As if what is kept had been kept so much earlier."""
    path = state(home)
    document = json.loads(path.read_text())
    document["ledger"]["since"] -= milliseconds
    for members, name in ((document["ledger"], "started_at"), (document, "said_progress_at")):
        if members[name] is not None:
            members[name] -= milliseconds
    path.write_text(json.dumps(document))


def test_a_run_from_its_queue_to_its_end(hub: RunningHub, home: Path) -> None:
    run = task("queue", "email", "waits for a worker", "--source", "mailer")
    assert run.startswith("run_")
    turn_back(home, 1_000)
    assert task("start", "email", "--source", "mailer", INBOX_RUN=run) == run
    task("metric", "tokens", "500", "--run", run)
    task("metric", "tokens", "-12", "--run", run)
    task("metric", "model", "large", "--run", run)
    task("pause", "rate limit", "--run", run)
    turn_back(home, 30_000)
    task("resume", "--run", run)
    task("retry", "again", "--run", run, "--tag", "nightly", "--meta", "attempt=2")
    task("output", "report", "--run", run, "--open-url", "https://example.com/r", "--download-url", "https://example.com/r.pdf")
    task("complete", "83 sent", "--run", run)
    assert kinds(hub, run) == [
        *("task.queued", "task.started", "task.paused", "task.resumed", "task.retry", "output.generated", "task.completed")
    ]
    queued, started, _, resumed, retry, output, end = timeline(hub, run)
    assert (queued["body"], started["source"]) == ("waits for a worker", "mailer")
    assert 1_000 <= started["details"]["meta"]["queue_ms"] < 20_000
    assert 30_000 <= resumed["details"]["meta"]["pause_ms"] < 50_000
    assert (retry["details"]["tags"], retry["details"]["meta"]["attempt"]) == (["nightly"], 2)
    assert output["details"]["download_url"] == "https://example.com/r.pdf"
    meta = end["details"]["meta"]
    assert (meta["tokens"], meta["model"], meta["pause_count"], meta["retry_count"]) == (488, "large", 1, 1)
    assert meta["active_ms"] == meta["total_duration_ms"] - meta["pause_ms"]
    assert not list((home / "tasks").glob("*/*"))


@pytest.mark.parametrize(
    ("verb", "kind"),
    [
        ("complete", "task.completed"),
        ("fail", "task.failed"),
        ("cancel", "task.cancelled"),
        ("timeout", "task.timeout"),
        ("stop", "task.stopped"),
        ("terminate", "task.terminated"),
    ],
)
def test_every_end_ends(hub: RunningHub, verb: str, kind: str) -> None:
    run = task("start", "email")
    task(verb, "so it is", INBOX_RUN=run)
    assert kinds(hub, run) == ["task.started", kind]
    assert {"total_duration_ms", "active_ms"} <= set(timeline(hub, run)[-1]["details"]["meta"])
    again = inbox("task", verb, "--task", "email", INBOX_RUN=run)
    assert (again.returncode, f"No run {run} of email is open" in again.stderr) == (2, True)


def test_a_stopped_run_is_one_row_that_says_so(hub: RunningHub) -> None:
    run = task("start", "email")
    task("wait", "for a person", "--actionable", INBOX_RUN=run)
    task("progress", "half of them", "0.5", INBOX_RUN=run)
    task("stop", INBOX_RUN=run)
    (found,) = rows(hub)
    assert (found["title"], found["kind"], found["count"]) == ("email stopped", "task.stopped", 4)
    assert found["body"].startswith("after ")
    assert (found.get("progress"), found.get("status"), found.get("actionable")) == (None, None, None)


@pytest.mark.parametrize(
    ("verb", "kind", "counter"),
    [
        ("wait", "task.waiting", "wait_count"),
        ("loop", "task.loop", "loop_count"),
        ("retry", "task.retry", "retry_count"),
        ("error", "task.error", "error_count"),
    ],
)
def test_what_is_counted(hub: RunningHub, verb: str, kind: str, counter: str) -> None:
    run = task("start", "email")
    task(verb, "once", INBOX_RUN=run)
    task("resume", INBOX_RUN=run)
    task(verb, "twice", INBOX_RUN=run)
    assert [event["kind"] for event in timeline(hub, run)] == ["task.started", kind, "task.resumed", kind]
    assert timeline(hub, run)[-1]["details"]["meta"][counter] == 2


def test_progress_is_paced_and_the_last_is_said(hub: RunningHub, home: Path) -> None:
    run = task("start", "email")
    for n in (1, 2, 3):
        task("progress", f"{n} of 9", f"0.{n}", INBOX_RUN=run)
    assert [event["body"] for event in timeline(hub, run)] == ["started", "1 of 9"]
    turn_back(home, 3_000)
    task("loop", "round and round", INBOX_RUN=run)
    assert [event["body"] for event in timeline(hub, run)][2:] == ["3 of 9", "round and round"]
    task("progress", "9 of 9", "done", INBOX_RUN=run)
    task("complete", INBOX_RUN=run)
    *_, progress, end = timeline(hub, run)
    assert (progress["details"]["progress"], end["kind"]) == ("done", "task.completed")


def test_a_question_that_nobody_waits_for(hub: RunningHub) -> None:
    run = task("start", "email")
    task("input", "Send all 83?", "--choice", "yes=All of them", "--choice", "no=None", INBOX_RUN=run)
    question = open_question(hub)
    assert question is not None
    assert (question["title"], question["run_id"], question["waiting"]) == ("Send all 83?", run, "nobody")
    assert [choice["key"] for choice in question["choices"]] == ["yes", "no"]


def test_runs_at_the_same_time_are_not_mixed(hub: RunningHub) -> None:
    one, other = task("start", "email"), task("start", "email")
    assert one != other
    ambiguous = inbox("task", "loop", "--task", "email")
    assert (ambiguous.returncode, one in ambiguous.stderr, other in ambiguous.stderr) == (2, True, True)
    task("metric", "n", "1", "--run", one)
    task("metric", "n", "10", INBOX_RUN=other)
    task("complete", "--run", one, INBOX_RUN=other)
    task("fail", "--task", "email")
    assert (kinds(hub, one)[-1], kinds(hub, other)[-1]) == ("task.completed", "task.failed")
    assert [timeline(hub, run)[-1]["details"]["meta"]["n"] for run in (one, other)] == [1, 10]


def test_source_and_task_are_different_runs(hub: RunningHub) -> None:
    runs = [
        task("start", "email", "--source", "a", "--run", "build/7"),
        task("start", "email", "--source", "b", "--run", "build/7"),
        task("start", "../../x", "--source", "a", "--run", "build/7"),
    ]
    assert runs == ["build/7"] * 3
    assert inbox("task", "loop", "--run", "build/7").returncode == 2
    task("complete", "--run", "build/7", "--task", "email", "--source", "b")
    task("fail", "--task", "../../x", "--source", "a")
    task("complete", "--task", "email")
    assert sorted(row["kind"] for row in rows(hub) if not row.get("done_at")) == [
        "task.completed",
        "task.completed",
        "task.failed",
    ]


def test_a_run_is_begun_once(hub: RunningHub) -> None:
    task("start", "email", "--run", "mine")
    again = inbox("task", "start", "email", "--run", "mine")
    assert (again.returncode, again.stdout) == (2, "")
    other = task("start", "email", INBOX_RUN="mine")
    assert other.startswith("run_")


def test_calls_at_once_lose_no_figure(hub: RunningHub) -> None:
    run = task("start", "email")
    calls = [subprocess.Popen([*INBOX, "task", "metric", "n", "1", "--run", run]) for _ in range(12)]
    assert [call.wait(DEADLINE) for call in calls] == [0] * 12
    task("complete", "--run", run)
    assert timeline(hub, run)[-1]["details"]["meta"]["n"] == 12


def test_what_is_kept_is_this_user_s_alone(hub: RunningHub, home: Path) -> None:
    task("start", "email")
    path = state(home)
    modes = [stat.S_IMODE(found.stat().st_mode) for found in (path, path.parent, home / "tasks", home / "tasks" / "lock")]
    assert modes == [0o600, 0o700, 0o700, 0o600]


def test_a_file_that_is_none_is_told_and_put_aside(hub: RunningHub, home: Path) -> None:
    for broken in ("", "{", "[]", '{"ledger": {}}'):
        run = task("start", "email")
        state(home).write_text(broken)
        done = inbox("task", "loop", "--run", run)
        assert (done.returncode, "put aside" in done.stderr) == (3, True)
        assert inbox("task", "loop", "--run", run).returncode == 2


def test_without_a_hub_it_is_kept_and_arrives_in_order(hub: RunningHub) -> None:
    hub.kill9()
    began = inbox("task", "start", "email")
    assert (began.returncode, "kept until the hub is back" in began.stderr) == (0, True)
    run = began.stdout.strip()
    for n in range(3):
        assert inbox("task", "loop", str(n), INBOX_RUN=run).returncode == 0
    hub.restart()
    task("complete", INBOX_RUN=run)
    assert [event["body"] for event in timeline(hub, run)][:4] == ["started", "0", "1", "2"]
    assert kinds(hub, run)[-1] == "task.completed"


def test_a_hub_that_hangs_holds_a_call_less_than_two_seconds(hub: RunningHub) -> None:
    hub.process.send_signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert inbox("task", "start", "email").returncode == 0
        assert time.monotonic() - began < 2.5  # with the start of an interpreter
    finally:
        hub.process.send_signal(signal.SIGCONT)


def test_a_refused_verb_is_five(hub: RunningHub) -> None:
    run = task("start", "email")
    assert inbox("task", "loop", "--open-url", "nowhere", INBOX_RUN=run).returncode == 5


@pytest.mark.parametrize(
    "arguments",
    [
        ("start",),
        ("start", " "),
        ("loop",),
        ("loop", "--task", "none"),
        ("metric", "n", "1"),
        ("metric", "retry_count", "1", "--run", "mine"),
        ("dance", "--run", "mine"),
    ],
)
def test_wrong_use_is_two(home: Path, arguments: tuple[str, ...]) -> None:
    inbox("task", "start", "email", "--run", "mine")
    done = inbox("task", *arguments)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (2, "", False)
