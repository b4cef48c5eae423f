"""One transaction on one feed: loads what it touches, and writes rows, view counts and the journal of moves together."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from typing import Any

from inbox_tui.cache.rows import OP_COLUMNS, WHERE, Kept, Op, op_from
from inbox_tui.core.feed import Item

JOURNAL_MOST = 256
"""More moves than this in one transaction are not told one by one: readers forget their index instead."""
JOURNAL_KEPT = 4096

_META = (
    "feed, epoch, life, cursor, walk, walks, hub_unread, caught_up_rev, caught_up_at, needs, unread, listed, snoozed, done, "
    "evicted, version, seq, journal_from, walker, walker_until"
)
_SHOWN = ("rank", "at", "unread", "done", "snoozed", "pinned", "muted", "overlaid")
"""What queued triage may change."""
_COLUMNS = (
    "rev", "raised_rev", "raised_at", "walked", "asks", "held", "mutable", "hub_unread", "hub_done", "hub_snoozed", "hub_pinned",
    "hub_muted", *_SHOWN,
)  # fmt: skip
_NUMBERS = frozenset({"rev", "raised_rev", "raised_at", "walked", "hub_snoozed", "rank", "at", "snoozed"})
_KEPT = f"id, {', '.join(_COLUMNS)}, n"


class Step:
    """The feed's record, as attributes to read and set, and its rows. `transaction` makes one, and writes it back."""

    def __init__(self, db: sqlite3.Connection, name: str) -> None:
        self.db = db
        record = db.execute(f"SELECT {_META} FROM feed WHERE name = ?", (name,)).fetchone()
        if record is None:
            db.execute("INSERT INTO feed (name) VALUES (?)", (name,))
            record = db.execute(f"SELECT {_META} FROM feed WHERE name = ?", (name,)).fetchone()
        self._stored = record
        self.feed: int = record[0]
        self.epoch: int = record[1]
        self.life: int | None = record[2]
        self.cursor: int | None = record[3]
        self.walk: str | None = record[4]
        self.walks: int = record[5]
        self.hub_unread: int = record[6]
        self.caught_up_rev: int = record[7]
        self.caught_up_at: int = record[8]
        self.counts: list[int] = list(record[9:14])
        self.evicted: bool = bool(record[14])
        self.version: int = record[15]
        self.seq: int = record[16]
        self.journal_from: int = record[17]
        self.walker: str = record[18]
        self.walker_until: int = record[19]
        self._ops: list[Op] | None = None
        self._before: dict[str, Kept | None] = {}
        self._now: dict[str, Kept | None] = {}
        self._documents: dict[str, str] = {}

    # -- reading -------------------------------------------------------------------------------------------------
    def load(self, ids: Iterable[str]) -> None:
        """Reads these rows' records, in one query; afterwards `row` knows them."""
        wanted = [row_id for row_id in ids if row_id not in self._now]
        for row_id in wanted:
            self._before[row_id] = self._now[row_id] = None
        if not wanted:
            return
        which = "id = ?" if len(wanted) == 1 else "id IN (SELECT value FROM json_each(?))"
        given = wanted[0] if len(wanted) == 1 else json.dumps(wanted)
        for record in self.db.execute(f"SELECT {_KEPT} FROM row WHERE feed = ? AND {which}", (self.feed, given)):
            self._adopt(record)

    def load_overlaid(self) -> list[Kept]:
        """All rows that queued triage touches."""
        for record in self.db.execute(f"SELECT {_KEPT} FROM row WHERE feed = ? AND overlaid = 1", (self.feed,)).fetchall():
            if self._before.get(record[0]) is None:
                self._adopt(record)
        return [kept for kept in self._now.values() if kept is not None and kept.overlaid]

    def _adopt(self, record: tuple[Any, ...]) -> None:
        self._before[record[0]], self._now[record[0]] = _kept(record), _kept(record)

    def row(self, row_id: str) -> Kept | None:
        return self._now[row_id]

    def gone(self, ids: Iterable[str]) -> set[str]:
        """Which of these ids were removed by the hub."""
        found = self.db.execute(
            "SELECT id FROM gone WHERE feed = ? AND id IN (SELECT value FROM json_each(?))", (self.feed, json.dumps(list(ids)))
        )
        return {row_id for (row_id,) in found}

    @property
    def ops(self) -> list[Op]:
        """The queued triage, oldest first."""
        if self._ops is None:
            found = self.db.execute(f"SELECT {OP_COLUMNS} FROM op WHERE feed = ? ORDER BY n", (self.feed,))
            self._ops = [op_from(record) for record in found]
        return self._ops

    def forget_ops(self) -> None:
        """The table was changed."""
        self._ops = None

    # -- changing ------------------------------------------------------------------------------------------------
    def put(self, item: Item, walked: int | None = None) -> None:
        """The greater rev wins. The row must have been loaded, and must not be gone."""
        old = self._now[item.id]
        if old is not None and item.rev <= old.rev:
            if walked is not None:
                old.walked = walked
            return
        kept = Kept(
            id=item.id,
            rev=item.rev,
            raised_rev=item.raised_rev,
            raised_at=item.raised_at,
            walked=walked if walked is not None else (old.walked if old else -1),
            asks=item.asks,
            held=item.held,
            mutable=item.mutable,
            hub_unread=item.unread,
            hub_done=item.done,
            hub_snoozed=item.snoozed_until,
            hub_pinned=item.pinned,
            hub_muted=item.muted,
        )
        kept.show(self.ops)
        self._now[item.id] = kept
        self._documents[item.id] = item.document

    def drop(self, row_id: str) -> None:
        self._now[row_id] = None
        self._documents.pop(row_id, None)

    def reset_journal(self) -> None:
        """Too much has moved to tell: readers count anew."""
        self.seq += 1
        self.journal_from = self.seq
        self.version += 1
        self.db.execute("DELETE FROM move WHERE feed = ?", (self.feed,))

    def recount(self) -> None:
        """The view counts from the rows: after a change that SQL made to many rows at once."""
        for n, where in enumerate(WHERE.values()):
            count = f"SELECT count(*) FROM row WHERE {where}"
            (self.counts[n],) = self.db.execute(count, {"feed": self.feed}).fetchone()

    # -- writing -------------------------------------------------------------------------------------------------
    def write(self) -> None:
        self.write_rows()
        self._write_record()

    def write_rows(self) -> None:
        """Writes the rows that have changed so far, so that `counts` and the tables agree."""
        fresh: list[tuple[object, ...]] = []
        known: list[tuple[object, ...]] = []
        texts: list[tuple[object, ...]] = []
        states: list[tuple[object, ...]] = []
        dropped: list[tuple[object, ...]] = []
        moves: list[tuple[object, ...]] = []
        changed = 0
        (last,) = self.db.execute("SELECT coalesce(max(n), 0) FROM row").fetchone()
        (doc,) = self.db.execute("SELECT documents FROM indexing").fetchone()
        for row_id, now in self._now.items():
            was = self._before[row_id]
            if was == now:
                continue
            number = was.n if was else last + 1
            if now is None:
                dropped.append((number,))
            elif was is None:
                last, doc = number, doc + 1
                fresh.append((last, self.feed, now.id, doc, *_record(now)))
                texts.append((doc, last, self._documents[row_id]))
            elif row_id in self._documents:
                doc += 1
                known.append((doc, *_record(now), was.n))
                texts.append((doc, was.n, self._documents[row_id]))
            else:
                states.append((now.walked, *_shown(now), was.n))
            changed += was is None or now is None or was.rev != now.rev or _shown(was) != _shown(now)
            place = _place(was), _place(now)
            if place[0] != place[1]:
                self._count(place[0][0], place[1][0])
                moves.append((row_id, number, *place[0], *place[1]))
        self.db.executemany("DELETE FROM row WHERE n = ?", dropped)
        self.db.executemany(_INSERT, fresh)
        self.db.executemany(_UPDATE, known)
        if texts:
            self.db.executemany("INSERT INTO document VALUES (?, ?, ?)", texts)
            self.db.execute("UPDATE indexing SET documents = ?", (doc,))
        self.db.executemany(_UPDATE_STATE, states)
        self._tell(moves)
        self.version += bool(changed)
        self._before.clear()
        self._now.clear()
        self._documents.clear()

    def _count(self, was: int, now: int) -> None:
        """A row has left the views `was`, and is in the views `now`."""
        for n in range(len(self.counts)):
            self.counts[n] += (now >> n & 1) - (was >> n & 1)

    def _tell(self, moves: list[tuple[object, ...]]) -> None:
        if len(moves) > JOURNAL_MOST:
            self.reset_journal()
            return
        told = [(self.feed, self.seq + n, *move) for n, move in enumerate(moves, 1)]
        self.db.executemany("INSERT INTO move VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", told)
        self.seq += len(told)
        if self.seq - self.journal_from > 2 * JOURNAL_KEPT:
            self.journal_from = self.seq - JOURNAL_KEPT
            self.db.execute("DELETE FROM move WHERE feed = ? AND seq <= ?", (self.feed, self.journal_from))

    def _write_record(self) -> None:
        record = (
            self.feed, self.epoch, self.life, self.cursor, self.walk, self.walks, self.hub_unread, self.caught_up_rev,
            self.caught_up_at, *self.counts, int(self.evicted), self.version, self.seq, self.journal_from, self.walker,
            self.walker_until,
        )  # fmt: skip
        if record != self._stored:
            names = ", ".join(f"{name} = ?" for name in _META.split(", ")[1:])
            self.db.execute(f"UPDATE feed SET {names} WHERE feed = ?", (*record[1:], self.feed))


@contextmanager
def transaction(db: sqlite3.Connection, name: str) -> Iterator[Step]:
    """All of it, or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        step = Step(db, name)
        yield step
        step.write()
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


_INSERT = f"INSERT INTO row (n, feed, id, doc, {', '.join(_COLUMNS)}) VALUES (?, ?, ?, ?{', ?' * len(_COLUMNS)})"
_UPDATE = f"UPDATE row SET doc = ?, {', '.join(f'{name} = ?' for name in _COLUMNS)} WHERE n = ?"
_UPDATE_STATE = f"UPDATE row SET walked = ?, {', '.join(f'{name} = ?' for name in _SHOWN)} WHERE n = ?"
_record = attrgetter(*_COLUMNS)
_shown = attrgetter(*_SHOWN)


def _place(kept: Kept | None) -> tuple[int, int, int]:
    return (kept.views, kept.rank, kept.at) if kept else (0, 0, 0)


def _kept(record: tuple[Any, ...]) -> Kept:
    values = [value if name in _NUMBERS else bool(value) for name, value in zip(_COLUMNS, record[1:-1], strict=True)]
    kept = Kept(record[0], *values)
    kept.n = record[-1]
    return kept
