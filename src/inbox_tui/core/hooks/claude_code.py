"""Claude Code: what its hooks give, and how they are answered. Pure; after its hooks reference of version 2.1.240.

Every output here is one that its reference names. No answer is no output: its own dialog then decides. Forms are a module
of their own, for few calls need to wait until it has loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from inbox_tui.core.hooks import permission, turns
from inbox_tui.core.hooks.reading import REPORT, Reader, cut, rest
from inbox_tui.core.hooks.spoken import NOTHING, Asked, Given, Input, Output, Place, Said

AGENT, NAME = "claude-code", "Claude Code"
MOST_ALWAYS, LABEL = 8, 300


def read(given: Input, place: Place = Place()) -> Said:  # noqa: B008
    """What a call of a hook comes to. An event that is not known says nothing."""
    reader = Reader(given, place)
    say = _EVENTS.get(reader.event)
    return say(reader) if say is not None else NOTHING


def _permission(reader: Reader) -> Said:
    if reader.tool == "AskUserQuestion":  # its answers are taken before this, by PreToolUse: now it stands in the terminal
        from inbox_tui.core.hooks.claude_forms import questions_text

        return Said(message=permission.in_terminal(reader, AGENT, NAME, questions_text(reader)))
    always = _always(reader)
    plan = reader.input.get("plan") if reader.tool == "ExitPlanMode" else None
    said: dict[str, Any] = {}
    if isinstance(plan, str):
        left = {name: value for name, value in reader.input.items() if name not in ("plan", "planFilePath")}
        said = {"title": cut(f"{NAME} has a plan for {reader.project}"), "body": plan, "command": rest(left)}
    question = permission.question(reader, AGENT, [{"key": key, "label": label} for key, (label, _) in always.items()], **said)
    instead = permission.in_terminal(reader, AGENT, NAME)
    if question is None:
        return Said(message=instead)

    def conclude(answers: Sequence[Given]) -> Output:
        return _decided(reader, answers[0], {key: entry for key, (_, entry) in always.items()})

    return Said(Asked([question], conclude, "wait", instead))


def _decided(reader: Reader, answer: Given, always: dict[str, Any]) -> Output:
    decision: dict[str, Any]
    if answer.key == "reject":
        decision = {"behavior": "deny", "message": answer.comment or "Rejected by the user in the inbox."}
    elif answer.key == "approve":
        decision = {"behavior": "allow"}
        if reader.tool == "ExitPlanMode":  # without its input it is asked again in the terminal
            decision["updatedInput"] = reader.given.get("tool_input") or {}
    else:
        decision = {"behavior": "allow", "updatedPermissions": [always[answer.key]]}
    return {"hookSpecificOutput": {"hookEventName": "PermissionRequest", "decision": decision}}


def _always(reader: Reader) -> dict[str, tuple[str, Any]]:
    """Key → label, and the agent's own entry, which is handed back as it is. One whose meaning cannot be told is not offered."""
    found: dict[str, tuple[str, Any]] = {}
    suggestions = reader.given.get("permission_suggestions")
    for entry in suggestions if isinstance(suggestions, list) else ():
        label = reader.clean(promise(entry))
        if label and len(label) <= LABEL and len(found) < MOST_ALWAYS:
            found[f"always-{len(found) + 1}"] = label, entry
    return found


def granted(output: Output) -> Sequence[Any]:
    """The agent's own entries that the answer hands back: what is allowed from now on, and not this once."""
    entries: Sequence[Any] = output["hookSpecificOutput"].get("decision", {}).get("updatedPermissions", ())
    return entries


_WHERE = {
    "session": "this session",
    "localSettings": "this project, only you",
    "projectSettings": "this project, everybody",
    "userSettings": "all your projects",
}


def promise(entry: Any) -> str:
    """`always allow Bash(npm test) (all your projects)`; "" for an entry that says anything else than is written here."""
    where = _WHERE.get(str(entry.get("destination"))) if isinstance(entry, dict) else None
    if where is None:
        return ""
    known = set(entry) - {"type", "destination"}
    match entry:
        case {"type": "addRules", "behavior": "allow", "rules": [*rules]} if known == {"behavior", "rules"}:
            names = [_rule(rule) for rule in rules]
            return f"always allow {', '.join(names)} ({where})" if names and all(names) else ""
        case {"type": "setMode", "mode": str(mode)} if known == {"mode"}:
            return f"and from now on mode {mode} ({where})"
        case {"type": "addDirectories", "directories": [*paths]} if known == {"directories"}:
            named = [path for path in paths if isinstance(path, str) and path]
            return f"and always allow the folder {', '.join(named)} ({where})" if named and len(named) == len(paths) else ""
    return ""


def _rule(rule: Any) -> str:
    match rule:
        case {"toolName": str(tool), "ruleContent": str(content), **more} if not more:
            return f"{tool}({content})"
        case {"toolName": str(tool), **more} if not more:
            return tool
    return ""


def _before_tool(reader: Reader) -> Said:
    if reader.tool != "AskUserQuestion":
        return NOTHING
    from inbox_tui.core.hooks.claude_forms import ask_user_question

    return ask_user_question(reader)


def _elicitation(reader: Reader) -> Said:
    from inbox_tui.core.hooks.claude_forms import elicitation

    return elicitation(reader)


def _notification(reader: Reader) -> Said:
    """What our other hooks tell better, and sooner, is not told again."""
    kind = reader.text("notification_type")
    if kind in (
        "permission_prompt",
        "elicitation_dialog",
        "elicitation_url_dialog",
        "elicitation_complete",
        "elicitation_response",
    ):
        return NOTHING
    calls = kind in ("idle_prompt", "agent_needs_input")
    text = reader.text("message")[:REPORT]
    where = f" in {reader.project}" if reader.project else ""
    title = f"{NAME} waits for you{where}" if calls else reader.text("title") or f"{NAME}{where}"
    return Said(message=reader.message(AGENT, title, kind=f"agent.{kind or 'notification'}"[:100], body=text,
                                       severity="warn" if calls else "info"))  # fmt: skip


def _stopped(reader: Reader) -> Said:
    """With tasks still running in the background it is not done."""
    if reader.given.get("background_tasks"):
        return turns.prompted(reader)
    return turns.stopped(reader, AGENT, NAME)


def _failed(reader: Reader) -> Said:
    told = reader.text("error") or reader.text("last_assistant_message")
    message = turns.turn(reader, AGENT, NAME, told, kind="task.error", title=f"{NAME} stopped by an error", severity="error")
    return Said(message=message, hint=reader.hint(of_agent=True))


_EVENTS: dict[str, Callable[[Reader], Said]] = {
    "PermissionRequest": _permission,
    "PreToolUse": _before_tool,
    "Elicitation": _elicitation,
    "PostToolUse": turns.after_tool,
    "PostToolUseFailure": turns.after_tool,
    "PermissionDenied": turns.after_tool,
    "Notification": _notification,
    "Stop": _stopped,
    "StopFailure": _failed,
    "SubagentStop": lambda reader: turns.subagent_stopped(reader, AGENT, NAME),
    "UserPromptSubmit": turns.prompted,
    "SessionStart": turns.session,
    "SessionEnd": turns.session,
}
