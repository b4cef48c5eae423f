"""What there is to read of a row, before all that surrounds it; and that in a few chips. Pure.

Metadata of the schema `hook.v1` (seed 002) is for renderers: some of it is context, its excerpts are to be read, and its hashes
and lengths are for programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from inbox_tui.core.model import Json, Notification
from inbox_tui.core.text import clean
from inbox_tui.tui import words
from inbox_tui.tui.clocktime import lasting

SCHEMA = "hook.v1"
EXCERPTS = ("prompt", "command", "tool_input", "tool_response", "thinking", "error")
TOLD = frozenset({"status", "tool_name", "event", "file_paths"})
"""Details of a row with context that its chips and its text tell."""
_CHIPS = frozenset({"tool", "event", "status", "exit_code", "duration_ms", "error_present", "event_type", "project"})
_FOR_PROGRAMS = re.compile(r"hook_(?:.*_)?(?:hash|length|count|id|keys)|agent_notifier_schema")
_REPEATED = re.compile(r"(?:project|event|status|session|tool)\s*:", re.IGNORECASE)
_SESSION_CELLS = 8


def is_hook(row: Notification) -> bool:
    return _meta(row).get("agent_notifier_schema") == SCHEMA


def has_context(row: Notification) -> bool:
    """Whether its sender tells the event that it is of."""
    return bool(words.detail(row, "event")) or is_hook(row)


def chips(row: Notification) -> list[str]:
    """What happened, by which tool, how it went, in which session; [] for a row whose sender tells no event."""
    if not has_context(row):
        return []
    hook = {name: _hook(row, name) for name in ("event", "tool", "status", "exit_code", "duration_ms", "error_present")}
    session = words.detail(row, "session_id")
    told = (
        words.detail(row, "event") or hook["event"],
        words.detail(row, "tool_name") or hook["tool"],
        words.activity(row) or hook["status"] or ("failed" if hook["error_present"] == "true" else ""),
        f"exit {hook['exit_code']}" if hook["exit_code"] else "",
        lasting(int(hook["duration_ms"]) * 1000) if re.fullmatch(r"\d{1,12}", hook["duration_ms"]) else "",
        f"session {session[:_SESSION_CELLS]}" if session else "",
    )
    return [chip for chip in (words.one_line(row, text) for text in told) if chip]


def remainder(row: Notification, me: str = "", note: str = "") -> str:
    """What follows the title on the one line of a row. `note`: what this pane knows before the row tells it (`sending…`)."""
    text = words.question(row) if row.is_open else _gist(row)
    activity = words.one_line(row, words.activity(row))
    parts = (note or words.state(row, me), activity, words.audio(row), words.one_line(row, text))
    return "  ".join(part for part in parts if part)


def _gist(row: Notification) -> str:
    """Its body, else what it is about."""
    about = words.detail(row, "command") or words.detail(row, "prompt") or ", ".join(paths(row))
    return body(row).lstrip("#") or about


def body(row: Notification) -> str:
    """The body without lines that say `project: X · event: Y` once more. Of a row that asks, whole."""
    if words.asks(row) or not has_context(row):
        return row.body
    return "\n".join(line for line in row.body.split("\n") if not _is_repeated(line)).strip("\n")


def paths(row: Notification) -> list[str]:
    """Files that it is about."""
    found = row.details.get("file_paths")
    return [str(path) for path in found] if isinstance(found, list) else []


def excerpts(row: Notification) -> Iterator[tuple[str, str]]:
    """(of what, text): what a hook shows of its prompt, its command and what came of it."""
    for name in EXCERPTS if is_hook(row) else ():
        if text := _hook(row, f"{name}_excerpt"):
            yield name.replace("_", " "), text


def other_meta(row: Notification) -> Mapping[str, Json]:
    """The metadata that stands nowhere else, and is for a person."""
    meta = _meta(row)
    if not is_hook(row):
        return meta
    shown = {f"hook_{name}_excerpt" for name in EXCERPTS} | {f"hook_{name}" for name in _CHIPS}
    return {
        name.removeprefix("hook_"): value
        for name, value in meta.items()
        if name not in shown and not _FOR_PROGRAMS.fullmatch(name)
    }


def _is_repeated(line: str) -> bool:
    parts = [part for part in re.split(r"\s+[·|]\s+", line.strip()) if part]
    return len(parts) > 1 and all(_REPEATED.match(part) for part in parts)


def _hook(row: Notification, name: str) -> str:
    value = _meta(row).get(f"hook_{name}")
    return clean(str(value)) if isinstance(value, (str, int)) else ""


def _meta(row: Notification) -> Mapping[str, Json]:
    meta = row.details.get("meta")
    return meta if isinstance(meta, dict) else {}
