"""`POST …/approvals`: a message that asks → our event. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from inbox_tui.core.model import Choice, Event, Notification
from inbox_tui.dialects.agent_notifier import message
from inbox_tui.dialects.agent_notifier.formats import ALLOWING, DENYING, Format
from inbox_tui.dialects.agent_notifier.message import NUMBER, ONE_LINE, Flag, MessageBody, Type
from inbox_tui.dialects.cleaning import Cleaner, visible
from inbox_tui.dialects.fields import SHORT, TolerantBody
from inbox_tui.dialects.own import LONGEST

KIND = "an.approval"
DECISIONS, KEY = 20, 64
DEFAULT_SECONDS = 300
_ONLY_FOR_MESSAGES = ("buttons", "as_audio", "ttl")


class DecisionBody(TolerantBody):
    """One answer that the sender offers."""

    key: Annotated[str, Field(min_length=1, max_length=KEY, description="What the sender gets back; one line"), ONE_LINE]
    label: Annotated[str, Field(max_length=SHORT, description="What the person reads; the key where absent")] = ""
    is_default_on_timeout: Flag = False


class ApprovalBody(MessageBody):
    """What `POST …/approvals` takes: a message that asks. Without `decisions`: allow or deny, and deny when the time is out.

    A hook's format has words for the keys allow, approve, deny and reject alone; `raw` takes any.
    """

    type: Type = "alert"
    decisions: Annotated[list[DecisionBody], Field(max_length=DECISIONS)] = Field(
        default_factory=lambda: [
            DecisionBody(key="allow", label="Allow"),
            DecisionBody(key="deny", label="Deny", is_default_on_timeout=True),
        ]
    )
    timeout_seconds: Annotated[int, Field(gt=0, le=LONGEST), NUMBER] = DEFAULT_SECONDS
    response_format: Format = "raw"
    wait: Annotated[
        Literal["none", "block", "sse"],
        Field(description="none: 202 at once; block: held until it is answered or over; sse: events `sent`, then `decided`"),
    ] = "none"

    @field_validator("decisions")
    @classmethod
    def _can_be_told_apart(cls, decisions: list[DecisionBody]) -> list[DecisionBody]:
        if len({decision.key for decision in decisions}) < len(decisions):
            raise ValueError("must have distinct keys")
        return decisions

    @model_validator(mode="after")
    def _can_be_said(self) -> ApprovalBody:
        if stray := [name for name in _ONLY_FOR_MESSAGES if getattr(self, name)]:
            raise ValueError(f"{', '.join(stray)}: for messages only; an approval has decisions and timeout_seconds")
        unknown = [decision.key for decision in self.decisions if decision.key not in ALLOWING | DENYING]
        if self.response_format != "raw" and unknown:
            raise ValueError(f"decisions: {self.response_format} has no word for the key {unknown[0]!r}; raw takes any key")
        return self


def to_event(body: ApprovalBody) -> Event:
    """Our event. Raises Refused 422 where nothing visible is left of the title or of a label."""
    event, cleaner = message.to_event(body, asks=True), Cleaner(asks=True)
    default = next((decision.key for decision in body.decisions if decision.is_default_on_timeout), None)
    choices = tuple(_choice(decision, n, cleaner, default) for n, decision in enumerate(body.decisions))
    details = dict(event.details)
    extra = details.get("extra")
    details["extra"] = {**(extra if isinstance(extra, dict) else {}), "response_format": body.response_format}
    return replace(
        event, kind=KIND, choices=choices, timeout=body.timeout_seconds, waiting=body.wait != "none", details=details
    )  # fmt: skip


def _choice(decision: DecisionBody, place: int, cleaner: Cleaner, default: str | None) -> Choice:
    """The first of several defaults is the one."""
    label = visible(cleaner.line(decision.label or decision.key), f"body.decisions[{place}]")
    return Choice(cleaner.redact(decision.key), label, decision.key == default)


def format_of(row: Notification) -> str:
    """The format that its answer is wanted in."""
    extra = row.details.get("extra")
    wanted = extra.get("response_format") if isinstance(extra, Mapping) else None
    return wanted if isinstance(wanted, str) else "raw"
