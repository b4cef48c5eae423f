"""One plan being played: an asker, its operators, and who is harmed when."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import askers
from commands import DEADLINE, eventually, running
from line import Cut, Line, Passage, Step, line
from schedules import Fault, Plan

if TYPE_CHECKING:
    from world import World

PRESSES = 50
"""How often somebody tries to answer one question before that is taken for impossible."""


@dataclass
class Press:
    """One answer that a person really gave: to that row, under that operator's name. `code`: how its process ended."""

    row: str
    key: str
    comment: str
    by: str
    code: int | None = None


@dataclass
class Played:
    """A plan, and all that could be seen of it from outside."""

    plan: Plan
    title: str
    end: askers.End = askers.NOTHING
    was_killed: bool = False
    presses: list[Press] = field(default_factory=list)
    met: list[Fault] = field(default_factory=list)
    """What of its plan came to pass."""
    line: Line | None = None
    was_calm: bool = False
    """No hub was harmed meanwhile: it was there to take the question."""
    wrong: str = ""


class Play:
    """One plan being played: who is harmed, and when."""

    def __init__(self, world: World, played: Played) -> None:
        self.world, self.played, self.plan = world, played, played.plan
        self.asker: askers.Asker | None = None
        self.operators: list[Any] = []
        self.is_up = threading.Event()
        """The asker's process has been started, so that it can be harmed."""
        self._left = {fault: fault.nth for fault in self.plan.faults}
        self._lock = threading.Lock()

    def run(self) -> None:
        with line(self.world.hub, self.meet) as own, line(self.world.hub, self.meet) as theirs:
            self.played.line = own
            environ = {"INBOX_HUB": own.url, "INBOX_KEY": self.world.asking}
            self.asker = askers.start(self.plan, self.played.title, environ)
            self.is_up.set()
            ending = threading.Thread(target=self._await_end)
            ending.start()
            try:
                self._answer(theirs, ending)
            finally:
                ending.join()
            self.played.was_killed = self.asker.was_killed

    def _await_end(self) -> None:
        assert self.asker is not None
        try:
            self.played.end = self.asker.end()
        except AssertionError as problem:
            self.played.wrong = str(problem)

    def _answer(self, theirs: Line, ending: threading.Thread) -> None:
        """Somebody answers what asks, again and again until it is answered; also where its asker is gone."""
        assert self.asker is not None
        tries, has_left = 0, False
        while row := self._next_row(ending):
            if self.plan.gives_up and not has_left:
                has_left = True
                self.asker.give_up()
            tries += 1
            assert tries <= PRESSES, f"still open after {tries} answers: {row['id']}"
            self._press(theirs, row, tries)

    def _next_row(self, ending: threading.Thread) -> dict[str, Any] | None:
        """What asks now; None once the asker has ended and nothing of its asks any more."""
        deadline = time.monotonic() + askers.DEADLINE + DEADLINE
        while time.monotonic() < deadline:
            was_over = not ending.is_alive()
            asking = self.world.asking_now().get(self.played.title)
            if asking is None and was_over:
                return None
            if asking is not None:
                current = self._current(asking["id"])
                if not current.get("decision") and not current.get("closed"):
                    return current
        raise AssertionError("its asker never ends")

    def _current(self, row_id: str) -> dict[str, Any]:
        found: dict[str, Any] = eventually(lambda: self.world.hub.call("GET", f"/api/notifications/{row_id}").document)
        return found

    def _press(self, theirs: Line, row: dict[str, Any], tries: int) -> None:
        """All operators at the same time, each as a process of its own."""
        keys = self.plan.presses if tries == 1 else self.plan.presses[:1]
        pressed = []
        for by, key in zip(self.world.operators, keys, strict=False):
            press = Press(row["id"], key, f"{self.played.title} {by} {tries}", by)
            self.played.presses.append(press)
            environ = {"INBOX_HUB": theirs.url, "INBOX_KEY": self.world.operators[by]}
            reference = f"{row['id']}@{row['raised_rev']}"
            pressed.append((press, running("decide", reference, key, "--comment", press.comment, **environ)))
        self._run_operators(pressed)

    def _run_operators(self, pressed: list[tuple[Press, Any]]) -> None:
        with ExitStack() as stack:
            self.operators = [stack.enter_context(each) for _, each in pressed]
            for (press, _), process in zip(pressed, self.operators, strict=True):
                process.communicate(timeout=DEADLINE)
                press.code = process.returncode

    # -- harm -------------------------------------------------------------------------------------------------------
    def meet(self, passage: Passage, step: Step) -> None:
        for fault in self._due(passage, step):
            self._harm(fault, passage)

    def _due(self, passage: Passage, step: Step) -> list[Fault]:
        due = []
        with self._lock:
            for fault, left in self._left.items():
                if (fault.call, fault.step) == (passage.what, step) and left:
                    self._left[fault] = left - 1
                    due += [fault] if left == 1 else []
        self.played.met += due
        return due

    def _harm(self, fault: Fault, passage: Passage) -> None:
        self.is_up.wait(DEADLINE)
        assert self.asker is not None
        match fault.trouble:
            case "cut":
                raise Cut
            case "stalled":
                passage.await_hang_up()
                if self.plan.kind != "http":  # such a request has no key: it is a question as often as it comes
                    self.world.beside(passage.repeat, after=fault.seconds)
                raise Cut
            case "paused":
                passage.await_hang_up(fault.seconds)
            case "twice":
                self.world.beside(passage.repeat)
            case "asker killed":
                self.asker.kill()
            case "asker stopped":
                self.asker.stop()
                threading.Timer(fault.seconds, self.asker.resume).start()
            case "hub killed":
                self.world.kill_hub()
            case "hub stopped":
                self.world.beside(lambda: self.world.stop_hub(fault.seconds))
            case "operator killed" | "operator stopped":
                self._harm_operators(fault)

    def _harm_operators(self, fault: Fault) -> None:
        for process in self.operators:
            if fault.trouble == "operator killed":
                process.kill()
            else:
                process.send_signal(signal.SIGSTOP)
                threading.Timer(fault.seconds, process.send_signal, [signal.SIGCONT]).start()
