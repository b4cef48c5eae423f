"""The store: one database, its schema brought up to date, batches of verbs applied to one space in one transaction each."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from inbox_tui.core.decide import close
from inbox_tui.core.errors import Refused, unknown_id
from inbox_tui.core.times import Clock
from inbox_tui.hub.store import reads, statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.database import Connection, Database
from inbox_tui.hub.store.erasing import Erase
from inbox_tui.hub.store.migrations import migrate
from inbox_tui.hub.store.records import DecodedRows, Space, Wanted

Answer = TypeVar("Answer")


class Verb(Protocol):
    """Something done to a space. `prepare` names what it will look at; `run` does it, or raises Refused before it touched
    anything. Where `run` answers a callable, that is called once everything is written, for what only then is known."""

    def prepare(self, wanted: Wanted) -> None: ...

    def run(self, batch: Batch) -> object: ...


@dataclass(frozen=True, slots=True)
class Committed:
    """What became of a batch: an answer or a Refused for each verb, the head's rev, the ids of the rows that changed, and
    whether a job became due."""

    answers: list[object]
    rev: int
    changed: frozenset[str]
    moved: bool
    has_queued: bool


class Store:
    """Opened once a process. Writing is for one thread at a time, reading for any number."""

    def __init__(self, database: Database) -> None:
        migrate(database)
        self.database = database
        self._kept_events = (100, 900)
        self._writer = database.writer()
        self._writing = threading.Lock()
        self._decoded = DecodedRows()
        self._local = threading.local()
        self._readers: list[Connection] = []
        self._closed = False

    @classmethod
    def open(cls, path: Path) -> Store:
        """The store in the SQLite file at `path`. Raises NewerDatabase, or sqlite3.OperationalError where it cannot be opened."""
        from inbox_tui.hub.store.sqlite import SqliteDatabase

        return cls(SqliteDatabase(path))

    def keep_events(self, first: int, last: int) -> None:
        """Of each row's events only the first and the last so many are kept from now on."""
        self._kept_events = first, last

    def close(self) -> None:
        """Closes every connection; the second call does nothing. No other call may be running."""
        with self._writing:
            if not self._closed:
                self._closed = True
                # The writer last: only it can put the write-ahead log back into the file.
                for reader in self._readers:
                    reader.close()
                self._writer.close()

    def apply(
        self, space: str, verbs: Sequence[Verb], clock: Clock, monotonic: Callable[[], float] = time.monotonic
    ) -> Committed:
        """All verbs in one transaction, in order. Any error but a verb's Refused rolls all of them back and is raised. Raises
        Refused 404 for a space that is not there; only a verb that says so makes one."""
        wanted = Wanted()
        for verb in verbs:
            verb.prepare(wanted)
        with self._writing:
            connection = self._writer
            connection.begin_write()
            try:
                batch = self._batch(connection, space, clock, monotonic, makes=wanted.makes_space)
                rev = batch.space.rev
                batch.preload(wanted)
                answers = [_run(verb, batch) for verb in verbs]
                batch.write()
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
            batch.written()
        answers = [answer() if callable(answer) else answer for answer in answers]
        return Committed(answers, batch.space.rev, frozenset(batch.touched), batch.space.rev != rev, batch.has_queued)

    def read(self, query: Callable[[Connection], Answer]) -> Answer:
        """Runs `query` on one snapshot, on this thread's own read-only connection."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self.database.reader()
            self._readers.append(connection)
        connection.begin_read()
        try:
            return query(connection)
        finally:
            connection.rollback()

    def spaces(self) -> list[str]:
        return self.read(reads.spaces)

    def restore_epoch(self, space: str, clock: Clock) -> int:
        """Begins a new life after a restore: open prompts close as expired, and no cursor, `seen` or raised_rev of an
        earlier life can ever match again. Answers the new epoch."""
        return _begin_life(self, space, clock)

    def _batch(
        self, connection: Connection, space: str, clock: Clock, monotonic: Callable[[], float], *, makes: bool
    ) -> Batch:
        select = statements.SPACE + self.database.fragments["lock"]
        found, made = connection.execute(select, {"space": space}), False
        if not found and makes:
            made = bool(connection.execute(statements.INSERT_SPACE, {"space": space, "now": clock()}))
            found = connection.execute(select, {"space": space})
        if not found:
            raise unknown_id("space")
        space_ = Space(*found[0])
        return Batch(connection, space_, clock(), monotonic(), self._decoded, self._kept_events, is_new_space=made)


def _run(verb: Verb, batch: Batch) -> object:
    if batch.space.removed_at is not None and not isinstance(verb, Erase):
        return unknown_id("space")
    try:
        return verb.run(batch)
    except Refused as refused:
        return refused


class Begin:
    """Nothing but that the space is there."""

    def prepare(self, wanted: Wanted) -> None:
        wanted.makes_space = True

    def run(self, batch: Batch) -> None:
        pass


class _BeginLife:
    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> int:
        ids = [str(row_id) for (row_id,) in batch.select(statements.OPEN_PROMPTS, limit=1_000_000)]
        for held in batch.rows(ids):
            batch.put(held, close(held.row, "expired"))
        space = batch.space
        space.epoch = space.rev = space.floor = max(space.rev + 1, batch.now)
        return space.epoch


def _begin_life(store: Store, space: str, clock: Clock) -> int:
    store._decoded.clear()
    (epoch,) = store.apply(space, [_BeginLife()], clock).answers
    assert isinstance(epoch, int)
    return epoch
