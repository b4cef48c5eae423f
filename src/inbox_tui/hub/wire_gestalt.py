"""The bodies of Gestalt's sessions."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from inbox_tui.dialects.fields import SHORT, Tolerant
from inbox_tui.hub.flows.terminals import PANE, PROGRAM
from inbox_tui.hub.wire import Answer, Time


class TerminalBody(Tolerant):
    """Where a session takes text. Only a caller on the hub's own machine may say so."""

    tmux_pane: Annotated[str, Field(pattern=f"^{PANE.pattern}$", description="As in TMUX_PANE")]
    program: Annotated[str, Field(pattern=f"^{PROGRAM.pattern}$", description="Which must be in the foreground there")]
    tmux_socket: Annotated[str, Field(max_length=200, description="The tmux server's socket; absent: the default one")] = ""


class NewNamedSession(Tolerant):
    id: Annotated[str, Field(max_length=SHORT, description="Absent: the label with the first free number after it")] = ""
    label: Annotated[str, Field(max_length=100)] = "Session"
    terminal: TerminalBody | None = None


class PlanItem(BaseModel):
    """What was last said of a session's plan."""

    plan_file: str = ""
    heading: str = ""
    level: str = ""
    state: str = ""
    summary: str = ""


class NamedSession(BaseModel):
    id: str
    sender: str
    opened_at: Time
    last_at: Time
    takes_text: bool
    plan: PlanItem


class NamedSessionBody(Answer, NamedSession):
    """One session."""


class NamedSessionsBody(Answer):
    items: Annotated[list[NamedSession], Field(description="The one spoken in last first")]
