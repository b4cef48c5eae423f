"""Senders that do not give up: each posts one event after another, each again with its key until some hub has taken it."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Self

import psycopg
from hubs import Reply, RunningHub

SENDERS = 8


class Load:
    """`with Load(hubs) as load:`, at whose end each has its last one taken. `taken`: the titles that were answered with 2xx. A
    sender whose hub is gone goes to the next one."""

    def __init__(self, hubs: Sequence[RunningHub]) -> None:
        self.replies, self.taken = list[Reply](), list[str]()
        self._hubs = hubs
        self._over, self._given_up = threading.Event(), threading.Event()
        self._pool = ThreadPoolExecutor(SENDERS)
        self._senders = [self._pool.submit(self._send, number) for number in range(SENDERS)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, problem: type[BaseException] | None, *_: object) -> None:
        self._over.set()
        if problem is not None:
            self._given_up.set()
        self._pool.shutdown()
        if problem is None:
            for sender in self._senders:
                sender.result()

    def until(self, is_enough: Callable[[], bool]) -> None:
        while not is_enough():
            for sender in wait(self._senders, timeout=0.02).done:
                sender.result()

    def more(self, events: int) -> None:
        """Until so many more are taken."""
        enough = len(self.taken) + events
        self.until(lambda: len(self.taken) >= enough)

    def _send(self, sender: int) -> None:
        hubs = itertools.cycle(self._hubs[sender % len(self._hubs) :] + self._hubs[: sender % len(self._hubs)])
        hub = next(hubs)
        for number in itertools.count():
            title = f"{sender}/{number}"
            while not self._is_taken(hub, title):
                if self._given_up.is_set():
                    return
                hub = next(hubs)
            self.taken.append(title)
            if self._over.is_set():
                return

    def _is_taken(self, hub: RunningHub, title: str) -> bool:
        try:
            reply = hub.call("POST", "/api/events", {"title": title}, by="send", headers={"Idempotency-Key": title})
        except OSError:
            return False
        self.replies.append(reply)
        return reply.status == 202


def stored(dsn: str) -> Counter[str]:
    """How often the event of each title is there."""
    with psycopg.connect(dsn) as connection:
        return Counter(title for (title,) in connection.execute("SELECT document::json ->> 'title' FROM event"))
