"""Reading a space. Each function is one answer from one snapshot: call it inside a reading transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inbox_tui.core.errors import unknown_id
from inbox_tui.core.model import DETAIL_FIELDS, Document
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.database import Connection, Params, Record, Value, in_list
from inbox_tui.hub.values import AgentSession, JobSeen, Mute, Session, Terminal

MOST_BYTES = 4 << 20
"""Of the documents in one answer: a row may have more than a hundred kilobytes."""
_SLICE = 64
_NAMES_AT_ONCE = 1024
_BEHIND_ALL_IDS = "~"


@dataclass(frozen=True, slots=True)
class Head:
    """Where a space stands. A cursor is good iff `floor <= cursor <= rev`."""

    epoch: int
    rev: int
    floor: int
    unread_count: int


@dataclass(frozen=True, slots=True)
class Page:
    """Stored documents, newest id first, and the head of the snapshot that they were read in. Fewer than were asked for where
    they are large; `next_cursor` is "" at the end."""

    epoch: int
    rev: int
    items: list[str]
    next_cursor: str
    unread_count: int


@dataclass(frozen=True, slots=True)
class Change:
    """A row as it is now, or (`document` None) its removal."""

    rev: int
    id: str
    document: str | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class Changes:
    head: Head
    items: list[Change]
    more: bool
    """Whether others follow, up to the head."""


def head(connection: Connection, space: str) -> Head:
    """Raises Refused 404 for a space that is not there."""
    found = connection.execute(statements.HEAD, {"space": space})
    if not found:
        raise unknown_id("space")
    return Head(*found[0])


def heads(connection: Connection, spaces: Sequence[str]) -> dict[str, Head]:
    """Of those that are there."""
    found = dict[str, Head]()
    for first in range(0, len(spaces), _NAMES_AT_ONCE):
        for name, *place in connection.execute(*in_list(statements.HEADS_OF, spaces[first : first + _NAMES_AT_ONCE])):
            found[str(name)] = Head(*place)
    return found


def space_made_at(connection: Connection, space: str) -> int | None:
    """None for a space that is not there."""
    found = connection.execute(statements.SPACE_MADE_AT, {"space": space})
    return int(found[0][0]) if found else None


def spaces(connection: Connection) -> list[str]:
    return [str(name) for (name,) in connection.execute(statements.SPACES)]


def removed_spaces(connection: Connection) -> list[str]:
    """Those of which something is still to be erased."""
    return [str(name) for (name,) in connection.execute(statements.REMOVED_SPACES)]


@dataclass(frozen=True, slots=True)
class SpaceNumbers:
    """What is in a space. `keys` are those that work; `created_at` in microseconds."""

    name: str
    rows: int
    unread: int
    open_prompts: int
    keys: int
    created_at: int


def spaces_in_numbers(connection: Connection) -> list[SpaceNumbers]:
    return [SpaceNumbers(*record) for record in connection.execute(statements.SPACES_IN_NUMBERS)]


@dataclass(frozen=True, slots=True)
class Totals:
    """What is in all spaces together; `jobs` by their state."""

    spaces: int
    rows: int
    unread: int
    jobs: Mapping[str, int]


def totals(connection: Connection) -> Totals:
    [(spaces, rows, unread)] = connection.execute(statements.TOTALS)
    jobs = {str(state): int(count) for state, count in connection.execute(statements.JOBS_BY_STATE)}
    return Totals(int(spaces), int(rows), int(unread), jobs)


def _some(connection: Connection, sql: str, params: Params, limit: int, most_bytes: int) -> tuple[list[Record], bool]:
    """The records (place, document, …) that the statement finds after the place `:after`, in its order: at most `limit`, and no
    more than `most_bytes` of documents, but always one. Also whether there are more. Read by slices, so that rows which are not
    given are not in memory either."""
    found, room = list[Record](), most_bytes
    params = dict(params)
    while True:
        params["limit"] = size = min(_SLICE, limit + 1 - len(found))
        records = connection.execute(sql, params)
        for record in records:
            length = len(record[1].encode())
            if len(found) == limit or (found and length > room):
                return found, True
            found.append(record)
            room -= length
        if len(records) < size:
            return found, False
        params["after"] = found[-1][0]


def page(connection: Connection, space: str, *, limit: int, before: str, unread: bool, needs_me: bool) -> Page:
    at = head(connection, space)
    rows, more = _some(
        connection,
        statements.page(unread=unread, needs_me=needs_me),
        {"space": space, "after": before or _BEHIND_ALL_IDS},
        limit,
        MOST_BYTES,
    )
    return Page(at.epoch, at.rev, [document for _, document in rows], rows[-1][0] if more else "", at.unread_count)


def notification(connection: Connection, space: str, id: str) -> str:  # noqa: A002
    """The row's document. Raises Refused 404."""
    found = connection.execute(statements.BORN, {"space": space, "id": id})
    if not found:
        raise unknown_id()
    return str(found[0][1])


def changes(connection: Connection, space: str, after_rev: int, limit: int, most_bytes: int = MOST_BYTES) -> Changes | None:
    """Rows and tombstones after the cursor, by rev; of rows no more than `most_bytes`, but always one. None: the cursor is not of
    this life, or too old, or the space is gone."""
    found_head = connection.execute(statements.HEAD, {"space": space})
    if not found_head:
        return None
    at = Head(*found_head[0])
    if not at.floor <= after_rev <= at.rev:
        return None
    if after_rev == at.rev:
        return Changes(at, [], False)
    params: dict[str, Value] = {"space": space, "after": after_rev}
    rows, more = _some(connection, statements.CHANGED_ROWS, params, limit, most_bytes)
    found = [Change(rev, row_id, document, rev == created_rev) for rev, document, row_id, created_rev in rows]
    # Behind the last of these rows there may be others: what is gone from there on has to wait for them.
    last = rows[-1][0] if more else at.rev
    gone = connection.execute(statements.GONE_ROWS, {**params, "last": last, "limit": limit + 1})
    if gone:
        found += [Change(rev, row_id, None, False) for rev, row_id in gone]
        found.sort(key=lambda change: change.rev)
    return Changes(at, found[:limit], more or len(found) > limit)


_MOVED_MOST = 500


def moved(connection: Connection, space: str, at: Head | None) -> tuple[Head, list[str] | None]:
    """The head, and the ids of the rows that changed since an earlier one. None: too many to name, or another life."""
    now = head(connection, space)
    if at is None or now.epoch != at.epoch:
        return now, None
    if now.rev == at.rev:
        return now, []
    found = connection.execute(statements.MOVED_ROWS, {"space": space, "after": at.rev, "limit": _MOVED_MOST})
    return now, [str(row_id) for (row_id,) in found] if len(found) < _MOVED_MOST else None


def born(connection: Connection, space: str, id: str) -> tuple[int, str]:  # noqa: A002
    """The epoch that a row was born in, and its document. Raises Refused 404, also where the space is being erased."""
    head(connection, space)
    found = connection.execute(statements.BORN, {"space": space, "id": id})
    if not found:
        raise unknown_id()
    return int(found[0][0]), str(found[0][1])


def asked(connection: Connection, space: str, sender: str, key: str) -> tuple[str, int, str] | None:
    """Id, epoch and document of the row that an asker's key leads to; None where there is none."""
    found = connection.execute(statements.ASKED, {"space": space, "key": key, "sender": sender})
    return (str(found[0][0]), *born(connection, space, str(found[0][0]))) if found else None


@dataclass(frozen=True, slots=True)
class Untaken:
    """An answer that its asker has not acknowledged: the row's rev and document, and the id of the event that asked, "" where
    that is kept no longer."""

    rev: int
    document: str
    event_id: str


def untaken(connection: Connection, space: str, sender: str, after_rev: int, limit: int) -> list[Untaken]:
    """Those of a sender after a rev, in the order of their revs."""
    params: Params = {"space": space, "sender": sender, "after": after_rev}
    found, _ = _some(connection, statements.UNTAKEN, params, limit, MOST_BYTES)
    return [Untaken(int(rev), str(document), first_event(connection, space, str(row_id))) for rev, document, row_id in found]


def first_event(connection: Connection, space: str, id: str) -> str:  # noqa: A002
    """The id of the event that made a row; "" where it is kept no longer."""
    [(event_id,)] = connection.execute(statements.FIRST_EVENT_OF_ROW, {"space": space, "id": id})
    return str(event_id or "")


def due(connection: Connection, now: int, retain_every: int) -> dict[str, set[str]]:
    """Space → what the clock has to do there, as `statements.DUE_SPACES` names it; nothing for most spaces."""
    found: dict[str, set[str]] = {}
    for what, look in statements.DUE_SPACES.items():
        for (space,) in connection.execute(look, {"now": now, "retain_every": retain_every}):
            found.setdefault(str(space), set()).add(what)
    return found


def mutes(connection: Connection, space: str) -> list[Mute]:
    """The rules that hold, the oldest first."""
    return [Mute(*record) for record in connection.execute(statements.MUTES, {"space": space})]


def media(connection: Connection, space: str, id: str) -> tuple[int, str]:  # noqa: A002
    """Size and type of a file that is whole. Raises Refused 404, also where the space is being erased."""
    head(connection, space)
    found = connection.execute(statements.MEDIA, {"space": space, "id": id})
    if not found:
        raise unknown_id("file")
    return int(found[0][0]), str(found[0][1])


def piece(connection: Connection, space: str, id: str) -> bytes:  # noqa: A002
    """Raises Refused 404."""
    found = connection.execute(statements.PIECE, {"space": space, "id": id})
    if not found:
        raise unknown_id("file")
    return bytes(found[0][0])


def next_jobs(connection: Connection, limit: int) -> list[tuple[str, int]]:
    """Spaces, and when each has its first job due; the soonest first."""
    return [(str(space), int(due_at)) for space, due_at in connection.execute(statements.NEXT_JOBS, {"limit": limit})]


def said(connection: Connection, space: str, sender: str, event_id: str) -> Document:
    """The details of an event: its row's, as they are now, unless others have folded into that; else its own. Raises Refused 404,
    for what another sender said too."""
    found = connection.execute(statements.EVENT_OF_SENDER, {"space": space, "id": event_id, "sender": sender})
    if not found:
        raise unknown_id("message")
    row: Document = json.loads(notification(connection, space, found[0][0]))
    details: Document = json.loads(found[0][1])["details"]
    return details if row["count"] > 1 else {name: row[name] for name in DETAIL_FIELDS if name in row}


def agent_session(connection: Connection, space: str, sender: str, id: str) -> AgentSession:  # noqa: A002
    """Raises Refused 404."""
    found = connection.execute(statements.AGENT_SESSION, {"space": space, "id": id, "sender": sender})
    if not found:
        raise unknown_id("session")
    return AgentSession(id, *found[0])


def sessions(connection: Connection, space: str, limit: int) -> list[Session]:
    """The one spoken in last first."""
    return [session_from(record) for record in connection.execute(statements.SESSIONS, {"space": space, "limit": limit})]


def session(connection: Connection, space: str, id: str) -> Session | None:  # noqa: A002
    found = connection.execute(statements.SESSION, {"space": space, "id": id})
    return session_from(found[0]) if found else None


def flows(connection: Connection, space: str) -> tuple[int, str]:
    """The version, and the document, sealed; (0, "") where there are none."""
    found = connection.execute(statements.FLOWS, {"space": space})
    return (int(found[0][0]), str(found[0][1])) if found else (0, "")


def jobs(connection: Connection, space: str, state: str, before: str, limit: int) -> list[JobSeen]:
    """The newest first."""
    given: Params = {"space": space, "state": state, "before": before, "limit": limit}
    return [JobSeen(*record) for record in connection.execute(statements.JOBS, given)]


def session_from(record: Record) -> Session:
    id_, sender, opened_at, last_at, pane, program, socket, plan = record
    return Session(str(id_), str(sender), int(opened_at), int(last_at), Terminal(str(pane), str(program), str(socket)), str(plan))


def session_record(session: Session) -> Params:
    """The reverse."""
    terminal = session.terminal
    return {
        "id": session.id,
        "sender": session.sender,
        "opened_at": session.opened_at,
        "last_at": session.last_at,
        "tmux_pane": terminal.pane,
        "program": terminal.program,
        "tmux_socket": terminal.socket,
        "plan": session.plan,
    }


def events_of_run(connection: Connection, space: str, run_id: str) -> list[str]:
    """Event documents, oldest first."""
    return _texts(connection.execute(statements.EVENTS_OF_RUN, {"space": space, "run_id": run_id}))


def events_of_notification(connection: Connection, space: str, id: str) -> list[str]:  # noqa: A002
    """Event documents, oldest first. Raises Refused 404 for a row that is not there."""
    notification(connection, space, id)
    return _texts(connection.execute(statements.EVENTS_OF_ROW, {"space": space, "id": id}))


def _texts(rows: list[tuple[str]] | list[tuple[object, ...]]) -> list[str]:
    return [str(row[0]) for row in rows]
