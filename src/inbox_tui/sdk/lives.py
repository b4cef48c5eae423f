"""Runs that have not ended yet, and their end where the program forgets it: when they are let go, when the interpreter ends, and
when a signal ends it. Only SIGKILL leaves a run open.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from inbox_tui.sdk.courier import courier_to, flush_all
from inbox_tui.sdk.record import Record
from inbox_tui.wire import Address

Clock = Callable[[], float]
"""Answers seconds of a clock that only goes forward. Injected, so that tests turn it by hand."""


class Life:
    """A run's record with what it needs to be told: a clock and a courier. From any thread; a forked process may speak of its
    parent's run, and never ends it."""

    def __init__(self, record: Record, hub: Address, clock: Clock = time.monotonic) -> None:
        self.record, self.hub = record, hub
        self._clock = clock
        self._owner = self._process = os.getpid()
        # Reentrant: a signal's handler may end the run in the middle of one of its verbs.
        self._lock = threading.RLock()

    @property
    def is_mine(self) -> bool:
        return self._owner == os.getpid()

    def say(self, verb: str, message: str = "", **fields: Any) -> None:
        with self._locked():
            was_held = self.record.held is not None
            courier_to(self.hub).say(self.record.say(verb, self._now(), message, **fields))
            if self.record.held is not None and not was_held:
                self._set_alarm()
            if self.is_mine:
                _register(self)

    def metric(self, name: str, value: int | float | str) -> None:
        with self._locked():
            self.record.metric(name, value)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Time passes as waited meanwhile, without an event: a question tells its own. Then it does what it did before."""
        with self._locked():
            before = self._enter("waiting")
            self.record.ledger.count("wait_count")
        try:
            yield
        finally:
            with self._locked():
                if self.record.ledger.phase == "waiting":
                    self._enter(before)

    def _enter(self, phase: str) -> str:
        ledger = self.record.ledger
        before = ledger.phase
        if before != "ended":
            ledger.enter(phase, self._now())
        return before

    def end(self, problem: BaseException | None) -> None:
        """As what left the run's block says; nothing where it was ended already."""
        if self.record.is_open and self.is_mine:
            verb, message = outcome_of(problem)
            self.say(verb, message)

    def flush(self) -> None:
        courier_to(self.hub).flush()

    def _say_held(self) -> None:
        with self._locked():
            courier_to(self.hub).say(self.record.due(self._now()))
            if self.record.held is not None:
                self._set_alarm()

    def _set_alarm(self) -> None:
        wait = max(50, self.record.progress_due_in(self._now()))
        courier_to(self.hub).at(time.monotonic() + wait / 1000, self._say_held)

    def _now(self) -> int:
        return int(self._clock() * 1000)

    def _locked(self) -> threading.RLock:
        if self._process != os.getpid():
            # A thread of the parent's may have held it while it forked, and is not here to let it go.
            self._process, self._lock = os.getpid(), threading.RLock()
        return self._lock


_open: dict[int, Life] = {}
_is_watching = False
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


def outcome_of(problem: BaseException | None) -> tuple[str, str]:
    """What left a block → the verb of the run's end, and a message."""
    if problem is None or (isinstance(problem, SystemExit) and problem.code in (None, 0)):
        return "complete", ""
    asyncio = sys.modules.get("asyncio")
    if isinstance(problem, KeyboardInterrupt | GeneratorExit) or (asyncio and isinstance(problem, asyncio.CancelledError)):
        return "cancel", ""
    name, text = type(problem).__name__, str(problem)
    if isinstance(problem, TimeoutError):
        return "timeout", text
    return "fail", f"{name}: {text}" if text else name


def let_go(life: Life) -> None:
    """Its program holds it no more and has not said how it ended."""
    if life.is_mine and life.record.is_open:
        life.say("cancel", "the program let go of it without saying how it ended")


def end_all(verb: str, message: str) -> None:
    for life in list(_open.values()):
        if life.is_mine:
            life.say(verb, message)


def _register(life: Life) -> None:
    if life.record.is_open:
        _open[id(life)] = life
        _watch()
    else:
        _open.pop(id(life), None)


def _watch() -> None:
    """Once a process; a forked one has inherited it, and only has to look whose runs they are."""
    global _is_watching
    if _is_watching:
        return
    _is_watching = True
    atexit.register(_at_exit)
    for number in _SIGNALS:
        with suppress(ValueError):  # not the main thread: signals are its business
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, _on_signal)


def _at_exit() -> None:
    problem = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if isinstance(problem, BaseException) and not hasattr(sys, "ps1"):
        end_all(*outcome_of(problem))
    else:
        end_all("cancel", "the program ended without saying how it ended")
    flush_all()


def _on_signal(number: int, frame: FrameType | None) -> None:
    """Tells, then dies of it, as it would have without us."""
    end_all("terminate", f"ended by {signal.Signals(number).name}")
    flush_all()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
