"""How each tool takes what it is told of an approval: by its own documented rules, not by ours."""

from __future__ import annotations

from typing import Any


def lets_it_run(format_: str, said: Any) -> bool:
    """Whether the tool does it without asking its user."""
    if format_ == "claude_code.userpromptsubmit":
        return bool(said.get("decision") != "block")
    if format_ == "claude_code.pretooluse":
        return bool(said["hookSpecificOutput"]["permissionDecision"] == "allow")
    if format_ == "copilot_cli.pretooluse":
        return bool(said["permissionDecision"] == "allow")
    if format_ == "copilot_cli.permissionrequest":
        return bool(said.get("behavior") == "allow")
    if format_ == "codex.permission":
        return bool(said.get("hookSpecificOutput", {}).get("decision", {}).get("behavior") == "allow")
    return bool(said["permission"] != "deny")  # where Cursor reviews commands by itself, it runs what a hook asks about
