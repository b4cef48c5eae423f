"""What sync tells the app. Plain values: the app wraps them for its screens. Standard library only.

Times are microseconds since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from inbox_tui.core.model import Decision, Notification
from inbox_tui.core.triage import Verb


@dataclass(frozen=True, slots=True)
class CacheChanged:
    """Rows, counts or places changed: ask the reader. At most one each 50 ms."""


ConnectionState = Literal["connecting", "live", "offline"]


@dataclass(frozen=True, slots=True)
class ConnectionChanged:
    """How the hub is followed. `live` with `caught_up_at` None: connected, still catching up."""

    state: ConnectionState
    since: int
    """When this state began."""
    caught_up_at: int | None = None
    """When the pane was last proved to show all that the hub has."""
    recovered: int = 0
    """Rows that came after a gap, told with the first catching up after it; 0 otherwise."""
    detail: str = ""
    """Offline: why, in words."""
    next_try: int | None = None
    """Offline: when it connects again."""
    waiting: int = 0
    """Triage calls that wait for the hub."""
    refused: bool = False
    """The hub answered and does not let us in: only another key helps."""
    hub: str = ""
    """Which of several."""


@dataclass(frozen=True, slots=True)
class Raised:
    """Rows that called for attention just now, unread: each raise is told once. For bells and toasts."""

    rows: tuple[Notification, ...]
    more: int = 0
    """Rows that called with them and are not told one by one."""


DecisionState = Literal["sending", "decided", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class DecisionChanged:
    """How an answer fares. `unknown`: sent, and no reply came in time; the row itself tells later."""

    id: str
    state: DecisionState
    code: str = ""
    """Refused: the hub's word for it (`decided`, `changed`, `expired`, …)."""
    detail: str = ""
    decision: Decision | None = None
    """Decided: ours. Refused because it is answered already: theirs."""


@dataclass(frozen=True, slots=True)
class TriageRefused:
    """A triage call that the hub did not take; the rows show the hub's state again. `ids` empty: a verb for all."""

    ids: tuple[str, ...]
    verb: Verb
    reason: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class TriageDone:
    """A verb for many that the hub has taken: how many rows it changed, passed over since somebody waits for them, and since they
    have called again. `call`: the same for the parts of one action; "": a verb for all. `hub`: which of several did it."""

    verb: Verb
    changed: int
    skipped: int
    raised: int = 0
    call: str = ""
    hub: str = ""


@dataclass(frozen=True, slots=True)
class StorageProblem:
    """The hub cannot write (its disk is full, say); "": it can again. `hub`: which of several."""

    text: str
    hub: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the person should read once (the cache was rebuilt, a newer hub was started)."""

    text: str


SyncMessage: TypeAlias = (
    CacheChanged | ConnectionChanged | Raised | DecisionChanged | TriageRefused | TriageDone | StorageProblem | Notice
)
