"""Finds the rows of a filter, for a worker thread: in steps, newest first, and no further than the list's first `MOST`.

A step looks through some thousand rows of the view from its top down, so the first screen is there at once, a step can be
interrupted, and how far it has come is known. Where the filter has a word that few documents have, these are looked at instead.
Each step is a read transaction of its own; what changes meanwhile is taken in afterwards by who shows it (`cache.matches`),
from the marks that the first step noted.
"""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

from inbox_tui.cache import said, schema, where
from inbox_tui.cache.gathering import PART, VALUES, By, Match, root_of
from inbox_tui.cache.pages import DOWN, INDEX, NOT_ABOVE
from inbox_tui.cache.rows import WHERE, Key, Mark, View
from inbox_tui.core.hubs import qualified
from inbox_tui.core.query.tree import Query

MOST = 10_000
"""Matches that a filtered list holds: the first of its order."""
FEW = 50_000
"""A word of so many documents is looked up from the index rather than on the way down the list."""
FIRST_STEP, LAST_STEP = 1000, 16_000
"""Rows that one step looks at: few at first, since somebody waits for the first screen."""


_PARENT = """SELECT json_extract(text, '$.parent_id') FROM row CROSS JOIN document ON document.n = row.doc
WHERE feed = ? AND id = ?"""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step brought, in the order of the list."""

    matches: list[Match]
    looked: int
    """Rows looked through so far, of `rows`."""
    rows: int
    is_end: bool
    unsearched: int = 0
    """Documents whose words are neither indexed nor read; only of a filter with words."""


class Finder:
    """One search. `step` and `close` are for one thread at a time; `cancel` may come from any."""

    def __init__(
        self, path: Path, feed: str, query: Query, view: View, now: int, *, most: int = MOST, hub: str = "", by: By | None = None
    ) -> None:
        self._path, self._name, self._view, self._most = path, feed, view, most
        self._where, self._values = where.compile_filter(query, now, hub).named()
        self._phrases = where.phrases(query)
        self._hub, self._by = hub, by
        self.mark = Mark(0, 0)
        """Right after the first step."""
        self._db: sqlite3.Connection | None = None
        self._busy = threading.Lock()
        self._cancelled = threading.Event()
        self._feed, self._rows, self._looked, self._found, self._size = -1, 0, 0, 0, FIRST_STEP
        self._unsearched = 0
        self._searched = ""
        self._above: Key | None = None

    def cancel(self) -> None:
        """Ends the step that is running, and all that would come."""
        self._cancelled.set()
        if self._db is not None:
            self._db.interrupt()
        self._close_unless_busy()

    def step(self) -> Step | None:
        """The next rows; None: cancelled. Raises sqlite3.Error where the cache cannot be read."""
        try:
            with self._busy:
                return None if self._cancelled.is_set() else self._step()
        except sqlite3.OperationalError:
            if not self._cancelled.is_set():
                raise
            return None
        finally:
            if self._cancelled.is_set():
                self._close_unless_busy()

    def _close_unless_busy(self) -> None:
        if self._busy.acquire(blocking=False):
            try:
                if self._db is not None:
                    self._db.close()
                    self._db = None
            finally:
                self._busy.release()

    def _step(self) -> Step:
        is_first = self._db is None
        if self._db is None:
            self._db = schema.connect_readonly(self._path)
            where.prepare(self._db)
        db = self._db
        db.execute("BEGIN")
        try:
            if is_first:
                self._begin(db)
                if (phrase := self._rare(db)) is not None:
                    return self._told(self._look_up(db, phrase), is_end=True)
            return self._walk(db)
        finally:
            db.execute("COMMIT")

    def _begin(self, db: sqlite3.Connection) -> None:
        found = db.execute(
            "SELECT feed, seq, needs, unread, listed, snoozed, done FROM feed WHERE name = ?", (self._name,)
        ).fetchone()
        if found is not None:
            self._feed = found[0]
            self._rows = dict(zip(View, found[2:], strict=True))[self._view]
        (doc,) = db.execute("SELECT documents FROM indexing").fetchone()
        self.mark = Mark(found[1] if found else 0, doc)
        if self._phrases:
            indexed, read = said.look_up(db, [words for words, _ in self._phrases], self._cancelled.is_set)
            # `NOT` of a word is not to find what was not looked at.
            self._searched = f"AND (row.doc <= {indexed:d} OR row.doc > {read:d})"
            (self._unsearched,) = db.execute("SELECT count(*) FROM document WHERE n > ? AND n <= ?", (indexed, read)).fetchone()

    def _rare(self, db: sqlite3.Connection) -> int | None:
        """The phrase to begin with: wanted, and of few documents."""
        counts: list[tuple[int, int]] = []
        for number, (_, is_wanted) in enumerate(self._phrases):
            if is_wanted:
                limited = "SELECT count(*) FROM (SELECT 1 FROM said WHERE phrase = ? LIMIT ?)"
                counts.append((db.execute(limited, (number, FEW + 1)).fetchone()[0], number))
        fewest = min(counts, default=(FEW + 1, 0))
        return fewest[1] if fewest[0] <= FEW else None

    def _look_up(self, db: sqlite3.Connection, phrase: int) -> list[Match]:
        found = db.execute(
            f"SELECT {self._columns} FROM said CROSS JOIN document ON document.n = said.doc "
            "CROSS JOIN row ON row.n = document.row "
            f"WHERE said.phrase = :phrase AND {WHERE[self._view]} AND {self._filter} {DOWN} LIMIT :most",
            self._given | {"phrase": phrase, "most": self._most + 1},
        ).fetchall()
        self._looked = self._rows
        return found

    def _walk(self, db: sqlite3.Connection) -> Step:
        what = f"FROM row INDEXED BY {INDEX[self._view]}"
        above = "" if self._above is None else f"{NOT_ABOVE} AND id <> :id"
        bound = {} if self._above is None else dict(zip(("rank", "at", "id"), self._above, strict=True))
        given = self._given | bound
        last = db.execute(
            f"SELECT rank, at, id {what} WHERE {WHERE[self._view]} {above} {DOWN} LIMIT 1 OFFSET :skip",
            given | {"skip": self._size - 1},
        ).fetchone()
        to = {} if last is None else dict(zip(("to_rank", "to_at", "to_id"), last, strict=True))
        until = "" if last is None else "AND (rank, at, id) >= (:to_rank, :to_at, :to_id)"
        found = db.execute(
            f"SELECT {self._columns} {what} CROSS JOIN document ON document.n = row.doc "
            f"WHERE {WHERE[self._view]} {above} {until} AND {self._filter} {DOWN} LIMIT :most",
            given | to | {"most": self._most + 1 - self._found},
        ).fetchall()
        self._looked = min(self._rows, self._looked + self._size) if last else self._rows
        self._above, self._size = last, min(LAST_STEP, 2 * self._size)
        return self._told(found, is_end=last is None)

    def _told(self, found: list[Match], *, is_end: bool) -> Step:
        self._found += len(found)
        if self._by is By.THREAD:
            found = [(*match[:5], self._thread(match[2], match[5])) for match in found]
        return Step(found, self._looked, self._rows, is_end or self._found > self._most, self._unsearched)

    def _thread(self, id_: str, value: str) -> str:
        """What `gathering.value_of` says, of what `VALUES` does."""
        root = value if value == id_ or PART in value else root_of(value, self._parent)
        return qualified(self._hub, root) if self._hub and PART not in root else root

    def _parent(self, id_: str) -> str:
        assert self._db is not None
        found = self._db.execute(_PARENT, (self._feed, id_)).fetchone()
        return str(found[0] or "") if found else ""

    @property
    def _columns(self) -> str:
        # Groups count as unread what that view has; of what is snoozed the journal does not tell it.
        unread = "unread AND NOT muted" + (" AND snoozed = 0" if self._by is not None else "")
        return f"rank, at, id, {unread}, row.n, {VALUES[self._by]}"

    @property
    def _filter(self) -> str:
        return f"{self._where} {self._searched}"

    @property
    def _given(self) -> dict[str, where.Value]:
        return {"feed": self._feed, **self._values}
