"""A hundred who wait at once, answered in any order while the hub is killed: each gets its own answer."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from commands import ended, epoch, eventually, rows, running
from hubs import RunningHub

PROGRAMS, THREADS, COMMANDS = 3, 30, 10
_PROGRAM = """
import json, sys, threading
from inbox_tui.sdk import ask

def run(number):
    answer = ask(f"question {number}", choices={f"key-{number}": "this", f"not-{number}": "that"}, source="hundred")
    print(json.dumps([number, answer.id, answer.key, answer.comment]) + "\\n", end="", flush=True)

for number in range(int(sys.argv[1]), int(sys.argv[2])):
    threading.Thread(target=run, args=(number,)).start()
"""


def number_of(question: dict[str, Any]) -> int:
    return int(question["title"].split()[1])


def answer(hub: RunningHub, question: dict[str, Any], life: int) -> None:
    """As a client does: the same attempt again until the hub tells."""
    body = {
        "key": f"key-{number_of(question)}",
        "comment": f"words for {number_of(question)}",
        "raised_rev": question["raised_rev"],
        "epoch": life,
        "attempt": os.urandom(16).hex(),
    }
    reply = eventually(lambda: hub.call("POST", f"/api/notifications/{question['id']}/decision", body))
    assert reply.status == 200, reply


def test_each_of_a_hundred_gets_its_own_answer_through_a_kill(home: Path) -> None:
    hub = RunningHub.start(home)
    program_count = PROGRAMS * THREADS
    with ExitStack() as stack:
        stack.callback(hub.stop)
        programs = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", _PROGRAM, str(first), str(first + THREADS)], stdout=subprocess.PIPE, text=True
                )
            )
            for first in range(0, program_count, THREADS)
        ]
        for program in programs:
            stack.callback(program.kill)
        commands = {
            number: stack.enter_context(
                running("ask", f"question {number}", "--json", "--choice", f"key-{number}=this", "--choice", f"not-{number}=that")
            )
            for number in range(program_count, program_count + COMMANDS)
        }
        questions = eventually(lambda: len(found := rows(hub)) == program_count + COMMANDS and found)
        assert all(question["waiting"] == "here" for question in questions)
        life = epoch(hub)
        random.Random(100).shuffle(questions)
        middle = len(questions) // 2
        for question in questions[:middle]:
            answer(hub, question, life)
        last = [threading.Thread(target=answer, args=(hub, question, life)) for question in questions[middle:]]
        for thread in last[: middle // 2]:
            thread.start()
        hub.kill9()
        for thread in last[middle // 2 :]:
            thread.start()
        hub.restart()
        for thread in last:
            thread.join()
        heard = [json.loads(line) for program in programs for line in program.communicate(timeout=60)[0].splitlines()]
        for number, command in commands.items():
            code, out, _ = ended(command)
            said = json.loads(out)
            assert code == 0
            heard.append([number, said["id"], said["key"], said["comment"]])
        ids = {number_of(question): question["id"] for question in questions}
        assert sorted(heard) == [[n, ids[n], f"key-{n}", f"words for {n}"] for n in range(program_count + COMMANDS)]
        assert {row["decision"]["delivery"] for row in rows(hub)} == {"delivered"}
