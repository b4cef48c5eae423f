"""The cache file: its tables, its numbered migrations, and what to do with a file that cannot be used. Standard library only.

The file holds copies of what hubs keep, and the triage that no hub has taken yet. A copy can be fetched again: so a file that is
broken is put aside and begun anew, and one that a newer program wrote is left to that program.
"""

from __future__ import annotations

import fcntl
import sqlite3
import time
from pathlib import Path
from typing import NamedTuple

from inbox_tui.wal import use_wal

BUSY_MS = 30_000
"""How long a pane waits for another pane's transaction."""

_MIGRATIONS = (
    """
    CREATE TABLE feed (
        feed INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,            -- the hub's address and space
        epoch INTEGER NOT NULL DEFAULT 0,
        life INTEGER,                         -- the rev that this copy began at
        cursor INTEGER,
        walk TEXT DEFAULT '',                 -- the next page is before this id; '' is the top; NULL: walked to the end
        walks INTEGER NOT NULL DEFAULT 0,     -- number of the walk; rows that a page of it named carry it
        hub_unread INTEGER NOT NULL DEFAULT 0,
        caught_up_rev INTEGER NOT NULL DEFAULT 0,
        caught_up_at INTEGER NOT NULL DEFAULT 0,
        needs INTEGER NOT NULL DEFAULT 0,     -- rows of each view, as shown
        unread INTEGER NOT NULL DEFAULT 0,
        listed INTEGER NOT NULL DEFAULT 0,
        snoozed INTEGER NOT NULL DEFAULT 0,
        done INTEGER NOT NULL DEFAULT 0,
        evicted INTEGER NOT NULL DEFAULT 0,   -- rows were dropped for want of room
        version INTEGER NOT NULL DEFAULT 0,   -- one more with every change that a pane can see
        seq INTEGER NOT NULL DEFAULT 0,       -- the journal's last number
        journal_from INTEGER NOT NULL DEFAULT 0,  -- every move after this number is in the journal
        walker TEXT NOT NULL DEFAULT '',      -- the pane that walks, and until when it may be believed to
        walker_until INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE row (
        n INTEGER PRIMARY KEY,
        feed INTEGER NOT NULL,
        id TEXT NOT NULL,
        doc INTEGER NOT NULL,                 -- its document's number
        rev INTEGER NOT NULL,
        raised_rev INTEGER NOT NULL,
        raised_at INTEGER NOT NULL,
        walked INTEGER NOT NULL,              -- number of the walk that confirmed it
        asks INTEGER NOT NULL,                -- needs me, were it not done, snoozed or muted
        held INTEGER NOT NULL,                -- somebody waits here for its answer: a bulk `done` passes it over
        mutable INTEGER NOT NULL,             -- it may be muted
        hub_unread INTEGER NOT NULL,          -- as the hub has it
        hub_done INTEGER NOT NULL,
        hub_snoozed INTEGER NOT NULL,         -- until when; 0: not snoozed
        hub_pinned INTEGER NOT NULL,
        hub_muted INTEGER NOT NULL,
        rank INTEGER NOT NULL,                -- as shown: under the queued triage
        at INTEGER NOT NULL,                  -- raised_at; of a snoozed row minus the end of its snooze: the soonest is first
        unread INTEGER NOT NULL,
        done INTEGER NOT NULL,
        snoozed INTEGER NOT NULL,
        pinned INTEGER NOT NULL,
        muted INTEGER NOT NULL,
        overlaid INTEGER NOT NULL             -- queued triage touches it
    );
    CREATE UNIQUE INDEX row_id ON row (feed, id);
    CREATE INDEX row_listed ON row (feed, rank, at, id) WHERE done = 0 AND snoozed = 0;
    CREATE INDEX row_unread ON row (feed, rank, at, id) WHERE unread = 1 AND muted = 0 AND done = 0 AND snoozed = 0;
    CREATE INDEX row_snoozed ON row (feed, rank, at, id) WHERE done = 0 AND snoozed > 0;
    CREATE INDEX row_done ON row (feed, rank, at, id) WHERE done = 1;
    CREATE INDEX row_stray ON row (feed, id) WHERE unread = 1 AND (muted = 1 OR done = 1 OR snoozed > 0);
    CREATE INDEX row_overlaid ON row (feed, id) WHERE overlaid = 1;
    CREATE TABLE document (                   -- apart, so that triage of many rows writes none of their words again
        n INTEGER PRIMARY KEY,                -- never given out twice: another text of a row is another document
        row INTEGER NOT NULL,
        text TEXT NOT NULL
    );
    CREATE TRIGGER row_dropped AFTER DELETE ON row BEGIN DELETE FROM document WHERE n = old.doc; END;
    CREATE TRIGGER row_rewritten AFTER UPDATE OF doc ON row BEGIN DELETE FROM document WHERE n = old.doc; END;
    CREATE VIRTUAL TABLE word USING fts5 (words, content = '', columnsize = 0, tokenize = 'ascii');
    CREATE TABLE indexing (
        documents INTEGER NOT NULL,           -- the last number given to a document
        indexed INTEGER NOT NULL,             -- the words of every document up to this one are in `word`
        entries INTEGER NOT NULL              -- how many were put there, those of documents that are gone as well
    );
    INSERT INTO indexing VALUES (0, 0, 0);
    CREATE TABLE gone (
        feed INTEGER NOT NULL,
        id TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (feed, id)
    ) WITHOUT ROWID;
    CREATE TABLE op (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        feed INTEGER NOT NULL,
        key TEXT NOT NULL UNIQUE,
        verb TEXT NOT NULL,
        id TEXT,                              -- NULL: many rows
        seen INTEGER NOT NULL,
        only_unread INTEGER NOT NULL DEFAULT 0,
        only_needs_me INTEGER NOT NULL DEFAULT 0,
        at INTEGER NOT NULL,
        ack INTEGER,                          -- the rev that the hub answered
        until INTEGER,                        -- of a snooze or a mute
        scope TEXT,                           -- of a mute
        rows TEXT,                            -- by id, the raised_rev that was shown; NULL: one row, or a bulk verb
        sender TEXT NOT NULL DEFAULT '',      -- the pane that sends it, and until when it may be believed to
        sender_until INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE undo (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        feed INTEGER NOT NULL,
        key TEXT NOT NULL UNIQUE,
        step TEXT NOT NULL                    -- what takes it back, as the pane that did it wrote it down
    );
    CREATE TABLE move (
        feed INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        id TEXT NOT NULL,
        row INTEGER NOT NULL,                 -- its number, which that of another may be later
        was INTEGER NOT NULL,                 -- bits of the views that it was in; 0: in none
        was_rank INTEGER NOT NULL,
        was_at INTEGER NOT NULL,
        now INTEGER NOT NULL,
        now_rank INTEGER NOT NULL,
        now_at INTEGER NOT NULL,
        PRIMARY KEY (feed, seq)
    ) WITHOUT ROWID;
    """,
)
VERSION = len(_MIGRATIONS)


class Prepared(NamedTuple):
    """The file to use, and what the person should know about it ("" when all is well)."""

    path: Path
    note: str = ""


def prepare(path: Path) -> Prepared:
    """Makes the cache file ready at `path` or, where a newer program owns that file, beside it. Safe with many panes at once.

    Raises OSError or sqlite3.Error only where no file can be made at all (a read-only disk, say).
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        version = _migrate(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        return _rebuild(path, error)
    if version <= VERSION:
        return Prepared(path)
    own = path.with_name(f"{path.stem}-{VERSION}{path.suffix}")
    if path == own or _migrate(own) > VERSION:
        raise sqlite3.DatabaseError(f"{own} was written by a newer version of inbox")
    return Prepared(own, f"A newer version of inbox uses {path.name}; this one keeps its own copy in {own.name}.")


def connect(path: Path) -> sqlite3.Connection:
    """A writing connection; transactions are begun by hand. Usable from any one thread at a time."""
    db = sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
    try:
        use_wal(db, BUSY_MS / 1000)
        db.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        db.close()
        raise
    return db


def connect_readonly(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1, isolation_level=None, check_same_thread=False
    )


def _migrate(path: Path) -> int:
    """Brings the file up to VERSION in one transaction; answers its version, which a newer program may have made greater."""
    db = connect(path)
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version >= VERSION:
            return int(version)
        db.execute("BEGIN IMMEDIATE")
        try:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            for number in range(version, VERSION):
                for statement in _MIGRATIONS[number].split(";\n"):
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {max(version, VERSION)}")
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
        return max(int(version), VERSION)
    finally:
        db.close()


def _rebuild(path: Path, error: sqlite3.DatabaseError) -> Prepared:
    """Puts a damaged file aside, unless another pane has done so meanwhile."""
    with path.with_name(path.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            _migrate(path)
        except sqlite3.DatabaseError:
            aside = _put_aside(path)
            _migrate(path)
            return Prepared(
                path, f"The cache {path} was damaged ({error}). It is kept as {aside.name}; a new one is being filled."
            )
    return Prepared(path)


def _put_aside(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{time.time_ns() // 1_000_000}")
    for suffix in ("", "-wal", "-shm"):
        file = path.with_name(path.name + suffix)
        if file.exists():
            file.rename(aside.with_name(aside.name + suffix))
    return aside
