"""What the store needs of an engine: a connection for portable SQL with `:name` parameters, and what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Value = str | int | float | bool | bytes | None
Params = Mapping[str, Value]
Record = tuple[Any, ...]
NO_PARAMS: Params = {}


class Connection(Protocol):
    """One connection, used by one thread at a time. Nothing is written outside a transaction."""

    def begin_write(self) -> None:
        """A transaction that will write; where the engine has one writer, it waits for its turn here."""

    def begin_read(self) -> None:
        """A transaction whose reads all see one snapshot."""

    def begin_migration(self) -> None:
        """A transaction that nobody else migrates beside."""

    def commit(self) -> None: ...

    def rollback(self) -> None:
        """Ends the transaction without effect; fine where there is none any more."""

    def execute(self, sql: str, params: Params = NO_PARAMS) -> list[Record]: ...

    def executemany(self, sql: str, rows: Sequence[Params]) -> None: ...

    def insert(self, table: str, rows: Sequence[Params]) -> None:
        """New records, all with the same columns, in as few statements as the engine likes."""

    def close(self) -> None: ...


class Database(Protocol):
    """One engine. `fragments` are spliced into SQL by name: `lock` after a SELECT that locks its row, `id` the type of an
    identifier that sorts bytewise."""

    @property
    def fragments(self) -> Mapping[str, str]: ...

    def writer(self) -> Connection: ...

    def reader(self) -> Connection: ...

    def storage_problem(self, error: BaseException) -> str:
        """What a person should know when the engine could not write (disk full, read-only, broken): "" for any other error."""

    def is_busy(self, error: BaseException) -> bool:
        """Whether somebody else held the lock for too long."""


def names(prefix: str, values: Sequence[Value]) -> tuple[str, dict[str, Value]]:
    """Placeholders for an IN list, and their parameters. Padded to a power of two, so that few statements are ever prepared."""
    size = 1 << max(0, len(values) - 1).bit_length()
    padded = [*values, *[values[-1]] * (size - len(values))]
    return ",".join(f":{prefix}{i}" for i in range(size)), {f"{prefix}{i}": value for i, value in enumerate(padded)}
