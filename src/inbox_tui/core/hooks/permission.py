"""A tool that an agent may not use unasked: the question that this is, the same for every agent. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inbox_tui.core.hooks.reading import NAME, TEXT, Reader, cut, files, rest, whole
from inbox_tui.core.hooks.spoken import Body

APPROVE, REJECT = {"key": "approve", "label": "approve"}, {"key": "reject", "label": "reject"}


def question(reader: Reader, source: str, more: Sequence[Body] = (), **said: Any) -> Body | None:
    """The tool with its whole input, to be approved or rejected, or answered by one of `more`. None where it is too long for a
    hub: nothing is asked that cannot be shown to its end."""
    command, left = whole(reader.tool, reader.input)
    body = rest(left)
    if len(command) > TEXT or len(body) > TEXT:
        return None
    given: dict[str, Any] = {
        "title": title(reader),
        "body": body,
        "command": command,
        "tool_name": reader.tool,
        "file_paths": files(reader.input),
        "choices": [APPROVE, REJECT, *more],
        "request": reader.request(),
    }
    return reader.question(source, **(given | said))


def title(reader: Reader) -> str:
    """`Bash: Remove the build folder`, `Edit main.py`. What it names is named again, whole, by the question itself."""
    tool, given = reader.tool[:NAME] or "a tool", reader.input
    paths = files(given)
    if paths:
        return cut(f"{tool} {paths[0].rpartition('/')[2]}")
    told = next((given[name] for name in ("description", "url", "query") if isinstance(given.get(name), str) and given[name]), "")
    return cut(f"{tool}: {told}" if told else f"Use {tool}")


def in_terminal(reader: Reader, source: str, name: str, why: str = "") -> Body:
    """The message in a question's stead: the agent asks in its own terminal."""
    told = f"{name} asks in its terminal: {title(reader)}"
    return reader.message(source, told, kind="agent.asks", severity="warn", body=why, tool_name=reader.tool)
