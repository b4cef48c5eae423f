"""A store filled as years of use fill it: a few hours of one space are lived through, all else is copied from them by SQL.

Every space has a few open questions, a fifth of its rows unread, and the rest read and done. The busy one, `default`, has the
same hours again for each second day before, as far back as is kept, and a little further.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import cast

from hub_world import AGENT, BEGINNING, SPACE, message, prompt

from inbox_tui.core.ids import encode
from inbox_tui.core.times import DAY
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.database import Params
from inbox_tui.hub.store.records import Job
from inbox_tui.hub.store.store import Begin, Store, Verb
from inbox_tui.hub.values import Callback, Published, Retention, Terminal
from inbox_tui.hub.verbs.belonging import OpenSession
from inbox_tui.hub.verbs.decide import Decide
from inbox_tui.hub.verbs.jobs import Claim, Failed, Finish
from inbox_tui.hub.verbs.media import FinishUpload
from inbox_tui.hub.verbs.mutes import MakeMute
from inbox_tui.hub.verbs.publish import Publish
from inbox_tui.hub.verbs.retain import Retain
from inbox_tui.hub.verbs.sessions import Register
from inbox_tui.hub.verbs.triage import TriageRows

OPEN = 10
"""Questions that wait in each space."""
_BLOCK = 1 << 25
"""Milliseconds, nine hours: ids of one such block begin with the same five characters."""
_STRIDE = 5 * _BLOCK
_START = BEGINNING // 1000 // _BLOCK * _BLOCK
_AT_ONCE = 200
_LIVED = "quiet-0"

_DAYS = 94
_KEPT_DAYS = {
    "notification": 92, "run": 92, "agent_session": 92, "session": 92, "ask": 92, "decision_log": 92,
    "event": 32, "measure": 32, "tombstone": 32, "idempotency": 9, "triage_call": 9, "job": 9,
}  # fmt: skip
_SETTLED = {"notification": "AND NOT (is_prompt AND is_open)", "job": "AND state = 'failed'"}
"""What is old is open no more."""
_ELSEWHERE: Mapping[str, str] = {"space": ":to", "space.name": ":to", "api_key.id": ":to || id"}
_ID = ":prefix || substr({}, 6)"
_OLDER: Mapping[str, str] = {
    **_ELSEWHERE,
    **{name: _ID.format(name) for name in ("id", "notification_id", "event_id")},
    **{name: f"{name} || :prefix" for name in ("fold_key", "run_id", "attempt")},
    **{f"{table}.key": "key || :prefix" for table in ("idempotency", "ask", "triage_call")},
    **{
        name: f"{name} - :age"
        for name in ("raised_at", "last_occurred_at", "received_at", "started_at", "last_at", "updated_at", "at")
    },
    "rev": "rev - :age",
    "document": f"replace(document, id, {_ID.format('id')})",
}
"""What stands in a copy of a record that is so much older: by column, or by table and column."""


def fill(store: Store, *, rows: int, quiet: int) -> None:
    """So many rows in each of the spaces `quiet-0` …, and in the busy one as many for each of its nearly fifty days."""
    _live(store, rows)
    connection = store.database.writer()
    connection.begin_write()
    columns = defaultdict[str, list[str]](list)
    for table, column, _ in connection.execute(store.database.fragments["columns"]):
        columns[table].append(column)

    def copy(table: str, changes: Mapping[str, str], where: str, params: Params) -> None:
        chosen = (changes.get(f"{table}.{name}", changes.get(name, name)) for name in columns[table])
        into = f"INSERT INTO {table} ({', '.join(columns[table])})"
        connection.execute(f"{into} SELECT {', '.join(chosen)} FROM {table} WHERE {where}", {"from": _LIVED, **params})

    for name in (SPACE, *(f"quiet-{number}" for number in range(1, quiet))):
        copy("space", _ELSEWHERE, "name = :from", {"to": name})
        for table in statements.OF_A_SPACE:
            copy(table, _ELSEWHERE, "space = :from", {"to": name})
    for age in range(_STRIDE, _DAYS * DAY // 1000, _STRIDE):
        params = {"to": SPACE, "prefix": _id(_START - age)[:5], "age": age * 1000}
        for table, kept in _KEPT_DAYS.items():
            if age <= kept * DAY // 1000:
                copy(table, _OLDER, f"space = :from {_SETTLED.get(table, '')}", params)
    connection.execute(
        "UPDATE space SET size = (SELECT count(*) FROM notification WHERE space = name), "
        "measures = (SELECT count(*) FROM measure WHERE space = name)"
    )
    connection.commit()
    if store.database.lanes > 1:
        connection.execute("ANALYZE")  # as PostgreSQL does by itself within a minute; in SQLite nobody ever does
    connection.close()


def _id(at: int) -> str:
    """The first of a time in milliseconds."""
    return encode(at << 80)


def _live(store: Store, rows: int) -> None:
    """The hours of one space: most of what comes in is looked at and done, and a tenth is gone again."""
    made = rows + rows // 10
    store.apply(_LIVED, [Begin()], lambda: _START * 1000)
    for first in range(0, made, _AT_ONCE):
        at = _START * 1000 + (BEGINNING - _START * 1000) * first // made
        numbers = range(first, min(first + _AT_ONCE, made))
        done = store.apply(_LIVED, list(_said(numbers, made)), lambda at=at: at)  # type: ignore[misc]
        answers = cast(list[Published], done.answers)
        store.apply(_LIVED, list(_answered(answers[: len(numbers)], numbers, made)), lambda at=at: at)  # type: ignore[misc]
    store.apply(_LIVED, [MakeMute("source", f"nobody-{n}", "", None, "ada") for n in range(20)], lambda: BEGINNING)
    _keep(store, range(0, made, 20))
    jobs = cast(list[list[Job]], store.apply(_LIVED, [Claim(1000, DAY)], lambda: BEGINNING).answers)[0]
    store.apply(_LIVED, [Finish(job, Failed("answered 404"), 0.0) for job in jobs], lambda: BEGINNING)
    while store.apply(_LIVED, [Retain(Retention(rows_most=rows))], lambda: BEGINNING).answers[0]:
        pass


def _keep(store: Store, numbers: range) -> None:
    """Files, each named by a message of its own."""
    for n in numbers:
        file = FinishUpload("", 0, b"chart %d" % n, 1 << 40, f"hash-{n}", 8, "text/plain", DAY)
        (media_id,) = store.apply(_LIVED, [file], lambda: BEGINNING).answers
        shown = message(f"chart {n}", details={"image_url": f"https://hub.example/api/v1/media/{media_id}/chart"})
        store.apply(_LIVED, [Publish(AGENT, shown)], lambda: BEGINNING)


def _said(numbers: range, made: int) -> Iterator[Verb]:
    """An event each, and for every fourth a repeat."""
    for n in numbers:
        event = message(f"message {n}", body="It went as it should. " * 5, source=f"agent-{n % 7}", task_name=f"job-{n % 50}")
        if n % 20 == 0 or n >= made - OPEN:
            details = {"request": f"request-{n % 900}", "session_id": f"session-{n}"}
            event = prompt(waiting=False, details=details, run_id=f"run-{n}")
        elif n % 3 == 0:
            event = message(f"step {n}", kind="task.progress", run_id=f"run-{n}", source="agent-1")
        callback = Callback(f"host-{n}.example.org", "sealed") if n % 200 == 0 else None
        yield Publish(AGENT, event, f"key-{n}" if event.is_prompt or n % 2 else "", "", callback)
    for n in numbers:
        if n % 4 == 1 and n % 3:
            yield Publish(AGENT, message(f"message {n}", source=f"agent-{n % 7}", task_name=f"job-{n % 50}"))


def _answered(given: list[Published], numbers: range, made: int) -> Iterator[Verb]:
    """All but the last questions, and all but a fifth of the rest."""
    seen: dict[str, int] = {}
    for published, n in zip(given, numbers, strict=True):
        if n % 20 == 0 and n < made - OPEN:
            yield Decide(published.id, "approve", "", published.rev, published.epoch, f"attempt-{n}", "ada", "test")
        elif n % 5 and n < made - OPEN:
            seen[published.id] = published.rev + 2 * _AT_ONCE
    yield from (OpenSession("agent", f"session {n}") for n in numbers[::20])
    if numbers[0] == 0:
        yield from (Register("agent", f"named {n}", "", Terminal()) for n in range(20))
    yield TriageRows("done", seen, f"call-{numbers[0]}")
    yield TriageRows("pin", {given[0].id: given[0].rev + 2 * _AT_ONCE})
