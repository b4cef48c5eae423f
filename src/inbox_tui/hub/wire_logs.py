"""The bodies of the log, in OpenTelemetry's log data model."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from inbox_tui.dialects.fields import SHORT, Tolerant
from inbox_tui.hub.wire import Answer, Time

LogNumber = Annotated[int, Field(ge=0, lt=1 << 63)]
_Wanted = Annotated[str, Field(max_length=SHORT)]


class LogFilter(Tolerant):
    """Which records; every member narrows."""

    severity: Annotated[Literal["DEBUG", "INFO", "WARN", "ERROR", ""], Field(description="At least this one")] = ""
    category: Annotated[_Wanted, Field(description="gestalt.category: notification, or hub")] = ""
    type: Annotated[_Wanted, Field(description="The canonical type of a notify")] = ""
    session_id: _Wanted = ""
    dispatch: Annotated[_Wanted, Field(description="notify.dispatch: queued, flow_unavailable, …")] = ""
    text: Annotated[_Wanted, Field(description="In the body or any attribute, in either case")] = ""


class LogsQuery(LogFilter):
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    before: Annotated[LogNumber | None, Field(description="Only records with a smaller id")] = None


class LogStreamQuery(LogFilter):
    after: Annotated[LogNumber | None, Field(description="As the Last-Event-ID header; absent: from now on")] = None


class LogItem(BaseModel):
    """One record."""

    id: LogNumber
    timestamp: Time
    severity_text: str
    severity_number: int
    body: str
    attributes: dict[str, str]


class LogsBody(Answer):
    items: Annotated[list[LogItem], Field(description="The newest first")]
    next_cursor: Annotated[str, Field(description="Pass as `before`; empty when exhausted")]
