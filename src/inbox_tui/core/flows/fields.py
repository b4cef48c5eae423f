"""What flows match and templates say of an event: texts by name, of any dialect. Pure.

Seed 004 names the fields of its own notifies, which that dialect gives itself. Of any other event they are: `type` (its kind),
`timestamp`, `summary` and `title`, `body`, `severity`, `source`, `sender`, `task`, `run_id`, `session_id` and `session.id`,
`status`, `host`, `repo`, `branch`; and the single values of its `meta`, each below `notify.` and, where no other field has the
name, by itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from inbox_tui.core.model import Event, Json
from inbox_tui.core.times import to_wire

Fields = Mapping[str, str]
_DETAILS = ("status", "host", "repo", "branch", "cwd", "tool_name")


def fields_of(event: Event, sender: str, at: int) -> dict[str, str]:
    """The fields of an event that its hub took in at `at`, microseconds. What says nothing is left out."""
    found = dict(event.fields) or {**_general(event), "sender": sender}
    found.setdefault("timestamp", to_wire(at) or "")
    found.setdefault("title", event.title)
    return {field: text for field, text in found.items() if text}


def _general(event: Event) -> dict[str, str]:
    session = written(event.details.get("session_id"))
    own = {
        "type": event.kind,
        "title": event.title,
        "summary": event.title,
        "body": event.body,
        "severity": event.severity,
        "source": event.source,
        "task": event.task_name,
        "run_id": event.run_id,
        "session_id": session,
        "session.id": session,
        "notify.type": event.kind,
        **{detail: written(event.details.get(detail)) for detail in _DETAILS},
    }
    if isinstance(sent_at := event.details.get("sent_at"), str):
        own["timestamp"] = sent_at
    meta = event.details.get("meta")
    values = {key: text for key, value in meta.items() if (text := written(value))} if isinstance(meta, dict) else {}
    below = {f"notify.{key}": text for key, text in values.items()}
    beside = {key: text for key, text in values.items() if not key.startswith("notify.")}
    return beside | below | own


def written(value: Json) -> str:
    """A single value as text; "" of anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) else ""
