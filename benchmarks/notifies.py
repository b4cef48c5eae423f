"""A thousand notifies a second for half a minute: what flows that each of them sets off cost the answers."""

from __future__ import annotations

import asyncio
import itertools
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.load import Load, pace, request
from benchmarks.report import Figure
from tests.hubs import RunningHub

A_SECOND, SECONDS, ROUNDS = 1_000, 30.0, 3
_FLOWS: dict[str, Any] = {
    "triggers": [{"id": "every", "event_type": "*", "where": {"session.id": "Codex"}}],
    "bindings_by_trigger_id": {
        "every": [{"activity_id": "toast_notification", "config": {"message_template": "{{summary}} of {{session.id}}"}}]
    },
}


def bodies(key: str) -> Callable[[], bytes]:
    numbers = itertools.count()
    made = []
    for n in range(2_000):
        session = f"Codex {n % 20}"
        payload = {"type": ("start", "plan-L1-wip", "commit", "finish")[n % 4], "summary": f"step {n % 50}", "level": n % 3}
        body = json.dumps({"session_id": session, "payload": payload}).encode()
        path = f"/api/sessions/{session.replace(' ', '%20')}/notify"
        made.append(request("POST", path, body, {"X-API-Key": key}))
    return lambda: made[next(numbers) % len(made)]


def _load(flows: dict[str, Any] | None) -> Load:
    with tempfile.TemporaryDirectory() as home:
        hub = RunningHub.start(Path(home))
        try:
            if flows is not None:
                assert hub.call("PUT", "/api/flow/config", flows).status == 204
            host, port = hub.listen.rsplit(":", 1)
            make = bodies(hub.new_key("bench", "send")["key"])
            return asyncio.run(pace(host, int(port), make, a_second=A_SECOND, seconds=SECONDS, status=b"204"))
        finally:
            hub.stop()


def run() -> list[Figure]:
    with_flows, without = [], []
    for _ in range(ROUNDS):
        with_flows.append(_load(_FLOWS))
        without.append(_load(None))
    wrong = sum(load.wrong for load in with_flows + without)
    least = min(load.per_second for load in with_flows)
    note = f"{least:.0f} a second kept up; {wrong} answers were not 204"
    ours, base = [load.p99 for load in with_flows], [load.p99 for load in without]
    halves = [load.p50 for load in with_flows], [load.p50 for load in without]
    return [
        Figure("notify, each sets off a flow: p50", "no flows", "ms", *halves),
        Figure("notify, each sets off a flow: p99", "no flows", "ms", ours, base, None, False, note),
    ]
