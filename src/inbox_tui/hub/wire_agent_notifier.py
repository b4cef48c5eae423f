"""What Agent Notifier's senders are answered (seed 002). The names are those of `/schemas/{Name}.json`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from inbox_tui.hub.wire import Time

Uuid = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
AudioStatus = Literal["queued", "running", "ready", "failed"]


class AcceptedBody(BaseModel):
    id: Annotated[Uuid, Field(description="The message's, for as long as its events are kept")]
    delivered_at: Annotated[Time, Field(description="When it was stored")]
    project_name: Annotated[str, Field(description="The name of the key")]
    user_hash: Annotated[str, Field(pattern="^[0-9a-f]{12}$", description="Of the space: the same for all of its keys")]
    audio_status: Annotated[AudioStatus | None, Field(description="Only where audio was asked for")] = None


class AttachmentItem(BaseModel):
    kind: Literal["image", "audio", "video", "file"]
    url: str
    mime_type: str = ""
    size_bytes: int = 0
    duration_ms: int = 0
    file_name: str = ""
    thumbnail_url: str = ""


class LinkQuery(BaseModel):
    link: Annotated[str, Field(description="A signature of the hub's, in place of a key")] = ""


class StatusBody(BaseModel):
    id: Uuid
    audio_status: AudioStatus | None
    attachments_count: int
    attachment: Annotated[AttachmentItem | None, Field(description="The first of them")]
    attachments: list[AttachmentItem]
    metadata: Annotated[dict[str, str], Field(description="Without what looked secret")]


class SessionItem(BaseModel):
    id: Uuid
    project_name: str
    title: str
    status: Literal["active", "ended"]
    started_at: Time
    ended_at: Time | None
