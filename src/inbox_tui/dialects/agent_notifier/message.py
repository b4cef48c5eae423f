"""`POST …/messages` (seed 002): its fields, limits and defaults as data, and the message → our event. Pure.

Limits are in code points. What is over one is refused, but for file paths and values of metadata, which are cut.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from inbox_tui.core.errors import invalid
from inbox_tui.core.ids import from_uuid
from inbox_tui.core.model import Choice, Event, Json, Severity, Speech
from inbox_tui.core.text import clean
from inbox_tui.dialects.agent_notifier import DIALECT
from inbox_tui.dialects.agent_notifier.metadata import flat, safe
from inbox_tui.dialects.cleaning import Cleaner, name, said, visible
from inbox_tui.dialects.fields import SHORT, HttpUrl, Name, TolerantBody, fit
from inbox_tui.dialects.own import COLORS, LONGEST

Type = Literal["alert", "progress", "session_start", "session_end", "url", "file"]
FILE_PATH = 1_024
"""Characters of a path; what is longer is cut."""
SEVERAL, BUTTONS = 12, 4
FAILURES = frozenset({"failure", "failed", "error"})
SEVERITY_OF_PRIORITY: dict[int, Severity] = {1: "warn", 2: "error"}


def _number(value: Any) -> Any:
    if isinstance(value, (str, bool)):
        raise ValueError("must be a number")
    return value


def _flag(value: Any) -> Any:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _uuid(text: str) -> str:
    from_uuid(text)
    return text.lower()


def _one_line(text: str) -> str:
    if clean(text) != text or "\n" in text:
        raise ValueError("must be one line without invisible characters")
    return text


def _unless_rewritten(value: bool) -> bool:
    if value:
        raise ValueError("is reserved: keep it false")
    return value


Uuid = Annotated[str, AfterValidator(_uuid), Field(json_schema_extra={"format": "uuid"})]
NUMBER = BeforeValidator(_number)
"""No text that reads like one. It stands behind the limits: else the schema would not have them."""
ONE_LINE = AfterValidator(_one_line)
"""What the sender gets back as it was sent, for it is what the person has read."""
Flag = Annotated[bool, BeforeValidator(_flag)]


class Attachment(TolerantBody):
    """As `POST …/media` answers it, or a file that is somewhere else."""

    model_config = ConfigDict(extra="ignore")

    kind: Literal["image", "audio", "video", "file"]
    url: HttpUrl
    mime_type: Name = ""
    size_bytes: Annotated[int, Field(ge=0), NUMBER] = 0
    duration_ms: Annotated[int, Field(ge=0), NUMBER] = 0
    file_name: Name = ""
    thumbnail_url: HttpUrl = ""


class AudioFields(TolerantBody):
    """What is to be spoken, and how."""

    as_audio: Annotated[Flag, Field(description="Speak it: the row comes at once, its alert once the audio is there")] = False
    voice: Annotated[str, Field(pattern=r"^[a-z]{2}_[a-z0-9]+$", max_length=SHORT)] = "af_bella"
    voice_engine: Literal["kokoro"] = "kokoro"
    speed: Annotated[float, Field(ge=0.5, le=2.0), NUMBER] = 1.0
    rewrite_for_tts: Annotated[Flag, AfterValidator(_unless_rewritten), Field(json_schema_extra={"const": False})] = False
    tts_text: Annotated[str, Field(max_length=12_000, description="What to speak, where it is not the message")] = ""


class MessageBody(AudioFields):
    """What `POST …/messages` takes. Members that are not named here are kept in `extra`."""

    model_config = ConfigDict(extra="allow")

    type: Type
    title: Annotated[str, Field(min_length=1, max_length=256, description="A short verb phrase")]
    message: Annotated[str, Field(max_length=4096, description="The useful content only")] = ""
    project: Annotated[Name, Field(description="What the sender calls it; the key says which project it is")] = ""
    session_id: Annotated[Uuid, Field(description="A session that this hub has opened")] = ""
    client_event_id: Annotated[Uuid, Field(description="The same again gets the first answer, and makes nothing")] = ""
    event: Annotated[str, Field(max_length=64)] = ""
    tool_name: Annotated[str, Field(max_length=128)] = ""
    command: Annotated[str, Field(max_length=4000)] = ""
    prompt: Annotated[str, Field(max_length=8000)] = ""
    file_paths: Annotated[list[str], Field(max_length=SEVERAL, description=f"Each is cut at {FILE_PATH:,} characters")] = Field(
        default_factory=list
    )
    parent_id: Annotated[Uuid, Field(description="A message of the same project that this one belongs to")] = ""
    subagent_id: Annotated[str, Field(max_length=128)] = ""
    status: Annotated[str, Field(max_length=64)] = ""
    priority: Annotated[int, Field(ge=-1, le=2, description="-1 silent, 0 normal, 1 high, 2 critical"), NUMBER] = 0
    color: Annotated[COLORS | None, Field(description="Absent: orange for alerts, none for others")] = None
    progress: Annotated[float, Field(ge=0, le=1), NUMBER] | None = None
    attachment: Annotated[Attachment | None, Field(description="The first of the attachments, for older senders")] = None
    attachments: Annotated[list[Attachment], Field(max_length=SEVERAL)] = Field(default_factory=list)
    image_url: HttpUrl = ""
    url: HttpUrl = ""
    url_title: Name = ""
    buttons: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=SHORT), ONE_LINE]],
        Field(
            max_length=BUTTONS,
            description="Answers to choose from: with any, the message asks",
            json_schema_extra={"uniqueItems": True},
        ),
    ] = Field(default_factory=list)
    sound: Name = "default"
    ttl: Annotated[
        Annotated[int, Field(ge=0), NUMBER] | None,
        Field(description="Seconds until it expires; 0: as if absent"),
    ] = None
    device: Annotated[Name, Field(description="The host or pane that is to alert; absent: all")] = ""
    metadata: Annotated[dict[str, str], BeforeValidator(flat, json_schema_input_type=dict[str, str | float | bool | None])] = (
        Field(default_factory=dict)
    )

    @field_validator("buttons")
    @classmethod
    def _distinct(cls, buttons: list[str]) -> list[str]:
        if len({button.strip() for button in buttons}) < len(buttons):
            raise ValueError("must be distinct")
        return buttons

    @model_validator(mode="after")
    def _primary_first(self) -> MessageBody:
        """`attachment` is the first of `attachments`, said once."""
        if self.attachment is not None:
            others = [one for one in self.attachments if one != self.attachment]
            self.attachments = [self.attachment, *others]
        return self


def to_event(body: MessageBody, *, asks: bool = False) -> Event:
    """Our event. `session_id` and `parent_id` are the sender's, still to be looked up. Raises Refused 422 where nothing visible
    is left of the title or of a button, or more is said than is kept."""
    if len(body.attachments) > SEVERAL:
        raise invalid("body.attachments", f"are more than {SEVERAL}, the one in `attachment` counted")
    asks = asks or bool(body.buttons)
    cleaner = Cleaner(asks=asks)
    details = _details(body, cleaner)
    return Event(
        kind=f"an.{body.type}",
        title=visible(cleaner.line(body.title), "body.title"),
        body=cleaner.text(body.message),
        severity=severity(body.status, body.priority),
        source=cleaner.redact(name(body.project)),
        dialect=DIALECT,
        actionable=asks,
        is_prompt=asks,
        choices=_choices(body.buttons, cleaner),
        priority=body.priority,
        timeout=min(body.ttl, LONGEST) if body.ttl else None,
        speech=_speech(body, cleaner) if body.as_audio else None,
        details=said(details | {"redacted": cleaner.redacted or None}),
    )


def severity(status: str, priority: int) -> Severity:
    """A failure is an error whatever its priority."""
    return "error" if status.strip().lower() in FAILURES else SEVERITY_OF_PRIORITY.get(priority, "info")


def _choices(buttons: list[str], cleaner: Cleaner) -> tuple[Choice, ...]:
    """The key of each is what the sender gets back: the label as it was sent."""
    keys = [cleaner.redact(label) for label in buttons]
    if len(set(keys)) < len(keys):
        raise invalid("body.buttons", "differ only by what is taken for a secret")
    labels = [visible(cleaner.line(label), f"body.buttons[{n}]") for n, label in enumerate(buttons)]
    return tuple(Choice(key, label) for key, label in zip(keys, labels, strict=True))


def _details(body: MessageBody, cleaner: Cleaner) -> dict[str, Json]:
    meta = fit(safe(dict(body.metadata), cleaner), "body.metadata")
    return {
        "event": cleaner.line(body.event),
        "status": cleaner.line(body.status),
        "progress": body.progress,
        "color": body.color or ("orange" if body.type == "alert" else None),
        "session_id": body.session_id,
        "parent_id": body.parent_id,
        "subagent_id": cleaner.line(body.subagent_id),
        "tool_name": cleaner.line(body.tool_name),
        "command": cleaner.text(body.command),
        "prompt": cleaner.text(body.prompt),
        "file_paths": [cleaner.line(path)[:FILE_PATH] for path in body.file_paths],
        "open_url": cleaner.redact(body.url),
        "url_title": cleaner.line(body.url_title),
        "image_url": cleaner.redact(body.image_url or _first_image(body.attachments)),
        "attachments": [_attachment(attachment, cleaner) for attachment in body.attachments],
        "audio_status": "queued" if body.as_audio else None,
        "meta": meta | {"tts_status": "queued"} if body.as_audio else meta,
        "subject": meta.get("hook_subject_hash"),
        "device": cleaner.line(body.device),
        "sound": cleaner.line(body.sound),
        "extra": safe(fit(body.model_extra or {}, "body"), cleaner),
    }


def _speech(body: MessageBody, cleaner: Cleaner) -> Speech:
    """What it says, without what is redacted from what it shows."""
    return Speech(cleaner.redact(clean(body.tts_text or body.message or body.title)), body.voice, body.speed)


def _first_image(attachments: list[Attachment]) -> str:
    return next((one.url for one in attachments if one.kind == "image"), "")


def _attachment(attachment: Attachment, cleaner: Cleaner) -> dict[str, Json]:
    return said({
        "kind": attachment.kind,
        "url": cleaner.redact(attachment.url),
        "mime_type": cleaner.line(attachment.mime_type),
        "size_bytes": attachment.size_bytes or None,
        "duration_ms": attachment.duration_ms or None,
        "file_name": cleaner.line(attachment.file_name),
        "thumbnail_url": cleaner.redact(attachment.thumbnail_url),
    })  # fmt: skip
