"""`inbox metrics`: what the hub tells of a task, as lines."""

from __future__ import annotations

import json

import pytest
from commands import inbox
from hubs import RunningHub


@pytest.fixture
def measured(hub: RunningHub) -> RunningHub:
    for n, env in enumerate(("production", "staging", "production")):
        step = {"source": "nightly", "task_name": "load", "run_id": f"r{n}"}
        hub.publish(title="load", kind="task.started", **step)
        meta = {"rows": 1000 + n, "env": env, "total_duration_ms": 42_000}
        hub.publish(title="loaded", kind="task.failed" if n == 1 else "task.completed", meta=meta, **step)
    return hub


def test_a_task_is_told_of_in_figures_times_and_outcomes(measured: RunningHub) -> None:
    done = inbox("metrics", "load", "rows", "--by", "env", LC_ALL="C.UTF-8")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines[0] == "load · nightly, the last 7 days"
    assert lines[2] == "figures: rows"
    assert lines[3].startswith("o production  last 1,002 · 1,000 to 1,002 · 2 values")
    assert lines[4] == "▁▇"
    assert lines[5].startswith("x staging  last 1,001")
    assert "o total   median 42 s · 42 s to 42 s · 3 runs" in lines
    assert "✓ completed   ✗ did not   completed 2   failed 1" in lines


def test_scripts_get_what_the_hub_answers(measured: RunningHub) -> None:
    told = json.loads(inbox("metrics", "load", "--json", "--period", "1h").stdout)
    assert (told["key"], told["events"], [day["completed"] for day in told["days"]]) == ("rows", 6, [2])
    (task,) = (json.loads(line) for line in inbox("metrics", "--json").stdout.splitlines())
    assert (task["source"], task["task"], task["events"]) == ("nightly", "load", 6)


def test_whose_task_it_is_has_to_be_clear(measured: RunningHub) -> None:
    none = inbox("metrics", "lod")
    assert (none.returncode, "`inbox metrics` lists" in none.stderr) == (2, True)
    measured.publish(title="loaded", kind="task.completed", source="weekly", task_name="load")
    several = inbox("metrics", "load")
    assert (several.returncode, "nightly" in several.stderr, "--source" in several.stderr) == (2, True, True)
    assert "weekly" in inbox("metrics", "load", "--source", "weekly").stdout


def test_a_hub_that_knows_none_says_so(hub: RunningHub) -> None:
    assert inbox("metrics").stdout == "No task has told any figures yet: numbers in `meta`, or steps such as task.completed.\n"
