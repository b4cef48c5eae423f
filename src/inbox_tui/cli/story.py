"""The run that `inbox run` tells of: its start, its progress and its end. Nothing here may keep the command from running."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import time
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from inbox_tui.cli.heard import Step
from inbox_tui.cli.shelf import NoSuchRun, Shelf
from inbox_tui.core.errors import InboxError
from inbox_tui.core.ids import new_run_id
from inbox_tui.core.paths import find_paths
from inbox_tui.core.text import redact
from inbox_tui.sdk.courier import Courier
from inbox_tui.sdk.record import PROGRESS_EVERY, Event, Record, spell
from inbox_tui.sdk.spool import spool_of
from inbox_tui.wire import find_hub

TIMED_OUT = 124
"""The exit code where its time ran out, as `timeout` answers."""


class Story:
    """The run is on the shelf too, so that the command may tell more of it by `inbox task`, with INBOX_RUN. `problems` is what a
    person should know once the command has ended."""

    def __init__(self, task: str, source: str, command: Sequence[str]) -> None:
        self.record = Record(task or PurePath(command[0]).name or command[0], source, new_run_id())
        self.problems: list[str] = []
        self._command = command
        self._began = time.monotonic()
        self._said_step_at: float | None = None
        self._courier: Courier | None = None
        self._shelf: Shelf | None = None
        try:
            paths, hub = find_paths(), find_hub()
            self._courier = Courier(hub, spool_of(hub, paths), self.problems.append)
            self._shelf = Shelf(paths.state / "tasks", self._courier.spool)
        except InboxError as problem:
            self.problems.append(f"nothing is told of this run. {problem}")

    @property
    def environ(self) -> dict[str, str]:
        """What the command has in its environment."""
        return {**os.environ, "INBOX_RUN": self.record.run_id} if self._shelf else dict(os.environ)

    def begin(self) -> None:
        """Before the command is forked, so without a thread: `deliver` starts one."""
        command, _ = redact(shlex.join(self._command))
        fields = {"command": command, "cwd": _folder(), "host": socket.gethostname()}
        if self._shelf is not None:
            try:
                self._shelf.begin(self.record, "start", _milliseconds(), "", fields, is_owned=True)
                return
            except InboxError:
                self._shelf = None
        self._say(self.record.say("start", _milliseconds(), **fields), start=False)

    def deliver(self) -> None:
        if self._courier is not None:
            self._courier.start()

    def step(self, step: Step) -> float | None:
        """Tells it, unless the one before is too new: then answers the seconds until it may be told."""
        now = time.monotonic()
        if self._said_step_at is not None and (left := self._said_step_at + PROGRESS_EVERY / 1000 - now) > 0:
            return left
        self._said_step_at = now
        self._tell("progress", step.message, {"progress": step.share})
        return None

    def end(self, code: int, passed_on: int, has_timed_out: bool, last_lines: str, last_step: Step | None) -> None:
        if last_step is not None:
            self._tell("progress", last_step.message, {"progress": last_step.share})
        verb, how = outcome(code, passed_on, has_timed_out)
        summary = f"{how} after {spell(round((time.monotonic() - self._began) * 1000))}"
        self._tell(verb, f"{summary}\n\n{last_lines}".strip(), {"meta": {"exit_code": code}})
        self.flush()

    def fail_to_start(self, why: str, code: int) -> None:
        self._tell("fail", f"could not be started: {why}", {"meta": {"exit_code": code}})
        self.flush()

    def flush(self) -> None:
        if self._courier is not None:
            self._courier.flush()

    def _tell(self, verb: str, message: str, fields: dict[str, Any]) -> None:
        def say(record: Record) -> list[Event]:
            return record.say(verb, _milliseconds(), message, **fields)

        if self._shelf is not None:
            try:
                self._shelf.tell(self._shelf.path_of(self.record), say)
                return self.deliver()
            except NoSuchRun:  # the command itself has told its end
                return None
            except InboxError:
                self._shelf = None
        self._say(say(self.record), start=True)

    def _say(self, events: list[Event], *, start: bool) -> None:
        if self._courier is not None:
            self._courier.say(events, start=start)


def outcome(code: int, passed_on: int, has_timed_out: bool) -> tuple[str, str]:
    """How a command ended → the verb that tells it, and words. `passed_on`: the last signal that it was sent by way of us."""
    number = code - 128 if 128 < code < 128 + signal.NSIG else 0
    how = f"exit code {code}" if not number else f"ended by {_name(number)}"
    if has_timed_out:
        return "timeout", "out of time"
    if code == 0:
        return "complete", how
    if signal.SIGINT in (passed_on, number):
        return "cancel", how
    if passed_on in (signal.SIGTERM, signal.SIGHUP) or number in (signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
        return "terminate", how
    return "fail", how


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000
