"""Mute rules of a space: made, prolonged and lifted; and the present rows brought in line with them, a chunk a commit.

What comes later is muted in the transaction that makes it. A rule with a place in `swept` is not through yet: rows up to that
id agree with it. One that is lifted stays, of no effect, until its last row is free.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from inbox_tui.core import mutes
from inbox_tui.core.errors import Refused, unknown_id
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Call, Held, Wanted, key_of
from inbox_tui.hub.verbs.triage import CHUNK, STRETCH, place_after, shown_row

MOST = 1000
"""Rules of one space: few enough to look through all of them."""


@dataclass(frozen=True, slots=True)
class MakeMute:
    """A rule for a subject; where there is one already it gets this `until`. Answers its id."""

    scope: mutes.Scope
    subject: str
    label: str
    until: int | None
    by: str

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> str:
        return _make(batch, self.scope, self.subject, self.label, self.until, self.by)


@dataclass(frozen=True, slots=True)
class MuteRow:
    """A rule by a row that it is to mute, which is muted at once. Answers the rev that shows it."""

    id: str
    scope: mutes.Scope
    until: int | None
    by: str
    seen: int | None = None
    idempotency_key: str = ""

    def prepare(self, wanted: Wanted) -> None:
        wanted.ids.add(self.id)

    def run(self, batch: Batch) -> int:
        """Raises Refused 404; 409 `changed`; 409 `asks` for a question, 422 `nothing_to_mute` where the row has no task."""
        if (earlier := batch.call(self.idempotency_key)) is not None:
            return earlier.rev
        held = shown_row(batch, self.id, self.seen)
        subject = mutes.subject_of(self.scope, held.row)
        if not subject:
            raise Refused(422, f"It has no {self.scope} to mute.", code="nothing_to_mute")
        if self.scope == "notification" and not mutes.may_mute(held.row):
            raise Refused(409, "A question is never muted: somebody would wait in silence. Answer it, or snooze it.", code="asks")
        _make(batch, self.scope, subject, mutes.label_of(self.scope, held.row), self.until, self.by)
        _set(batch, held)
        batch.answer_call(Call(self.idempotency_key, held.row.rev))
        return held.row.rev


@dataclass(frozen=True, slots=True)
class UnmuteRow:
    """Lifts the rule of the scope that mutes a row. Answers the rev that shows it."""

    id: str
    scope: mutes.Scope
    idempotency_key: str = ""

    def prepare(self, wanted: Wanted) -> None:
        wanted.ids.add(self.id)

    def run(self, batch: Batch) -> int:
        """Raises Refused 404."""
        if (earlier := batch.call(self.idempotency_key)) is not None:
            return earlier.rev
        held = shown_row(batch, self.id, None)
        subject = mutes.subject_of(self.scope, held.row)
        for (mute_id,) in batch.select(statements.MUTE_OF, scope=self.scope, subject=subject):
            _lift(batch, mute_id)
        _set(batch, held)
        batch.answer_call(Call(self.idempotency_key, held.row.rev))
        return held.row.rev


@dataclass(frozen=True, slots=True)
class LiftMute:
    id: str

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> None:
        """Raises Refused 404."""
        if not batch.select(statements.MUTE_BY_ID, id=self.id):
            raise unknown_id("mute")
        _lift(batch, self.id)


class EndMutes:
    """Lifts the rules whose time is over. Answers how many."""

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> int:
        over = batch.select(statements.MUTES_OVER, now=batch.now, limit=CHUNK)
        for (mute_id,) in over:
            _lift(batch, mute_id)
        return len(over)


class Sweep:
    """Brings the next rows in line with a rule that is not through yet. Answers whether there may be more to do."""

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> bool:
        found = batch.select(statements.UNSWEPT)
        if not found:
            return False
        mute_id, scope, subject, is_lifted, after = found[0]
        given = {"subject": key_of(subject)} if scope == "notification" else {"source": subject.split(mutes.SEPARATOR)[0]}
        given |= {"after": after, "length": STRETCH, "limit": CHUNK}
        rows = [str(row_id) for (row_id,) in batch.select(statements.rows_of_rule(scope, muted=bool(is_lifted)), **given)]
        for held in batch.rows(rows):
            _set(batch, held)
        if place := place_after(batch, after, rows):
            batch.execute(statements.SWEPT_SO_FAR, id=mute_id, swept=place)
        else:
            batch.execute(statements.DROP_LIFTED if is_lifted else statements.SWEPT, id=mute_id)
        return True


def _make(batch: Batch, scope: mutes.Scope, subject: str, label: str, until: int | None, by: str) -> str:
    changes = {"until": until, "label": label, "made_by": by}
    if known := batch.select(statements.MUTE_OF, scope=scope, subject=subject):
        mute_id = str(known[0][0])
        batch.execute(statements.PROLONG_MUTE, id=mute_id, **changes)
    elif batch.space.mutes >= MOST:
        raise Refused(409, f"There are {MOST:,} mutes already: lift some first.", code="too_many_mutes")
    else:
        mute_id = batch.next_id()
        batch.add_mute({"id": mute_id, "scope": scope, "subject": subject, **changes})
        batch.space.mutes += 1
    batch.forget_mutes()
    return mute_id


def _lift(batch: Batch, mute_id: str) -> None:
    batch.execute(statements.LIFT_MUTE, id=mute_id, now=batch.now)
    batch.space.mutes -= 1
    batch.forget_mutes()


def _set(batch: Batch, held: Held) -> None:
    """The row as the rules say."""
    muted = batch.mutes(held.row)
    if muted != held.row.muted:
        batch.put(held, replace(held.row, muted=muted))
