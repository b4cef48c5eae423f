"""Which triggers an event sets off. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inbox_tui.core.flows.document import Binding, Flows, Trigger
from inbox_tui.core.flows.fields import Fields
from inbox_tui.core.query.match import fits
from inbox_tui.core.query.tree import Pattern

_SESSION = frozenset({"session_id", "session.id"})


def matching(flows: Flows, fields: Fields) -> Iterator[tuple[Trigger, int, Binding]]:
    """What is to be done, in the order in which it is written down: the trigger, and its binding with its place."""
    for trigger in flows.triggers:
        if is_set_off(trigger, fields):
            for place, binding in enumerate(flows.bindings_by_trigger_id.get(trigger.id, ())):
                yield trigger, place, binding


def is_set_off(trigger: Trigger, fields: Fields) -> bool:
    """Whether the event is of the trigger's type, and every condition holds."""
    conditions = {**trigger.where, "type": trigger.event_type}
    return all(_holds(field, wanted, fields.get(field, "")) for field, wanted in conditions.items())


def _holds(field: str, wanted: str, found: str) -> bool:
    """The same text in either case; `*` stands for any text. A session is also meant by its name without the number at its end:
    "Codex" is "Codex 1" and every other Codex."""
    pattern = Pattern(tuple(wanted.split("*")))
    return fits(pattern, found) or (field in _SESSION and fits(pattern, re.sub(r" \d+$", "", found)))
