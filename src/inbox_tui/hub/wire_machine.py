"""The bodies of calls that are for the machine's own operator: about keys and spaces."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from inbox_tui.dialects.fields import SHORT, CallbackUrl, Tolerant
from inbox_tui.hub.wire import Answer, Role, Time


class NewKeyBody(Tolerant):
    name: Annotated[str, Field(min_length=1, max_length=SHORT)]
    role: Role
    space: Annotated[str, Field(max_length=SHORT, description="The one inbox that the key is good for")] = "default"
    allow_timeout_approve: bool = False


class NotiLensKey(BaseModel):
    token: str
    secret: str


class KeyCreatedBody(Answer):
    name: str
    role: Role
    space: str
    id: str
    key: Annotated[str, Field(description="Shown once")]
    notilens: NotiLensKey
    signing_secret: Annotated[str, Field(description="Verifies its callbacks; empty for keys that post nothing")]


class SigningSecretQuery(Tolerant):
    name: Annotated[str, Field(min_length=1, max_length=SHORT, description="A key's, or `local`")]
    space: Annotated[str, Field(max_length=SHORT)] = "default"


class SigningSecretBody(Answer):
    name: str
    space: str
    signing_secret: str


class WebhookBody(Tolerant):
    name: Annotated[str, Field(min_length=1, max_length=SHORT, description="A key's")]
    space: Annotated[str, Field(max_length=SHORT)] = "default"
    url: Annotated[CallbackUrl, Field(description="Where each answer is POSTed, signed; empty: nowhere any more")] = ""


class WebhookSetBody(Answer):
    name: str
    space: str
    host: Annotated[str, Field(description="Of the address; the rest of it is shown nowhere")]


class KeyItem(BaseModel):
    model_config = ConfigDict(extra="allow")

    id: str
    name: str
    role: Role
    space: str


class KeysQuery(Tolerant):
    space: Annotated[str, Field(max_length=SHORT, description="Only the keys of this space")] = ""


class KeysBody(Answer):
    items: list[KeyItem]


class NewSpaceBody(Tolerant):
    name: Annotated[str, Field(max_length=SHORT, description="1 to 63 of a-z, 0-9, - and _; begins with a letter or a digit")]


class SpaceItem(BaseModel):
    model_config = ConfigDict(extra="allow")

    name: str
    rows: int
    unread: int
    open_prompts: Annotated[int, Field(description="Questions without an answer")]
    keys: Annotated[int, Field(description="Keys that work")]
    created_at: Time


class SpaceCreatedBody(Answer):
    name: str


class SpacesBody(Answer):
    items: list[SpaceItem]


class RemoveSpaceQuery(Tolerant):
    confirm: Annotated[str, Field(max_length=SHORT, description="The name once more: everything in it goes")] = ""
