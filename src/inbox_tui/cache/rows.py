"""The cache's values: views and places, a row's record, queued triage. Standard library only."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from inbox_tui.core.model import Notification, rank
from inbox_tui.core.mutes import Scope
from inbox_tui.core.triage import Verb


class View(StrEnum):
    """A list that a pane shows. Its order: `Notification.place`."""

    NEEDS = "needs"
    UNREAD = "unread"
    ALL = "all"
    SNOOZED = "snoozed"
    DONE = "done"


Key = tuple[int, int, str]
"""A row's place in every list, as `Notification.place` says it; lists run from the greatest key down."""
FOREIGN = -1
"""The life of every hub that is not ours: it tells of none, and no hub can say this one."""
NEEDS_ME = rank(True, False)
"""The rank of what needs me."""

BITS: dict[View, int] = {view: 1 << n for n, view in enumerate(View)}

WHERE: dict[View, str] = {
    View.NEEDS: f"feed = :feed AND done = 0 AND snoozed = 0 AND rank = {NEEDS_ME}",
    View.UNREAD: "feed = :feed AND unread = 1 AND muted = 0 AND done = 0 AND snoozed = 0",
    View.ALL: "feed = :feed AND done = 0 AND snoozed = 0",
    View.SNOOZED: "feed = :feed AND done = 0 AND snoozed > 0",
    View.DONE: "feed = :feed AND done = 1",
}
"""Which rows of the table a view is made of, each as one of its indexes has them."""


def is_in(view: View, row: Notification) -> bool:
    match view:
        case View.NEEDS:
            return row.needs_me
        case View.DONE:
            return row.done_at is not None
        case View.SNOOZED:
            return row.done_at is None and row.snoozed_until is not None
        case View.UNREAD:
            return row.is_unread and row.done_at is None and row.snoozed_until is None
        case View.ALL:
            return row.done_at is None and row.snoozed_until is None


class Mark(NamedTuple):
    """A moment of the cache: the last number of the journal, and of the documents. `parts`: of several feeds, each one's."""

    seq: int
    doc: int
    parts: tuple[Mark, ...] = ()


class Op(NamedTuple):
    """One triage call on its way: a row as it was shown (`seen`: its raised_rev); or the `rows`, each as it was shown, by id;
    or, with neither `id` nor `rows`, all up to `seen`."""

    key: str
    verb: Verb
    id: str | None
    seen: int
    at: int
    only_unread: bool = False
    only_needs_me: bool = False
    ack: int | None = None
    until: int | None = None
    scope: Scope | None = None
    rows: Mapping[str, int] | None = None

    @property
    def is_for_all(self) -> bool:
        return self.id is None and self.rows is None

    @property
    def ids(self) -> Collection[str]:
        """Whom it names."""
        return self.rows if self.rows is not None else () if self.id is None else (self.id,)

    def covers(self, row_id: str, rev: int, raised_rev: int) -> bool:
        """Whether it names the row as it is: never over a later raise, nor over what the hub has told since it took it."""
        if self.ack is not None and rev >= self.ack:
            return False
        if self.rows is not None:
            return raised_rev <= self.rows.get(row_id, -1)
        return raised_rev <= self.seen and self.id in (None, row_id)


class Head(NamedTuple):
    """The feed's record, as a pane shows it. `complete`: the copy holds all that the hub has (and had room for)."""

    feed: int = -1
    version: int = 0
    seq: int = 0
    journal_from: int = 0
    epoch: int = 0
    complete: int = 0
    hub_unread: int = 0
    caught_up_at: int = 0
    needs: int = 0
    unread: int = 0
    listed: int = 0
    snoozed: int = 0
    done: int = 0


class Named(NamedTuple):
    """A row by its number."""

    id: str
    is_unread: bool


class Was(NamedTuple):
    """What a row was before it moved: its number, the views that it was in as bits, and its place."""

    n: int
    views: int
    rank: int
    at: int


UNDO_KEPT = 100
"""Things that a pane can take back one after another."""

OP_COLUMNS = "key, verb, id, seen, at, only_unread, only_needs_me, ack, until, scope, rows"


def op_from(record: tuple[Any, ...]) -> Op:
    """From the columns of OP_COLUMNS."""
    key, verb, row_id, seen, at, only_unread, only_needs_me, ack, until, scope, rows = record
    shown = None if rows is None else json.loads(rows)
    return Op(key, verb, row_id, seen, at, bool(only_unread), bool(only_needs_me), ack, until, scope, shown)


def op_record(op: Op) -> tuple[object, ...]:
    """The reverse."""
    rows = None if op.rows is None else json.dumps(op.rows)
    return (
        op.key, op.verb, op.id, op.seen, op.at, op.only_unread, op.only_needs_me, op.ack, op.until, op.scope, rows,
    )  # fmt: skip


class FeedState(NamedTuple):
    """What the cache knows about its feed. `walk` None: walked to the end."""

    epoch: int
    life: int | None
    cursor: int | None
    walk: str | None
    hub_unread: int
    caught_up_rev: int
    caught_up_at: int
    needs: int
    unread: int
    listed: int
    snoozed: int
    done: int
    evicted: bool

    @property
    def complete(self) -> bool:
        return self.walk is None

    @property
    def rows(self) -> int:
        return self.listed + self.snoozed + self.done


@dataclass(slots=True)
class Kept:
    """A row's record without its document. Mutable: a transaction works on it. Of what triage changes, the hub's value stands
    beside the one that is shown. `snoozed`: until when, in microseconds, 0: it is not."""

    id: str
    rev: int
    raised_rev: int
    raised_at: int
    walked: int
    asks: bool
    held: bool
    mutable: bool
    hub_unread: bool
    hub_done: bool
    hub_snoozed: int
    hub_pinned: bool
    hub_muted: bool
    rank: int = 0
    at: int = 0
    unread: bool = False
    done: bool = False
    snoozed: int = 0
    pinned: bool = False
    muted: bool = False
    overlaid: bool = False
    n: int = field(default=0, compare=False)
    """Its number in the table; 0: it has none yet."""

    @property
    def views(self) -> int:
        """Bits of the views that it is in."""
        if self.done:
            return BITS[View.DONE]
        if self.snoozed:
            return BITS[View.SNOOZED]
        needs, unread = self.rank == NEEDS_ME, self.unread and not self.muted
        return BITS[View.ALL] | (BITS[View.NEEDS] if needs else 0) | (BITS[View.UNREAD] if unread else 0)

    def show(self, ops: list[Op]) -> None:
        """Sets what is shown: what the hub has, under the queued triage, which never covers a later raise."""
        self.unread, self.done, self.snoozed = self.hub_unread, self.hub_done, self.hub_snoozed
        self.pinned, self.muted, self.overlaid = self.hub_pinned, self.hub_muted, False
        self._rank()
        for op in ops:
            if op.covers(self.id, self.rev, self.raised_rev) and not self._is_passed_over(op):
                self.overlaid = True
                self._apply(op)
                self._rank()

    def _rank(self) -> None:
        """As `Notification.place` does."""
        needs = self.asks and not (self.done or self.snoozed or self.muted)
        is_put_off = self.snoozed and not self.done
        self.rank = rank(needs, self.pinned and not (self.done or self.snoozed))
        self.at = -self.snoozed if is_put_off else self.raised_at

    def _is_passed_over(self, op: Op) -> bool:
        """By a verb for many."""
        if op.id is not None:
            return False
        if op.verb == "done" and self.held:
            return True
        return (op.only_unread and (not self.unread or self.muted)) or (op.only_needs_me and self.rank != NEEDS_ME)

    def _apply(self, op: Op) -> None:
        """As `core.triage.apply` does."""
        match op.verb:
            case "read" | "unread":
                self.unread = op.verb == "unread"
            case "done" | "undone":
                self.done = op.verb == "done"
                self.unread = self.unread and not self.done
            case "snooze" | "unsnooze":
                self.snoozed = op.until or 0 if op.verb == "snooze" else 0
            case "pin" | "unpin":
                self.pinned = op.verb == "pin"
            case "mute" | "unmute":
                self.muted = op.verb == "mute" and self.mutable
