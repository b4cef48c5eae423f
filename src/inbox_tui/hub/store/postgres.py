"""PostgreSQL, shared by any number of hubs, by psycopg 3. A connection that was lost comes back by itself.

Nothing is kept in a session but prepared statements, and not even those where a pooler may stand between: every setting is the
transaction's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from pydantic_core import to_json

from inbox_tui.core.errors import InboxError
from inbox_tui.hub.store.bell import PostgresBell
from inbox_tui.hub.store.database import NO_PARAMS, Heard, Lost, Params, Record, Value

try:
    import psycopg
    from psycopg import errors
    from psycopg.conninfo import conninfo_to_dict, make_conninfo
    from psycopg.types.numeric import Int8Dumper
except ImportError as problem:
    raise InboxError("A hub on PostgreSQL needs psycopg: pip install 'inbox-tui[postgres]'.") from problem

LANES = 4
_PREPARE_AFTER = 5
_WRITE = """BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
SET LOCAL lock_timeout = '10s'; SET LOCAL idle_in_transaction_session_timeout = '5s'"""
"""A hub that stands still with a space's lock in its hand, or whose machine is gone, must not hold up the others."""
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_MIGRATE = "BEGIN; SELECT pg_advisory_xact_lock(7236833204931)"
_NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_COLUMNS = """SELECT c.table_name, c.column_name, coalesce(k.ordinal_position, 0) FROM information_schema.columns c
LEFT JOIN information_schema.table_constraints t
    ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.constraint_type = 'PRIMARY KEY'
LEFT JOIN information_schema.key_column_usage k
    ON k.table_schema = c.table_schema AND k.constraint_name = t.constraint_name AND k.column_name = c.column_name
WHERE c.table_schema = current_schema() ORDER BY c.table_name COLLATE "C", c.ordinal_position"""
_DEFAULTS = {
    "application_name": "inbox",
    "connect_timeout": "3",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "target_session_attrs": "read-write",
}
"""What a connection is asked for where its address does not say: to find out soon that the other end is gone, and no standby."""

_CANNOT_STORE = (
    errors.DiskFull, errors.ReadOnlySqlTransaction, errors.InsufficientPrivilege, errors.DataCorrupted, errors.IoError,
)  # fmt: skip
Connect = Callable[[], "psycopg.Connection[Record]"]


class PostgresConnection:
    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._open()

    def begin_write(self) -> None:
        self._begin(_WRITE)

    def begin_read(self) -> None:
        self._begin(_READ)

    def begin_migration(self) -> None:
        self._begin(_MIGRATE)

    def commit(self) -> None:
        try:
            self._cursor.execute("COMMIT", prepare=False)
        except psycopg.OperationalError as error:
            raise Lost(str(error)) from error

    def rollback(self) -> None:
        try:
            if not self._connection.closed and self._connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                self._cursor.execute("ROLLBACK", prepare=False)
        except psycopg.Error:
            self.close()

    def execute(self, sql: str, params: Params = NO_PARAMS) -> list[Record]:
        cursor = self._cursor.execute(_translated(sql), params)
        return cursor.fetchall() if cursor.description is not None else []

    def executemany(self, sql: str, rows: Sequence[Params]) -> None:
        self._cursor.executemany(_translated(sql), rows)

    def insert(self, table: str, rows: Sequence[Params]) -> None:
        # All as one parameter: a statement and a way to the server for any number of records, and the least work in here.
        if any(isinstance(value, bytes) for value in rows[0].values()):
            rows = [{name: _as_text(value) for name, value in row.items()} for row in rows]
        self._cursor.execute(_insert(table, tuple(rows[0])), {"rows": to_json(rows).decode()})

    def update(self, table: str, columns: tuple[str, ...], rows: Sequence[Params]) -> None:
        named = [{name: row[name] for name in ("space", "id", *columns)} for row in rows]
        self.execute(_update(table, columns), {"rows": to_json(named).decode()})

    def now(self) -> int:
        return int(self._cursor.execute(_NOW).fetchall()[0][0])

    def close(self) -> None:
        self._connection.close()

    def _open(self) -> None:
        self._connection = self._connect()
        self._cursor = self._connection.cursor()

    def _begin(self, sql: str) -> None:
        if not self._connection.closed:
            try:
                self._cursor.execute(sql, prepare=False)
                return
            except psycopg.Error:
                self.close()  # It was lost while it rested, or its server writes no more: nothing had begun, so another will do.
        self._open()
        self._cursor.execute(sql, prepare=False)


class PostgresDatabase:
    """The database at a libpq address (a URL, or `key=value` pairs). `notify_dsn` leads to the same one past a pooler: what is
    notified needs a session of its own. Where it is given, the first may lead through a pooler that gives every transaction
    another session, so nothing is prepared. Raises InboxError for an address that is none; connects to nothing yet."""

    fragments: Mapping[str, str] = {"lock": " FOR UPDATE", "id": 'TEXT COLLATE "C"', "bytes": "BYTEA", "columns": _COLUMNS}
    lanes = LANES

    def __init__(self, dsn: str, notify_dsn: str = "") -> None:
        self._dsn, self._notify_dsn = _completed(dsn), _completed(notify_dsn or dsn)
        self._prepare_after = None if notify_dsn else _PREPARE_AFTER
        told = conninfo_to_dict(self._dsn)
        self.name = f"PostgreSQL ({told.get('service') or told.get('host') or 'local'}, {told.get('dbname') or 'default'})"

    def writer(self) -> PostgresConnection:
        return PostgresConnection(self._connect)

    reader = writer

    def bell(self, heard: Heard) -> PostgresBell:
        return PostgresBell(self._notify_dsn, heard)

    def storage_problem(self, error: BaseException) -> str:
        return f"{self.name} cannot store: {_first_line(error)}" if isinstance(error, _CANNOT_STORE) else ""

    def outage(self, error: BaseException) -> str:
        is_out = isinstance(error, (Lost, psycopg.OperationalError, psycopg.InterfaceError)) and not self.is_busy(error)
        return f"{self.name} is out of reach: {_first_line(error)}" if is_out and not self.storage_problem(error) else ""

    def is_busy(self, error: BaseException) -> bool:
        return isinstance(error, (errors.LockNotAvailable, errors.QueryCanceled, errors.DeadlockDetected))

    def _connect(self) -> psycopg.Connection[Record]:
        connection = psycopg.connect(self._dsn, autocommit=True, prepare_threshold=self._prepare_after)
        # One type for every integer: by their size, each statement would be prepared several times.
        connection.adapters.register_dumper(int, Int8Dumper)
        return connection


def _completed(dsn: str) -> str:
    try:
        given = conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        # What libpq says of it may repeat the password.
        raise InboxError(
            "The address of the database is none that PostgreSQL understands. It looks like postgresql://USER@HOST/NAME; "
            "a password belongs into ~/.pgpass, and special characters in it are written as %XX."
        ) from None
    return make_conninfo(dsn, **{name: value for name, value in _DEFAULTS.items() if name not in given})


def _as_text(value: Value) -> Value:
    r"""Bytes as they stand in JSON for PostgreSQL: `\x` and hex."""
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]


_NAME = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")


@lru_cache(maxsize=1024)
def _translated(sql: str) -> str:
    """`:name` as psycopg writes it; `::` is a cast, and `%` would begin a name."""
    return _NAME.sub(r"%(\1)s", sql.replace("%", "%%"))


@lru_cache(maxsize=64)
def _insert(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM json_populate_recordset(NULL::{table}, %(rows)s::json)"


@lru_cache(maxsize=64)
def _update(table: str, columns: tuple[str, ...]) -> str:
    changes = ", ".join(f"{name} = given.{name}" for name in columns)
    given = f"json_populate_recordset(NULL::{table}, :rows::json) AS given"
    return f"UPDATE {table} SET {changes} FROM {given} WHERE {table}.space = given.space AND {table}.id = given.id"
