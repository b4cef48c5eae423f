"""What became of an approval, as the tool that asked reads it: the Agent Notifier dialect's `response_format`s. Pure.

Each has three things to say: allowed, denied, and that nobody answered. A failure never allows, so the third is never the
first's words: where a tool has a way to ask its own user it is that, or else a denial.

After Claude Code's hooks reference (2.1.240), GitHub Copilot CLI's hooks reference, Codex's hooks page and Cursor's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from inbox_tui.core.hooks import codex
from inbox_tui.core.hooks.spoken import Given
from inbox_tui.core.model import Document

Format = Literal[
    "raw",
    "claude_code.pretooluse",
    "claude_code.userpromptsubmit",
    "copilot_cli.pretooluse",
    "copilot_cli.permissionrequest",
    "codex.permission",
    "cursor.beforeshellexecution",
]
FORMATS: tuple[Format, ...] = get_args(Format)
ALLOWING, DENYING = frozenset({"allow", "approve"}), frozenset({"deny", "reject"})
"""The keys that a hook's format has words for. No other key may be offered in one: it would have to be guessed what it means."""
_NOBODY = "Nobody answered in the inbox."
_DENIED = "Rejected by the user in the inbox."


@dataclass(frozen=True, slots=True)
class Hook:
    """How a tool's hook is answered; `allow` and `deny` are given the person's comment, "" without one."""

    allow: Callable[[str], Document]
    deny: Callable[[str], Document]
    nobody: Document


def payload(format_: str, status: str, decision: Mapping[str, Any] | None) -> Document:
    """`response_payload`: of a decision document (key, comment, is_timeout_default) or of none, in the wanted format.

    `raw` tells all that there is. A hook is told `allow` for a person's allowing answer and for nothing else: not by a time-out,
    and not for a format or a key that is not known.
    """
    if format_ == "raw":
        return {"status": status, "decision": dict(decision) if decision is not None else None}
    hook = HOOKS.get(format_)
    if hook is None:
        return {}
    if status != "decided" or decision is None:
        return hook.nobody
    key, comment, is_nobodys = decision["key"], decision["comment"], decision["is_timeout_default"]
    if key in DENYING:
        return hook.deny(comment or (_NOBODY if is_nobodys else ""))
    if key in ALLOWING and not is_nobodys:
        return hook.allow(comment)
    return hook.nobody


def _before_tool(decision: str, reason: str) -> Document:
    said = {"hookEventName": "PreToolUse", "permissionDecision": decision} | _if("permissionDecisionReason", reason)
    return {"hookSpecificOutput": said}


def _before_tool_of_copilot(decision: str, reason: str) -> Document:
    return {"permissionDecision": decision} | _if("permissionDecisionReason", reason)


def _let_prompt_pass(comment: str) -> Document:
    """Claude Code has no word for it: what is not blocked passes."""
    return {"hookSpecificOutput": {"hookEventName": "UserPromptSubmit", "additionalContext": comment}} if comment else {}


def _block_prompt(comment: str) -> Document:
    return {"decision": "block", "reason": comment or _DENIED}


def _run_shell(permission: str, comment: str) -> Document:
    return {"permission": permission} | _if("user_message", comment) | _if("agent_message", comment)


def _if(name: str, text: str) -> Document:
    return {name: text} if text else {}


HOOKS: dict[str, Hook] = {
    "claude_code.pretooluse": Hook(
        lambda comment: _before_tool("allow", comment),
        lambda comment: _before_tool("deny", comment or _DENIED),
        _before_tool("ask", _NOBODY),
    ),
    # A prompt cannot be put to its own user again: it is blocked.
    "claude_code.userpromptsubmit": Hook(_let_prompt_pass, _block_prompt, _block_prompt(_NOBODY)),
    "copilot_cli.pretooluse": Hook(
        lambda comment: _before_tool_of_copilot("allow", comment),
        lambda comment: _before_tool_of_copilot("deny", comment or _DENIED),
        _before_tool_of_copilot("ask", _NOBODY),
    ),
    "copilot_cli.permissionrequest": Hook(
        lambda comment: {"behavior": "allow"},
        lambda comment: {"behavior": "deny", "message": comment or _DENIED},
        {},
    ),
    "codex.permission": Hook(
        lambda comment: dict(codex.conclude([Given("approve")])),
        lambda comment: dict(codex.conclude([Given("reject", comment)])),
        {},
    ),
    # Not `ask`: where Cursor reviews commands by itself, it runs what a hook asks about without asking anybody.
    "cursor.beforeshellexecution": Hook(
        lambda comment: _run_shell("allow", comment),
        lambda comment: _run_shell("deny", comment or _DENIED),
        _run_shell("deny", _NOBODY),
    ),
}
"""Every format but `raw`."""
