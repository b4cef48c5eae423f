"""Our own publish call, `POST /api/events`: the whole event, as `inbox send` and `inbox ask` speak it. Pure.

A prompt is what names choices, says `is_prompt`, or is of kind `input.required`. Members not named here are ignored.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from inbox_tui.core import ids
from inbox_tui.core.errors import invalid
from inbox_tui.core.lifecycle import INPUT_REQUIRED, severity_of
from inbox_tui.core.model import PROMPT_LIFETIME, Choice, Event, Json, Severity
from inbox_tui.core.times import SECOND, from_sender, from_wire, to_wire
from inbox_tui.dialects.cleaning import Cleaner, name, said, visible
from inbox_tui.dialects.fields import SEVERAL, SHORT, TEXT, TITLE, URL, CallbackUrl, HttpUrl, Label, Meta, Name, Tags, Tolerant

CHOICES, ATTACHMENTS = 20, 12
COLORS = Literal["red", "orange", "amber", "lime", "green", "teal", "cyan", "blue", "purple", "pink"]
LONGEST = PROMPT_LIFETIME // SECOND


class ChoiceBody(Tolerant):
    """One answer that the sender offers."""

    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$", description="What the asker gets back")]
    label: Annotated[str, Field(max_length=SHORT, description="What the person reads; the key where absent")] = ""
    is_default_on_timeout: bool = False


class AttachmentBody(Tolerant):
    """A file that is somewhere else."""

    model_config = ConfigDict(extra="ignore")

    url: HttpUrl
    kind: Name = "file"
    mime_type: Name = ""
    file_name: Name = ""
    size_bytes: Annotated[int, Field(ge=0)] = 0
    duration_ms: Annotated[int, Field(ge=0)] = 0
    thumbnail_url: HttpUrl = ""


def _ulid(text: str) -> str:
    ids.decode(text)
    return text.upper()


def _time(text: str) -> str:
    try:
        return to_wire(from_wire(text)) or ""
    except ValueError:
        raise ValueError("must be an RFC 3339 date and time") from None


def _share_or_text(value: Any) -> Any:
    if isinstance(value, str) and len(value) <= SHORT:
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1:
        return value
    raise ValueError("must be a number from 0 to 1, or a text")


class DetailsBody(Tolerant):
    """What is shown and searched, and no rule reads."""

    status: Name = ""
    progress: Annotated[float | str | None, BeforeValidator(_share_or_text)] = None
    color: COLORS | None = None
    session_id: Name = ""
    parent_id: Name = ""
    subagent_id: Name = ""
    tool_name: Name = ""
    command: Annotated[str, Field(max_length=TEXT)] = ""
    prompt: Annotated[str, Field(max_length=TEXT, description="What a person asked the sender for")] = ""
    file_paths: Annotated[list[Annotated[str, Field(max_length=URL)]], Field(max_length=SEVERAL)] = Field(default_factory=list)
    open_url: HttpUrl = ""
    url_title: Name = ""
    download_url: HttpUrl = ""
    image_url: HttpUrl = ""
    attachments: Annotated[list[AttachmentBody], Field(max_length=ATTACHMENTS)] = Field(default_factory=list)
    audio_status: Name = ""
    tags: Tags = Field(default_factory=list)
    meta: Meta = Field(default_factory=dict)
    cwd: Annotated[str, Field(max_length=URL)] = ""
    host: Name = ""
    repo: Name = ""
    branch: Name = ""
    tmux_pane: Name = ""
    request: Annotated[Name, Field(description="What a question asks for, hashed by its sender: equal ones are equal")] = ""
    redacted_by_sender: Annotated[int, Field(ge=0, le=1_000_000, description="Secrets that it took out before sending")] = 0
    event: Annotated[Name, Field(description="What its sender calls what happened")] = ""
    subject: Annotated[Name, Field(description="What it is about, hashed by its sender: equal ones fold")] = ""
    device: Annotated[Name, Field(description="The host or pane that is to alert; absent: all")] = ""
    sound: Name = ""
    sent_at: Annotated[str, Field(max_length=64), AfterValidator(_time)] = ""
    ts: Annotated[float | None, Field(description="As sent_at, in Unix seconds or milliseconds")] = None


class EventBody(DetailsBody):
    """What `POST /api/events` takes."""

    title: Annotated[str, Field(min_length=1, max_length=TITLE)]
    kind: Annotated[str, Field(max_length=SHORT)] = "message"
    body: Annotated[str, Field(max_length=TEXT)] = ""
    severity: Severity | None = None
    source: Name = ""
    task_name: Label = ""
    run_id: Label = ""
    actionable: bool = False
    is_prompt: bool = False
    choices: Annotated[list[ChoiceBody], Field(max_length=CHOICES)] = Field(default_factory=list)
    priority: Annotated[int, Field(ge=-1, le=2)] = 0
    timeout: Annotated[float | None, Field(gt=0, le=LONGEST, description="Seconds until it expires")] = None
    waiting: Annotated[bool, Field(description="The sender waits for the answer from now on")] = False
    supersedes: Annotated[str, AfterValidator(_ulid)] = ""
    callback_url: Annotated[CallbackUrl, Field(description="Of a question: where to POST what became of it, signed")] = ""

    @field_validator("choices")
    @classmethod
    def _distinct(cls, choices: list[ChoiceBody]) -> list[ChoiceBody]:
        if len({choice.key for choice in choices}) < len(choices):
            raise ValueError("must have distinct keys")
        if sum(choice.is_default_on_timeout for choice in choices) > 1:
            raise ValueError("must have at most one default on time-out")
        return choices


def to_event(body: EventBody) -> Event:
    """Our event. Raises Refused 422 where nothing visible is left of the title, or what asks nothing names a callback."""
    kind = name(body.kind) or "message"
    is_prompt = body.is_prompt or bool(body.choices) or kind == INPUT_REQUIRED
    if body.callback_url and not is_prompt:
        raise invalid("body.callback_url", "is for questions: name choices, or say is_prompt")
    cleaner = Cleaner(asks=is_prompt or body.actionable)
    title, text = visible(cleaner.line(body.title), "body.title"), cleaner.text(body.body)
    return Event(
        kind=kind,
        title=title,
        body=text,
        severity=body.severity or severity_of(kind),
        source=name(body.source),
        task_name=name(body.task_name),
        run_id=name(body.run_id),
        actionable=body.actionable or is_prompt,
        is_prompt=is_prompt,
        choices=tuple(Choice(c.key, cleaner.line(c.label) or c.key, c.is_default_on_timeout) for c in body.choices),
        priority=body.priority,
        timeout=body.timeout,
        waiting=body.waiting and is_prompt,
        supersedes=body.supersedes,
        callback_url=body.callback_url,
        details=_details(body, cleaner),
    )


_LINES = (
    *("status", "session_id", "parent_id", "subagent_id", "tool_name", "url_title", "audio_status", "request", "event"),
    *("subject", "device", "sound"),
)
_PLACES = ("cwd", "host", "repo", "branch", "tmux_pane")
_AS_THEY_ARE = ("color", "open_url", "download_url", "image_url")


def _details(body: EventBody, cleaner: Cleaner) -> dict[str, Json]:
    details: dict[str, Json] = {field: cleaner.line(getattr(body, field)) for field in (*_LINES, *_PLACES)}
    details |= {field: getattr(body, field) for field in _AS_THEY_ARE}
    details |= {
        "progress": cleaner.line(body.progress) if isinstance(body.progress, str) else body.progress,
        "command": cleaner.text(body.command),
        "prompt": cleaner.text(body.prompt),
        "file_paths": [cleaner.line(path) for path in body.file_paths],
        "attachments": [_attachment(attachment, cleaner) for attachment in body.attachments],
        "tags": [cleaner.line(tag) for tag in body.tags],
        "meta": cleaner.tree(body.meta),
        "sent_at": body.sent_at or to_wire(from_sender(body.ts)),
    }
    return said(details | {"redacted": body.redacted_by_sender + cleaner.redacted or None})


def _attachment(attachment: AttachmentBody, cleaner: Cleaner) -> dict[str, Json]:
    given: BaseModel = attachment
    texts = {"kind", "mime_type", "file_name"}
    return said({key: cleaner.line(value) if key in texts else value for key, value in given.model_dump().items() if value})
