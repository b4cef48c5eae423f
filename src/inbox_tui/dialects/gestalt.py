"""The Gestalt dialect (seed 004): the notify envelope → our event and the fields that its flows and templates go by. Pure.

Numbers stay as they were written: a template that says `{{level}}` says 1.10 where the sender wrote 1.10.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import AfterValidator, ConfigDict, Field, field_validator, model_validator

from inbox_tui.core.errors import FieldError, Refused
from inbox_tui.core.flows.fields import written
from inbox_tui.core.model import Event, Json
from inbox_tui.core.times import from_wire, to_wire
from inbox_tui.dialects.cleaning import Cleaner, name, said, visible
from inbox_tui.dialects.fields import SHORT, TEXT, TITLE, Tolerant

DIALECT = "gestalt"
OTHERWISE = "agent-turn-complete"
"""What a type that says nothing we know is taken for."""
_NAMED = {
    "new-plan": "plan-new",
    "plan-new": "plan-new",
    "progress": "plan-update",
    "plan-update": "plan-update",
    "start": "work-start",
    "work-start": "work-start",
    "work-progress": "work-progress",
    "finish": "work-finish",
    "work-finish": "work-finish",
    "git-commit": "git-commit",
    "commit": "git-commit",
}
_BEGINNINGS = {
    "plan-": "plan-update",
    "agent-turn": "agent-turn-complete",
    "prompt-voice": "prompt-voice",
    "prompt-text": "prompt-text",
}
EVENT_TYPES = tuple(dict.fromkeys([*_NAMED.values(), *_BEGINNINGS.values()]))
"""The canonical types, as seed 004 names them."""
_REJECTED = ("agent_id", "agent_name", "source", "event_type")
_TITLES = ("summary", "heading", "task_title")
_RESERVED = frozenset({"type", "timestamp", "session_id", "session.id", "event_id"})
"""Fields that no member of a payload takes the place of."""


def normal_type(type_: str) -> str:
    """Lower case; every run of other characters than a–z and 0–9 is one `-`; none at either end."""
    return re.sub(r"[^a-z0-9]+", "-", type_.lower()).strip("-")


def canonical_type(type_: str) -> str:
    """The one type of EVENT_TYPES that a sender's type is, whatever it says."""
    normal = normal_type(type_)
    if normal in _NAMED:
        return _NAMED[normal]
    return next((canonical for beginning, canonical in _BEGINNINGS.items() if normal.startswith(beginning)), OTHERWISE)


def _time(text: str) -> str:
    try:
        if re.match(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d.*([Zz]|[+-]\d\d:\d\d)$", text) and from_wire(text):
            return text
    except ValueError:
        pass
    raise ValueError("must be an RFC 3339 date and time")


class NotifyBody(Tolerant):
    """What `POST /api/sessions/{id}/notify` takes. Which session is meant is for the route to check: it answers 400 there."""

    model_config = ConfigDict(extra="allow")

    session_id: Annotated[str, Field(max_length=SHORT, description="As in the path")] = ""
    occurred_at: Annotated[str, Field(max_length=64, json_schema_extra={"format": "date-time"}), AfterValidator(_time)] = ""
    payload: Annotated[dict[str, Any], Field(description="Any object; `type` says what happened")]
    raw: Annotated[str, Field(max_length=TEXT, description="The payload as the agent wrote it")] = ""
    event_id: Annotated[str, Field(max_length=SHORT, description="The same again makes nothing")] = ""

    @model_validator(mode="before")
    @classmethod
    def _names_nobody(cls, data: Any) -> Any:
        """Seed 004: who speaks is known by its session, never by what it says of itself."""
        if isinstance(data, dict) and (named := [member for member in _REJECTED if member in data]):
            raise ValueError(f"takes no {' or '.join(named)}: the session says who speaks")
        return data

    @field_validator("payload")
    @classmethod
    def _has_a_type(cls, payload: dict[str, Any]) -> dict[str, Any]:
        type_ = payload.get("type")
        if not isinstance(type_, str) or not type_.strip():
            raise ValueError("needs a type, a text that says what happened")
        if len(type_) > SHORT:
            raise ValueError(f"has a type of more than {SHORT} characters")
        return payload


def check_session(body: NotifyBody, of_path: str) -> str:
    """The session's id. Raises Refused 400 where the envelope names none, or another than the path."""
    if not name(body.session_id):
        raise _wrong_session("is required")
    if body.session_id != of_path:
        raise _wrong_session("is not the session of the path")
    return of_path


def _wrong_session(message: str) -> Refused:
    return Refused(400, f"body.session_id: {message}", FieldError("body.session_id", message), code="session")


def to_event(body: NotifyBody, session: str, request: bytes) -> Event:
    """Our event, `session` being the id as the path had it. `request` is the body as it came: for numbers as they were written.
    Raises Refused 422."""
    cleaner = Cleaner(asks=False)
    payload = cast("dict[str, Json]", cleaner.tree(body.payload))
    raw, event_id = cleaner.text(body.raw), cleaner.line(body.event_id)
    scalars = _scalars(payload, request)
    type_ = visible(cleaner.line(str(body.payload["type"])), "body.payload.type")
    title = next((line for key in _TITLES if (line := clean_line(scalars.get(key, "")))), type_)
    rest = [
        text for key in ("summary", "plan_summary", "message") if (text := scalars.get(key, "")) and clean_line(text) != title
    ]
    return Event(
        kind=canonical_type(str(body.payload["type"])),
        title=title,
        body="\n\n".join(dict.fromkeys(rest)),
        source=name(session),
        dialect=DIALECT,
        task_name=name(scalars.get("task_title", ""))[:SHORT],
        details=said(
            {
                "session_id": name(session),
                "status": clean_line(scalars.get("state") or scalars.get("task_state", ""))[:SHORT],
                "branch": clean_line(scalars.get("git_branch", ""))[:SHORT],
                "file_paths": [clean_line(path)] if (path := scalars.get("plan_file", "")) else [],
                "meta": payload,
                "sent_at": to_wire(from_wire(body.occurred_at)),
                "redacted": cleaner.redacted or None,
            }
        ),
        raw=raw,
        fields=_fields(body, session, type_, scalars, event_id),
    )


def clean_line(text: str) -> str:
    """A cleaned text as one line of a title's length."""
    return name(text)[:TITLE]


def _fields(body: NotifyBody, session: str, type_: str, scalars: Mapping[str, str], event_id: str) -> dict[str, str]:
    """What flows match and templates say. A payload's members stand below `notify.`, and beside it where nothing of ours does."""
    found = {key: text for key, text in scalars.items() if key not in _RESERVED and not key.startswith("notify.")}
    found |= {f"notify.{key}": text for key, text in scalars.items() if key not in ("type", "event_id")}
    found |= {"session_id": name(session), "session.id": name(session), "notify.type": type_}
    if body.occurred_at:
        found["timestamp"] = body.occurred_at
    if event_id:
        found |= {"event_id": event_id, "notify.event_id": event_id}
    return found | {"type": canonical_type(str(body.payload["type"]))}


def _scalars(payload: Mapping[str, Json], request: bytes) -> dict[str, str]:
    """The cleaned payload's texts, truth values and numbers, as text; nothing else of it."""
    numbers = json.loads(request.decode("utf-8-sig"), parse_float=_Number, parse_int=_Number)["payload"]
    found = {key: numbers[key] if isinstance(numbers.get(key), _Number) else written(value) for key, value in payload.items()}
    return {key: text for key, text in found.items() if text or payload[key] == ""}


class _Number(str):
    """A number, as it was written."""

    __slots__ = ()
