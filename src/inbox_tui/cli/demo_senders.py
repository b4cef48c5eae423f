"""The demo's senders: a child process that speaks NotiLens over HTTP, as scripts and agents out there do. Standard library only.

Each scene is a generator that posts and then yields how many seconds it rests; one loop plays them all. It ends with its parent.
"""

from __future__ import annotations

import heapq
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from types import FrameType
from typing import Any

from inbox_tui.core.errors import InboxError
from inbox_tui.core.ids import new_run_id
from inbox_tui.wire import Address, call, own_hub

Scene = Iterator[float]


@dataclass
class Stage:
    """The hub's HTTP address and the key that these senders have; and the askers that are still waiting."""

    listen: str
    token: str
    secret: str
    key: str
    askers: list[subprocess.Popen[str]] = field(default_factory=list)

    def post(self, event: str, agent: str, title: str, message: str, type_: str = "info", **members: Any) -> str:
        """One NotiLens event. Answers the id of the row that it went to; "" where the hub would not take it."""
        body = {"event": event, "title": title, "message": message, "type": type_, "agent": agent, **members}
        connection = http.client.HTTPConnection(self.listen, timeout=10)
        try:
            headers = {"Content-Type": "application/json", "X-NOTILENS-KEY": self.secret}
            connection.request("POST", f"/webhook/{self.token}/send", json.dumps(body), headers)
            response = connection.getresponse()
            answer = response.read()
            if response.status != 202:
                print(f"{event}: {response.status} {answer[:500]!r}", file=sys.stderr)
                return ""
            return str(json.loads(answer)["id"])
        finally:
            connection.close()

    def decision(self, id_: str) -> str:
        """The key that a posted question was answered by; "" while it is open, "-" once it is closed without an answer."""
        answer = call(Address(url=f"http://{self.listen}", key=self.key), "GET", f"/api/notifications/{id_}").document
        if answer["status"] == "open":
            return ""
        return str((answer.get("decision") or {}).get("key", "-"))

    def ask(self, *arguments: str) -> subprocess.Popen[str]:
        """Asks as any shell script would: by `inbox ask`."""
        command = [sys.executable, "-m", "inbox_tui", "ask", *arguments]
        asker = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.askers.append(asker)
        return asker


def history(stage: Stage) -> Scene:
    """What happened before anybody looked."""
    url = "https://storage.example.com/reports/2026-04.pdf"
    stage.post("output.generated", "report-gen", "Monthly report ready", "24 pages, 3 charts", "success", download_url=url)
    stage.post("certificate.renewed", "acme", "Certificate renewed", "api.example.com, until next March", "success")
    stage.post("disk.space.low", "host-7", "Disk space low", "/var is at 96 %", "urgent", tags="prod,disk")
    yield 0.1


def nightly(stage: Stage) -> Scene:
    """A pipeline that is queued, runs, and tells its figures."""
    title = "Nightly data pipeline"
    while True:
        run = {"task_id": "data-pipeline", "run_id": new_run_id()}
        stage.post("task.queued", "nightly", title, "queued", **run)
        yield 1.5
        stage.post("task.started", "nightly", title, "started", **run, meta={"queue_ms": 1240})
        for step, share in (("extracting", 0.2), ("cleaning", 0.45), ("joining", 0.7), ("loading", 0.9)):
            yield 2.5
            stage.post("task.progress", "nightly", title, "4,218 records", **run, meta={"status": step, "progress": share})
        yield 2
        meta = {"total_duration_ms": 47200, "rows_processed": 4218, "rows_failed": 0, "env": "production"}
        stage.post("task.completed", "nightly", "Pipeline finished", "4,218 records in 47 s", "success", **run, meta=meta)
        yield 45


def flaky(stage: Stage) -> Scene:
    """A job that fails again and again, each time as a new run: one row, and a count. Its figures go up and down, by region."""
    for number in count():
        region, took = ("eu", "us")[number % 3 > 1], 3000 + number * 370 % 900
        meta = {"region": region, "open_connections": 40 + number * 7 % 25 + 30 * (region == "us"), "total_duration_ms": took}
        meta |= {"retry_count": 3, "last_error": "connect ETIMEDOUT 10.0.0.5:5432"}
        run = {"task_id": "billing-export", "run_id": new_run_id()}
        text = "Database connection timed out after 3 retries"
        stage.post("task.failed", "my-app", "Billing export failed", text, "urgent", **run, meta=meta)
        yield 4


def sync(stage: Stage) -> Scene:
    """A run that meets a rate limit, pauses, and goes on."""
    while True:
        run = {"task_id": "api-sync", "run_id": new_run_id()}
        stage.post("task.started", "api-sync", "Account sync", "12 accounts", **run)
        yield 3
        meta: dict[str, object] = {"pause_count": 1, "wait_reason": "rate_limit"}
        stage.post("task.paused", "api-sync", "Account sync paused", "rate limit hit, waiting 8 s", "warning", **run, meta=meta)
        yield 8
        stage.post("task.resumed", "api-sync", "Account sync", "resumed after the rate limit", **run, meta={"pause_ms": 8000})
        yield 5
        stage.post("task.completed", "api-sync", "Account sync finished", "12 accounts", "success", **run)
        yield 30


def loop(stage: Stage) -> Scene:
    """An agent that goes round in circles, and says so."""
    run = {"task_id": "scraper", "run_id": new_run_id()}
    for times in range(3, 1_000_000):
        yield 6
        text = f"the same page {times} times: possibly an infinite loop"
        stage.post("task.loop", "scraper", "Scraper goes in circles", text, "warning", **run, meta={"loop_count": times})


def release(stage: Stage) -> Scene:
    """A deployment that shows its progress, asks whether to go on, and does as it is told."""
    for patch in range(3, 1_000_000):
        version = f"1.2.{patch}"
        run = {"task_id": "release", "run_id": new_run_id()}
        command = f"kubectl set image deployment/api api=registry.example.com/api:{version}"
        asker = stage.ask(f"Deploy {version} to production?", "--command", command, "--source", "release-bot")
        while asker.poll() is None:
            yield 0.2
        stage.askers.remove(asker)
        if asker.returncode == 0:
            for percent in range(0, 100, 12):
                meta = {"status": "running", "progress": percent / 100}
                stage.post("task.progress", "release-bot", f"Deploying {version}", "as you said", **run, meta=meta)
                yield 1.2
            stage.post("task.completed", "release-bot", f"{version} is live", "as you said", "success", **run)
        else:
            stage.post("task.cancelled", "release-bot", f"{version} not deployed", "nobody said yes", "warning", **run)
        yield 15


def build(stage: Stage) -> Scene:
    """A build that shows how far it is."""
    for number in range(418, 1_000_000):
        run = {"task_id": "build", "run_id": new_run_id()}
        for percent in range(4, 101, 8):
            meta = {"status": "compiling" if percent < 70 else "testing", "progress": percent / 100}
            stage.post("task.progress", "ci", f"Build {number}", "main, 3 commits", **run, meta=meta)
            yield 2
        meta = {"tests": 312 + number % 9, "warnings": number * 5 % 7, "branch": "main", "total_duration_ms": 26_000}
        stage.post("task.completed", "ci", f"Build {number} passed", f"{meta['tests']} tests", "success", **run, meta=meta)
        yield 20


def cleanup(stage: Stage) -> Scene:
    """A question that is posted and left, as NotiLens senders do; its answer is fetched when it is there."""
    for number in range(83, 1_000_000, 17):
        question = f"About to delete {number} records. Please confirm."
        url = "https://dashboard.example.com/approve/123"
        id_ = stage.post("input.required", "my-app", "Approval needed", question, "warning", is_actionable=True, open_url=url)
        answer = ""
        while id_ and not answer:
            yield 0.5
            answer = stage.decision(id_)
        text = f"{number} records deleted" if answer == "approve" else f"{number} records kept"
        stage.post("task.completed", "my-app", text, "as you said", "success", task_id="cleanup", run_id=new_run_id())
        yield 20


SCENES: tuple[Callable[[Stage], Scene], ...] = (history, cleanup, release, flaky, build, nightly, sync, loop)


def play(stage: Stage, is_over: Callable[[], bool]) -> None:
    """Plays every scene, each at its own pace, until it is over. A scene whose hub is away tries again a little later."""
    waiting = [(time.monotonic() + 0.1 * order, order, scene(stage)) for order, scene in enumerate(SCENES)]
    while waiting and not is_over():
        due, order, scene = heapq.heappop(waiting)
        while (left := due - time.monotonic()) > 0 and not is_over():
            time.sleep(min(left, 0.2))
        try:
            rest = next(scene)
        except StopIteration:
            continue
        except (OSError, http.client.HTTPException, InboxError) as problem:
            print(f"{SCENES[order].__name__}: {problem}", file=sys.stderr)
            scene, rest = SCENES[order](stage), 3.0
        heapq.heappush(waiting, (time.monotonic() + rest, order, scene))


def main() -> None:
    """Makes itself a key on the local hub and plays until SIGTERM, or until the process that started it has gone."""
    hub = own_hub()
    made = call(hub, "POST", "/api/keys", {"name": "demo", "role": "send"}).document
    listen = call(hub, "GET", "/api/hub").document["listen"]
    stage = Stage(listen, made["notilens"]["token"], made["notilens"]["secret"], made["key"])
    parent = os.getppid()
    told: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    signal.signal(signal.SIGTERM, stop)
    try:
        play(stage, lambda: bool(told) or os.getppid() != parent)
    finally:
        for asker in stage.askers:
            asker.terminate()
        for asker in stage.askers:
            asker.communicate(timeout=10)
        if os.getppid() != parent:
            call(hub, "POST", "/api/hub/stop", {})


if __name__ == "__main__":
    main()
