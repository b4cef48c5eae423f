"""Stand-ins of agents: each runs a hook as its agent does, and takes its output by the agent's documented rules, strictly."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from commands import INBOX, ended

Event = dict[str, Any]
Behavior = Literal["allow", "deny", "none", "failed"]


@dataclass(frozen=True)
class Verdict:
    """What an agent makes of a hook that has ended. `none`: it asks by itself; `failed`: it says that the hook is broken, and
    then asks by itself."""

    behavior: Behavior
    message: str = ""
    input: Any = None
    permissions: Sequence[Any] = ()
    context: str = ""
    """Text that was put before the model."""


NONE = Verdict("none")


@dataclass
class Hook:
    """A hook under way."""

    process: subprocess.Popen[str]
    agent: StandIn
    event: Event

    def verdict(self) -> Verdict:
        """Waits for its end."""
        return self.agent.take(self.event, *ended(self.process))


@dataclass
class StandIn:
    name: str
    session: str = "session-1"
    cwd: str = "/srv/app"
    command: Sequence[str] = field(default_factory=lambda: INBOX)

    def event(self, name: str, **members: Any) -> Event:
        return {"session_id": self.session, "cwd": self.cwd, "hook_event_name": name, "transcript_path": None, **members}

    @contextmanager
    def hook(self, event: Event, *arguments: str, text: str | None = None, **environ: str) -> Iterator[Hook]:
        """Starts the hook and says the event to it."""
        process = subprocess.Popen(
            [*self.command, "hook", *(arguments or (self.name,))],
            env={**os.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stdin is not None
        with process:
            try:
                process.stdin.write(json.dumps(event) if text is None else text)
                process.stdin.close()
                process.stdin = None
            except BrokenPipeError:
                process.stdin = None
            try:
                yield Hook(process, self, event)
            finally:
                if process.poll() is None:
                    process.kill()

    def run(self, event: Event, *arguments: str, **environ: str) -> Verdict:
        with self.hook(event, *arguments, **environ) as hook:
            return hook.verdict()

    def bash(self, command: str = "rm -rf build", **members: Any) -> Event:
        given = {"command": command, "description": "Remove the build folder"}
        return self.event("PermissionRequest", tool_name="Bash", tool_input=given, **members)

    def take(self, event: Event, code: int, out: str, err: str) -> Verdict:
        raise NotImplementedError


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _only(given: Mapping[str, Any], *names: str) -> bool:
    return set(given) <= set(names)


class ClaudeCode(StandIn):
    """After its hooks reference of version 2.1.240. An output that its schema does not know is an error here."""

    def __init__(self, **given: Any) -> None:
        super().__init__("claude-code", **given)

    def take(self, event: Event, code: int, out: str, err: str) -> Verdict:
        name = event["hook_event_name"]
        if code == 2:  # blocks a tool, an elicitation, a prompt and a stop; decides no permission
            return Verdict("none" if name == "PermissionRequest" else "deny", err)
        if code != 0:
            return Verdict("failed", err)
        if not out.strip():
            return NONE
        said = _object(out)
        if said is None:
            return Verdict("none", context=out) if name in ("UserPromptSubmit", "SessionStart") else Verdict("failed", out)
        return self.take_json(event, said)

    def take_json(self, event: Event, said: dict[str, Any]) -> Verdict:
        name = event["hook_event_name"]
        if not said:
            return NONE
        own = said.get("hookSpecificOutput")
        assert _only(said, "hookSpecificOutput"), said
        assert isinstance(own, dict)
        assert own.pop("hookEventName") == name
        return {"PermissionRequest": self._permission, "PreToolUse": self._tool, "Elicitation": self._form}[name](event, own)

    def _permission(self, event: Event, own: dict[str, Any]) -> Verdict:
        assert _only(own, "decision"), own
        decision = own["decision"]
        if decision["behavior"] == "deny":
            assert _only(decision, "behavior", "message", "interrupt"), decision
            return Verdict("deny", decision.get("message", ""))
        assert decision["behavior"] == "allow"
        assert _only(decision, "behavior", "updatedInput", "updatedPermissions"), decision
        if event["tool_name"] == "ExitPlanMode" and "updatedInput" not in decision:
            return NONE
        permissions = tuple(decision.get("updatedPermissions", ()))
        assert all(entry in event.get("permission_suggestions", []) for entry in permissions)
        return Verdict("allow", input=decision.get("updatedInput", event["tool_input"]), permissions=permissions)

    def _tool(self, event: Event, own: dict[str, Any]) -> Verdict:
        assert _only(own, "permissionDecision", "permissionDecisionReason", "updatedInput"), own
        if own["permissionDecision"] == "deny":
            return Verdict("deny", own["permissionDecisionReason"])
        assert own["permissionDecision"] == "allow"
        given = own.get("updatedInput")
        if given is None:  # of a tool that asks its user, an allow alone is not enough
            return NONE
        assert given["questions"] == event["tool_input"]["questions"]
        for question in given["questions"]:
            chosen = given["answers"][question["question"]]
            labels = [option["label"] for option in question["options"]]
            assert all(part in labels for part in (chosen.split(", ") if question.get("multiSelect") else [chosen]))
        return Verdict("allow", input=given)

    def _form(self, event: Event, own: dict[str, Any]) -> Verdict:
        assert _only(own, "action", "content"), own
        assert own["action"] in ("accept", "decline", "cancel")
        return Verdict("allow" if own["action"] == "accept" else "deny", input=own.get("content"))


class Codex(StandIn):
    """After its hooks page of the time of `async` hooks. It marks a hook as failed for every member that it does not know."""

    def __init__(self, **given: Any) -> None:
        super().__init__("codex", **given)

    def take(self, event: Event, code: int, out: str, err: str) -> Verdict:
        name = event["hook_event_name"]
        if code == 2 and err.strip():
            return Verdict("deny", err)
        if code != 0:
            return Verdict("failed", err)
        said = _object(out)
        if name in ("Stop", "SubagentStop"):  # only JSON is an answer to these
            return NONE if said == {} else Verdict("failed", out)
        if said is None:
            return Verdict("none", context=out if name in ("SessionStart", "UserPromptSubmit") else "")
        own = said.get("hookSpecificOutput", {})
        decision = own.get("decision", {})
        is_known = _only(said, "hookSpecificOutput") and _only(own, "hookEventName", "decision")
        is_fit = decision.get("behavior") == "allow" and _only(decision, "behavior")
        is_fit |= decision.get("behavior") == "deny" and _only(decision, "behavior", "message")
        if name != "PermissionRequest" or own.get("hookEventName") != name or not is_known or not is_fit:
            return Verdict("failed", out)
        return Verdict(decision["behavior"], decision.get("message", ""))


def agents() -> list[StandIn]:
    return [ClaudeCode(), Codex()]
