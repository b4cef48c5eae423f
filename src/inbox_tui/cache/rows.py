"""The cache's values: views and places, a row's record, queued triage. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from inbox_tui.core.triage import Verb


class View(StrEnum):
    """A list that a pane shows. Its order: what needs me, then the newest raise, then id."""

    NEEDS = "needs"
    UNREAD = "unread"
    ALL = "all"
    DONE = "done"


Key = tuple[int, int, str]
"""A row's place in every list: (needs me, raised_at in microseconds, id); lists run from the greatest key down."""

BITS: dict[View, int] = {View.NEEDS: 1, View.UNREAD: 2, View.ALL: 4, View.DONE: 8}


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of the cache: the last number of the journal, and of the documents."""

    seq: int
    doc: int


@dataclass(frozen=True, slots=True)
class Op:
    """One triage call on its way: a row as it was shown (`seen`: its raised_rev), or, without `id`, all up to `seen`."""

    key: str
    verb: Verb
    id: str | None
    seen: int
    at: int
    only_unread: bool = False
    only_needs_me: bool = False
    ack: int | None = None


@dataclass(frozen=True, slots=True)
class FeedState:
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
    done: int
    evicted: bool

    @property
    def complete(self) -> bool:
        return self.walk is None


@dataclass(slots=True)
class Kept:
    """A row's record without its document. Mutable: a transaction works on it."""

    id: str
    rev: int
    raised_rev: int
    raised_at: int
    walked: int
    asks: bool
    held: bool
    hub_unread: bool
    hub_done: bool
    needs: bool = False
    unread: bool = False
    done: bool = False
    overlaid: bool = False
    n: int = field(default=0, compare=False)
    """Its number in the table; 0: it has none yet."""

    @property
    def views(self) -> int:
        """Bits of the views that it is in."""
        if self.done:
            return BITS[View.DONE]
        return BITS[View.ALL] | (BITS[View.NEEDS] if self.needs else 0) | (BITS[View.UNREAD] if self.unread else 0)

    def show(self, ops: list[Op]) -> None:
        """Sets what is shown: what the hub has, under the queued triage, which never covers a later raise."""
        self.unread, self.done, self.overlaid = self.hub_unread, self.hub_done, False
        for op in ops:
            if self._is_under(op):
                self.overlaid = True
                if op.verb in ("read", "unread"):
                    self.unread = op.verb == "unread"
                else:
                    self.done = op.verb == "done"
                    self.unread = self.unread and not self.done
        self.needs = self.asks and not self.done

    def _is_under(self, op: Op) -> bool:
        if self.raised_rev > op.seen or (op.ack is not None and self.rev >= op.ack):
            return False
        if op.id is not None:
            return op.id == self.id
        if op.verb == "done" and self.held:
            return False
        return not (op.only_unread and not self.unread) and not (op.only_needs_me and not (self.asks and not self.done))
