"""A day of a pane that is never closed, made short: events all the time, keys all the time, a hub that starts again now and then.
Neither the pane nor a hub may hold more in the evening than in the morning."""

from __future__ import annotations

import http.client
import json
import re
import statistics
from pathlib import Path

import pytest
from hubs import RunningHub
from panes import opened
from terminal import Terminal

ESCAPE = "\x1b"
HABITS = (
    ("jjjjjkk", "G", "k" * 9, "gg", "\x04", "\x15"),
    ("\r", "jjj", "G", "+", ESCAPE),
    ("/", "is:unread order\r", "jjj", "G", ESCAPE, "/", "zyx\r", ESCAPE),
    ("x", "jx", "e", "u", "s1", "u", "p", "p"),
    ("gu", "jj", "gn", "gs", "ge", "ga", "n", "N"),
    ("?", ESCAPE, "T", "jj", ESCAPE, ":", "done", ESCAPE, "v", "v"),
    ("V", "jjj", "m", "u", "=s", "jj", ESCAPE, "gm", ESCAPE),
)
"""What a person does in a while, each time something else."""
GROWTH_MOST = 12
"""MiB, from the first third of a day to its last: the allocator has its unrest, where texts of all sizes come and go."""


def _event(n: int) -> dict[str, object]:
    """Most repeat what was said before; every third is a row of its own, and some tell of runs."""
    about = {"source": f"app-{n % 20}", "body": "All checks passed. " * 6, "meta": {"rows": n}}
    if n % 10 == 0:
        kind = ("task.started", "task.progress", "task.completed")[n // 10 % 3]
        return about | {"kind": kind, "title": "nightly", "task_name": f"nightly {n % 7}", "run_id": f"run_{n // 30}"}
    title = f"order {n} 日本" if n % 3 == 0 else f"Pipeline step {n % 40} finished"
    return about | {"kind": "order.placed", "title": title, "severity": ("info", "warn", "error")[n % 3]}


def _post(hub: RunningHub, numbers: range) -> None:
    connection: http.client.HTTPConnection = hub.connect("send")
    for n in numbers:
        connection.request("POST", "/api/events", json.dumps(_event(n)), {"Content-Type": "application/json"})
        reply = connection.getresponse()
        assert reply.status == 202, reply.read()
        reply.read()
    connection.close()


def _live(terminal: Terminal, habit: tuple[str, ...]) -> None:
    for keys in habit:
        terminal.press(keys)
        terminal.pump(0.12 if keys == ESCAPE else 0.04)  # an escape is one only where nothing comes soon behind it
    terminal.forget()


def _held(pid: int) -> float:
    """MiB of its own that a process has in memory: nothing that is a file's."""
    found = re.search(r"^Anonymous: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) / 1024


@pytest.mark.parametrize(
    ("awake", "rounds", "events", "life"),
    [(7, 10, 40, 5), pytest.param(50, 210, 1000, 30, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])],
)
def test_at_the_end_of_a_day_nothing_has_grown(hub: RunningHub, awake: int, rounds: int, events: int, life: int) -> None:
    """`awake`: rounds after which all that is read once has been, and what is bounded is full."""
    pane: list[float] = []
    hubs: list[float] = []
    with opened(hub.home, size=(120, 36)) as terminal:
        for n in range(rounds):
            _post(hub, range(n * events, (n + 1) * events))
            _live(terminal, HABITS[n % len(HABITS)])
            pane.append(_held(terminal.process.pid))
            if n % life == life - 1:
                hubs.append(_held(hub.process.pid))
                hub.stop()
                hub.restart()
    third = (rounds - awake) // 3
    morning, evening = (statistics.median(held) for held in (pane[awake : awake + third], pane[-third:]))
    assert evening - morning < GROWTH_MOST, pane
    assert hubs[-1] - hubs[0] < GROWTH_MOST, hubs
