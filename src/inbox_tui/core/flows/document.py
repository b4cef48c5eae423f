"""The document that says what follows from what: triggers, and what each does (seed 004). Pure."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializeAsAny,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from inbox_tui.core.flows.activities import ACTIVITIES, Configuration

TRIGGERS, BINDINGS, CONDITIONS = 200, 20, 20
"""The most of a space; of a trigger; of a trigger."""

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]
Wish = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^*]*(\*[^*]*){0,4}$")]
"""A text to compare with; `*` in it stands for any text, four times at most."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Trigger(Part):
    """An event of the type, of which every condition holds."""

    id: Id
    label: Annotated[str, Field(max_length=500)] = ""
    event_type: Annotated[Wish, Field(description="A canonical type, or any kind of notification; `*`: every one")]
    where: Annotated[dict[Annotated[str, Field(min_length=1, max_length=200)], Wish], Field(max_length=CONDITIONS)] = Field(
        default_factory=dict
    )


def _known(activity_id: str) -> str:
    if activity_id not in ACTIVITIES:
        near = difflib.get_close_matches(activity_id, ACTIVITIES, 1, cutoff=0.4)
        meant = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(ACTIVITIES)}"
        raise ValueError(f"is no activity that there is{meant}")
    return activity_id


class Binding(Part):
    """What is done then."""

    activity_id: Annotated[str, AfterValidator(_known)]
    config: Annotated[
        SerializeAsAny[Configuration], Field(validate_default=True), WithJsonSchema({"type": "object"}, mode="validation")
    ] = Configuration()
    """What its activity is told; see `ACTIVITIES`."""

    @field_validator("config", mode="wrap")
    @classmethod
    def _as_its_activity_is_told(cls, config: Any, _: object, info: ValidationInfo) -> Configuration:
        """As the activity's own model."""
        if "activity_id" not in info.data:  # which is said already
            return Configuration()
        told = ACTIVITIES[info.data["activity_id"]].told
        if isinstance(config, Configuration):
            config = config.model_dump()
        return told.model_validate({} if config is None else config)


class Flows(Part):
    """The whole of it."""

    version: Literal[1] = 1
    triggers: Annotated[list[Trigger], Field(max_length=TRIGGERS)] = Field(default_factory=list)
    bindings_by_trigger_id: dict[Id, Annotated[list[Binding], Field(max_length=BINDINGS)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _each_trigger_once(self) -> Flows:
        ids = [trigger.id for trigger in self.triggers]
        if twice := next((each for each in ids if ids.count(each) > 1), ""):
            raise ValueError(f"has two triggers with the id {twice}")
        if unknown := next((each for each in self.bindings_by_trigger_id if each not in ids), ""):
            raise ValueError(f"binds {unknown}, which is no trigger's id")
        return self
