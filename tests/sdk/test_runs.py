"""Runs as programs tell them: real programs, a real hub, and every way in which a run may end."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from typing import Any

import pytest
from commands import DEADLINE, decide, eventually, open_question, row, rows, timeline
from hubs import RunningHub

from inbox_tui import sdk as inbox
from inbox_tui.core.errors import HubUnreachable
from inbox_tui.core.paths import find_paths
from inbox_tui.sdk.spool import spool_of
from inbox_tui.wire import find_hub

BEGIN = """
import asyncio, gc, os, signal, sys, threading
from inbox_tui import sdk as inbox
def told(run):
    print(run.id, flush=True)
    return run
"""


def program(code: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN + code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL
    )


def run_of(code: str) -> tuple[str, int, str]:
    """The id that it printed, its exit code and what it said on stderr."""
    with program(code) as process:
        out, err = process.communicate(timeout=DEADLINE)
    return out.split()[0], process.returncode, err


def kinds(hub: RunningHub, run_id: str) -> list[str]:
    return [event["kind"].removeprefix("task.") for event in timeline(hub, run_id)]


def meta(event: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = event["details"]["meta"]
    return found


def test_a_block_is_a_run(hub: RunningHub) -> None:
    seconds = iter((1.0, 1.0, 2.0, 2.5, 4.0, 4.5, 5.0))
    with inbox.task("email", source="mailer", clock=lambda: next(seconds)) as run:
        run.progress("half", 0.5, tags=["nightly"])
        run.metric("tokens", 500)
        run.metric("tokens", 12)
        run.metric("model", "large")
        run.pause("rate limit")
        run.resume()
        run.retry("again")
        run.output("83 sent", open_url="https://example.com/83")
    started, progress, paused, resumed, retry, output, completed = timeline(hub, run.id)
    assert (started["source"], started["title"], started["run_id"]) == ("mailer", "email", run.id)
    assert (progress["details"]["progress"], progress["details"]["tags"]) == (0.5, ["nightly"])
    assert meta(paused) == {"tokens": 512, "model": "large", "pause_count": 1}
    assert meta(resumed)["pause_ms"] == 500
    assert meta(retry)["retry_count"] == 1
    assert (output["kind"], output["details"]["open_url"]) == ("output.generated", "https://example.com/83")
    assert meta(completed) == {
        "tokens": 512,
        "model": "large",
        "pause_count": 1,
        "retry_count": 1,
        "total_duration_ms": 4000,
        "active_ms": 3500,
        "pause_ms": 500,
    }


def test_the_queue_is_counted(hub: RunningHub) -> None:
    seconds = iter((1.0, 3.0, 10.0))
    with inbox.task("email", clock=lambda: next(seconds)).queue() as run:
        pass
    assert kinds(hub, run.id) == ["queued", "started", "completed"]
    assert meta(timeline(hub, run.id)[-1]) == {"queue_ms": 2000, "total_duration_ms": 7000, "active_ms": 7000}


@pytest.mark.parametrize(
    ("raised", "kind", "said"),
    [
        ("ValueError('83 left')", "failed", "ValueError: 83 left"),
        ("KeyboardInterrupt()", "cancelled", "after"),
        ("TimeoutError('too slow')", "timeout", "too slow"),
        ("SystemExit(0)", "completed", "after"),
        ("SystemExit(3)", "failed", "SystemExit: 3"),
        ("asyncio.CancelledError()", "cancelled", "after"),
    ],
)
def test_what_leaves_a_block_is_how_it_ends(hub: RunningHub, raised: str, kind: str, said: str) -> None:
    run_id, _, _ = run_of(f"with told(inbox.task('email')):\n    raise {raised}")
    assert kinds(hub, run_id) == ["started", kind]
    end = timeline(hub, run_id)[-1]
    assert said in end["body"]
    assert {"total_duration_ms", "active_ms"} <= set(meta(end))


def test_an_exception_goes_on_as_it_was(hub: RunningHub) -> None:
    with pytest.raises(ZeroDivisionError), inbox.task("email"):
        _ = 1 / 0


def test_an_end_that_was_told_is_the_end(hub: RunningHub) -> None:
    code = "with told(inbox.task('email')) as run:\n    run.complete('83 sent')\n    run.loop()\n    raise ValueError"
    run_id, exit_code, _ = run_of(code)
    assert (kinds(hub, run_id), exit_code) == (["started", "completed"], 1)


@pytest.mark.parametrize(
    ("code", "kind", "exit_code"),
    [
        ("run = told(inbox.task('email').start())", "cancelled", 0),
        ("run = told(inbox.task('email').start())\ndel run\ngc.collect()", "cancelled", 0),
        ("run = told(inbox.task('email').start())\nraise ValueError('oh')", "failed", 1),
        ("run = told(inbox.task('email').start())\nraise TimeoutError", "timeout", 1),
        ("run = told(inbox.task('email').start())\nsys.exit(7)", "cancelled", 7),
        ("with told(inbox.task('email')):\n    sys.exit(7)", "failed", 7),
    ],
)
def test_a_run_that_nobody_ends_is_ended(hub: RunningHub, code: str, kind: str, exit_code: int) -> None:
    run_id, code_, _ = run_of(code)
    assert (kinds(hub, run_id), code_) == (["started", kind], exit_code)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("waits", ["threading.Event().wait()", "asyncio.run(asyncio.sleep(60))"])
def test_a_signal_ends_the_run_and_then_the_program_as_ever(hub: RunningHub, number: signal.Signals, waits: str) -> None:
    with program(f"with told(inbox.task('email')):\n    {waits}") as process:
        assert process.stdout is not None
        run_id = process.stdout.readline().strip()
        eventually(lambda: timeline(hub, run_id))
        process.send_signal(number)
        process.communicate(timeout=DEADLINE)
    assert process.returncode == -number
    assert kinds(hub, run_id) == ["started", "cancelled" if number == signal.SIGINT else "terminated"]


def test_a_program_s_own_handler_stays(hub: RunningHub) -> None:
    code = """
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(9))
with told(inbox.task('email')):
    threading.Event().wait()
"""
    with program(code) as process:
        assert process.stdout is not None
        run_id = process.stdout.readline().strip()
        eventually(lambda: timeline(hub, run_id))
        process.terminate()
        process.communicate(timeout=DEADLINE)
    assert (process.returncode, kinds(hub, run_id)) == (9, ["started", "failed"])


def test_a_forked_process_may_speak_and_ends_nothing(hub: RunningHub) -> None:
    code = """
with told(inbox.task('email')) as run:
    if not os.fork():
        run.loop("from the child")
        sys.exit(0)
    os.wait()
    run.retry("from the parent")
"""
    run_id, exit_code, err = run_of(code)
    assert (kinds(hub, run_id), exit_code, err) == (["started", "loop", "retry", "completed"], 0, "")


def test_threads_may_all_speak(hub: RunningHub) -> None:
    with inbox.task("email") as run:
        threads = [threading.Thread(target=lambda: [run.error() for _ in range(20)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    events = timeline(hub, run.id)
    assert [meta(event)["error_count"] for event in events[1:-1]] == list(range(1, 81))
    assert meta(events[-1])["error_count"] == 80


def test_a_held_progress_arrives_by_itself(hub: RunningHub) -> None:
    run = inbox.task("email").start()
    run.progress("one")
    run.progress("two")
    run.progress("three")
    eventually(lambda: len(timeline(hub, run.id)) == 3)
    assert [event["body"] for event in timeline(hub, run.id)] == ["started", "one", "three"]
    run.complete()


def test_runs_at_the_same_time_are_not_mixed(hub: RunningHub) -> None:
    with inbox.task("email") as one, inbox.task("email") as other:
        one.metric("n", 1)
        other.metric("n", 10)
        one.loop()
        other.retry()
    assert (kinds(hub, one.id), kinds(hub, other.id)) == (["started", "loop", "completed"], ["started", "retry", "completed"])
    assert (meta(timeline(hub, one.id)[-1])["n"], meta(timeline(hub, other.id)[-1])["n"]) == (1, 10)


def test_a_question_is_a_part_of_its_run_and_time_waited(hub: RunningHub) -> None:
    code = """
with told(inbox.task('email')) as run:
    answer = run.ask('Send all 83?', timeout=30)
    print(answer.key, answer.comment, flush=True)
"""
    with program(code) as process:
        question = eventually(lambda: open_question(hub))
        decide(hub, question, "approve", "go")
        out, err = process.communicate(timeout=DEADLINE)
    run_id, *answer = out.split()
    assert (answer, err, question["run_id"], question["task_name"]) == (["approve", "go"], "", run_id, "email")
    end = meta(timeline(hub, run_id)[-1])
    assert (end["wait_count"], end["active_ms"]) == (1, end["total_duration_ms"] - end["wait_ms"])
    assert end["wait_ms"] > 0


def test_a_question_without_a_hub_is_an_error_and_kept_nowhere(home: object) -> None:
    with pytest.raises(HubUnreachable), inbox.task("email") as run:
        run.ask("Send?", timeout=0.3)
    spool = spool_of(find_hub(), find_paths())
    kept = [message.event["kind"] for name in spool.pending() if (message := spool.read(name))]
    assert kept == ["task.started", "task.failed"]


def test_a_long_run_delivers_by_itself_when_the_hub_is_back(hub: RunningHub) -> None:
    hub.kill9()
    run = inbox.task("email").start()
    for n in range(5):
        run.loop(str(n))
    hub.restart()
    eventually(lambda: len(timeline(hub, run.id)) == 6)
    assert [event["body"] for event in timeline(hub, run.id)] == ["started", *"01234"]
    run.complete()


def test_a_program_is_not_held_by_a_hub_that_hangs(hub: RunningHub) -> None:
    """Its verbs take no time at all, and its end a moment."""
    hub.process.send_signal(signal.SIGSTOP)
    try:
        code = """
import time
began = time.monotonic()
with told(inbox.task('email')) as run:
    for n in range(100):
        run.loop(str(n))
    print(time.monotonic() - began)
print(time.monotonic() - began)
"""
        with program(code) as process:
            out, _ = process.communicate(timeout=DEADLINE)
    finally:
        hub.process.send_signal(signal.SIGCONT)
    run_id, verbs, whole = out.split()
    assert (float(verbs) < 1, float(whole) < 3) == (True, True)
    eventually(lambda: not inbox.send("next").kept)
    assert len(timeline(hub, run_id)) == 102
    assert [event["body"] for event in timeline(hub, run_id)[1:-1]] == [str(n) for n in range(100)]


def test_a_program_that_is_killed_has_said_what_it_said(hub: RunningHub) -> None:
    hub.kill9()
    code = "run = told(inbox.task('email').start())\nfor n in range(30):\n    run.loop(str(n))\nos.kill(os.getpid(), 9)"
    run_id, exit_code, _ = run_of(code)
    assert exit_code == -signal.SIGKILL
    hub.restart()
    inbox.send("next")
    assert [event["body"] for event in timeline(hub, run_id)] == ["started", *map(str, range(30))]


def test_a_hub_s_refusal_is_told_and_ends_nothing(hub: RunningHub) -> None:
    run_id, exit_code, err = run_of("with told(inbox.task('email')) as run:\n    run.loop(open_url='nowhere')\n    run.retry()")
    assert (exit_code, err.count("put aside")) == (0, 1)
    assert kinds(hub, run_id) == ["started", "retry", "completed"]


def test_an_address_that_is_none_is_said_at_once(monkeypatch: pytest.MonkeyPatch, home: object) -> None:
    monkeypatch.setenv("INBOX_HUB", "nonsense")
    with pytest.raises(inbox.InboxError):
        inbox.task("email")


def test_rows_of_a_run(hub: RunningHub) -> None:
    with inbox.task("email") as run:
        run.wait("for the mail server")
        live = eventually(lambda: rows(hub))
        assert (live[0]["kind"], live[0]["title"]) == ("task.started", "email") or live[0]["title"] == "email waits"
    outcome = next(found for found in rows(hub) if found["kind"] == "task.completed")
    assert row(hub, outcome["id"])["title"] == "email finished"
