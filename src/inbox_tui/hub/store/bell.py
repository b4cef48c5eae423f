"""What wakes the readers of other hubs: one NOTIFY after a commit, and LISTEN. A wake-up only; what is new is in the tables."""

from __future__ import annotations

import json
import logging
import os
import select
import threading
from time import monotonic

import psycopg

from inbox_tui.hub.store.database import Heard

log = logging.getLogger(__name__)
_CHANNEL = "inbox"
_PACE = 0.005
"""Seconds between two rings of one hub, however many commits there are."""
_MOST_BYTES = 7_900
"""PostgreSQL takes 8,000."""
_RETRY_SECONDS = 0.5


class PostgresBell:
    """One connection and one thread a hub, which both rings and listens. Lost, it comes back, and says that all may be new."""

    def __init__(self, dsn: str, heard: Heard) -> None:
        self._dsn, self._heard = dsn, heard
        self._changed: set[str] = set()
        self._lock = threading.Lock()
        self._awake, self._wake = os.pipe()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="inbox-bell", daemon=True)
        self._thread.start()

    def ring(self, space: str) -> None:
        """The space has changed. From any thread; answers at once."""
        with self._lock:
            is_first = not self._changed
            self._changed.add(space)
        if is_first:
            os.write(self._wake, b"!")

    def close(self) -> None:
        """Takes as long as a connection that is just being tried."""
        self._closing = True
        os.write(self._wake, b"!")
        self._thread.join()
        os.close(self._awake)
        os.close(self._wake)

    # ---- in the thread ----

    def _work(self) -> None:
        is_told = False
        while not self._closing:
            try:
                with psycopg.connect(self._dsn, autocommit=True, prepare_threshold=None) as connection:
                    connection.execute(f"LISTEN {_CHANNEL}")
                    self._heard(None)
                    is_told = False
                    self._serve(connection)
            except psycopg.Error as error:
                if not is_told and not self._closing:
                    log.warning("no word from other hubs: %s", type(error).__name__)
                is_told = True
                self._rest(_RETRY_SECONDS)

    def _serve(self, connection: psycopg.Connection) -> None:
        rang_at = 0.0
        while not self._closing:
            if self._changed:
                if self._rest(rang_at + _PACE - monotonic()):
                    return
                connection.execute("SELECT pg_notify(%s, %s)", (_CHANNEL, self._take()))
                rang_at = monotonic()
            for notice in connection.notifies(timeout=0):
                if notice.pid != connection.info.backend_pid:
                    self._heard(_spaces(notice.payload))
            if self._awake in select.select([self._awake, connection.fileno()], [], [])[0]:
                os.read(self._awake, 4096)

    def _rest(self, seconds: float) -> bool:
        """Until then; whether the bell is closed meanwhile."""
        end = monotonic() + seconds
        while not self._closing and (left := end - monotonic()) > 0:
            if select.select([self._awake], [], [], left)[0]:
                os.read(self._awake, 1)
        return self._closing

    def _take(self) -> str:
        with self._lock:
            text = json.dumps(sorted(self._changed))
            self._changed.clear()
        return text if len(text) <= _MOST_BYTES else "null"


def _spaces(payload: str) -> list[str] | None:
    """Whoever may connect may notify: what is none of ours wakes everybody, and no more."""
    try:
        names = json.loads(payload)
    except ValueError:
        return None
    return [str(name) for name in names] if isinstance(names, list) else None
