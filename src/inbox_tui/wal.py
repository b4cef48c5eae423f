"""How a SQLite file is switched to its write-ahead log; the hub's and the pane's alike."""

from __future__ import annotations

import sqlite3
import time


def use_wal(connection: sqlite3.Connection, seconds: float) -> None:
    """The switch answers "locked" at once when several start together, whatever the time-out: asked again for so long. Raises
    sqlite3.OperationalError."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
