"""What a hub tells of its work: jobs, its log, and sessions with their plans; checked before anything believes it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from inbox_tui.client.metrics import Moment

Short = Annotated[str, Field(max_length=4_000)]


class Job(BaseModel):
    id: Short
    kind: Short
    state: Literal["queued", "running", "failed"]
    host: Short
    attempts: int
    last_error: Short
    updated_at: Moment
    due_at: Moment | None = None


class Jobs(BaseModel):
    items: Annotated[list[Job], Field(max_length=500)]


class Record(BaseModel):
    """Of the log, in OpenTelemetry's data model."""

    id: int
    timestamp: Moment
    severity_text: Short
    body: Short
    attributes: Annotated[dict[Short, Short], Field(max_length=500)]


class Records(BaseModel):
    items: Annotated[list[Record], Field(max_length=500)]


class Plan(BaseModel):
    plan_file: Short = ""
    heading: Short = ""
    level: Short = ""
    state: Short = ""
    summary: Short = ""


class Session(BaseModel):
    id: Short
    sender: Short
    last_at: Moment
    takes_text: bool = False
    plan: Plan = Plan()


class Sessions(BaseModel):
    items: Annotated[list[Session], Field(max_length=1_000)]
