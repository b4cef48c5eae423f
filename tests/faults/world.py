"""A real hub that many harm at once, and the plans that are played there."""

from __future__ import annotations

import itertools
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from commands import DEADLINE, epoch
from hubs import RunningHub
from playing import Play, Played, Press
from schedules import Plan

from inbox_tui.core.errors import Exit
from inbox_tui.core.paths import find_paths

WAIT = 6.0
"""Seconds that hooks wait for a person here."""
AT_ONCE = 12


class World:
    """`hub` is killed and stopped by many at once, and always comes back."""

    def __init__(self, hub: RunningHub) -> None:
        self.hub = hub
        self.disturbances = 0
        self._lock = threading.Lock()
        self._names = itertools.count(1)
        self.operators = {name: self._key(name, "operate") for name in ("ann", "bob")}
        self.asking = self._key("asker", "send")
        self._open: Mapping[str, dict[str, Any]] = {}
        self._looks, self._looked = 0, threading.Condition()
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
        """Meanwhile `asking_now` knows."""
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
        while not self._is_over.wait(0.03):
            with suppress(OSError):
                found = {title_of(row): row for row in self.prompts("&needs_me=true")}
                with self._looked:
                    self._open, self._looks = found, self._looks + 1
                    self._looked.notify_all()

    def asking_now(self) -> Mapping[str, dict[str, Any]]:
        """By title what asks, in a look that began after this call."""
        with self._looked:
            next_but_one = self._looks + 2
            self._looked.wait_for(lambda: self._looks >= next_but_one, DEADLINE)
            return self._open

    def play(self, plan: Plan) -> Played:
        played = Played(plan, f"case {next(self._names)}")
        try:
            Play(self, played).run()
        except AssertionError as problem:
            played.wrong = str(problem)
        played.was_calm = not self.disturbances
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
        body = {
            "key": press.key,
            "comment": press.comment,
            "raised_rev": raised_rev,
            "epoch": epoch(self.hub),
            "attempt": press.row,
        }
        headers = {"Authorization": f"Bearer {self.operators[press.by]}"}
        reply = self.hub.call("POST", f"/api/notifications/{press.row}/decision", body, by="tcp", headers=headers)
        return Exit.DONE if reply.status == 200 else Exit.REFUSED

    def prompts(self, query: str = "") -> Iterator[dict[str, Any]]:
        """Every row that ever asked, newest first."""
        before = ""
        while True:
            page = self.hub.call("GET", f"/api/notifications?limit=500{query}{before}").document
            yield from (row for row in page["items"] if row.get("is_prompt"))
            if not page["next_cursor"]:
                return
            before = f"&before={page['next_cursor']}"


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
