"""Filled caches: a home without a hub, which a pane opens on while it is offline, or many rows more beneath those of a hub."""

from __future__ import annotations

from pathlib import Path

from inbox_tui.cache import schema, steps
from inbox_tui.core import ids
from inbox_tui.core.feed import Item, Opening, Page, item_of
from inbox_tui.core.model import Notification, encode
from inbox_tui.core.paths import find_paths
from inbox_tui.core.times import DAY, SECOND, now

HUB = "http://127.0.0.1:9"
"""Nobody listens on the discard port: the pane stays offline, and its cache stays as it is."""
FIRST_ROW = "first row of the cache"
_PAGE = 5000


def fill(home: Path, rows: int) -> dict[str, str]:
    """A cache of so many rows under `home`; answers the environment that opens it."""
    home.mkdir(parents=True, exist_ok=True)
    path = schema.prepare(find_paths({"INBOX_HOME": str(home)}).cache_database).path
    db = schema.connect(path)
    try:
        newest = now()
        steps.begin(db, HUB, None, Opening(1, 1, 1, 0, True), newest)
        for start in range(0, rows, _PAGE):
            items = tuple(_item(n, rows, newest) for n in range(start, min(start + _PAGE, rows)))
            end = start + _PAGE >= rows
            before = "" if start == 0 else _id(start - 1, rows, newest)
            steps.merge(db, HUB, Page(1, 1 + rows, before, items, "" if end else items[-1].id))
    finally:
        db.close()
    return {"INBOX_HOME": str(home), "INBOX_HUB": HUB}


def deepen(home: Path, feed: str, rows: int) -> None:
    """So many rows below those that a pane has taken from its hub: a pane that resumes keeps what it has."""
    db = schema.connect(find_paths({"INBOX_HOME": str(home)}).cache_database)
    try:
        epoch, newest = steps.state(db, feed).epoch, now() - DAY
        for start in range(0, rows, _PAGE):
            items = tuple(_item(n, rows, newest) for n in range(start, min(start + _PAGE, rows)))
            steps.merge(db, feed, Page(epoch, 1 << 60, None, items, ""))
    finally:
        db.close()


def _id(n: int, rows: int, newest: int) -> str:
    return ids.encode((newest // 1000 - n) << 80 | (rows - n))


def _item(n: int, rows: int, newest: int) -> Item:
    at = newest - n * SECOND
    title = FIRST_ROW if n == 0 else f"Pipeline step {n} finished, {n * 7 % 9999} records"
    row = Notification(
        id=_id(n, rows, newest), kind="task.completed", title=title, body="All checks passed. " * 6, created_at=at,
        last_occurred_at=at, raised_at=at, occurrences=(at,), rev=1 + rows - n, created_rev=1, raised_rev=1 + rows - n,
        sender="my-app", source=f"app-{n % 20}", task_name=f"job-{n % 50}", read_at=None if n % 5 == 0 else at,
        details={"meta": {"rows": n, "env": "production"}},
    )  # fmt: skip
    return item_of(row, encode(row))
