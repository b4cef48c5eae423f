"""SQLite: one file, WAL, every commit on disk before it is answered; one writer at a time, readers beside it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from inbox_tui.core.times import now as machine_clock
from inbox_tui.hub.store.database import NO_PARAMS, Heard, Params, Record
from inbox_tui.wal import use_wal

_BUSY_SECONDS = 10.0
_STATEMENTS = 512
_INSERTED_AT_ONCE = (64, 16, 4, 1)
_WRITER_PRAGMAS = ("synchronous=FULL", "wal_autocheckpoint=8000", "cache_size=-32768")
"""The log may grow to 32 MB before it is moved into the file: rows that repeat are then moved once, not at every turn."""
_COLUMNS = """SELECT t.name, c.name, c.pk FROM sqlite_master t JOIN pragma_table_info(t.name) c
WHERE t.type = 'table' ORDER BY t.name, c.cid"""


class SqliteConnection:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._cursor = connection.cursor()

    def begin_write(self) -> None:
        self._cursor.execute("BEGIN IMMEDIATE")

    begin_migration = begin_write

    def begin_read(self) -> None:
        self._cursor.execute("BEGIN")

    def commit(self) -> None:
        self._cursor.execute("COMMIT")

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self._cursor.execute("ROLLBACK")

    def execute(self, sql: str, params: Params = NO_PARAMS) -> list[Record]:
        return self._cursor.execute(sql, params).fetchall()

    def executemany(self, sql: str, rows: Sequence[Params]) -> None:
        self._cursor.executemany(sql, rows)

    def insert(self, table: str, rows: Sequence[Params]) -> None:
        # Each statement gives up the interpreter's lock and has to win it back: many rows a statement, few statements.
        at, columns = 0, tuple(rows[0])
        while at < len(rows):
            size = next(size for size in _INSERTED_AT_ONCE if size <= len(rows) - at)
            sql = _insert(table, columns, size)
            self._cursor.execute(sql, [row[name] for row in rows[at : at + size] for name in columns])
            at += size

    def update(self, table: str, columns: tuple[str, ...], rows: Sequence[Params]) -> None:
        self.executemany(_update(table, columns), rows)

    def now(self) -> int:
        return machine_clock()

    def close(self) -> None:
        self._cursor.close()
        self._connection.close()


class SqliteDatabase:
    """The file at `path`, made with mode 0600 where it is missing. Raises sqlite3.OperationalError where it cannot be."""

    fragments: Mapping[str, str] = {"lock": "", "id": "TEXT", "bytes": "BLOB", "columns": _COLUMNS}
    lanes = 1

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, str(path)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))

    def writer(self) -> SqliteConnection:
        connection = sqlite3.connect(
            self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS
        )
        try:
            use_wal(connection, _BUSY_SECONDS)
            for pragma in _WRITER_PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return SqliteConnection(connection)

    def reader(self) -> SqliteConnection:
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode=ro",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        return SqliteConnection(connection)

    def bell(self, heard: Heard) -> None:
        """The file is one hub's: there is nobody to hear of."""

    def outage(self, error: BaseException) -> str:
        return ""

    def storage_problem(self, error: BaseException) -> str:
        if not isinstance(error, sqlite3.DatabaseError):
            return ""
        text = str(error)
        if "malformed" in text or "not a database" in text:
            return f"{self.path} is damaged ({text})"
        if "full" in text:
            return f"the disk that holds {self.path} is full"
        if "readonly" in text or "disk I/O" in text or "unable to open" in text:
            return f"{self.path} cannot be written ({text})"
        return ""

    def is_busy(self, error: BaseException) -> bool:
        return isinstance(error, sqlite3.OperationalError) and ("locked" in str(error) or "busy" in str(error))


@lru_cache(maxsize=64)
def _insert(table: str, columns: tuple[str, ...], size: int) -> str:
    values = f"({','.join('?' * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([values] * size)}"


@lru_cache(maxsize=64)
def _update(table: str, columns: tuple[str, ...]) -> str:
    changes = ", ".join(f"{name} = :{name}" for name in columns)
    return f"UPDATE {table} SET {changes} WHERE space = :space AND id = :id"
