"""Commands as a person runs them: real processes, with nothing but the environment to tell them where their hub is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from hubs import RunningHub

T = TypeVar("T")
DEADLINE = 30.0
INBOX = [sys.executable, "-m", "inbox_tui"]


def eventually(look: Callable[[], T | None], deadline: float = DEADLINE) -> T:
    """What `look` answers once it answers something true. A hub that is away for the moment is looked at again."""
    until = time.monotonic() + deadline
    while True:
        try:
            if found := look():
                return found
        except OSError:
            if time.monotonic() > until:
                raise
        assert time.monotonic() < until, f"never came true: {look}"
        time.sleep(0.02)


def inbox(*arguments: str, text: str | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
    """Runs one command to its end. `text` is piped in; without it there is no standard input."""
    given: dict[str, Any] = {"input": text} if text is not None else {"stdin": subprocess.DEVNULL}
    environment = {**os.environ, **environ}
    return subprocess.run([*INBOX, *arguments], env=environment, capture_output=True, text=True, timeout=DEADLINE, **given)


@contextmanager
def running(*arguments: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on meanwhile; killed at the end if it still runs."""
    environment = {**os.environ, **environ}
    process = subprocess.Popen(
        [*INBOX, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Its exit code, output and errors, once it has ended."""
    out, err = process.communicate(timeout=DEADLINE)
    return process.returncode, out, err


def rows(hub: RunningHub) -> list[dict[str, Any]]:
    """What is in the inbox, newest first."""
    items: list[dict[str, Any]] = hub.call("GET", "/api/notifications?limit=500").document["items"]
    return items


def open_question(hub: RunningHub) -> dict[str, Any] | None:
    """The one that asks, if one does."""
    return next((row for row in rows(hub) if row.get("choices") and not row.get("decision") and not row.get("closed")), None)


def row(hub: RunningHub, id_: str) -> dict[str, Any]:
    document: dict[str, Any] = hub.call("GET", f"/api/notifications/{id_}").document
    return document


def timeline(hub: RunningHub, run_id: str) -> list[dict[str, Any]]:
    """What is told of a run, in its order."""
    items: list[dict[str, Any]] = hub.call("GET", f"/api/runs/{run_id}").document["items"]
    return items


def epoch(hub: RunningHub) -> int:
    found: int = hub.call("GET", "/api/notifications?limit=1").document["epoch"]
    return found


def decide(hub: RunningHub, question: dict[str, Any], key: str, comment: str = "") -> None:
    attempt = os.urandom(8).hex()
    body = {"key": key, "comment": comment, "raised_rev": question["raised_rev"], "epoch": epoch(hub), "attempt": attempt}
    reply = hub.call("POST", f"/api/notifications/{question['id']}/decision", body)
    assert reply.status == 200, reply


def key_variables(hub: RunningHub, role: str = "send", **options: Any) -> dict[str, str]:
    """What a caller by TCP has in its environment."""
    return {"INBOX_HUB": hub.url, "INBOX_KEY": hub.new_key(f"tester {os.urandom(4).hex()}", role, **options)["key"]}
