"""Which hooks of an agent run `inbox hook`, and with which time-outs: the entries of its settings file. Pure, on decoded JSON.

Both agents share the shape: {"hooks": {EVENT: [{"matcher", "hooks": [{"type": "command", "command", "timeout"}]}]}}.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

from inbox_tui.core.errors import ConfigError
from inbox_tui.core.hooks.spoken import MARGIN, Waits

Settings = dict[str, Any]
TELLING = 10
"""Seconds for a hook that only tells; it takes a fraction of one."""
QUESTIONS = 4
"""That Claude Code asks at once, at most; each waits by itself."""
_TOLD = {
    "claude-code": (
        *("Notification", "Stop", "StopFailure", "SubagentStop", "PostToolUse", "PostToolUseFailure", "PermissionDenied"),
        *("UserPromptSubmit", "SessionStart", "SessionEnd"),
    ),
    "codex": ("Stop", "SubagentStop", "PostToolUse", "UserPromptSubmit", "SessionStart", "SessionEnd"),
}
_IN_BACKGROUND = frozenset(_TOLD["claude-code"]) - {"SessionEnd"}
"""Claude Code goes on at once. At its end it would not wait for them; Codex of some versions passes over such hooks."""


class Entry(NamedTuple):
    event: str
    command: str
    """"" for one of type http."""
    timeout: float | None


def wanted(agent: str, command: str, waits: Waits) -> dict[str, Settings]:
    """Event → its group of handlers. The command is the same for every event and for ever: Codex asks anew for each change."""

    def group(timeout: float, matcher: str = "") -> Settings:
        handler = {"type": "command", "command": command, "timeout": round(timeout)}
        return {**({"matcher": matcher} if matcher else {}), "hooks": [handler]}

    asking = {"PermissionRequest": group(waits.wait + MARGIN)}
    if agent == "claude-code":
        asking["PreToolUse"] = group(QUESTIONS * waits.question_wait + MARGIN, "AskUserQuestion")
        asking["Elicitation"] = group(waits.question_wait + MARGIN)
    background = _IN_BACKGROUND if agent == "claude-code" else frozenset()
    telling = {event: group(TELLING) for event in _TOLD[agent]}
    for event in background:
        telling[event]["hooks"][0]["async"] = True
    return asking | telling


def installed(settings: Settings, agent: str, command: str, waits: Waits) -> Settings:
    """The settings with our hooks. What is there already and right stays where it is; anything of anybody else's is untouched."""
    groups = wanted(agent, command, waits)
    found = _without(settings, agent, keep=groups)
    hooks = found.setdefault("hooks", {})
    for event, group in groups.items():
        there = hooks.setdefault(event, [])
        if group not in there:
            there.append(group)
    return found


def uninstalled(settings: Settings, agent: str) -> Settings:
    """The settings without our hooks, and without what was only there for them."""
    return _without(settings, agent, keep={})


def entries(settings: Settings, agent: str) -> list[Entry]:
    """Our hooks that are there."""
    return [
        Entry(event, str(handler.get("command", "")), _seconds(handler.get("timeout")))
        for event, group in _groups(settings)
        for handler in group.get("hooks", ())
        if is_ours(handler, agent)
    ]


def is_ours(handler: Any, agent: str) -> bool:
    """Whether it runs `… hook AGENT`, by whatever path, or posts to our endpoint."""
    if not isinstance(handler, dict):
        return False
    if handler.get("type") == "http":
        return str(handler.get("url", "")).rstrip("/").endswith(f"/hooks/{agent}")
    arguments = handler.get("args")
    words = [*str(handler.get("command", "")).split(), *(arguments if isinstance(arguments, list) else ())]
    return len(words) > 2 and words[-2:] == ["hook", agent] and "inbox" in " ".join(map(str, words[:-2]))


def _without(settings: Settings, agent: str, keep: dict[str, Settings]) -> Settings:
    found = deepcopy(settings)
    hooks = _hooks(found)
    had = list(hooks)
    for event in had:
        groups, first = hooks[event], True
        for group in list(groups):
            if first and group == keep.get(event):
                first = False
                continue
            theirs = [handler for handler in group.get("hooks", ()) if not is_ours(handler, agent)]
            if len(theirs) < len(group.get("hooks", ())):
                group["hooks"] = theirs
                if not theirs:
                    groups[:] = [other for other in groups if other is not group]
        if not groups and settings["hooks"][event] and event not in keep:
            del hooks[event]
    if had and not hooks:
        del found["hooks"]
    return found


def _groups(settings: Settings) -> Iterator[tuple[str, Settings]]:
    for event, groups in _hooks(settings).items():
        for group in groups:
            yield event, group


def _hooks(settings: Settings) -> dict[str, list[Settings]]:
    """Raises ConfigError where the file is not of the shape that the agent documents: nothing is guessed at there."""
    hooks = settings.get("hooks", {})
    is_fit = isinstance(hooks, dict) and all(
        isinstance(groups, list) and all(isinstance(group, dict) and isinstance(group.get("hooks", []), list) for group in groups)
        for groups in hooks.values()
    )
    if not is_fit:
        raise ConfigError('its "hooks" are not of the shape that the agent documents; mend them first')
    return hooks  # type: ignore[no-any-return]


def _seconds(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
