"""The full-text index of the cache: filled by a trailing indexer, asked by searches. Standard library only.

A document is never changed: a row that says something else gets a new document, with a greater number. So the index needs one
mark, the number up to which every document is in it: an indexer that was killed goes on there, several panes may take turns, and
whoever writes rows does nothing for it. Entries of documents that are gone stay until they are as many as the others, then the
index is begun anew; they find nothing, since every hit is looked up in the documents.

The index keeps no text (FTS5, contentless, without sizes): about 80 bytes a row where the row and its document take 940.
Its tokenizer only splits at what is no ASCII letter or digit; all folding is ours (`core.query.words`), so that an index, a scan
and a row in memory find the same.

What is not indexed yet is read by the search itself, the newest `TAIL_MOST` of it; of the rest it says how much there is.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence

from inbox_tui.core.query.words import contains, searchable

CHUNK = 100
"""Documents of one transaction: a few milliseconds of the writer's thread."""
TAIL_MOST = 5000
STALE_MOST = 20_000
"""So many entries of documents that are gone are kept in any case; above it, as many as there are rows."""


def index_some(db: sqlite3.Connection, most: int = CHUNK) -> int:
    """Puts the next documents into the index, in one transaction. Answers how many there were; 0: nothing is left to do."""
    (documents, indexed) = db.execute("SELECT documents, indexed FROM indexing").fetchone()
    if documents == indexed:
        return 0
    db.execute("BEGIN IMMEDIATE")
    try:
        (documents, indexed, entries) = db.execute("SELECT documents, indexed, entries FROM indexing").fetchone()
        found = db.execute("SELECT n, text FROM document WHERE n > ? ORDER BY n LIMIT ?", (indexed, most)).fetchall()
        db.executemany("INSERT INTO word (rowid, words) VALUES (?, ?)", [(n, _words(text)) for n, text in found])
        is_last = len(found) < most
        mark = documents if is_last else found[-1][0]
        db.execute("UPDATE indexing SET indexed = ?, entries = ?", (mark, entries + len(found)))
        if is_last:
            _drop_stale(db, entries + len(found))
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    return len(found)


def _drop_stale(db: sqlite3.Connection, entries: int) -> None:
    (rows,) = db.execute("SELECT coalesce(sum(listed + snoozed + done), 0) FROM feed").fetchone()
    if entries - rows > max(STALE_MOST, rows):
        db.execute("INSERT INTO word (word) VALUES ('delete-all')")
        db.execute("UPDATE indexing SET indexed = 0, entries = 0")


def _words(document: str) -> str:
    return searchable(json.loads(document).get)


def look_up(db: sqlite3.Connection, phrases: Sequence[str], is_cancelled: Callable[[], bool]) -> tuple[int, int]:
    """Fills `said` with (number of the phrase, document), in the transaction that is open.

    Answers (indexed, read): documents above `indexed` and up to `read` were not looked at.
    """
    (documents, indexed) = db.execute("SELECT documents, indexed FROM indexing").fetchone()
    for number, phrase in enumerate(phrases):
        db.execute("INSERT INTO said SELECT ?, rowid FROM word WHERE word MATCH ?", (number, f'"{phrase}"*'))
    read = max(indexed, documents)
    tail = db.execute("SELECT n, text FROM document WHERE n > ? ORDER BY n DESC LIMIT ?", (indexed, TAIL_MOST))
    for at, (n, text) in enumerate(tail, 1):
        words = _words(text)
        db.executemany("INSERT INTO said VALUES (?, ?)", [(i, n) for i, each in enumerate(phrases) if contains(words, each)])
        read = n - 1 if at == TAIL_MOST else indexed
        if is_cancelled():
            break
    return indexed, read
