"""The real store and the real cache, each walking beside its model: every step is taken by both, and then they must be equal.

The model's numbers are small and its own; ids and revs of the real parts are looked up by what they stand for. What the model
leaves out (the end of a snooze, who may be asked) is left out here.
"""

from __future__ import annotations

import shutil
import sqlite3
from copy import deepcopy
from pathlib import Path
from typing import Any

from hub_world import Remove

from inbox_tui.cache import rows, schema, steps
from inbox_tui.core import feed
from inbox_tui.core.errors import Refused
from inbox_tui.core.model import Event, decode
from inbox_tui.core.times import HOUR
from inbox_tui.core.triage import Verb
from inbox_tui.hub.store import reads, statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Wanted
from inbox_tui.hub.store.store import Begin, Store
from inbox_tui.hub.values import Sender
from inbox_tui.hub.verbs.decide import Decide
from inbox_tui.hub.verbs.publish import Publish
from inbox_tui.hub.verbs.triage import Triage, TriageChunk
from tests.models import feed_spec as spec

SPACE = "default"
BORN = 1_700_000_000_000_000
TICK = HOUR // spec.WINDOW
UNTIL = BORN * 2
"""When a snooze ends: never in here. Its end is the clock's, which the model leaves out."""


def real_verb(verb: str) -> Verb:
    assert verb in spec.VERBS
    return verb  # type: ignore[return-value]


class Forget:
    """Retention's effect on tombstones, without their ages."""

    def __init__(self, rev: int) -> None:
        self.rev = rev

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> None:
        batch.execute(statements.DELETE_TOMBSTONES, first=0, last=self.rev)
        batch.space.floor = max(batch.space.floor, self.rev)


class RealSpace(spec.Space):
    """`live`: repeats go to a run's one row, which knows quiet events and no window; else to rows that fold by their title."""

    folder: Path
    live = False

    def __init__(self) -> None:
        super().__init__()
        self.made = 0
        self.path = self._new_path()
        self.store = Store.open(self.path)
        self.ids: dict[int, str] = {}
        head = self._apply_head()
        self.lives = [(0, head.rev)]
        self.documents: dict[tuple[int, int], str] = {}

    def _new_path(self) -> Path:
        RealSpace.counter = getattr(RealSpace, "counter", 0) + 1
        return self.folder / f"hub-{RealSpace.counter}.sqlite3"

    def __deepcopy__(self, memo: dict[int, Any]) -> spec.Space:
        """A backup: the model's state and a copy of the database."""
        copy = spec.Space()
        plain = {name: value for name, value in self.__dict__.items() if name in copy.__dict__}
        copy.__dict__.update(deepcopy(plain, memo))
        copy.real = self._new_path()  # type: ignore[attr-defined]
        source, target = sqlite3.connect(self.path), sqlite3.connect(copy.real)  # type: ignore[attr-defined]
        source.backup(target)
        source.close()
        target.close()
        return copy

    # -- the same, in the real store -----------------------------------------------------------------------------
    def now(self) -> int:
        return BORN + self.clock * TICK

    def apply(self, *verbs: Any) -> list[object]:
        return self.store.apply(SPACE, verbs, self.now).answers

    def _apply_head(self) -> reads.Head:
        self.apply(Begin())
        return self.store.read(lambda connection: reads.head(connection, SPACE))

    def real_rev(self, rev: int) -> int:
        base, real = next(life for life in reversed(self.lives) if life[0] <= rev)
        return real + rev - base

    def publish(self, events: list[spec.Event]) -> None:
        if not self.live:
            events = [spec.Event(event.key, event.severity) for event in events]
        known = set(self.rows)
        super().publish(events)
        self.apply(*(Publish(Sender("s"), self._event(event)) for event in events))
        page = self.store.read(lambda c: reads.page(c, SPACE, limit=500, before="", unread=False, needs_me=False))
        taken = set(self.ids.values())
        fresh = [decode(document).id for document in page.items if decode(document).id not in taken]
        self.ids.update(zip(sorted(set(self.rows) - known, reverse=True), fresh, strict=True))
        self.compare()

    def _event(self, event: spec.Event) -> Event:
        severity = ("info", "warn")[event.severity]
        if event.key is None:
            return Event("input.required", "?", severity=severity, is_prompt=True, actionable=True)  # type: ignore[arg-type]
        if self.live:
            kind = "task.progress" if event.quiet else "task.error"
            return Event(kind, "t", severity=severity, run_id=event.key, actionable=True)  # type: ignore[arg-type]
        return Event("custom", event.key, severity=severity, actionable=True)  # type: ignore[arg-type]

    def triage(self, verb: str, id: int, seen: int | None, op: str) -> int | None:  # noqa: A002
        told = super().triage(verb, id, seen, op)
        real_seen = None if seen is None else self.real_rev(seen)
        (answer,) = self.apply(Triage(self.ids[id], real_verb(verb), real_seen, op, UNTIL))
        if told is None:
            assert isinstance(answer, Refused), (verb, id, answer)
        elif not self.was_closed(id, told):
            assert answer == self.real_rev(told), (verb, id, told)
        self.compare()
        return told

    def bulk(self, verb: str, up_to: int, after: int) -> int | None:
        told = super().bulk(verb, up_to, after)
        chunk = TriageChunk(real_verb(verb), self.real_rev(up_to), self.ids.get(after, ""), False, False, UNTIL)
        self.apply(chunk)
        self.compare()
        return told

    def answer(self, id: int) -> None:  # noqa: A002
        row = self.rows[id]
        self.commit({id: spec.replace(row, answered=True, read=True)})
        call = Decide(
            id=self.ids[id], key="approve", comment="", raised_rev=self.real_rev(row.raised_rev),
            epoch=self._apply_head().epoch, attempt="", by="me", via="test", shown_hash="",
        )  # fmt: skip
        (told,) = self.apply(call)
        assert isinstance(told, str), told
        self.compare()

    def retain(self, most: int) -> None:
        before = set(self.rows)
        super().retain(most)
        self.apply(Remove(*(self.ids[number] for number in sorted(before - set(self.rows)))))
        self.compare()

    def drop_tombs(self, most: int) -> None:
        floor = self.floor
        super().drop_tombs(most)
        if self.floor != floor:
            self.apply(Forget(self.real_rev(self.floor)))
        self.compare()

    def restore(self, backup: spec.Space) -> None:
        kept = {name: value for name, value in self.__dict__.items() if name not in spec.Space().__dict__}
        super().restore(backup)
        self.__dict__.update(kept)
        self.store.close()
        self.path = self._new_path()
        shutil.copy(backup.real, self.path)  # type: ignore[attr-defined]
        self.store = Store.open(self.path)
        epoch = self.store.restore_epoch(SPACE, self.now)
        # A restore closes open prompts: in the model they stay, and nothing ever happens to them again.
        self.lives.append((self.rev, epoch))
        self.closed = frozenset(row.id for row in self.rows.values() if row.key is None and not row.answered)
        self.compare()

    closed: frozenset[int] = frozenset()

    def was_closed(self, id: int, rev: int) -> bool:  # noqa: A002
        """The restore itself gave the row another rev than the model's."""
        return id in self.closed and rev < self.lives[-1][0]

    # -- they must be equal --------------------------------------------------------------------------------------
    def compare(self) -> None:
        page = self.store.read(lambda c: reads.page(c, SPACE, limit=500, before="", unread=False, needs_me=False))
        head = self.store.read(lambda c: reads.head(c, SPACE))
        assert head.rev == self.real_rev(self.rev), "rev"
        assert head.floor == self.real_rev(self.floor), "floor"
        assert head.unread_count == self.unread, "unread"
        newest_first = sorted(self.rows, reverse=True)
        assert [decode(document).id for document in page.items] == [self.ids[number] for number in newest_first]
        for number, document in zip(newest_first, page.items, strict=True):
            model, real = self.rows[number], decode(document)
            self.documents[self.epoch, model.rev] = document
            said = (real.count, len(real.occurrences), real.read_at is not None, real.done_at is not None, real.severity)
            assert said == (model.count, min(model.count, 10), model.read, model.done, ("info", "warn")[model.severity]), model
            assert (real.snoozed_until is not None) == model.snoozed, model
            assert (real.decision is not None) == model.answered, model
            if not self.was_closed(number, model.rev):
                revs = real.rev, real.created_rev, real.raised_rev
                assert revs == tuple(map(self.real_rev, (model.rev, model.created_rev, model.raised_rev))), model

    def since(self, cursor: int, limit: int) -> list[spec.Frame] | None:
        frames = super().since(cursor, limit)
        real = self.store.read(lambda c: reads.changes(c, SPACE, self.real_rev(cursor), max(1, min(limit, 1000))))
        assert (frames is None) == (real is None), ("cursor", cursor)
        if frames is not None and real is not None and limit:
            assert [self.real_rev(frame.id) for frame in frames] == [change.rev for change in real.items]  # type: ignore[arg-type]
            for frame, change in zip(frames, real.items, strict=True):
                object.__setattr__(frame, "real", change)
        return frames


class Queue(list[spec.Op]):
    """Tells the real cache of what is put into it."""

    def __init__(self, cache: RealCache, ops: list[spec.Op]) -> None:
        super().__init__(ops)
        self._cache = cache

    def append(self, op: spec.Op) -> None:
        super().append(op)
        self._cache.enqueue(op)


class RealCache(spec.Cache):
    """Two connections take turns, as two panes on one file do."""

    folder: Path
    space: RealSpace

    def __init__(self) -> None:
        RealCache.counter = getattr(RealCache, "counter", 0) + 1
        path = schema.prepare(self.folder / f"cache-{RealCache.counter}.sqlite3").path
        self.panes = [schema.connect(path), schema.connect(path)]
        self.turn = 0
        super().__init__()

    @property
    def queue(self) -> Queue:  # type: ignore[override]
        return self._queue

    @queue.setter
    def queue(self, ops: list[spec.Op]) -> None:
        self._queue = Queue(self, ops)

    def _do(self, step: Any, *args: Any) -> Any:
        self.turn += 1
        return step(self.panes[self.turn % 2], "feed", *args)

    def _rev(self, rev: int) -> int:
        return self.space.real_rev(rev)

    def enqueue(self, op: spec.Op) -> None:
        row = None if op.id is None else self.space.ids[op.id]
        self._do(steps.enqueue, rows.Op(op.key, real_verb(op.verb), row, self._rev(op.seen), 0, until=UNTIL))
        self.compare()

    def begin(self, asked: int | None, f: spec.Frame) -> bool:
        opening = feed.Opening(self._rev(f.id or 0), self._rev(f.rev), self._rev(f.epoch), f.unread, True)
        begun = super().begin(asked, f)
        assert self._do(steps.begin, None if asked is None else self._rev(asked), opening, 0) == begun
        self.compare()
        return begun

    def apply(self, f: spec.Frame) -> None:
        super().apply(f)
        change = f.real  # type: ignore[attr-defined]
        item = feed.item_from(change.document) if change.document is not None else None
        self._do(steps.apply, [feed.Change(change.rev, change.id, item, f.unread)], 0)
        self.compare()

    def merge(self, p: spec.Page) -> None:
        super().merge(p)
        walk_top = 1 << 62
        items = tuple(feed.item_from(self.space.documents[p.epoch, row.rev]) for row in p.items)
        before = None if p.before is None else "" if p.before == walk_top else p.real[0]  # type: ignore[attr-defined]
        page = feed.Page(self._rev(p.epoch), self._rev(p.rev), before, items, p.real[1])  # type: ignore[attr-defined]
        self._do(steps.merge, page)
        self.compare()

    def acked(self, op: spec.Op, rev: int | None) -> None:
        super().acked(op, rev)
        self._do(steps.acked, op.key, None if rev is None else self._rev(rev))
        self.compare()

    def caught_up(self, rev: int) -> bool:
        told = super().caught_up(rev)
        assert self._do(steps.caught_up, self._rev(rev), 0) == told
        self.compare()
        return told

    def compare(self) -> None:
        state = self._do(steps.state)
        assert state.cursor == (None if self.cursor is None else self._rev(self.cursor)), "cursor"
        assert state.life == (None if self.life is None else self._rev(self.life)), "life"
        assert state.complete == self.complete, "complete"
        shown = self.shown()
        found = self.panes[0].execute("SELECT id, rev, unread, done, snoozed FROM row ORDER BY id").fetchall()
        if self.epoch == self.space.epoch:
            assert [row[0] for row in found] == [self.space.ids[number] for number in sorted(shown)], "rows"
        for (_, rev, unread, done, snoozed), (number, row) in zip(found, sorted(shown.items()), strict=True):
            assert (bool(unread), bool(done), bool(snoozed)) == (not row.read, row.done, row.snoozed), (number, row)
            if not self.space.was_closed(number, row.rev):
                assert rev == self._rev(row.rev), (number, row)
        done, snoozed = (sum(row.done for row in shown.values()), sum(row.snoozed and not row.done for row in shown.values()))
        assert (state.rows, state.done, state.snoozed) == (len(shown), done, snoozed), "counts"
