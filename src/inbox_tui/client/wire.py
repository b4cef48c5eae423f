"""What hubs send, checked before anything believes it: pages, frames, errors. Takes our own spelling and RunWisp's.

Our own hub's rows are kept as the text that it sent; a foreign row is written anew in our spelling.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, NotRequired, TypeVar

from pydantic import (
    AliasChoices,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    TypeAdapter,
    ValidationError,
    with_config,
)
from typing_extensions import TypedDict

from inbox_tui.core.errors import HubUnreachable
from inbox_tui.core.feed import Change, Item, Opening, Page, item_of
from inbox_tui.core.model import Notification, encode

Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
Rev = Annotated[int, Field(ge=0, lt=1 << 63)]
Count = Annotated[int, Field(ge=-1, lt=1 << 63)]
CHOICES_MOST = 100
DOCUMENT_MOST = 4 << 20
"""Characters of one row: a hub of ours takes no event of more than 1 MiB."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
Model = TypeVar("Model", bound=BaseModel)


class Malformed(HubUnreachable):
    """The hub answers, but in no words of ours."""


_STRICT = ConfigDict(strict=True)


@with_config(_STRICT)
class ChoiceWire(TypedDict):
    key: str
    label: str
    is_default_on_timeout: NotRequired[bool]


@with_config(_STRICT)
class DecisionWire(TypedDict):
    key: str
    label: str
    by: str
    at: AwareDatetime
    comment: NotRequired[str]
    is_timeout_default: NotRequired[bool]
    delivery: NotRequired[Literal["unconfirmed", "delivered", "sent", "unused"]]


@with_config(_STRICT)
class RowWire(TypedDict):
    """A row as our hub writes it. Members that are only shown are not looked at here. Of a dictionary's type and not a model:
    that halves the time of a row, and a pane that was away has a hundred thousand to check."""

    id: Id
    fingerprint: str
    kind: str
    severity: Literal["info", "warn", "error"]
    task_name: str
    run_id: str
    title: str
    body: str
    count: int
    occurrences: list[AwareDatetime]
    created_at: AwareDatetime
    last_occurred_at: AwareDatetime
    read_at: AwareDatetime | None
    rev: Rev
    created_rev: Rev
    raised_rev: Rev
    raised_at: AwareDatetime
    sender: NotRequired[str]
    source: NotRequired[str]
    dialect: NotRequired[str]
    priority: NotRequired[int]
    actionable: NotRequired[bool]
    is_prompt: NotRequired[bool]
    choices: NotRequired[Annotated[list[ChoiceWire], Field(max_length=CHOICES_MOST)]]
    decision: NotRequired[DecisionWire | None]
    waiting: NotRequired[Literal["", "nobody", "here", "gone"]]
    closed: NotRequired[Literal["", "expired", "withdrawn", "superseded", "answered_elsewhere"]]
    seems_answered: NotRequired[bool]
    expires_at: NotRequired[AwareDatetime | None]
    snoozed_until: NotRequired[AwareDatetime | None]
    done_at: NotRequired[AwareDatetime | None]
    muted: NotRequired[bool]
    pinned: NotRequired[bool]


_OURS = TypeAdapter(RowWire)


def _ours(document: str) -> Item:
    """A row of our own hub. Raises ValidationError for any other, and Malformed for what none would send."""
    if len(document) > DOCUMENT_MOST:
        raise Malformed(f"The hub sent a row of {len(document):,} characters.")
    row = _OURS.validate_json(document)
    if "NaN" in document or "Infinity" in document:
        json.loads(document, parse_constant=_no_number)
    is_open = row.get("actionable", False) and row.get("decision") is None and not row.get("closed")
    return Item(
        id=row["id"],
        rev=row["rev"],
        raised_rev=row["raised_rev"],
        raised_at=_micros(row["raised_at"]),
        asks=is_open and not row.get("seems_answered"),
        held=is_open and row.get("waiting") == "here",
        unread=row["read_at"] is None,
        done=row.get("done_at") is not None,
        snoozed_until=0 if (until := row.get("snoozed_until")) is None else _micros(until),
        pinned=row.get("pinned", False),
        muted=row.get("muted", False),
        mutable=not row.get("is_prompt") and row.get("waiting") != "here",
        document=document,
    )


def _no_number(name: str) -> None:
    """Python writes and reads it. To the cache's JSON it is a mistake, and one such document would spoil every filter."""
    raise Malformed(f"The hub sent a row with {name} for a number.")


def _none_is_empty(value: object) -> object:
    return "" if value is None else value


def _none_is_no_time(value: object) -> object:
    return None if value == "" else value


Text = Annotated[str, BeforeValidator(_none_is_empty)]
Moment = Annotated[datetime | None, BeforeValidator(_none_is_no_time)]


def _either(snake: str, camel: str) -> AliasChoices:
    return AliasChoices(snake, camel)


class ForeignRow(BaseModel):
    """A row of another hub: any spelling, nulls and gaps."""

    id: Id
    kind: Text = ""
    title: Text = ""
    body: Text = ""
    fingerprint: Text = ""
    severity: Text = "info"
    task_name: Text = Field("", validation_alias=_either("task_name", "taskName"))
    run_id: Text = Field("", validation_alias=_either("run_id", "runId"))
    count: int = Field(1, ge=0, lt=1 << 63)
    occurrences: list[datetime] | None = None
    created_at: Moment = Field(None, validation_alias=_either("created_at", "createdAt"))
    last_occurred_at: Moment = Field(None, validation_alias=_either("last_occurred_at", "lastOccurredAt"))
    read_at: Moment = Field(None, validation_alias=_either("read_at", "readAt"))
    rev: Rev | None = None
    raised_rev: Rev | None = Field(None, validation_alias=_either("raised_rev", "raisedRev"))

    def row(self) -> Notification:
        created = _micros(self.created_at) if self.created_at else 0
        last = _micros(self.last_occurred_at) if self.last_occurred_at else created
        return Notification(
            id=self.id,
            kind=self.kind,
            title=self.title,
            body=self.body,
            fingerprint=self.fingerprint,
            severity="error" if self.severity == "error" else "warn" if self.severity.startswith("warn") else "info",
            task_name=self.task_name,
            run_id=self.run_id,
            count=self.count,
            occurrences=tuple(_micros(at) for at in self.occurrences or ())[:10],
            created_at=created or last,
            last_occurred_at=last,
            read_at=_micros(self.read_at) if self.read_at else None,
            rev=self.rev or 0,
            raised_rev=self.raised_rev or self.rev or 0,
            raised_at=last,
        )


class StateWire(BaseModel):
    storage: str = ""


class HeadWire(BaseModel):
    """Data of `ping` and `resync`. A foreign hub's ping may be empty."""

    epoch: Rev = 0
    rev: Rev = 0
    unread_count: Count = Field(-1, validation_alias=_either("unread_count", "unreadCount"))
    state: StateWire = StateWire()


class RowFrame(BaseModel):
    notification: dict[str, JsonValue]
    unread_count: Count = Field(-1, validation_alias=_either("unread_count", "unreadCount"))


class RemovedFrame(BaseModel):
    id: Id
    unread_count: Count = Field(-1, validation_alias=_either("unread_count", "unreadCount"))


class CountFrame(BaseModel):
    unread_count: Count = Field(-1, validation_alias=_either("unread_count", "unreadCount"))


class ListWire(BaseModel):
    items: list[dict[str, JsonValue]] | None = None
    next_cursor: Text = Field("", validation_alias=_either("next_cursor", "nextCursor"))
    epoch: Rev = 0
    rev: Rev = 0
    unread_count: Count = Field(-1, validation_alias=_either("unread_count", "unreadCount"))


class CountWire(BaseModel):
    count: Annotated[int, Field(ge=0)]


class TimelineWire(BaseModel):
    items: list[dict[str, JsonValue]] | None = None


class HubWire(BaseModel):
    """`GET /api/hub`."""

    name: str = ""
    version: str = ""
    epoch: Rev = 0
    capabilities: list[str] = []
    listen: str = ""
    pid: int = 0


class ProblemWire(BaseModel):
    """An error's body; everything in it is optional."""

    model_config = ConfigDict(extra="allow")
    detail: Text = ""
    title: Text = ""
    code: Text = ""


def parse(model: type[Model], text: str | bytes) -> Model:
    """Raises Malformed."""
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise Malformed(f"The hub sent something that is no {model.__name__}: {_first(error)}.") from None


def item(document: str) -> Item:
    """A row from its document's text. Raises Malformed."""
    try:
        return _ours(document)
    except ValidationError:
        return foreign_item(document)


def foreign_item(document: str) -> Item:
    row = parse(ForeignRow, document).row()
    return item_of(row, encode(row))


def opening(event: str, frame_id: str, data: str) -> tuple[Opening, str]:
    """A stream's first event, and the hub's storage problem. Raises Malformed."""
    head = parse(HeadWire, data)
    if not frame_id.isascii() or not frame_id.isdecimal() or len(frame_id) > 18:
        raise Malformed("The hub's stream says no rev to begin at.")
    start = Opening(int(frame_id), head.rev, head.epoch, max(0, head.unread_count), event == "resync")
    return start, head.state.storage


def change(event: str, frame_id: str, data: str) -> Change:
    """A row's frame, or a removal's. Raises Malformed."""
    if not frame_id.isascii() or not frame_id.isdecimal() or len(frame_id) > 18:
        raise Malformed(f"The hub sent {event[:40]!r} without a rev.")
    if event == "notification.removed":
        removed = parse(RemovedFrame, data)
        return Change(int(frame_id), removed.id, None, removed.unread_count)
    found, unread = _row(data)
    return Change(int(frame_id), found.id, found, unread)


def _row(data: str) -> tuple[Item, int]:
    """The row of a frame, with its document as it was sent where the frame is laid out as ours are; and the unread count."""
    head, tail = '{"notification":', ',"unread_count":'
    end = data.rfind(tail)
    number = data[end + len(tail) : -1]
    if data.startswith(head) and end > 0 and number.isascii() and number.isdecimal() and len(number) < 19:
        text = data[len(head) : end]
        try:
            return _ours(text), int(number)
        except ValidationError:
            pass  # laid out in another way, or no row of ours
    frame = parse(RowFrame, data)
    return item(json.dumps(frame.notification, ensure_ascii=False, separators=(",", ":"))), frame.unread_count


def row(data: str) -> Item:
    """The row of a frame that has no rev. Raises Malformed."""
    return _row(data)[0]


def page(body: bytes, before: str | None) -> Page:
    """A page of the list. Raises Malformed."""
    found = parse(ListWire, body)
    if before and found.next_cursor == before:
        raise Malformed("The hub's pages do not end: the next one is the one that was asked for.")
    items = tuple(item(json.dumps(document, ensure_ascii=False, separators=(",", ":"))) for document in found.items or ())
    return Page(found.epoch, found.rev, before, items, found.next_cursor)


def _micros(at: datetime) -> int:
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND


def _first(error: ValidationError) -> str:
    what = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return f"{'.'.join(map(str, what['loc']))} {what['msg']}".strip()[:200]
