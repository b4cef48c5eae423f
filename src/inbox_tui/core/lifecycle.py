"""The event vocabulary of seed 000: 20 canonical names, what each says by default, and what each does to a run."""

from __future__ import annotations

from inbox_tui.core.model import Severity

SEVERITY_OF_TYPE: dict[str, Severity] = {
    "info": "info",
    "success": "info",
    "warning": "warn",
    "urgent": "error",
}
"""Seed 000's `type` → our severity (DESIGN §8). The sender's type always wins over the event's default."""

TYPE_OF_EVENT: dict[str, str] = {
    "task.queued": "info",
    "task.started": "info",
    "task.progress": "info",
    "task.paused": "warning",
    "task.waiting": "warning",
    "task.resumed": "info",
    "task.loop": "warning",
    "task.retry": "warning",
    "task.error": "urgent",
    "task.completed": "success",
    "task.failed": "urgent",
    "task.timeout": "urgent",
    "task.cancelled": "warning",
    "task.stopped": "info",
    "task.terminated": "urgent",
    "input.required": "warning",
    "input.approved": "success",
    "input.rejected": "warning",
    "output.generated": "success",
    "output.failed": "urgent",
}
"""The canonical events and the type that seed 000 gives each."""

INPUT_REQUIRED, INPUT_APPROVED, INPUT_REJECTED = "input.required", "input.approved", "input.rejected"

TOAST = "flow.toast"
"""Said by a flow: every pane also shows it for a moment."""

QUIET = frozenset({"task.queued", "task.started", "task.progress", "task.paused", "task.resumed"})
"""On a live row these do not raise it."""
STOPPED = "task.stopped"
"""Ended on purpose, which is no error and no outcome: the run's live row says so itself, and calls for nobody any more."""
LIVE = QUIET | {"task.waiting", "task.loop", "task.retry", "task.error", STOPPED}
"""With a run: all of a run are one row."""
OUTCOMES = frozenset({"task.completed", "task.failed", "task.timeout", "task.cancelled", "task.terminated"})
"""End a run; fold across runs by task."""


def severity_of(kind: str, type_: str = "") -> Severity:
    """The severity of an event by the sender's `type`, else by the event's own, else info."""
    return SEVERITY_OF_TYPE.get(type_) or SEVERITY_OF_TYPE[TYPE_OF_EVENT.get(kind, "info")]


def is_success(kind: str) -> bool:
    """Whether the sign `✓` fits: something ended well."""
    return TYPE_OF_EVENT.get(kind) == "success"
