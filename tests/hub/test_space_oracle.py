"""The store against the feed's executable specification: the same random history on both, compared after every step."""

from __future__ import annotations

import json
import random
import shutil
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import postgres
import pytest
from models import feed_spec as spec

from inbox_tui.core.errors import Refused
from inbox_tui.core.model import Event, decode
from inbox_tui.hub.store import reads
from inbox_tui.hub.store.store import Begin, Store, Verb
from inbox_tui.hub.values import Retention, Sender
from inbox_tui.hub.verbs.decide import Decide
from inbox_tui.hub.verbs.publish import Publish
from inbox_tui.hub.verbs.retain import Retain
from inbox_tui.hub.verbs.triage import Triage, TriageChunk

SPACE, SENDER = "default", Sender("agent")
TICK = 90_000_000
"""Microseconds: forty of the specification's ticks are the hour of our fold window."""
FIRST_TICK = 18_888_888
SEVERITIES = ("info", "warn", "error")
VERBS = ("read", "unread", "done", "undone")
FOREVER = 10**6


class Both:
    """One history. `runs`: live rows of runs, which may be quiet and know no window; else plain messages."""

    def __init__(self, place: Path | str, random_: random.Random, runs: bool) -> None:
        self.place, self.random, self.runs = place, random_, runs
        self.store = Store.open(place)
        self.spec = spec.Space()
        self.spec.clock = FIRST_TICK
        self.apply(Begin())
        head = self.store.read(lambda connection: reads.head(connection, SPACE))
        self.spec.epoch = self.spec.rev = self.spec.floor = head.rev
        self.spec.ticks[head.rev] = FIRST_TICK
        self.ids: dict[int, str] = {}
        self.kept: tuple[spec.Space, dict[int, str], Path | str] | None = None
        self.ops = 0

    def close(self) -> None:
        self.store.close()
        _drop(self.place)
        if self.kept is not None:
            _drop(self.kept[2])

    def now(self) -> int:
        return int(self.spec.clock * TICK)

    def apply(self, *verbs: Verb) -> list[Any]:
        return self.store.apply(SPACE, verbs, self.now).answers

    def step(self) -> None:
        names = ["publish"] * 6 + ["triage"] * 4 + ["clock"] * 2 + ["bulk", "answer", "retain", "drop", "backup", "restore"]
        getattr(self, self.random.choice(names))()

    def clock(self) -> None:
        self.spec.clock += self.random.choice((1, 5, 39, 41))

    def publish(self) -> None:
        known = set(self.spec.rows) | set(self.spec.tombs)
        events = [self.event() for _ in range(self.random.randint(1, 4))]
        self.spec.publish([given for given, _ in events])
        answers = self.apply(*(Publish(SENDER, event) for _, event in events))
        made = [id_ for id_ in self.spec.rows if id_ not in known]
        self.ids.update(zip(sorted(made), dict.fromkeys(a.id for a in answers if a.is_new), strict=True))

    def event(self) -> tuple[spec.Event, Event]:
        severity = self.random.randrange(3)
        shape: dict[str, Any] = {"actionable": True, "severity": SEVERITIES[severity]}
        key = self.random.choice(("a", "b", "c", None))
        if key is None:
            return spec.Event(None, severity), Event(kind="input.required", title="?", is_prompt=True, **shape)
        quiet = self.runs and self.random.random() < 0.5
        if self.runs:
            shape |= {"run_id": key, "kind": "task.progress" if quiet else "task.error"}
        return spec.Event(key, severity, quiet), Event(**({"kind": "message", "title": key} | shape))

    def some_row(self) -> int | None:
        return self.random.choice(sorted(self.spec.rows)) if self.spec.rows else None

    def triage(self) -> None:
        if (id_ := self.some_row()) is None:
            return
        verb = self.random.choice(VERBS)
        seen = self.random.choice((None, self.spec.rows[id_].raised_rev, self.spec.rows[id_].raised_rev - 1))
        self.ops += self.random.random() < 0.8
        answer = self.spec.triage(verb, id_, seen, str(self.ops))
        (ours,) = self.apply(Triage(self.ids[id_], verb, seen, str(self.ops)))  # type: ignore[arg-type]
        assert answer == (None if isinstance(ours, Refused) else ours)

    def bulk(self) -> None:
        verb, up_to = self.random.choice(VERBS), self.spec.rev - self.random.randrange(8)
        after: int | None = 0
        while after is not None:
            after = self.spec.bulk(verb, up_to, after)
        (chunk,) = self.apply(TriageChunk(verb, up_to, "0", False, False))  # type: ignore[arg-type]
        assert chunk.after == ""

    def answer(self) -> None:
        id_ = self.some_row()
        if id_ is None or self.spec.rows[id_].answered:
            return
        row = self.spec.rows[id_]
        self.spec.commit({id_: replace(row, answered=True, read=True)})
        attempt = f"{self.spec.rev}"
        self.apply(Decide(self.ids[id_], "approve", "", row.raised_rev, self.spec.epoch, attempt, "ada", "test"))

    def retain(self) -> None:
        most = self.random.randrange(12)
        self.spec.retain(most)
        self.apply(Retain(Retention(rows_most=most, rows_days=FOREVER, tombstone_days=FOREVER)))

    def drop(self) -> None:
        fresh = [rev for rev in self.spec.tombs.values() if self.spec.ticks[rev] == self.spec.clock]
        self.spec.drop_tombs(len(fresh))
        self.apply(Retain(Retention(rows_most=FOREVER, rows_days=FOREVER, tombstone_days=0)))

    def backup(self) -> None:
        self.store.close()
        if self.kept is not None:
            _drop(self.kept[2])
        self.kept = deepcopy(self.spec), dict(self.ids), _copy_of(self.place)
        self.store = Store.open(self.place)

    def restore(self) -> None:
        if self.kept is None:
            return
        self.spec.clock += 1
        space, ids, copy = self.kept
        for row in list(space.rows.values()):  # every open question closes, which is a change
            if row.key is None and not row.answered:
                space.commit({row.id: row})
                space.rows[row.id] = replace(space.rows[row.id], answered=True)
        self.spec.restore(space)
        self.ids = ids
        self.store.close()
        _drop(self.place)
        self.place, self.kept = copy, None
        self.store = Store.open(self.place)
        self.store.restore_epoch(SPACE, self.now)

    def check(self) -> None:
        rows = {id_: decode(text) for id_, text in self._documents().items()}
        assert set(rows) == {self.ids[id_] for id_ in self.spec.rows}
        for id_, want in self.spec.rows.items():
            row = rows[self.ids[id_]]
            got = (row.count, row.severity, row.read_at is not None, row.done_at is not None, not row.is_open)
            assert got == (want.count, SEVERITIES[want.severity], want.read, want.done, want.answered)
            assert (row.rev, row.created_rev, row.raised_rev) == (want.rev, want.created_rev, want.raised_rev)
            assert row.occurrences == tuple(tick * TICK for tick in want.occurrences)
        for cursor in {self.spec.floor - 1, self.spec.floor, self.spec.rev, self.spec.rev + 1, self.spec.rev - 3}:
            self._check_changes(cursor)
        self._check_page()

    def _documents(self) -> dict[str, str]:
        page = self.store.read(
            lambda connection: reads.page(connection, SPACE, limit=10**6, before="", unread=False, needs_me=False)
        )
        return {json.loads(text)["id"]: text for text in page.items}

    def _check_changes(self, cursor: int) -> None:
        limit = self.random.randint(1, 9)
        want, got = self.spec.since(cursor, limit), self.store.read(lambda c: reads.changes(c, SPACE, cursor, limit))
        assert (want is None) == (got is None)
        if want is None or got is None:
            return
        ids = [self.ids[frame.row.id if frame.row else frame.gone] for frame in want]
        assert [(change.rev, change.id, change.document is None) for change in got.items] == [
            (frame.id, id_, frame.row is None) for frame, id_ in zip(want, ids, strict=True)
        ]
        head = (self.spec.epoch, self.spec.rev, self.spec.floor, self.spec.unread)
        assert (got.head.epoch, got.head.rev, got.head.floor, got.head.unread_count) == head

    def _check_page(self) -> None:
        unread, before = self.random.random() < 0.5, self.some_row()
        want = self.spec.page(before, unread)
        got = self.store.read(
            lambda connection: reads.page(
                connection, SPACE, limit=spec.PAGE, before=self.ids[before] if before else "", unread=unread, needs_me=False
            )
        )
        assert [json.loads(text)["id"] for text in got.items] == [self.ids[row.id] for row in want.items]
        assert got.next_cursor == (self.ids[want.next] if want.next else "")


def _copy_of(place: Path | str) -> Path | str:
    """A backup, of what nobody has open."""
    if isinstance(place, str):
        return postgres.make_database(place)
    return Path(shutil.copy(place, place.with_suffix(".copy" if place.suffix == ".sqlite3" else ".sqlite3")))


def _drop(place: Path | str) -> None:
    if isinstance(place, str):
        postgres.drop_database(place)
    else:
        place.unlink()


SEEDS = [("sqlite", seed) for seed in range(12)] + [("postgres", seed) for seed in range(12, 15)]


@pytest.mark.parametrize("runs", [False, True])
@pytest.mark.parametrize(("place", "seed"), SEEDS, indirect=["place"])
def test_the_store_is_the_specification(place: Path | str, monkeypatch: pytest.MonkeyPatch, seed: int, runs: bool) -> None:
    monkeypatch.setattr(spec, "OCCURRENCES", 10)
    monkeypatch.setattr(spec, "JUMP", TICK)
    if runs:
        monkeypatch.setattr(spec, "WINDOW", 1 << 60)
    both = Both(place, random.Random(f"{seed}{runs}"), runs)
    try:
        for _ in range(60):
            both.step()
            both.check()
    finally:
        both.close()
