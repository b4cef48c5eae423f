"""Delivery beside a program: what it says is kept at once, and a thread brings it to the hub. One courier a hub and process."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from inbox_tui.core.errors import InboxError
from inbox_tui.core.paths import find_paths
from inbox_tui.sdk.calling import random_key
from inbox_tui.sdk.delivery import PATIENCE, Delivery, Tell, drain, post, tell_on_stderr
from inbox_tui.sdk.record import Event
from inbox_tui.sdk.spool import Message, Spool, SpoolError, spool_of
from inbox_tui.wire import Address

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0
"""Seconds between two tries while the hub is out of reach."""


class Courier:
    """`say` never waits for a network, and never raises: what it says must not end the program that it speaks of."""

    def __init__(self, hub: Address, spool: Spool, tell: Tell = tell_on_stderr) -> None:
        self.hub, self.spool, self.tell = hub, spool, tell
        self._process = os.getpid()
        self._wake = threading.Condition()
        self._has_work = False
        self._thread: threading.Thread | None = None
        self._alarms: list[tuple[float, Callable[[], None]]] = []
        self._has_told = False

    def say(self, events: list[Event], *, start: bool = True) -> None:
        """Keeps them, in order, and has them delivered. Without `start` only once a thread may be started: see `start`."""
        for event in events:
            self._keep(Message(random_key(), {"ts": time.time(), **event}))
        if events and start:
            self.start()

    def start(self) -> None:
        """Has what waits delivered beside the caller."""
        with self._wake:
            self._has_work = True
            self._run()

    def at(self, when: float, do: Callable[[], None]) -> None:
        """Has it called at that monotonic time, in the courier's thread."""
        with self._wake:
            self._alarms.append((when, do))
            self._run()

    def flush(self, seconds: float = PATIENCE) -> bool:
        """Delivers all that waits, in the calling thread. False where the hub cannot be had, or not within that time."""
        try:
            return drain(self.hub, self.spool, until=time.monotonic() + seconds, tell=self.tell).problem is None
        except InboxError:
            return False

    def _keep(self, message: Message) -> None:
        try:
            self.spool.append(message)
        except SpoolError as fault:
            self._say_directly(message, fault)

    def _say_directly(self, message: Message, fault: SpoolError) -> None:
        """Where nothing can be kept, the hub itself may still be there."""
        try:
            post(self.hub, message, PATIENCE)
        except InboxError as problem:
            if not self._has_told:
                self._has_told = True
                self.tell(f"what this program has to tell is lost: {problem} {fault}")

    def _run(self) -> None:
        """With the condition held."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="inbox-courier", daemon=True)
            try:
                self._thread.start()
            except RuntimeError:  # the interpreter is ending: what waits is flushed there
                self._thread = None
        self._wake.notify()

    def _work(self) -> None:
        pause = 0.0
        while True:
            alarms = self._wait(pause)
            for do in alarms:
                do()
            pause = self._next_pause(pause) if self._deliver().problem is not None else 0.0

    def _wait(self, pause: float) -> list[Callable[[], None]]:
        """Until there is something to do; then what is due. A `pause` is kept: an absent hub is not asked all the time."""
        until = time.monotonic() + pause
        with self._wake:
            while True:
                now = time.monotonic()
                due = [do for when, do in self._alarms if when <= now]
                if due or (now >= until and (self._has_work or pause)):
                    self._alarms = [alarm for alarm in self._alarms if alarm[0] > now]
                    self._has_work = False
                    return due
                times = [when for when, _ in self._alarms] + ([until] if pause and now < until else [])
                self._wake.wait(min(times) - now if times else None)

    def _deliver(self) -> Delivery:
        try:
            return drain(self.hub, self.spool, until=time.monotonic() + 2 * PATIENCE, tell=self.tell)
        except InboxError as problem:
            return Delivery(problem=problem)

    @staticmethod
    def _next_pause(pause: float) -> float:
        return min(_LONGEST_PAUSE, pause * 2 or _FIRST_PAUSE)

    @property
    def is_of_this_process(self) -> bool:
        """A forked process has no thread of its parent's."""
        return self._process == os.getpid()


_couriers: dict[Address, Courier] = {}


def courier_to(hub: Address) -> Courier:
    """The one of this process. Its folder is found now: the environment may change later."""
    courier = _couriers.get(hub)
    if courier is None or not courier.is_of_this_process:
        courier = _couriers[hub] = Courier(hub, spool_of(hub, find_paths()))
    return courier


def flush_all(seconds: float = PATIENCE) -> None:
    """Delivers what this process has kept, all hubs together within that time."""
    until = time.monotonic() + seconds
    for courier in list(_couriers.values()):
        if courier.is_of_this_process:
            courier.flush(max(0.0, until - time.monotonic()))
