"""The bodies of metrics: what a task has told in figures."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from inbox_tui.dialects.fields import SHORT, TITLE, Tolerant
from inbox_tui.hub.wire import Answer, Moment, Time

Milliseconds = float | None


class MetricsQuery(Tolerant):
    source: Annotated[str, Field(min_length=1, max_length=SHORT, description="Who speaks of the task")]
    task: Annotated[str, Field(min_length=1, max_length=TITLE, description="Its name; its title where it has none")]
    key: Annotated[str, Field(max_length=SHORT, description="A number of `meta`; absent: the one told most often")] = ""
    by: Annotated[str, Field(max_length=SHORT, description="A text of `meta`: a line for each of its largest groups")] = ""
    since: Annotated[Moment | None, Field(description="Absent: 7 days before `until`")] = None
    until: Annotated[Moment | None, Field(description="Absent: now")] = None
    points: Annotated[int, Field(ge=2, le=500, description="The most of a line; where there are more values, they are means")] = (
        120
    )
    utc_offset: Annotated[int, Field(ge=-1440, le=1440, description="Minutes east of UTC, for where a day begins")] = 0


class MeasuredKey(BaseModel):
    name: str
    events: Annotated[int, Field(description="How many told it")]


class PointItem(BaseModel):
    at: Time
    mean: float
    least: float
    most: float
    count: Annotated[int, Field(description="Values that it stands for; 1: the value itself")]


class LineItem(BaseModel):
    label: Annotated[str, Field(description="Of its group; empty where it tells none")]
    is_rest: Annotated[bool, Field(description="All groups that are too small for a line of their own")]
    points: Annotated[list[PointItem], Field(description="In the order of time")]


class EndedItem(BaseModel):
    run_id: str
    at: Time
    outcome: Annotated[str, Field(description="completed, failed, timeout, cancelled or terminated")]
    label: str
    total_ms: Milliseconds
    queued_ms: Milliseconds
    active_ms: Milliseconds
    paused_ms: Milliseconds
    waited_ms: Milliseconds


class DayItem(BaseModel):
    day: Annotated[str, Field(json_schema_extra={"format": "date"})]
    completed: int = 0
    failed: int = 0
    timeout: int = 0
    cancelled: int = 0
    terminated: int = 0


class MetricsBody(Answer):
    source: str
    task: str
    key: Annotated[str, Field(description="The number that the lines are of; empty where nothing tells one")]
    by: str
    since: Annotated[Time, Field(description="Later than was asked for where more is kept than is read at once")]
    until: Time
    is_whole: Annotated[bool, Field(description="Whether that is all since the time that was asked for")]
    events: Annotated[int, Field(description="How many were read")]
    bucket_seconds: Annotated[float, Field(description="What a point stands for; 0: each is one value, as it came")]
    keys: Annotated[list[MeasuredKey], Field(description="Numbers that there are, the most frequent first")]
    labels: Annotated[list[MeasuredKey], Field(description="Texts to group by, likewise")]
    lines: Annotated[list[LineItem], Field(description="The largest group first")]
    runs: Annotated[list[EndedItem], Field(description="The newest that ended, oldest first")]
    runs_left_out: Annotated[int, Field(description="Earlier ones")]
    days: Annotated[list[DayItem], Field(description="Outcomes by day; days without any are not here")]


class MeasuredTask(BaseModel):
    source: str
    task: str
    last_at: Time
    events: int


class MeasuredTasksBody(Answer):
    items: Annotated[list[MeasuredTask], Field(description="The one heard of last is the first; at most 500")]
