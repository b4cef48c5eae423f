"""What Agent Notifier's senders are told of approvals and of what was pressed. The names are those of `/schemas/{Name}.json`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from inbox_tui.hub.wire import DecisionItem, Time
from inbox_tui.hub.wire_agent_notifier import AcceptedBody, Uuid

MOST_RESPONSES = 100
Metadata = Annotated[dict[str, str], Field(description="As it was sent, without what looked secret")]


class ApprovalAccepted(AcceptedBody):
    approval_id: Annotated[Uuid, Field(description="What it is asked about and acknowledged by")]
    notification_id: Annotated[Uuid, Field(description="The message's, as `id`")]


class ApprovalSent(BaseModel):
    approval_id: Uuid
    notification_id: Uuid


class ApprovalState(BaseModel):
    """What became of an approval, or of a message with buttons. Only `decided` has a decision."""

    approval_id: Uuid
    notification_id: Annotated[str, Field(description="Empty where its event is kept no longer")]
    status: Literal["pending", "decided", "expired", "withdrawn", "superseded", "answered_elsewhere"]
    decision: DecisionItem | None
    is_timeout_default: bool
    acknowledged: bool
    response_payload: Annotated[
        dict[str, Any] | None, Field(description="In the wanted format, for the tool that asked; null while it is pending")
    ]
    metadata: Metadata


class ActionResponse(BaseModel):
    """What a person answered, or the time-out for them."""

    id: Annotated[Uuid, Field(description="Acknowledged by this; of an approval, its approval_id")]
    notification_id: Annotated[str, Field(description="What the POST was answered with; empty where it is kept no longer")]
    project_name: str
    action: Annotated[str, Field(description="The key of the decision; of a button, its label as it was sent")]
    label: str
    text: Annotated[str, Field(description="What the person wrote to it; empty without")]
    is_timeout_default: bool
    responded_at: Time
    responded_by: str
    acknowledged: bool
    type: str
    title: str
    event: str
    session_id: str
    metadata: Metadata


class ActionResponsesBody(BaseModel):
    items: list[ActionResponse]
    more: Annotated[bool, Field(description="Whether there are others, to be had once some of these are acknowledged")]


class WaitQuery(BaseModel):
    wait: Annotated[float, Field(ge=0, le=60, description="Seconds to hold the call while it is pending")] = 0


class ResponsesQuery(BaseModel):
    limit: Annotated[int, Field(ge=1, le=MOST_RESPONSES)] = 50
