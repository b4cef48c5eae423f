"""`POST …/sessions`: what opens a session. The seed says no more of it than that the server makes its id."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from inbox_tui.dialects.fields import Name, TolerantBody


class SessionBody(TolerantBody):
    """All of it may be absent; other members are ignored."""

    model_config = ConfigDict(extra="ignore")

    project: Annotated[Name, Field(description="What the sender calls it; the key says which project it is")] = ""
    title: Annotated[str, Field(max_length=256, description="What the session is about")] = ""
