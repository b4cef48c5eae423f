"""The bodies of flows, besides the document itself."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from inbox_tui.dialects.fields import SHORT, Tolerant
from inbox_tui.hub.wire import Answer, Time, Ulid


class ActivityItem(BaseModel):
    """What a flow may do, and the JSON Schema of what it is told."""

    id: str
    label: str
    config_schema: dict[str, Any]


class ActivitiesBody(Answer):
    items: list[ActivityItem]


class EventTypesBody(Answer):
    items: Annotated[list[str], Field(description="Canonical types, and the kinds that senders of other dialects say")]


class JobsQuery(Tolerant):
    state: Annotated[Literal["queued", "running", "failed", ""], Field(description="Absent: all of these")] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    before: Annotated[str, Field(max_length=SHORT, description="Only jobs with a smaller id")] = ""


class JobItem(BaseModel):
    """A piece of work after a commit. Of where to only the host, or a name of the configuration file, is told."""

    id: Ulid
    kind: Annotated[str, Field(description="An activity's id, callback, webhook, or another of the hub's own")]
    state: Literal["queued", "running", "failed"]
    notification_id: str
    sender: str
    host: str
    attempts: int
    due_at: Time | None
    queued_at: Time | None
    last_error: str
    updated_at: Time


class JobsBody(Answer):
    items: Annotated[list[JobItem], Field(description="The newest first")]
    next_cursor: Annotated[str, Field(description="Pass as `before`; empty when exhausted")]
