"""Codex: what its hooks give, and how they are answered. Pure; after its hooks page of the time of `async` hooks.

Strict: an answer has only the members that its page names, for it marks a hook with any other as failed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from inbox_tui.core.hooks import permission, turns
from inbox_tui.core.hooks.reading import Reader, cut
from inbox_tui.core.hooks.spoken import NOTHING, Asked, Given, Input, Output, Place, Said

AGENT, NAME = "codex", "Codex"
_PATCHED = re.compile(r"^\*\*\* (?:Add|Update|Delete) File: (.+)$", re.MULTILINE)
_MUST_SPEAK = frozenset({"Stop", "SubagentStop"})


def silence(given: Input) -> str:
    """What is printed where there is nothing to say: for the events that must be answered in JSON, an empty object."""
    return "{}" if given.get("hook_event_name") in _MUST_SPEAK else ""


def read(given: Input, place: Place = Place()) -> Said:  # noqa: B008
    """What a call of a hook comes to. An event that is not known says nothing."""
    reader = Reader(given, place)
    say = _EVENTS.get(reader.event)
    return say(reader) if say is not None else NOTHING


def read_notify(given: Input, place: Place = Place()) -> Said:  # noqa: B008
    """What its older `notify` program is given: the end of a turn."""
    if given.get("type") != "agent-turn-complete":
        return NOTHING
    reader = Reader({**given, "session_id": given.get("thread-id")}, place)
    return Said(message=turns.turn(reader, AGENT, NAME, reader.text("last-assistant-message")))


def _permission(reader: Reader) -> Said:
    """Its own dialog comes only once the hook has ended."""
    said: dict[str, Any] = {}
    patch = reader.input.get("command")
    if reader.tool == "apply_patch" and isinstance(patch, str):
        said["file_paths"] = paths = _PATCHED.findall(patch)[:100]
        if paths:
            said["title"] = cut(
                f"{reader.tool} {paths[0].rpartition('/')[2]}" + (f" and {len(paths) - 1} more" if paths[1:] else "")
            )
    question = permission.question(reader, AGENT, **said)
    instead = permission.in_terminal(reader, AGENT, NAME)
    return Said(Asked([question], conclude, "wait", instead)) if question is not None else Said(message=instead)


def conclude(answers: Sequence[Given]) -> Output:
    """What Codex reads of one permission. Raises KeyError for any other key than `approve` and `reject`."""
    key, comment = answers[0]
    decision = {
        "approve": {"behavior": "allow"},
        "reject": {"behavior": "deny", "message": comment or "Rejected by the user in the inbox."},
    }[key]
    return {"hookSpecificOutput": {"hookEventName": "PermissionRequest", "decision": decision}}


_EVENTS: dict[str, Callable[[Reader], Said]] = {
    "PermissionRequest": _permission,
    "PostToolUse": turns.after_tool,
    "Stop": lambda reader: turns.stopped(reader, AGENT, NAME),
    "SubagentStop": lambda reader: turns.subagent_stopped(reader, AGENT, NAME),
    "UserPromptSubmit": turns.prompted,
    "SessionStart": turns.session,
    "SessionEnd": turns.session,
}
