"""A real hub, askers and operators on lines of their own, and the plans that are played there, many at once."""

from __future__ import annotations

import itertools
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import askers
from commands import DEADLINE, eventually, running
from hubs import RunningHub
from line import Cut, Line, Passage, Step, line
from schedules import Fault, Plan

from inbox_tui.core.errors import Exit
from inbox_tui.core.paths import find_paths

WAIT = 6.0
"""Seconds that hooks wait for a person here."""
AT_ONCE = 12
PRESSES = 50
"""How often somebody tries to answer one question before the world says that this cannot be."""


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
    wrong: str = ""


class World:
    """`hub` is killed and stopped by many at once, and always comes back."""

    def __init__(self, hub: RunningHub) -> None:
        self.hub = hub
        self.disturbances = 0
        self._lock = threading.Lock()
        self._names = itertools.count(1)
        self.operators = {name: self._key(name, "operate") for name in ("ann", "bob")}
        self.asking = self._key("asker", "send")
        self._open: dict[str, dict[str, Any]] = {}
        self._beside: list[threading.Thread] = []
        self._is_over = threading.Event()

    def _key(self, name: str, role: str) -> str:
        key: str = self.hub.new_key(name, role)["key"]
        return key

    def kill_hub(self) -> None:
        """kill -9; it is up again when this answers."""
        with self._lock:
            self.disturbances += 1
            self.hub.kill9()
            self.hub.restart()

    def stop_hub(self, seconds: float) -> None:
        with self._lock:
            self.disturbances += 1
            self.hub.process.send_signal(signal.SIGSTOP)
            self._is_over.wait(seconds)
            self.hub.process.send_signal(signal.SIGCONT)

    def beside(self, work: Callable[[], None], after: float = 0.0) -> None:
        """Begun so many seconds from now; all such work is over when the plans are."""

        def begin() -> None:
            self._is_over.wait(after)
            work()

        thread = threading.Thread(target=begin)
        self._beside.append(thread)
        thread.start()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Meanwhile `open_row` knows what asks."""
        self._is_over.clear()
        thread = threading.Thread(target=self._watch)
        thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            thread.join()
            while self._beside:
                self._beside.pop().join()

    def _watch(self) -> None:
        while not self._is_over.wait(0.05):
            with suppress(OSError):
                self._open = {title_of(row): row for row in self.prompts("&needs_me=true")}

    def open_row(self, title: str) -> dict[str, Any] | None:
        return self._open.get(title)

    def play(self, plan: Plan) -> Played:
        played = Played(plan, f"case {next(self._names)}")
        try:
            _Play(self, played).run()
        except AssertionError as problem:
            played.wrong = str(problem)
        return played

    def play_all(self, plans: Iterable[Plan]) -> list[Played]:
        """The plans, several at once. Nothing asks when this answers."""
        with self.watched(), ThreadPoolExecutor(AT_ONCE) as pool:
            played = list(pool.map(self.play, plans))
        self._answer_the_rest({one.title: one for one in played})
        return played

    def _answer_the_rest(self, played: Mapping[str, Played]) -> None:
        """What a network that stood still brought late, when its asker had gone: it asks until its time runs out, so somebody
        answers it."""
        while left := [row for row in self.prompts() if not row.get("decision") and not row.get("closed")]:
            for row in left:
                press = Press(row["id"], "approve", "late", "ann")
                played[title_of(row)].presses.append(press)
                press.code = self._decide(press, row["raised_rev"])

    def _decide(self, press: Press, raised_rev: int) -> int:
        body = {"key": press.key, "comment": press.comment, "raised_rev": raised_rev, "epoch": self.epoch(), "attempt": press.row}
        headers = {"Authorization": f"Bearer {self.operators[press.by]}"}
        reply = self.hub.call("POST", f"/api/notifications/{press.row}/decision", body, by="tcp", headers=headers)
        return Exit.DONE if reply.status == 200 else Exit.REFUSED

    def epoch(self) -> int:
        found: int = self.hub.call("GET", "/api/notifications?limit=1").document["epoch"]
        return found

    def prompts(self, query: str = "") -> Iterator[dict[str, Any]]:
        """Every row that ever asked, newest first."""
        before = ""
        while True:
            page = self.hub.call("GET", f"/api/notifications?limit=500{query}{before}").document
            yield from (row for row in page["items"] if row.get("is_prompt"))
            if not page["next_cursor"]:
                return
            before = f"&before={page['next_cursor']}"


class _Play:
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
            if row := self.world.open_row(self.played.title):
                current = self._current(row["id"])
                if not current.get("decision") and not current.get("closed"):
                    return current
            elif was_over:
                return None
            ending.join(0.03)
            if was_over:
                time.sleep(0.03)
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


def title_of(row: dict[str, Any]) -> str:
    """The title that its asker gave; hooks put the name of the tool before it."""
    title: str = row["title"]
    return title.rpartition(": ")[2]


@contextmanager
def world(home: Path) -> Iterator[World]:
    """Short waits for every agent, by the hub's own configuration, which hooks on this machine read too."""
    config = "".join(f"[agents.{name}]\nwait = {WAIT}\n" for name in ("claude-code", "codex"))
    find_paths({"INBOX_HOME": str(home)}).config_file.write_text(config)
    hub = RunningHub.start(home)
    try:
        yield World(hub)
    finally:
        hub.stop()
