"""Two operators at the same instant: one wins, the other is told who was first, and how."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from commands import DEADLINE, ended, epoch, row, running
from hubs import Reply
from line import Passage, Step, line
from world import World, world

from inbox_tui.core.errors import Exit

PROCESSES, CALLS = 6, 60
KEYS = {"ann": "approve", "bob": "reject"}


def ask(it: World, number: int) -> dict[str, Any]:
    published = it.hub.publish(title=f"question {number}", kind="input.required", is_prompt=True, actionable=True)
    return row(it.hub, published["id"])


def test_two_commands_of_two_people(home: Path) -> None:
    """Each round both calls have left their processes before the hub hears of either."""
    both = threading.Barrier(2)

    def meet(passage: Passage, step: Step) -> None:
        if (passage.what, step) == ("decide", "connected"):
            both.wait(DEADLINE)

    with world(home) as it, line(it.hub, meet) as theirs:
        for number in range(PROCESSES):
            question = ask(it, number)
            reference = f"{question['id']}@{question['raised_rev']}"
            with ExitStack() as stack:
                processes = {
                    by: stack.enter_context(running("decide", reference, key, INBOX_HUB=theirs.url, INBOX_KEY=it.operators[by]))
                    for by, key in KEYS.items()
                }
                ends = {by: ended(process) for by, process in processes.items()}
            winner, loser = sorted(ends, key=lambda by: ends[by][0])
            assert (ends[winner][0], ends[loser][0]) == (Exit.DONE, Exit.REFUSED), ends
            assert row(it.hub, question["id"])["decision"]["by"] == winner
            assert f"Already answered by {winner}: {KEYS[winner]}." in ends[loser][2]


def test_two_calls_of_two_people(home: Path) -> None:
    with world(home) as it, ThreadPoolExecutor(2) as pool:
        for number in range(CALLS):
            question, both = ask(it, number), threading.Barrier(2)

            def decide(by: str, question: dict[str, Any] = question, both: threading.Barrier = both) -> Reply:
                body = {
                    "key": KEYS[by],
                    "raised_rev": question["raised_rev"],
                    "epoch": epoch(it.hub),
                    "attempt": os.urandom(8).hex(),
                }
                headers = {"Authorization": f"Bearer {it.operators[by]}"}
                both.wait(DEADLINE)
                return it.hub.call("POST", f"/api/notifications/{question['id']}/decision", body, by="tcp", headers=headers)

            replies = dict(zip(KEYS, pool.map(decide, KEYS), strict=True))
            winner, loser = sorted(replies, key=lambda by: replies[by].status)
            assert (replies[winner].status, replies[loser].status) == (200, 409)
            told = replies[loser].document
            assert (told["code"], told["decision"]["by"], told["decision"]["key"]) == ("decided", winner, KEYS[winner])
            assert row(it.hub, question["id"])["decision"] == replies[winner].document["decision"]
