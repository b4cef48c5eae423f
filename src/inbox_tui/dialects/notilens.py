"""The NotiLens dialect (seed 000): its webhook's body → our event. Pure.

`type` decides the severity. Run and task also come from `meta`, so do status and progress. Members that the seed does not know
are kept in `meta` where they are single values, and dropped where they are not: nothing that a client adds is refused.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, field_validator

from inbox_tui.core.lifecycle import INPUT_REQUIRED, SEVERITY_OF_TYPE, severity_of
from inbox_tui.core.model import Event, Json
from inbox_tui.core.times import from_sender, to_wire
from inbox_tui.dialects.cleaning import Cleaner, name, said, visible
from inbox_tui.dialects.fields import SHORT, TEXT, TITLE, HttpUrl, Label, Meta, Tags, Tolerant, fit

DIALECT = "notilens"


class NotiLensEvent(Tolerant):
    """What `POST /webhook/{token}/send` takes."""

    model_config = ConfigDict(extra="allow")

    event: Annotated[str, Field(min_length=1, max_length=SHORT, description="Event name, e.g. task.started")]
    title: Annotated[str, Field(min_length=1, max_length=TITLE)]
    message: Annotated[str, Field(max_length=TEXT)]
    type: Annotated[str, Field(description="info | success | warning | urgent")]
    agent: Annotated[str, Field(min_length=1, max_length=SHORT, description="Name of the source")]
    task_id: Label = ""
    run_id: Label = ""
    is_actionable: bool = False
    image_url: HttpUrl = ""
    open_url: HttpUrl = ""
    download_url: HttpUrl = ""
    tags: Tags = Field(default_factory=list)
    ts: Annotated[float | None, Field(description="Unix time, seconds or milliseconds; shown, never used to order")] = None
    meta: Meta = Field(default_factory=dict)

    @field_validator("type")
    @classmethod
    def _known_type(cls, type_: str) -> str:
        known = type_.strip().lower()
        if known not in SEVERITY_OF_TYPE:
            raise ValueError(f"must be one of {', '.join(SEVERITY_OF_TYPE)}")
        return known


def to_event(body: NotiLensEvent) -> Event:
    """Our event. Raises Refused 422 where nothing visible is left of a required text."""
    kind = visible(name(body.event), "body.event")
    is_prompt = kind == INPUT_REQUIRED
    cleaner = Cleaner(asks=is_prompt or body.is_actionable)
    meta = fit({**_unknown(body), **body.meta}, "body.meta")
    title, text = visible(cleaner.line(body.title), "body.title"), cleaner.text(body.message)
    return Event(
        kind=kind,
        title=title,
        body=text,
        severity=severity_of(kind, body.type),
        source=visible(name(body.agent), "body.agent"),
        dialect=DIALECT,
        task_name=name(body.task_id or _label(meta, "task_id")),
        run_id=name(body.run_id or _label(meta, "run_id")),
        actionable=body.is_actionable or is_prompt,
        is_prompt=is_prompt,
        details=_details(body, meta, cleaner),
    )


def _details(body: NotiLensEvent, meta: dict[str, Json], cleaner: Cleaner) -> dict[str, Json]:
    details: dict[str, Json] = {
        "status": cleaner.line(_label(meta, "status")),
        "progress": _progress(cleaner, meta.get("progress")),
        "image_url": body.image_url,
        "open_url": body.open_url,
        "download_url": body.download_url,
        "tags": [cleaner.line(tag) for tag in body.tags],
        "meta": cleaner.tree(meta),
        "sent_at": to_wire(from_sender(body.ts)),
    }
    return said(details | {"redacted": cleaner.redacted or None})


def _unknown(body: NotiLensEvent) -> dict[str, Json]:
    return {key: value for key, value in (body.model_extra or {}).items() if isinstance(value, (str, int, float))}


def _label(meta: dict[str, Json], key: str) -> str:
    value = meta.get(key)
    return str(value)[:SHORT] if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def _progress(cleaner: Cleaner, value: Json) -> Json:
    """A share of 1; numbers up to 100 are taken for percent. Text stays text."""
    if isinstance(value, str):
        return cleaner.line(value[:SHORT])
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 100:
        return value if value <= 1 else value / 100
    return None
