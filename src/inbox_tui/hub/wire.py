"""The bodies of the hub's own API: what it takes and what it answers. The names are those of `/schemas/{Name}.json`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from inbox_tui.core.mutes import Scope
from inbox_tui.core.times import from_wire
from inbox_tui.dialects.fields import SHORT, TEXT, TITLE, Tolerant
from inbox_tui.hub.verbs.triage import CHUNK

Rev = Annotated[int, Field(ge=0, lt=1 << 63)]
Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Ulid = Annotated[str, Field(description="A ULID")]
Role = Literal["send", "operate"]
MuteScope = Annotated[Scope, Field(description="This notification with its repeats, its task, or all that its source says")]


def _micros(value: object) -> int:
    try:
        at = from_wire(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None:
        raise ValueError("must be a time as 2026-12-01T09:00:00Z")
    return at


Moment = Annotated[int, BeforeValidator(_micros), WithJsonSchema({"type": "string", "format": "date-time"})]
"""A time on the wire, microseconds inside."""


class Answer(BaseModel):
    """Base of what carries the URL of its own schema."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    schema_: Annotated[str, Field(alias="$schema", json_schema_extra={"format": "uri"})] = ""


class ChoiceItem(BaseModel):
    key: str
    label: str
    is_default_on_timeout: bool


class DecisionItem(BaseModel):
    key: str
    label: str
    comment: str
    by: str
    at: Time
    is_timeout_default: bool
    delivery: Literal["unconfirmed", "delivered", "sent", "unused"]


class NotificationItem(BaseModel):
    """One row of the inbox: seeds 001 and 003, and our optional members. Further members are details of the sender's."""

    model_config = ConfigDict(extra="allow")

    id: Ulid
    fingerprint: Annotated[str, Field(description="Coalescing key (FNV-1a, hex)")]
    kind: str
    severity: Literal["info", "warn", "error"]
    task_name: str
    run_id: str
    title: str
    body: str
    count: int
    occurrences: Annotated[list[Time], Field(description="Most recent first, at most 10")]
    created_at: Time
    last_occurred_at: Time
    read_at: Time | None = None
    rev: Rev
    created_rev: Rev
    raised_rev: Rev
    raised_at: Time
    sender: str = ""
    source: str = ""
    dialect: str = ""
    priority: Annotated[int, Field(ge=-1, le=2)] = 0
    actionable: bool = False
    is_prompt: bool = False
    choices: list[ChoiceItem] = Field(default_factory=list)
    decision: DecisionItem | None = None
    waiting: Literal["", "nobody", "here", "gone"] = ""
    closed: Literal["", "expired", "withdrawn", "superseded", "answered_elsewhere"] = ""
    seems_answered: bool = False
    expires_at: Time | None = None
    snoozed_until: Time | None = None
    done_at: Time | None = None
    muted: bool = False
    pinned: bool = False


class NotificationBody(Answer, NotificationItem):
    """One notification."""


class NotificationsListBody(Answer):
    items: Annotated[list[NotificationItem], Field(description="In id-descending order")]
    next_cursor: Annotated[str, Field(description="Pass as `before`; empty when exhausted")]
    epoch: int
    rev: Annotated[Rev, Field(description="The head of the snapshot that the page was read from")]
    unread_count: int


class ListQuery(Tolerant):
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    before: Annotated[str, Field(description="Only items with a smaller id")] = ""
    unread: bool = False
    needs_me: bool = False


class StreamQuery(Tolerant):
    last_event_id: Annotated[str, Field(description="As the Last-Event-ID header")] = ""
    token: Annotated[str, Field(description="A stream token, instead of a key")] = ""


class PollQuery(Tolerant):
    wait: Annotated[float, Field(ge=0, le=60, description="Seconds to wait for an answer")] = 0
    epoch: Annotated[Rev | None, Field(description="The epoch that the POST was answered with")] = None


class WebhookAnswer(BaseModel):
    id: Annotated[str, Field(description="The notification; empty where the event went to a finished run's timeline only")]
    event_id: Ulid


class PublishedBody(Answer):
    id: str
    event_id: Ulid
    rev: Rev
    epoch: int


class AskBody(Answer):
    """What an asker is told about its question; a message that asks nothing is `told`."""

    id: Ulid | Literal[""]
    epoch: int
    status: Literal["open", "decided", "expired", "withdrawn", "superseded", "answered_elsewhere", "unknown", "told"]
    decision: DecisionItem | None


class AcknowledgeBody(BaseModel):
    id: str
    epoch: Rev


class WithdrawBody(Tolerant):
    """Nothing needs to be said."""


class HookBody(BaseModel):
    """What an agent says to its hook. Members are the agent's own."""

    model_config = ConfigDict(extra="allow")

    hook_event_name: Annotated[str, Field(max_length=SHORT)]


class HookAnswer(BaseModel):
    """What the agent reads; empty: no decision."""

    model_config = ConfigDict(extra="forbid")

    hookSpecificOutput: dict[str, Any] | None = None  # noqa: N815


class HintBody(BaseModel):
    """Which questions seem answered: by session and request, else all that the session, or one agent of it, has asked."""

    session_id: Annotated[str, Field(min_length=1, max_length=SHORT)]
    request: Annotated[str, Field(max_length=SHORT, description="As the question named it: one such has been met")] = ""
    subagent_id: Annotated[
        str | None, Field(max_length=SHORT, description="Only of this sub-agent; empty: of the agent itself; absent: of all")
    ] = None


class HintedBody(Answer):
    marked: Annotated[int, Field(description="How many questions now seem answered elsewhere")]


class TriageBody(Tolerant):
    seen: Annotated[Rev | None, Field(description="The raised_rev that the person was shown")] = None


class SnoozeBody(TriageBody):
    until: Annotated[Moment, Field(description="When it comes back; a time that has passed brings it back at once")]


class MuteRowBody(TriageBody):
    scope: MuteScope = "notification"
    until: Annotated[Moment | None, Field(description="When the mute ends; absent: when it is lifted")] = None


class UnmuteRowBody(Tolerant):
    scope: MuteScope = "notification"


class ShownRow(BaseModel):
    id: Annotated[str, Field(max_length=SHORT)]
    seen: Annotated[Rev, Field(description="The raised_rev that the person was shown")]


class TriageAllBody(Tolerant):
    rows: Annotated[
        list[ShownRow], Field(max_length=CHUNK, description="Only these; absent: every row, but for the filters that follow")
    ] = Field(default_factory=list)
    up_to: Annotated[Rev | None, Field(description="Only rows raised at or before this rev; absent: the head")] = None
    unread: bool = False
    needs_me: bool = False
    listed: Annotated[bool, Field(description="Not what is snoozed")] = False


class SnoozeAllBody(TriageAllBody):
    until: Annotated[Moment, Field(description="When they come back")]


class NewMuteBody(Tolerant):
    """By a row, or by what is to be muted, which may never have come yet."""

    scope: MuteScope
    notification: Annotated[str, Field(max_length=SHORT, description="Mute by this row")] = ""
    subject: Annotated[
        str,
        Field(max_length=TEXT, description="A source; a source, U+001F and a task; or the subject of a mute that was lifted"),
    ] = ""
    label: Annotated[str, Field(max_length=TITLE, description="What the list of mutes calls it; absent: the subject")] = ""
    until: Annotated[Moment | None, Field(description="When the mute ends; absent: when it is lifted")] = None


class MuteItem(BaseModel):
    id: Ulid
    scope: MuteScope
    subject: str
    label: str
    until: Time | None
    by: str
    created_at: Time


class MutesBody(Answer):
    items: Annotated[list[MuteItem], Field(description="The oldest first")]


class DecideBody(Tolerant):
    key: Annotated[str, Field(min_length=1, max_length=SHORT)]
    raised_rev: Rev
    epoch: Rev
    attempt: Annotated[
        str, Field(min_length=8, max_length=SHORT, description="Made once a key press; a repeat gets the same answer")
    ]
    comment: Annotated[str, Field(max_length=TEXT)] = ""
    shown_hash: Annotated[str, Field(max_length=SHORT, description="Hash of what was on the screen")] = ""


class CountBody(Answer):
    count: int


class TimelineItem(BaseModel):
    model_config = ConfigDict(extra="allow")

    id: Ulid
    at: Time
    sent_at: Time | None
    kind: str
    title: str
    body: str
    severity: Literal["info", "warn", "error"]
    notification_id: str
    run_id: str
    sender: str
    source: str
    details: dict[str, Any]


class EventsBody(Answer):
    items: list[TimelineItem]


class RunBody(Answer):
    run_id: str
    items: list[TimelineItem]


class HealthBody(Answer):
    live: bool
    ready: bool
    storage: Annotated[str, Field(description="What is wrong with the disk; empty when nothing is")]
    version: str
    now: Annotated[Time, Field(description="The hub's clock")]


class HubBody(Answer):
    name: Literal["inbox"]
    version: str
    epoch: int
    capabilities: list[str]
    listen: str
    pid: int


class StreamTokenBody(Answer):
    token: str
    expires_at: Time


class StoppingBody(Answer):
    stopping: bool


class ErrorItem(BaseModel):
    location: Annotated[str, Field(description="e.g. body.items[3].tags, query.limit")]
    message: str
    value: str


class ErrorModel(Answer):
    """A problem (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str = ""
    errors: list[ErrorItem] = Field(default_factory=list)
    code: Annotated[str, Field(description="One stable word for programs")] = ""


class StateItem(BaseModel):
    storage: str


class PingData(BaseModel):
    epoch: int
    rev: Rev
    unread_count: int
    state: StateItem


class NothingNew(BaseModel):
    """A ping's that only says: the reader has all that there is."""


class ChangedData(BaseModel):
    notification: NotificationItem
    unread_count: int


class RemovedData(BaseModel):
    id: Ulid
    unread_count: int


class UnreadCountData(BaseModel):
    unread_count: int
