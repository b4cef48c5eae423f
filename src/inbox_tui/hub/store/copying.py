"""Every record of one database into another, of either engine, and compared afterwards one by one.

What is read is one snapshot: the source may be in use. Records go over in the order of their keys, so that a copy that was cut
off goes on behind the last one that arrived. Until all is compared the target says that it is unfinished, and no hub opens it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import groupby, zip_longest

from inbox_tui.core.errors import InboxError
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.database import Connection, Database, Record, writing
from inbox_tui.hub.store.migrations import migrate

_AT_ONCE, _BYTES_AT_ONCE = 500, 16
"""Records that are read at once; fewer of those that hold pieces of files."""
_NOT_COPIED = frozenset({"schema_version", "unfinished_copy"})


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is: `done` of `total` records, each of which is copied and then compared."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Copied:
    """`went_on`: the source has changed since, so that the copy is of an earlier moment."""

    records: int
    went_on: bool


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    def after(self, connection: Connection, last: Record | None) -> list[Record]:
        """The next records behind a key, by key."""
        keys = ", ".join(self.key)
        bound = f"WHERE ({keys}) > ({', '.join(f':key{n}' for n in range(len(self.key)))})" if last is not None else ""
        limit = _BYTES_AT_ONCE if "bytes" in self.columns else _AT_ONCE
        given = {f"key{n}": value for n, value in enumerate(last or ())} | {"limit": limit}
        sql = f"SELECT {', '.join(self.columns)} FROM {self.name} {bound} ORDER BY {keys} LIMIT :limit"
        return connection.execute(sql, given)

    def last_key(self, connection: Connection) -> Record | None:
        order = ", ".join(f"{column} DESC" for column in self.key)
        found = connection.execute(f"SELECT {', '.join(self.key)} FROM {self.name} ORDER BY {order} LIMIT 1")
        return found[0] if found else None

    def count(self, connection: Connection) -> int:
        return int(connection.execute(f"SELECT count(*) FROM {self.name}")[0][0])

    def key_of(self, record: Record) -> Record:
        return tuple(record[self.columns.index(column)] for column in self.key)


def copy(source: Database, target: Database, told: Callable[[Step], object]) -> Copied:
    """Copies all of `source` into `target`, which is empty, or an unfinished copy of the same. Raises InboxError where it is
    neither, or where in the end a record differs; `NewerDatabase`; and the engines' own errors."""
    migrate(source)
    migrate(target)
    with _reading(source) as origin, closing(target.writer()) as copied:
        _begin(copied, source, target)
        tables = _tables(origin, source)
        total = 2 * sum(table.count(origin) for table in tables)
        progress = _Progress(total, told)
        for table in tables:
            _copy_table(table, origin, copied, progress)
        with _reading(target) as arrived:
            for table in tables:
                _compare(table, origin, arrived, progress)
        with writing(copied):
            copied.execute(statements.END_COPY)
        heads = origin.execute(statements.HEADS)
    with _reading(source) as now:
        return Copied(total // 2, now.execute(statements.HEADS) != heads)


def refuse_unfinished(database: Database) -> None:
    """Raises InboxError where a copy into the database was cut off."""
    with _reading(database) as connection:
        found = connection.execute(statements.UNFINISHED_COPY)
    if found:
        raise InboxError(f"{database.name} holds an unfinished copy of {found[0][0]}: run `inbox hub copy` again, or drop it.")


class _Progress:
    def __init__(self, total: int, told: Callable[[Step], object]) -> None:
        self._done, self._total, self._told = 0, total, told
        told(Step(0, total))

    def add(self, records: int) -> None:
        self._done += records
        self._told(Step(self._done, self._total))


@contextmanager
def _reading(database: Database) -> Iterator[Connection]:
    with closing(database.reader()) as connection:
        connection.begin_read()
        yield connection
        connection.rollback()


def _begin(connection: Connection, source: Database, target: Database) -> None:
    """Marks the target as unfinished, before anything else."""
    found = connection.execute(statements.UNFINISHED_COPY)
    if found and found[0][0] != source.name:
        raise InboxError(
            f"{target.name} holds an unfinished copy of {found[0][0]}. Copy into another database, or drop this one."
        )
    if not found:
        if connection.execute(statements.SPACES):
            raise InboxError(f"{target.name} is in use: it has notifications of its own. Copy into an empty database.")
        with writing(connection):
            connection.execute(statements.BEGIN_COPY, {"source": source.name})


def _tables(connection: Connection, database: Database) -> list[_Table]:
    """As the engine itself tells them."""
    found = []
    for name, columns in groupby(connection.execute(database.fragments["columns"]), lambda record: str(record[0])):
        if name not in _NOT_COPIED:
            told = list(columns)
            key = sorted((place, column) for _, column, place in told if place)
            found.append(_Table(name, tuple(str(column) for _, column, _ in told), tuple(str(column) for _, column in key)))
    return found


def _copy_table(table: _Table, origin: Connection, copied: Connection, progress: _Progress) -> None:
    last = table.last_key(copied)
    progress.add(table.count(copied))
    while records := table.after(origin, last):
        with writing(copied):
            copied.insert(table.name, [dict(zip(table.columns, record, strict=True)) for record in records])
        last = table.key_of(records[-1])
        progress.add(len(records))


def _compare(table: _Table, origin: Connection, arrived: Connection, progress: _Progress) -> None:
    last: Record | None = None
    while True:
        ours, theirs = table.after(origin, last), table.after(arrived, last)
        if ours != theirs:
            odd = next(one or other for one, other in zip_longest(ours, theirs) if one != other)
            raise InboxError(
                f"The copy differs in {table.name} {' '.join(str(part) for part in table.key_of(odd))}. "
                "Did the source change between two tries? Stop its hubs, and copy into a new database."
            )
        if not ours:
            return
        last = table.key_of(ours[-1])
        progress.add(len(ours))
