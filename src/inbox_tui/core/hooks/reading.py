"""What every agent's hook tells in the same way: the tool and its whole input, the session, the place. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from inbox_tui.core.hooks.spoken import Body, Input, Place
from inbox_tui.core.text import redact

try:  # OpenSSL takes longer to load than everything else here; the interpreter has a SHA-256 of its own.
    from _sha2 import sha256  # type: ignore[import-not-found, unused-ignore]
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        from hashlib import sha256

TEXT, LINE, NAME = 131_072, 200, 500
"""Characters that a hub takes of a text, that a title shows of a name, and that a hub takes of a name."""
REPORT = 4_000
"""Characters kept of what an agent said at the end of its turn: a message, not something to decide on."""


class Reader:
    """Reads one call, taking key-like runs out of all that it hands on, and counts them."""

    def __init__(self, given: Input, place: Place) -> None:
        self.given, self._place = given, place
        self.redacted = 0

    def text(self, *path: str) -> str:
        """The text at a path of names; "" where there is none."""
        return self.clean(self._at(path))

    def _at(self, path: tuple[str, ...]) -> Any:
        value: Any = self.given
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def clean(self, value: Any) -> str:
        if not isinstance(value, str):
            return ""
        text, found = redact(value)
        self.redacted += found
        return text

    def tree(self, value: Any) -> Any:
        """The value with each of its texts redacted."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, list):
            return [self.tree(item) for item in value]
        if isinstance(value, dict):
            return {name: self.tree(item) for name, item in value.items()}
        return value

    @property
    def event(self) -> str:
        return str(self.given.get("hook_event_name") or "")

    @property
    def tool(self) -> str:
        return self.text("tool_name")[:NAME]

    @cached_property
    def input(self) -> dict[str, Any]:
        """The tool's whole input, redacted."""
        found = self.tree(self.given.get("tool_input"))
        return found if isinstance(found, dict) else {} if found is None else {"input": found}

    @property
    def project(self) -> str:
        """What a person calls the place: the repository, else the folder."""
        return self._place.repo or self.text("cwd").rstrip("/").rpartition("/")[2]

    def body(self, source: str, **said: Any) -> dict[str, Any]:
        """What is posted: what is said, and who says it where. Only what is not empty."""
        found = {
            "source": source,
            "task_name": self.project[:NAME],
            "session_id": self.text("session_id")[:NAME],
            "subagent_id": self.text("agent_id")[:NAME],
            "cwd": self.text("cwd")[:4_096],
            **self._place._asdict(),
            **said,
        }
        return {name: value for name, value in found.items() if value not in ("", None, [], {})}

    def question(self, source: str, **said: Any) -> dict[str, Any]:
        """A question, as it is posted. Redaction is counted up to here, so it is made last."""
        found = self.body(source, kind="input.required", is_prompt=True, actionable=True, **said)
        return found | ({"redacted_by_sender": self.redacted} if self.redacted else {})

    def message(self, source: str, title: str, **said: Any) -> dict[str, Any]:
        kind = said.pop("kind", "agent.message")
        return self.body(source, kind=kind, title=cut(title), **said)

    def hint(self, *, of_agent: bool = False, **said: Any) -> Body | None:
        """That questions of this session seem answered: the one with the same request, else all that this agent (`of_agent`), or
        anybody in the session, has asked."""
        session = self.text("session_id")[:NAME]
        if not session:
            return None
        subagent = {"subagent_id": self.text("agent_id")[:NAME]} if of_agent else {}
        return {"session_id": session, **subagent, **said}

    def request(self) -> str:
        """Names what a tool is asked to do: equal requests have equal names. Of the redacted input, so that no secret can be
        guessed from it."""
        given = self.input
        if isinstance(given.get("command"), str):  # said beside a command, and not by every event
            given = {name: value for name, value in given.items() if name != "description"}
        text = json.dumps([self.tool, given], sort_keys=True, separators=(",", ":"))
        return str(sha256(text.encode()).hexdigest()[:32])


def cut(text: str, most: int = LINE) -> str:
    """A title's worth of a text: one line, never what is decided on."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def whole(tool: str, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """All that the tool would do, as a person reads it, and what of its input is left to be told."""
    left = dict(given)
    render = _RENDERERS.get(tool, _command)
    text = render(left)
    return text, left


def _command(left: dict[str, Any]) -> str:
    if isinstance(left.get("command"), str) and set(left) <= {*_BESIDE_COMMAND, "command"}:
        return str(left.pop("command"))
    text = json.dumps(left, ensure_ascii=False, indent=2) if left else ""
    left.clear()
    return text


_BESIDE_COMMAND = ("description", "timeout", "run_in_background", "dangerouslyDisableSandbox", "workdir", "cwd")


def _edit(left: dict[str, Any]) -> str:
    if not all(isinstance(left.get(name), str) for name in ("file_path", "old_string", "new_string")):
        return _command(left)
    old, new = left.pop("old_string"), left.pop("new_string")
    lines = [*(f"-{line}" for line in old.split("\n")), *(f"+{line}" for line in new.split("\n"))]
    return "\n".join([left.pop("file_path"), *lines])


def _write(left: dict[str, Any]) -> str:
    if not all(isinstance(left.get(name), str) for name in ("file_path", "content")):
        return _command(left)
    content = left.pop("content")
    return "\n".join([left.pop("file_path"), *(f"+{line}" for line in content.split("\n"))])


_RENDERERS: dict[str, Callable[[dict[str, Any]], str]] = {"Edit": _edit, "Write": _write}


def rest(left: Mapping[str, Any]) -> str:
    """What else is in a tool's input, one line each; its description in words first."""
    lines = [str(left["description"])] if left.get("description") else []
    for name, value in left.items():
        if name != "description":
            lines.append(f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
    return "\n".join(lines)


def files(given: Mapping[str, Any]) -> list[str]:
    """The files that a tool's input names."""
    found = [given.get(name) for name in ("file_path", "notebook_path")]
    return [path for path in found if isinstance(path, str) and path]
