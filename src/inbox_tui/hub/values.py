"""What goes into a space's verbs and comes out of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from inbox_tui.core.media import KINDS
from inbox_tui.core.model import Document
from inbox_tui.core.mutes import Scope


@dataclass(frozen=True, slots=True)
class Sender:
    """Who posts, by its key. `may_permit_on_timeout`: its key was made with `--allow-timeout-approve`."""

    name: str
    key_id: str = ""
    may_permit_on_timeout: bool = False


@dataclass(frozen=True, slots=True)
class Callback:
    """An address to be told the end of a question: its host, and the whole of it, sealed."""

    host: str
    address: str


@dataclass(frozen=True, slots=True)
class Published:
    """`id` is the row's; of an event that only went to a finished run's timeline, that run's row, "" where unknown."""

    id: str
    event_id: str
    rev: int
    epoch: int
    is_new: bool
    at: int
    """When it was committed; microseconds."""
    is_repeat: bool = False
    """The same had been posted before, with the same key: nothing was made."""
    dispatch: Literal["queued", "flow_unavailable", "failed"] = "queued"
    """What became of the flows that it sets off: their jobs are on disk, or there are none; or why not."""


Turn = Literal["", "open", "close"]


@dataclass(frozen=True, slots=True)
class Belonging:
    """What an event says that it belongs to, both its own sender's: an agent's session, which it may `open` (again) or `close`,
    and the event of an earlier message."""

    session_id: str = ""
    parent_id: str = ""
    turn: Turn = ""


ALONE = Belonging()


@dataclass(frozen=True, slots=True)
class InSession:
    """The named session that an event was said in, which it opens where there is none, unless `is_strict`. `plan`: how far its
    plan has come by that event, "" where it says nothing of one."""

    session_id: str
    is_strict: bool = False
    plan: str = ""


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where a session takes text: a pane of the tmux server at `socket` ("": the default one), while `program` runs in it."""

    pane: str = ""
    program: str = ""
    socket: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """A session that a sender named itself. `plan`: JSON text of what was last said of its plan, "" without one. Microseconds."""

    id: str
    sender: str
    opened_at: int
    last_at: int
    terminal: Terminal
    plan: str


@dataclass(frozen=True, slots=True)
class JobSeen:
    """A job as people see it: where to by its host alone. `due_at` of a running one: when its claim runs out. Microseconds."""

    id: str
    kind: str
    state: Literal["queued", "running", "failed"]
    notification_id: str
    sender: str
    host: str
    attempts: int
    due_at: int | None
    queued_at: int | None
    last_error: str
    updated_at: int


@dataclass(frozen=True, slots=True)
class AgentSession:
    """A stretch of work of one sender, which the hub gave its id. `ended_at` None: it is open. Microseconds."""

    id: str
    title: str
    started_at: int
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class Bulk:
    """`rev` shows every change; `skipped` counts rows that somebody waits for, `raised` those that have called again since they
    were shown."""

    rev: int
    changed: int
    skipped: int
    raised: int = 0


@dataclass(frozen=True, slots=True)
class Mute:
    """A mute rule as it is listed. `subject`: see `core.mutes`; `until` None: until it is lifted. Microseconds."""

    id: str
    scope: Scope
    subject: str
    label: str
    until: int | None
    by: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What an asker is told. `status`: open, decided, expired, withdrawn, superseded, answered_elsewhere, or unknown."""

    id: str
    epoch: int
    status: str
    decision: Document | None = None


UNKNOWN = Answer("", 0, "unknown")


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept. Days; `rows_most` and `measures_most` a space; events a row: the first and the last so many."""

    rows_days: int = 90
    rows_most: int = 100_000
    events_days: int = 30
    measures_most: int = 200_000
    first_events: int = 100
    last_events: int = 900
    idempotency_days: int = 7
    tombstone_days: int = 30


@dataclass(frozen=True, slots=True)
class Rate:
    """How much one key may post: events a second in the long run, and at once."""

    per_second: float = 2_000.0
    burst: float = 100_000.0


@dataclass(frozen=True, slots=True)
class Voices:
    """The files of the engine that speaks: its model, and its voices; "" where there is none."""

    model: str = ""
    voices: str = ""


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """What is taken of files: bytes of one, and of all that a space has; which kinds; how long one is kept that nothing refers
    to, and a signed link opens one."""

    file_bytes: int = 100 << 20
    space_bytes: int = 2048 << 20
    kinds: tuple[str, ...] = KINDS
    unused_days: int = 1
    link_days: int = 90
