"""The store: one database, its schema brought up to date, batches of verbs applied to one space in one transaction each."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Protocol, TypeVar
from zlib import crc32

from inbox_tui.core.decide import close
from inbox_tui.core.errors import Refused, unknown_id
from inbox_tui.core.times import Clock
from inbox_tui.hub.store import reads, statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.copying import refuse_unfinished
from inbox_tui.hub.store.database import Connection, Database, writing
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
    """What became of a batch: an answer or a Refused for each verb, the head's rev, whether that moved, and whether a job became
    due."""

    answers: list[object]
    rev: int
    moved: bool
    has_queued: bool


class _Lane:
    """A connection that writes, for one thread at a time, and the rows that it decoded last. A space is always in the same."""

    def __init__(self, database: Database) -> None:
        self.connection = database.writer()
        self.lock = threading.Lock()
        self.decoded = DecodedRows()


class Store:
    """Opened once a process. Writing is for one thread a lane at a time, reading for any number."""

    def __init__(self, database: Database) -> None:
        migrate(database)
        self.database = database
        self._kept_events = (100, 900)
        refuse_unfinished(database)
        self._lanes = [_Lane(database) for _ in range(database.lanes)]
        self._local = threading.local()
        self._readers: list[Connection] = []
        self._closed = False

    @classmethod
    def open(cls, place: Path | str, notify_dsn: str = "") -> Store:
        """The store in the SQLite file at a path, or at an address `postgresql://…`, which `notify_dsn` reaches past a pooler.
        Raises NewerDatabase, InboxError for what is no address, and the engine's own error where it cannot be opened."""
        if isinstance(place, str):
            from inbox_tui.hub.store.postgres import PostgresDatabase

            return cls(PostgresDatabase(place, notify_dsn))
        from inbox_tui.hub.store.sqlite import SqliteDatabase

        return cls(SqliteDatabase(place))

    def keep_events(self, first: int, last: int) -> None:
        """Of each row's events only the first and the last so many are kept from now on."""
        self._kept_events = first, last

    def close(self) -> None:
        """Closes every connection; the second call does nothing. No other call may be running."""
        if not self._closed:
            self._closed = True
            # The writers last: only one of them can put SQLite's write-ahead log back into the file.
            for reader in self._readers:
                reader.close()
            for lane in self._lanes:
                lane.connection.close()

    def lane_of(self, space: str) -> int:
        """Which of the engine's `lanes` the space is written in."""
        return crc32(space.encode()) % len(self._lanes)

    def apply(
        self,
        space: str,
        verbs: Sequence[Verb],
        clock: Clock | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> Committed:
        """All verbs in one transaction, in order; their time is the clock's, None: the engine's, read under the lock. Any error
        but a verb's Refused rolls all of them back and is raised. Raises Refused 404 for a space that is not there; only a verb
        that says so makes one; and `Lost` where the engine was lost over the commit, so that nobody knows what became of it."""
        wanted = Wanted()
        for verb in verbs:
            verb.prepare(wanted)
        lane = self._lanes[self.lane_of(space)]
        with lane.lock:
            with writing(lane.connection):
                batch = self._batch(lane, space, clock or lane.connection.now, monotonic, makes=wanted.makes_space)
                rev = batch.space.rev
                batch.preload(wanted)
                answers = [_run(verb, batch) for verb in verbs]
                batch.write()
            batch.written()
        answers = [answer() if callable(answer) else answer for answer in answers]
        return Committed(answers, batch.space.rev, batch.space.rev != rev, batch.has_queued)

    def probe(self, lane: int) -> None:
        """Raises the engine's error where the lane cannot begin to write."""
        with self._lanes[lane].lock:
            self._lanes[lane].connection.begin_write()
            self._lanes[lane].connection.rollback()

    def read(self, query: Callable[[Connection], Answer]) -> Answer:
        """Runs `query` on one snapshot, on this thread's own read-only connection; once more where that was lost meanwhile."""
        try:
            return self._read(query)
        except Exception as error:
            if not self.database.outage(error):
                raise
            return self._read(query)

    def _read(self, query: Callable[[Connection], Answer]) -> Answer:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self.database.reader()
            self._readers.append(connection)
        connection.begin_read()
        try:
            return query(connection)
        finally:
            connection.rollback()

    def secret(self, name: str) -> bytes:
        """32 random bytes, made when first asked for: the same for every process on this database, and after a restart."""
        found = self.read(lambda connection: connection.execute(statements.SECRET, {"name": name}))
        if not found:
            lane = self._lanes[0]
            with lane.lock, writing(lane.connection):
                lane.connection.execute(statements.MAKE_SECRET, {"name": name, "secret": token_hex(32)})
                found = lane.connection.execute(statements.SECRET, {"name": name})
        return bytes.fromhex(found[0][0])

    def spaces(self) -> list[str]:
        return self.read(reads.spaces)

    def restore_epoch(self, space: str, clock: Clock | None = None) -> int:
        """Begins a new life after a restore: open prompts close as expired, and no cursor, `seen` or raised_rev of an
        earlier life can ever match again. Answers the new epoch."""
        (epoch,) = self.apply(space, [_BeginLife()], clock).answers
        assert isinstance(epoch, int)
        return epoch

    def _batch(self, lane: _Lane, space: str, clock: Clock, monotonic: Callable[[], float], *, makes: bool) -> Batch:
        connection, select = lane.connection, statements.SPACE + self.database.fragments["lock"]
        found, made = connection.execute(select, {"space": space}), False
        if not found and makes:
            made = bool(connection.execute(statements.INSERT_SPACE, {"space": space, "now": clock()}))
            found = connection.execute(select, {"space": space})
        if not found:
            raise unknown_id("space")
        space_ = Space(*found[0])
        return Batch(connection, space_, clock(), monotonic(), lane.decoded, self._kept_events, is_new_space=made)


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
