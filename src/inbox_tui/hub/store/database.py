"""What the store needs of an engine: a connection for portable SQL with `:name` parameters, and what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

Value = str | int | float | bool | bytes | None
Params = Mapping[str, Value]
Record = tuple[Any, ...]
NO_PARAMS: Params = {}
Heard = Callable[[list[str] | None], object]
"""Called, in a thread of the bell's, with the spaces that another hub has changed; None: any may have changed."""


class Lost(Exception):
    """The engine was lost while it committed: whether it did is unknown."""


class Connection(Protocol):
    """One connection, used by one thread at a time. Nothing is written outside a transaction."""

    def begin_write(self) -> None:
        """A transaction that will write; where the engine has one writer, it waits for its turn here."""

    def begin_read(self) -> None:
        """A transaction whose reads all see one snapshot."""

    def begin_migration(self) -> None:
        """A transaction that nobody else migrates beside."""

    def commit(self) -> None:
        """Raises Lost where the engine did not answer."""

    def rollback(self) -> None:
        """Ends the transaction without effect; fine where there is none any more."""

    def execute(self, sql: str, params: Params = NO_PARAMS) -> list[Record]: ...

    def executemany(self, sql: str, rows: Sequence[Params]) -> None: ...

    def insert(self, table: str, rows: Sequence[Params]) -> None:
        """New records, all with the same columns, in as few statements as the engine likes."""

    def update(self, table: str, columns: tuple[str, ...], rows: Sequence[Params]) -> None:
        """These columns of the records that the rows name by space and id; the same way."""

    def now(self) -> int:
        """The engine's clock, in microseconds; within a transaction it goes on."""

    def close(self) -> None: ...


class Bell(Protocol):
    """Wakes the readers of other hubs on the same database."""

    def ring(self, space: str) -> None:
        """The space has changed. From any thread; answers at once."""

    def close(self) -> None: ...


class Database(Protocol):
    """One engine. `fragments` are spliced into SQL by name: `lock` after a SELECT that locks its row, `id` the type of an
    identifier that sorts bytewise, `bytes` that of bytes; `columns` asks for every table, column, and its place in the primary
    key (0: none)."""

    @property
    def name(self) -> str:
        """For a person; without a password."""

    @property
    def fragments(self) -> Mapping[str, str]: ...

    @property
    def lanes(self) -> int:
        """How many connections may write at once, each to spaces of its own."""

    def writer(self) -> Connection: ...

    def reader(self) -> Connection: ...

    def bell(self, heard: Heard) -> Bell | None:
        """None where no other hub can share the database."""

    def outage(self, error: BaseException) -> str:
        """Why the engine is out of reach, for a person; "" for any other error. Unless it is `Lost`, nothing was committed."""

    def storage_problem(self, error: BaseException) -> str:
        """What a person should know when the engine could not write (disk full, read-only, broken): "" for any other error."""

    def is_busy(self, error: BaseException) -> bool:
        """Whether somebody else held the lock for too long."""


@contextmanager
def writing(connection: Connection) -> Iterator[None]:
    """A transaction that is committed at its end. Where anything is raised in it, it has no effect."""
    connection.begin_write()
    try:
        yield
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def in_list(sql: str, values: Sequence[Value]) -> tuple[str, dict[str, Value]]:
    """The statement with placeholders for `:values`, an IN list, and their parameters. Padded to a power of two, so that few
    statements are ever prepared. There is at least one value."""
    size = 1 << max(0, len(values) - 1).bit_length()
    padded = [*values, *[values[-1]] * (size - len(values))]
    params = {f"v{i}": value for i, value in enumerate(padded)}
    return sql.replace(":values", ",".join(f":{name}" for name in params)), params
