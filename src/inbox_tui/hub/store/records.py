"""What the store keeps, as values, and the parameters that each is written with."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256
from operator import attrgetter

from pydantic_core import to_json

from inbox_tui.core.model import Document, Notification
from inbox_tui.core.mutes import source_of
from inbox_tui.hub.store.database import Params


def text_of(document: Document) -> str:
    """Compact JSON text, as it is stored, served and streamed; in a third of the standard library's time."""
    return to_json(document).decode()


def key_of(fold_key: str) -> str:
    """A fold key as it is stored. PostgreSQL's indexes hold no more than 2,700 bytes: of a longer one, the SHA-256 of it all."""
    return fold_key if len(fold_key) <= 600 else f"sha256:{sha256(fold_key.encode(errors='surrogatepass')).hexdigest()}"


@dataclass(slots=True)
class Space:
    """A space's record; whoever holds its lock may move it."""

    name: str
    epoch: int
    rev: int
    floor: int
    last_id: str
    unread: int
    size: int
    mutes: int = 0
    """Mute rules that hold: where there is none, nobody asks for them."""
    media: int = 0
    """Bytes of kept files, and of those that are still coming in or going."""
    measures: int = 0
    flows: int = 0
    """The version of its flows; 0: it has none."""
    retained_at: int = 0
    """When nothing more was found that is kept no longer."""
    removed_at: int | None = None
    """From then on nothing is read or written here, until all of it is erased and the name is free again."""


@dataclass(slots=True)
class Held:
    """A row in a batch: the value, and what the store knows beside it."""

    row: Notification
    epoch: int
    """The epoch that it was born in: part of its identity."""
    fold_key: str
    """As `key_of` makes it."""
    is_folding: bool
    lease_until: int | None = None
    is_new: bool = False
    before: Notification | None = None
    """As the batch found it."""
    lease_before: int | None = None
    document: str = ""
    """Of a touched row: set when the batch has written it."""

    @property
    def was_unread(self) -> bool:
        return self.before is not None and self.before.is_unread

    @property
    def has_ended(self) -> bool:
        """Whether it is a question that this batch ended."""
        return self.row.is_prompt and not self.row.is_open and (self.before is None or self.before.is_open)

    @property
    def keeps_state(self) -> bool:
        """Whether it is only its words and revs that changed: what `statements.STATE` names is as it was."""
        one, other = self.before, self.row
        return one is not None and self.is_folding and self.lease_until == self.lease_before and _state(one) == _state(other)

    def columns(self, space: str) -> Params:
        row = self.row
        is_open = row.is_open
        pending = not row.closed and row.decision is None
        return {
            "space": space,
            "id": row.id,
            "epoch": self.epoch,
            "rev": row.rev,
            "created_rev": row.created_rev,
            "raised_rev": row.raised_rev,
            "raised_at": row.raised_at,
            "last_occurred_at": row.last_occurred_at,
            "fold_key": self.fold_key,
            "is_folding": self.is_folding and pending,
            "unread": row.is_unread,
            "done": row.done_at is not None,
            "needs_me": row.needs_me,
            "is_prompt": row.is_prompt,
            "is_open": is_open,
            "untaken": row.decision is not None and row.decision.delivery == "unconfirmed",
            "pinned": row.pinned,
            "muted": row.muted,
            "source": source_of(row),
            "expires_at": row.expires_at if pending else None,
            "snoozed_until": row.snoozed_until,
            "lease_until": self.lease_until if is_open else None,
            "sender": row.sender,
            "run_id": row.run_id,
            "session_id": row.asked_in,
            "request": row.request,
            "document": self.document,
        }


_state = attrgetter(
    "read_at",
    "done_at",
    "actionable",
    "decision",
    "closed",
    "seems_answered",
    "expires_at",
    "snoozed_until",
    "pinned",
    "muted",
    "run_id",
)


@dataclass(frozen=True, slots=True)
class Idempotent:
    """What a sender's idempotency key led to."""

    sender: str
    key: str
    event_id: str
    notification_id: str
    rev: int
    epoch: int
    body_hash: str
    at: int


@dataclass(slots=True)
class Ask:
    """A question by its asker's key. `notification_id` is "" where it was withdrawn before it was posted."""

    sender: str
    key: str
    notification_id: str = ""
    withdrawn: bool = False


@dataclass(slots=True)
class Run:
    """One execution of a task. `notification_id`: the row that speaks for it."""

    sender: str
    run_id: str
    notification_id: str
    finished_at: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What a triage call was answered."""

    key: str
    rev: int
    changed: int = 0
    skipped: int = 0
    raised: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed piece of work, to be done outside of any transaction. `id` is the same at each attempt, and so is `body`."""

    space: str
    space_made_at: int
    id: str
    kind: str
    notification_id: str
    sender: str
    host: str
    """Where to, as far as anybody may know."""
    address: str = field(repr=False)
    """Where to, sealed."""
    body: str = field(repr=False)
    attempts: int
    """This one counted."""
    queued_at: int


@dataclass(slots=True)
class Wanted:
    """What the verbs of a batch will look at, so that it is read by one query a kind."""

    fold_keys: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    idempotency_keys: set[str] = field(default_factory=set)
    ask_keys: set[str] = field(default_factory=set)
    run_ids: set[str] = field(default_factory=set)
    makes_space: bool = False
    """A verb of the batch makes the space where there is none. No other one does."""


class DecodedRows:
    """The rows decoded last, by space and id; good for exactly the rev that they were stored with: no rev is given out twice, by
    no hub and in no life of a space."""

    def __init__(self, most: int = 4096) -> None:
        self._rows: OrderedDict[tuple[str, str], Notification] = OrderedDict()
        self._most = most

    def get(self, space: str, id: str, rev: int) -> Notification | None:  # noqa: A002
        row = self._rows.get((space, id))
        return row if row is not None and row.rev == rev else None

    def put(self, space: str, row: Notification) -> None:
        self._rows[space, row.id] = row
        self._rows.move_to_end((space, row.id))
        if len(self._rows) > self._most:
            self._rows.popitem(last=False)
