"""Durable answers a second at 64 connections: the hub, against the same parsing without a store, and with one plain INSERT; and
its Agent Notifier calls against its NotiLens webhook."""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load import Load, post, request
from benchmarks.report import Figure
from tests.hubs import RunningHub

CONNECTIONS, SECONDS, ROUNDS = 64, 3.0, 5


def bodies(headers: dict[str, str], token: str) -> Callable[[], bytes]:
    """Events of about 400 bytes, of 50 tasks and as many runs: some fold, some are new rows."""
    numbers = itertools.count()
    made = []
    for n in range(2000):
        event = {
            "event": ("task.failed", "task.progress", "order.placed", "output.generated")[n % 4],
            "title": f"my-app | job-{n % 50} | step {n % 7}",
            "message": "Database connection timed out after 3 retries. " * 3,
            "type": "urgent",
            "agent": "my-app",
            "task_id": f"job-{n % 50}",
            "run_id": f"run_1714000000000_{n % 200:04x}",
            "meta": {"total_duration_ms": n, "retry_count": 3, "env": "production"},
        }
        made.append(request("POST", f"/webhook/{token}/send", json.dumps(event).encode(), headers))
    return lambda: made[next(numbers) % len(made)]


def messages(key: str) -> Callable[[], bytes]:
    """Of Agent Notifier's senders: as many bytes, and about as many rows."""
    numbers = itertools.count()
    made = []
    for n in range(2000):
        message = {
            "type": ("alert", "progress", "url", "file")[n % 4],
            "title": f"my-app | job-{n % 50} | step {n % 3}",
            "message": "Database connection timed out after 3 retries. " * 3,
            "project": "my-app",
            "event": "PostToolUse",
            "tool_name": "Bash",
            "status": "failure",
            "progress": 0.5,
            "metadata": {"hook_duration_ms": str(n), "hook_exit_code": "3", "env": "production"},
        }
        made.append(request("POST", "/api/v1/messages", json.dumps(message).encode(), {"X-API-Key": key}))
    return lambda: made[next(numbers) % len(made)]


@contextmanager
def _floor(kind: str, folder: Path, round_: int) -> Iterator[int]:
    command = [sys.executable, "-m", "benchmarks.floors.hub_app", kind, str(folder / f"{kind}-{round_}.sqlite3")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _load(port: int, make: Callable[[], bytes]) -> Load:
    return asyncio.run(post("127.0.0.1", port, make, connections=CONNECTIONS, seconds=SECONDS))


def run() -> list[Figure]:
    ours: list[Load] = []
    others: list[Load] = []
    floors: dict[str, list[Load]] = {"none": [], "insert": []}
    for n in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for kind, loads in floors.items():
                with _floor(kind, folder, n) as port:
                    loads.append(_load(port, bodies({}, "any")))
            for dialect, loads in (("notilens", ours), ("agent_notifier", others)):
                hub = RunningHub.start(folder / dialect)
                try:
                    key = hub.new_key("bench", "send")
                    notilens = key["notilens"]
                    webhook = bodies({"X-NOTILENS-KEY": notilens["secret"]}, notilens["token"])
                    make = webhook if loads is ours else messages(key["key"])
                    loads.append(_load(int(hub.listen.rpartition(":")[2]), make))
                finally:
                    hub.stop()
    wrong = sum(load.wrong for load in ours + others)
    note = f"p50 {ours[-1].p50:.0f} ms, p99 {ours[-1].p99:.0f} ms; {wrong} answers were not 202"
    rates = [load.per_second for load in ours]
    return [
        Figure("durable 202, 64 connections", "no store", "/s", rates, [x.per_second for x in floors["none"]], 0.45, True, note),
        Figure("durable 202, 64 connections", "one INSERT", "/s", rates, [x.per_second for x in floors["insert"]], 0.7, True),
        Figure("Agent Notifier's messages", "NotiLens", "/s", [load.per_second for load in others], rates, 0.8, True),
    ]
