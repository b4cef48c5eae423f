"""By what a list is grouped, and the group of a row: said by SQL for a search, by the row itself where it has changed."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from inbox_tui.cache.rows import NEEDS_ME
from inbox_tui.core.model import Notification
from inbox_tui.core.times import SECOND


class By(StrEnum):
    SOURCE = "source"
    TASK = "task"
    RUN = "run"
    DAY = "day"
    THREAD = "thread"


PART = "\x1f"
"""Stands between the parts of a group's value: no cleaned text has it."""
DEPTH_MOST = 16
"""What belongs to what belongs to … is followed so far up."""
ROOT = -(1 << 62)
"""The key of the row that began a thread: before all others."""
_PARENT = "coalesce(json_extract(document.text, '$.parent_id'), '')"
_SESSION, _AGENT = (f"coalesce(json_extract(document.text, '$.{name}'), '')" for name in ("session_id", "subagent_id"))
VALUES: Mapping[By | None, str] = {
    None: "''",
    By.SOURCE: "coalesce(nullif(json_extract(document.text, '$.source'), ''), json_extract(document.text, '$.sender'), '')",
    By.TASK: "json_extract(document.text, '$.task_name')",
    # A run is its sender's: another's may have the same name.
    By.RUN: "CASE json_extract(document.text, '$.run_id') WHEN '' THEN '' ELSE json_extract(document.text, '$.run_id') "
    "|| char(31) || coalesce(json_extract(document.text, '$.sender'), '') END",
    By.DAY: f"date(abs(row.at) / {SECOND}, 'unixepoch', 'localtime')",
    By.THREAD: f"CASE WHEN {_PARENT} <> '' THEN {_PARENT} WHEN {_SESSION} <> '' AND {_AGENT} <> '' "
    f"THEN {_SESSION} || char(31) || {_AGENT} ELSE row.id END",
}
"""Over `row` and `document`: the value of a row's group; of a thread what it belongs to, which may belong to another."""

Match = tuple[int, int, str, int, int, str]
"""A row as a search found it: its place (rank, at, id), whether it is unread, its number, the value of its group."""


def value_of(row: Notification, by: By, root_of: Callable[[str], str]) -> str:
    """What `VALUES` says. `root_of`: the id that a thread is called by, of what a row belongs to."""
    match by:
        case By.SOURCE:
            return row.source or row.sender
        case By.TASK:
            return row.task_name
        case By.RUN:
            return f"{row.run_id}{PART}{row.sender}" if row.run_id else ""
        case By.DAY:
            return date.fromtimestamp(abs(row.place[1]) // SECOND).isoformat()
        case By.THREAD:
            if parent := parent_of(row):
                return root_of(parent)
            session, agent = _text(row, "session_id"), _text(row, "subagent_id")
            return f"{session}{PART}{agent}" if session and agent else row.id


def parent_of(row: Notification) -> str:
    """The id of what it belongs to; "" where it belongs to nothing."""
    return _text(row, "parent_id")


def _text(row: Notification, name: str) -> str:
    value = row.details.get(name)
    return value if isinstance(value, str) else ""


def root_of(id_: str, parent: Callable[[str], str]) -> str:
    """The first of those that belong to each other. `parent`: of an id; "" of one that belongs to nothing, or is not here."""
    for _ in range(DEPTH_MOST):
        above = parent(id_)
        if not above or above == id_:
            break
        id_ = above
    return id_


class Placed(NamedTuple):
    """A row in its group: `key` is its place there, ascending from the top."""

    key: int
    n: int
    at: int
    unread: bool


def key_of(by: By, at: int, *, is_root: bool) -> int:
    """The newest is first; in a thread what began it, then as it went on."""
    return (ROOT if is_root else at) if by is By.THREAD else -at


def top_key(rank: int, at: int) -> int:
    """What is in no group: what needs me, then what is pinned."""
    return -((rank << 56) + at)


@dataclass(slots=True)
class Part:
    """Rows of one group, from its top down, as `Placed` has them; packed, so that whoever takes them has little to do."""

    keys: array[int]
    numbers: array[int]
    unread: array[int]
    root_at: int | None

    @classmethod
    def of(cls, rows: list[Placed]) -> Part:
        rows.sort()
        root_at = rows[0].at if rows and rows[0].key == ROOT else None
        return cls(
            array("q", [row.key for row in rows]),
            array("q", [row.n for row in rows]),
            array("b", [row.unread for row in rows]),
            root_at,
        )

    def without(self, numbers: Set[int]) -> Part:
        """The same but for rows of these numbers."""
        rows = [place for place, n in enumerate(self.numbers) if n not in numbers]
        if len(rows) == len(self.numbers):
            return self
        keys, own, unread = (array(each.typecode, map(each.__getitem__, rows)) for each in (self.keys, self.numbers, self.unread))
        return Part(keys, own, unread, self.root_at if keys and keys[0] == ROOT else None)


@dataclass(slots=True)
class Gathered:
    """What a step of a search brought, by groups; what is in none, with the value of the group that it would be in."""

    parts: dict[str, Part] = field(default_factory=dict)
    top: list[tuple[Placed, str, bool]] = field(default_factory=list)
    """With whether it needs me."""


def gather(found: Iterable[Match], by: By) -> Gathered:
    """For a worker thread."""
    gathered = Gathered()
    groups: dict[str, list[Placed]] = {}
    for rank, at, id_, unread, n, value in found:
        if rank:
            gathered.top.append((Placed(top_key(rank, at), n, at, bool(unread)), value, rank == NEEDS_ME))
            continue
        groups.setdefault(value, []).append(Placed(key_of(by, at, is_root=value == id_), n, at, bool(unread)))
    gathered.parts = {value: Part.of(rows) for value, rows in groups.items()}
    return gathered
