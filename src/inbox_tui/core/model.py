"""What the inbox is about: an event (what a sender said), a notification (a row: one event or many folded), its decision.

A notification is a value. The fields that rules read are fields here; everything that is only shown is in `details`, under
its wire name. `to_document` and `from_document` are the wire shape of seeds 001 and 003 plus our optional members.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, Literal, TypeAlias, cast

from inbox_tui.core.times import DAY, HOUR, from_wire, to_wire

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"
Document: TypeAlias = dict[str, Any]
"""A notification as decoded JSON: the wire shape."""

Severity = Literal["info", "warn", "error"]
SEVERITIES: tuple[Severity, ...] = ("info", "warn", "error")
Waiting = Literal["", "nobody", "here", "gone"]
Closed = Literal["", "expired", "withdrawn", "superseded", "answered_elsewhere"]
Delivery = Literal["unconfirmed", "delivered", "sent", "unused"]
"""How far an answer got: given, not confirmed; acknowledged by the asker; written to a connection; the asker had given up."""

FOLD_WINDOW = HOUR
OCCURRENCES = 10
PROMPT_LIFETIME = 30 * DAY

DETAIL_FIELDS = [
    "status",
    "progress",
    "color",
    "session_id",
    "parent_id",
    "subagent_id",
    "tool_name",
    "command",
    "prompt",
    "file_paths",
    "open_url",
    "url_title",
    "download_url",
    "image_url",
    "attachments",
    "audio_status",
    "tags",
    "meta",
    "cwd",
    "host",
    "repo",
    "branch",
    "tmux_pane",
    "sent_at",
    "redacted",
    "request",
    "asked_before",
    "event",
    "subject",
    "device",
    "sound",
    "extra",
]
"""Members that are shown and searched. No rule reads them, but that `request`, `session_id` and `subagent_id` tell which
questions a hint is about, and `subject` which messages are the same one again."""


@dataclass(frozen=True, slots=True)
class Choice:
    key: str
    label: str
    is_default_on_timeout: bool = False


APPROVE, REJECT = Choice("approve", "approve"), Choice("reject", "reject")
REFUSING_KEYS = frozenset({"reject", "deny"})
"""Every other key permits something."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The one answer of a row, for ever. Only `delivery` may still move."""

    key: str
    label: str
    by: str
    at: int
    comment: str = ""
    is_timeout_default: bool = False
    delivery: Delivery = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Speech:
    """`voice` as Kokoro names it, `speed` 0.5 to 2. `base`: where whoever reads the message finds the hub."""

    text: str
    voice: str
    speed: float
    base: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a sender said, in our words, already cleaned. `run_id`, `task_name` are "" where unknown."""

    kind: str
    title: str
    body: str = ""
    severity: Severity = "info"
    source: str = ""
    dialect: str = "inbox"
    task_name: str = ""
    run_id: str = ""
    actionable: bool = False
    is_prompt: bool = False
    choices: tuple[Choice, ...] = ()
    priority: int = 0
    timeout: float | None = None
    """Seconds until a prompt expires, or any message with a time to live."""
    waiting: bool = False
    """The sender waits for the answer from the moment that it posts."""
    supersedes: str = ""
    """Id of a prompt of the same sender that this one replaces."""
    callback_url: str = field(default="", repr=False)
    """Where to tell the end of a prompt. It may hold secrets: it is no part of the row, nor of any timeline."""
    details: Mapping[str, Json] = field(default_factory=dict)
    speech: Speech | None = field(default=None, repr=False)
    """What is to be spoken of it, for the job that does so alone."""
    raw: str = field(default="", repr=False)
    """What the sender had been told itself, word for word, for the timeline alone."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """What flows go by, where its dialect says so itself; see `core.flows.fields`."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One row of the inbox. Times are microseconds; `rev` 0 means not written yet."""

    id: str
    kind: str
    title: str
    created_at: int
    last_occurred_at: int
    fingerprint: str = ""
    severity: Severity = "info"
    task_name: str = ""
    run_id: str = ""
    body: str = ""
    count: int = 1
    occurrences: tuple[int, ...] = ()
    read_at: int | None = None
    rev: int = 0
    created_rev: int = 0
    raised_rev: int = 0
    raised_at: int = 0
    sender: str = ""
    source: str = ""
    dialect: str = ""
    priority: int = 0
    actionable: bool = False
    is_prompt: bool = False
    choices: tuple[Choice, ...] = ()
    decision: Decision | None = None
    waiting: Waiting = ""
    closed: Closed = ""
    seems_answered: bool = False
    expires_at: int | None = None
    snoozed_until: int | None = None
    done_at: int | None = None
    muted: bool = False
    pinned: bool = False
    details: Mapping[str, Json] = field(default_factory=dict)
    hub: str = ""
    """Which of several hubs a pane has it from. No hub says it, so it is in no document."""

    @property
    def is_open(self) -> bool:
        """It may still be answered."""
        return self.actionable and self.decision is None and not self.closed

    @property
    def needs_me(self) -> bool:
        """Nothing changes by the clock alone: the end of a snooze or an expiry is a write."""
        is_put_off = self.done_at is not None or self.snoozed_until is not None or self.muted
        return self.is_open and not self.seems_answered and not is_put_off

    @property
    def is_unread(self) -> bool:
        """It counts as unread: what is muted calls for nobody, read or not."""
        return self.read_at is None and not self.muted

    @property
    def place(self) -> tuple[int, int, str]:
        """Its place in every list, which runs from the greatest down: what needs me, what is pinned, then the newest raise; of
        what is snoozed, the soonest to come back."""
        if self.done_at is not None:
            return 0, self.raised_at, self.id
        if self.snoozed_until is not None:
            return 0, -self.snoozed_until, self.id
        return rank(self.needs_me, self.pinned), self.raised_at, self.id

    @property
    def request(self) -> str:
        """What a question names as asked, in its sender's own hash; "" for what asks nothing."""
        return _text(self.details.get("request")) if self.is_prompt else ""

    @property
    def asked_in(self) -> str:
        """The session that a question was asked in."""
        return _text(self.details.get("session_id")) if self.is_prompt else ""

    def choice(self, key: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.key == key), None)


def rank(needs_me: bool, pinned: bool) -> int:
    """The first part of a row's place: what needs me is above what is pinned, and that above the rest."""
    return 2 if needs_me else int(pinned)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


_NAMES: tuple[str, ...] = tuple(member.name for member in fields(Notification))
_PLACE = {name: place for place, name in enumerate(_NAMES)}
_values = attrgetter(*_NAMES)


def changed(row: Notification, **changes: object) -> Notification:
    """`dataclasses.replace` for a row, in half the time: ingest does it once or twice an event."""
    values = list(_values(row))
    for name, value in changes.items():
        values[_PLACE[name]] = value
    return Notification(*values)


_PLAIN = ("sender", "source", "dialect", "waiting", "closed")
_FLAGS = ("actionable", "is_prompt", "seems_answered", "muted", "pinned")
_TIMES = ("expires_at", "snoozed_until", "done_at")


def to_document(row: Notification) -> Document:
    """The wire shape: required members always, ours where they say something."""
    document: Document = {
        "id": row.id,
        "fingerprint": row.fingerprint,
        "kind": row.kind,
        "severity": row.severity,
        "task_name": row.task_name,
        "run_id": row.run_id,
        "title": row.title,
        "body": row.body,
        "count": row.count,
        "occurrences": [to_wire(at) for at in row.occurrences],
        "created_at": to_wire(row.created_at),
        "last_occurred_at": to_wire(row.last_occurred_at),
        "read_at": to_wire(row.read_at),
        "rev": row.rev,
        "created_rev": row.created_rev,
        "raised_rev": row.raised_rev,
        "raised_at": to_wire(row.raised_at),
    }
    for name in (*_PLAIN, *_FLAGS):
        if value := getattr(row, name):
            document[name] = value
    for name in _TIMES:
        if (at := getattr(row, name)) is not None:
            document[name] = to_wire(at)
    if row.priority:
        document["priority"] = row.priority
    if row.choices:
        document["choices"] = [
            {"key": c.key, "label": c.label, "is_default_on_timeout": c.is_default_on_timeout} for c in row.choices
        ]
    if (d := row.decision) is not None:
        document["decision"] = decision_document(d)
    document.update(row.details)
    return document


def decision_document(decision: Decision) -> Document:
    return {
        "key": decision.key,
        "label": decision.label,
        "comment": decision.comment,
        "by": decision.by,
        "at": to_wire(decision.at),
        "is_timeout_default": decision.is_timeout_default,
        "delivery": decision.delivery,
    }


def decision_from(document: Mapping[str, Any]) -> Decision:
    """The reverse. Raises KeyError, TypeError or ValueError for any other shape."""
    return Decision(
        key=document["key"],
        label=document["label"],
        by=document["by"],
        at=_time(document["at"]),
        comment=document.get("comment", ""),
        is_timeout_default=document.get("is_timeout_default", False),
        delivery=document.get("delivery", "unconfirmed"),
    )


def from_document(document: Mapping[str, Any]) -> Notification:
    """A row from its wire shape, as our hub writes it. Raises KeyError, TypeError or ValueError for any other shape."""
    decision = document.get("decision")
    created_at = _time(document["created_at"])
    optional: dict[str, Any] = {name: document.get(name, "") for name in _PLAIN}
    optional |= {name: document.get(name, False) for name in _FLAGS}
    optional |= {name: from_wire(document.get(name)) for name in _TIMES}
    return Notification(
        id=document["id"],
        kind=document["kind"],
        title=document["title"],
        created_at=created_at,
        last_occurred_at=_time(document["last_occurred_at"]),
        fingerprint=document["fingerprint"],
        severity=document["severity"],
        task_name=document["task_name"],
        run_id=document["run_id"],
        body=document["body"],
        count=document["count"],
        occurrences=tuple(_time(at) for at in document["occurrences"] or ()),
        read_at=from_wire(document.get("read_at")),
        rev=document.get("rev", 0),
        created_rev=document.get("created_rev", 0),
        raised_rev=document.get("raised_rev", 0),
        raised_at=created_at if not document.get("raised_at") else _time(document["raised_at"]),
        priority=document.get("priority", 0),
        choices=tuple(Choice(c["key"], c["label"], c.get("is_default_on_timeout", False)) for c in document.get("choices") or ()),
        decision=decision_from(decision) if decision else None,
        details={name: document[name] for name in DETAIL_FIELDS if name in document},
        **optional,
    )


def _time(text: str) -> int:
    return cast(int, from_wire(text))


def encode(row: Notification) -> str:
    """The document as compact JSON text: stored, served and streamed as it is."""
    return json.dumps(to_document(row), ensure_ascii=False, separators=(",", ":"))


def decode(text: str | bytes) -> Notification:
    return from_document(json.loads(text))
