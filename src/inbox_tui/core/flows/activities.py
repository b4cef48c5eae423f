"""The activities that a flow may bind, and what each is told. Pure.

Nothing here says what is run, or where a forward goes to: agents and forwards are names, whose commands and addresses stand in
the configuration file alone. So whoever may change flows can start nothing that the machine's owner did not write down.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from inbox_tui.core.urls import callable_url

TEMPLATE = 8_000
"""Characters of a template."""

Template = Annotated[str, Field(max_length=TEMPLATE, description="Text with {{field}} in it")]
Name = Annotated[str, Field(min_length=1, max_length=200)]


def _address(url: str) -> str:
    if "{{" in url:
        raise ValueError("must hold no template")
    return callable_url(url)


def _header(name: str) -> str:
    if name.lower() in _OURS:
        raise ValueError(f"{name} is set by the hub")
    return name


_OURS = frozenset({"host", "content-length", "content-type", "transfer-encoding", "connection", "idempotency-key"})
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,100}$"), AfterValidator(_header)]
HeaderValue = Annotated[str, Field(max_length=4_000, pattern=r"^[\x20-\x7e]*$")]


class Configuration(BaseModel):
    """Base of what an activity is told. An unknown member is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Toast(Configuration):
    level: Literal["info", "warning", "error"] = "info"
    message_template: Template = "{{title}}"


class Webhook(Configuration):
    url: Annotated[str, Field(max_length=2_000), AfterValidator(_address)]
    headers: Annotated[dict[HeaderName, HeaderValue], Field(max_length=20)] = Field(default_factory=dict)
    body_template: Annotated[Template, Field(description="Absent: every field, as one JSON object")] = ""


class Terminal(Configuration):
    session_id: Annotated[str, Field(max_length=200, description="Absent: the event's own")] = ""
    message_template: Template = "{{title}}"


class Spawn(Configuration):
    agent_id: Annotated[Name, Field(description="A table [flows.agents.NAME] of the configuration file")]
    message_template: Template = "{{title}}"


class Forward(Configuration):
    to: Annotated[tuple[Name, ...], Field(min_length=1, max_length=20, description="Names of [flows.forwards]")]
    title_template: Template = "{{title}}"
    message_template: Template = "{{title}}"
    unanswered_minutes: Annotated[
        int, Field(ge=0, le=10_080, description="Only where it has not been answered, read or done for so long; 0: at once")
    ] = 0


class Activity(BaseModel):
    """One kind of thing that a flow may do."""

    model_config = ConfigDict(frozen=True)

    id: str
    label: str
    told: type[Configuration]


ACTIVITIES: dict[str, Activity] = {
    activity.id: activity
    for activity in (
        Activity(id="toast_notification", label="Say it in the inbox, and in a toast of every pane", told=Toast),
        Activity(id="post_webhook", label="POST it to a URL, signed", told=Webhook),
        Activity(id="send_to_terminal", label="Paste it into the terminal of a session that takes it", told=Terminal),
        Activity(id="spawn_agent_session", label="Start an agent of the configuration file in a tmux window", told=Spawn),
        Activity(id="forward", label="Send it on by ntfy, Slack, Telegram, mail and the rest", told=Forward),
    )
}
