"""The lists that a pane paints, read straight from the cache file: plain sqlite3, read-only, well below a millisecond a call.

Positions come from blocks (`blocks.py`): at first one block of as many rows as the file's counts say, so that the first window
needs no scan; a full index is built off the loop and handed over. Changes by this pane and by others come the same way, from
the journal of moves.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from inbox_tui.cache import schema
from inbox_tui.cache.blocks import BLOCK, SPLIT, Blocks
from inbox_tui.cache.overlay import under
from inbox_tui.cache.rows import BITS, OP_COLUMNS, WHERE, Head, Key, Mark, Named, Op, View, Was, op_from
from inbox_tui.core.model import Notification, decode
from inbox_tui.core.triage import State

MOVES_MOST = 512
"""A reader that is further behind forgets its index rather than take in more on the loop."""

DECODED_MOST = 1024

INDEX = {
    View.NEEDS: "row_listed",
    View.UNREAD: "row_unread",
    View.ALL: "row_listed",
    View.SNOOZED: "row_snoozed",
    View.DONE: "row_done",
}
# Not joined: a join would read the documents of rows that OFFSET skips.
_ROW = "SELECT id, rev, overlaid, (SELECT text FROM document WHERE document.n = row.doc), n FROM row"
DOWN = "ORDER BY rank DESC, at DESC, id DESC"
_WAS = "SELECT id, row, was, was_rank, was_at FROM move WHERE feed = ? AND seq > ? AND seq <= ? ORDER BY seq DESC"
_BY_NUMBER = "WHERE n IN (SELECT value FROM json_each(?)) AND +feed = ?"  # by its index every row of the feed would be read
_NAMED = f"SELECT n, id, unread AND NOT muted FROM row {_BY_NUMBER}"
_MOVED = "SELECT id FROM move WHERE feed = ? AND seq > ?"
_REWRITTEN = "SELECT id FROM document CROSS JOIN row ON row.n = document.row WHERE document.n > ? AND feed = ? LIMIT ?"
_UP = "ORDER BY rank, at, id"
NOT_ABOVE = "AND (rank, at, id) <= (:rank, :at, :id)"


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is to be shown: `notification` already is under the queued triage."""

    id: str
    rev: int
    notification: Notification
    overlay: str
    """"": as the hub has it; `queued`: under triage that no hub has taken yet; `sent`: taken, not seen back yet."""
    epoch: int = 0
    """The life of the hub that it was read in."""
    n: int = 0
    """Its number in the file, as long as it is there."""


class Shown(NamedTuple):
    """A row as triage needs it, under the queued triage. `held`: somebody waits here for its answer."""

    id: str
    raised_rev: int
    state: State
    held: bool


_SHOWN = "id, raised_rev, unread, done, snoozed, pinned, held"


def _shown(id_: str, raised_rev: int, unread: int, done: int, snoozed: int, pinned: int, held: int) -> Shown:
    return Shown(id_, raised_rev, State(bool(unread), bool(done), snoozed or None, bool(pinned)), bool(held))


_HEAD = """SELECT feed, version, seq, journal_from, epoch, walk IS NULL AND NOT evicted, hub_unread, caught_up_at,
needs, unread, listed, snoozed, done FROM feed WHERE name = ?"""


class Reader:
    """A feed's `Lists`. For one thread, but for `build_index`. Raises sqlite3.Error where the file cannot be read."""

    def __init__(self, path: Path, feed: str) -> None:
        self.path, self.feed = path, feed
        self._db: sqlite3.Connection | None = None
        try:
            self._db = schema.connect_readonly(path)
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
        except sqlite3.Error:
            version = -1
        if version != schema.VERSION:
            if self._db is not None:
                self._db.close()
            self.path = schema.prepare(path).path
            self._db = schema.connect_readonly(self.path)
        self._head = Head()
        self._blocks: dict[View, Blocks] = {}
        self._told = 0
        self._decoded: dict[str, Notification] = {}
        self._ops: list[Op] = []
        self._ops_version = -1
        self.refresh()

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def reopened(self) -> Reader:
        return Reader(self.path, self.feed)

    @property
    def parts(self) -> tuple[Reader, ...]:
        return (self,)

    # -- what has changed ----------------------------------------------------------------------------------------
    def refresh(self) -> bool:
        """Takes in what this pane and others have written. True: something that is shown has changed since it last said so."""
        with self._snapshot():
            pass
        changed, self._told = self._head.version != self._told, self._head.version
        return changed

    @property
    def head(self) -> Head:
        return self._head

    def count(self, view: View) -> int:
        """Rows in a view, as of the last call of `refresh` or `window`."""
        head = self._head
        return dict(zip(View, (head.needs, head.unread, head.listed, head.snoozed, head.done), strict=True))[view]

    def epoch_of(self, row_id: str) -> int:
        return self._head.epoch

    def unread_count(self) -> int:
        """Unread rows at the hub: ours where the copy is complete, else what the hub says."""
        return self._head.unread if self._head.complete else self._head.hub_unread

    # -- rows ----------------------------------------------------------------------------------------------------
    def window(self, view: View, start: int, size: int) -> list[Row]:
        """Rows `start` to `start + size` of a view, fewer at its end."""
        with self._snapshot() as db:
            return [self._row(db, *row) for row in self._window(db, _ROW, view, start, size)]

    def ids(self, view: View, start: int, size: int) -> list[str]:
        """The same rows' ids alone: quick also for ten thousand."""
        return [id_ for _, _, id_ in self.keys(view, start, size)]

    def keys(self, view: View, start: int, size: int) -> list[Key]:
        """The same rows' places alone."""
        with self._snapshot() as db:
            return self._window(db, "SELECT rank, at, id FROM row", view, start, size)

    def _window(self, db: sqlite3.Connection, columns: str, view: View, start: int, size: int) -> list[tuple[Any, ...]]:
        blocks, total = self._index(view), self.count(view)
        size = min(size, total - start)
        if size <= 0 or start < 0:
            return []
        first, skip = blocks.locate(start)
        what = f"{columns} INDEXED BY {INDEX[view]} WHERE {WHERE[view]}"
        if not blocks.is_built and start > total // 2:
            given = self._at(None, n=size, skip=total - start - size)
            return db.execute(f"{what} {_UP} LIMIT :n OFFSET :skip", given).fetchall()[::-1]
        bound = NOT_ABOVE if first else ""
        return db.execute(f"{what} {bound} {DOWN} LIMIT :n OFFSET :skip", self._at(first, n=size, skip=skip)).fetchall()

    def row(self, row_id: str) -> Row | None:
        with self._snapshot() as db:
            found = db.execute(f"{_ROW} WHERE feed = ? AND id = ?", (self._head.feed, row_id)).fetchone()
            return None if found is None else self._row(db, *found)

    def rows(self, ids: Sequence[str]) -> list[Row]:
        """Those of them that there are, in the order of `ids`."""
        with self._snapshot() as db:
            wanted = f"{_ROW} WHERE feed = ? AND id IN (SELECT value FROM json_each(?))"
            found = {row[0]: row for row in db.execute(wanted, (self._head.feed, json.dumps(ids))).fetchall()}
            return [self._row(db, *found[id_]) for id_ in ids if id_ in found]

    def numbered(self, numbers: Sequence[int]) -> dict[int, Row]:
        """Those of them that there are, by their numbers."""
        with self._snapshot() as db:
            found = db.execute(f"{_ROW} {_BY_NUMBER}", (json.dumps(numbers), self._head.feed)).fetchall()
            return {row.n: row for row in (self._row(db, *record) for record in found)}

    def named(self, numbers: Sequence[int]) -> dict[int, Named]:
        """The same without what they say: quick also for ten thousand."""
        with self._snapshot() as db:
            found = db.execute(_NAMED, (json.dumps(numbers), self._head.feed))
            return {n: Named(id_, bool(unread)) for n, id_, unread in found}

    def shown(self, ids: Sequence[str]) -> list[Shown]:
        """Those of them that there are, in the order of `ids`, as triage needs them: quick also for ten thousand."""
        with self._snapshot() as db:
            wanted = f"SELECT {_SHOWN} FROM row WHERE feed = ? AND id IN (SELECT value FROM json_each(?))"
            found = {record[0]: record for record in db.execute(wanted, (self._head.feed, json.dumps(ids)))}
        return [_shown(*found[id_]) for id_ in ids if id_ in found]

    def undo_steps(self) -> list[tuple[str, str]]:
        """What panes of this file can take back, the oldest first: key and what was written down."""
        with self._snapshot() as db:
            return db.execute("SELECT key, step FROM undo WHERE feed = ? ORDER BY n", (self._head.feed,)).fetchall()

    def changed_since(self, mark: Mark, most: int) -> tuple[list[str], Mark] | None:
        """Ids of rows that say or are something else since `mark`, and where that leads; None: more than `most`, or unknown."""
        with self._snapshot() as db:
            (doc,) = db.execute("SELECT documents FROM indexing").fetchone()
            now = Mark(self._head.seq, doc)
            if mark.seq < self._head.journal_from or mark.seq > now.seq or now.seq - mark.seq > most:
                return None
            ids = [id_ for (id_,) in db.execute(_MOVED, (self._head.feed, mark.seq))]
            rewritten = db.execute(_REWRITTEN, (mark.doc, self._head.feed, most + 1)).fetchall()
            ids = [*dict.fromkeys([*ids, *(id_ for (id_,) in rewritten)])]
            return (ids, now) if len(rewritten) <= most else None

    def moved(self, since: Mark, until: Mark) -> dict[str, Was]:
        """By id, what each row that has moved between two marks was before."""
        with self._snapshot() as db:
            found = db.execute(_WAS, (self._head.feed, since.seq, until.seq))
            return {id_: Was(*was) for id_, *was in found}

    def position(self, view: View, row_id: str) -> int | None:
        """Which row of a view it is, from 0; None: it is not in the view."""
        with self._snapshot() as db:
            key = self._place(db, view, row_id)
            return None if key is None else self._above(db, view, key)

    def place(self, view: View, row_id: str) -> Key | None:
        """Its place in a view; None: it is not in the view."""
        with self._snapshot() as db:
            return self._place(db, view, row_id)

    def above(self, view: View, key: Key) -> int:
        """How many rows of a view are above a place, be there a row or not."""
        with self._snapshot() as db:
            return self._above(db, view, key)

    def _place(self, db: sqlite3.Connection, view: View, row_id: str) -> Key | None:
        wanted = {"feed": self._head.feed, "wanted": row_id}
        found: Key | None = db.execute(f"SELECT rank, at, id FROM row WHERE {WHERE[view]} AND id = :wanted", wanted).fetchone()
        return found

    def _above(self, db: sqlite3.Connection, view: View, key: Key) -> int:
        first, before = self._index(view).find(key)
        bound = "AND (rank, at, id) <= (:first_rank, :first_at, :first_id)" if first else ""
        given = self._at(key) | dict(zip(("first_rank", "first_at", "first_id"), first or (0, 0, ""), strict=True))
        (above,) = db.execute(
            f"SELECT count(*) FROM row INDEXED BY {INDEX[view]} WHERE {WHERE[view]} {bound} "
            "AND (rank, at, id) > (:rank, :at, :id)",
            given,
        ).fetchone()
        return before + int(above)

    def _row(self, db: sqlite3.Connection, row_id: str, rev: int, overlaid: int, document: str, n: int) -> Row:
        notification = self._decode(row_id, rev, document)
        if not overlaid:
            return Row(row_id, rev, notification, "", self._head.epoch, n)
        notification, overlay = under(self._queued(db), notification)
        return Row(row_id, rev, notification, overlay, self._head.epoch, n)

    def _queued(self, db: sqlite3.Connection) -> list[Op]:
        """The queued triage of this version, oldest first."""
        if self._ops_version != self._head.version:
            found = db.execute(f"SELECT {OP_COLUMNS} FROM op WHERE feed = ? ORDER BY n", (self._head.feed,))
            self._ops, self._ops_version = [op_from(record) for record in found], self._head.version
        return self._ops

    def _decode(self, row_id: str, rev: int, document: str) -> Notification:
        """Decoding is most of a window's time, and a list that scrolls asks for the same rows again."""
        known = self._decoded.get(row_id)
        if known is None or known.rev != rev:
            if len(self._decoded) >= DECODED_MOST:
                self._decoded.clear()
            try:
                known = self._decoded[row_id] = decode(document)
            except (KeyError, TypeError, ValueError):
                # It was checked on its way in; a list must be painted even so.
                known = Notification(row_id, "", "(this row cannot be read)", 0, 0, rev=rev)
        return known

    # -- the index -----------------------------------------------------------------------------------------------
    def wants_index(self, view: View) -> bool:
        """Whether `build_index` would make deep places of a long list quicker to read."""
        blocks = self._blocks.get(view)
        return (blocks is None or not blocks.is_built) and self.count(view) > SPLIT

    def build_index(self, view: View) -> Blocks:
        """For another thread: counts the view's rows by blocks (about 0.1 s for a million). Hand the answer to `adopt`."""
        db = schema.connect_readonly(self.path)
        try:
            db.execute("BEGIN")
            (feed, seq) = db.execute("SELECT feed, seq FROM feed WHERE name = ?", (self.feed,)).fetchone() or (-1, 0)
            firsts: list[Key] = []
            counts: list[int] = []
            what = f"SELECT rank, at, id FROM row INDEXED BY {INDEX[view]} WHERE {WHERE[view]}"
            key = db.execute(f"{what} {DOWN} LIMIT 1", {"feed": feed}).fetchone()
            while key is not None:
                given = {"feed": feed, "rank": key[0], "at": key[1], "id": key[2]}
                after = db.execute(f"{what} {NOT_ABOVE} {DOWN} LIMIT 1 OFFSET {BLOCK}", given).fetchone()
                firsts.append(key)
                if after is None:
                    rest = db.execute(f"SELECT count(*) FROM ({what} {NOT_ABOVE} {DOWN} LIMIT {BLOCK})", given).fetchone()
                    counts.append(int(rest[0]))
                else:
                    counts.append(BLOCK)
                key = after
            return Blocks.built(firsts, counts, seq)
        finally:
            db.close()

    def adopt(self, view: View, blocks: Blocks) -> None:
        """Takes an index that `build_index` made; what moved since then is taken in with the next call."""
        self._blocks[view] = blocks

    def _index(self, view: View) -> Blocks:
        blocks = self._blocks.get(view)
        if blocks is None:
            blocks = self._blocks[view] = Blocks(self.count(view), self._head.seq)
        return blocks

    def _at(self, key: Key | None, **more: int) -> dict[str, int | str]:
        given: dict[str, int | str] = {"feed": self._head.feed, **more}
        if key is not None:
            given |= {"rank": key[0], "at": key[1], "id": key[2]}
        return given

    # -- the journal ---------------------------------------------------------------------------------------------
    def _snapshot(self) -> _Snapshot:
        assert self._db is not None, "the reader is closed"
        return _Snapshot(self, self._db)

    def _take_in(self) -> None:
        """Brings head and blocks to the snapshot that is open."""
        assert self._db is not None
        record = self._db.execute(_HEAD, (self.feed,)).fetchone()
        if record is None:
            self._head = Head()
            self._blocks.clear()
            return
        head = Head(*record)
        if head == self._head and all(blocks.seq == head.seq for blocks in self._blocks.values()):
            return
        self._head = head
        for view, blocks in list(self._blocks.items()):
            if blocks.seq < head.journal_from or head.seq - blocks.seq > MOVES_MOST or blocks.seq > head.seq:
                self._blocks[view] = Blocks(self.count(view), head.seq)
        self._take_in_moves()

    def _take_in_moves(self) -> None:
        assert self._db is not None
        oldest = min((blocks.seq for blocks in self._blocks.values()), default=self._head.seq)
        if oldest == self._head.seq:
            return
        moves = self._db.execute(
            "SELECT seq, id, was, was_rank, was_at, now, now_rank, now_at FROM move WHERE feed = ? AND seq > ? ORDER BY seq",
            (self._head.feed, oldest),
        )
        for seq, row_id, was, was_rank, was_at, now, now_rank, now_at in moves:
            for view, blocks in self._blocks.items():
                if blocks.seq < seq:
                    if was & BITS[view]:
                        blocks.remove((was_rank, was_at, row_id))
                    if now & BITS[view]:
                        blocks.add((now_rank, now_at, row_id))
        for view, blocks in self._blocks.items():
            blocks.seq = self._head.seq
            self._halve(view, blocks)

    def _halve(self, view: View, blocks: Blocks) -> None:
        assert self._db is not None
        while (grown := blocks.grown()) is not None:
            first, count = grown
            what = f"SELECT rank, at, id FROM row INDEXED BY {INDEX[view]} WHERE {WHERE[view]}"
            bound = NOT_ABOVE if first else ""
            given = self._at(first, n=count // 2)
            middle = self._db.execute(f"{what} {bound} {DOWN} LIMIT 1 OFFSET :n", given).fetchone()
            blocks.halve(first, middle, count // 2)


class _Snapshot:
    """One read transaction: counts, index and rows agree in it."""

    def __init__(self, reader: Reader, db: sqlite3.Connection) -> None:
        self._reader, self._db = reader, db

    def __enter__(self) -> sqlite3.Connection:
        self._db.execute("BEGIN")
        try:
            self._reader._take_in()
        except BaseException:
            self._db.execute("COMMIT")
            raise
        return self._db

    def __exit__(self, *_: object) -> None:
        self._db.execute("COMMIT")
