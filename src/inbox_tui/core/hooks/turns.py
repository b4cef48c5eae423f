"""The turns of an agent's session, told in the same way for every agent: ends of turns, sub-agents, hints. Pure.

A session is a run, so that all of its turns are one row: the end of a turn raises it, what a sub-agent does moves it quietly.
"""

from __future__ import annotations

from typing import Any

from inbox_tui.core.hooks.reading import REPORT, Reader
from inbox_tui.core.hooks.spoken import NOTHING, Body, Said


def turn(reader: Reader, source: str, name: str, text: str, **said: Any) -> Body:
    """The end of a turn; `said` goes over it."""
    given: dict[str, Any] = {
        "kind": "task.waiting",
        "severity": "info",
        "title": f"{name} is done in {reader.project}" if reader.project else f"{name} is done",
        "body": text[:REPORT],
        "run_id": reader.text("session_id")[:200],
        "status": "waits for you",
    }
    given |= said
    return reader.message(source, given.pop("title"), **given)


def stopped(reader: Reader, source: str, name: str) -> Said:
    message = turn(reader, source, name, reader.text("last_assistant_message"))
    return Said(message=message, hint=reader.hint(of_agent=True))


def subagent_stopped(reader: Reader, source: str, name: str) -> Said:
    who = reader.text("agent_type") or "a sub-agent"
    at_work = f"{name} at work in {reader.project}" if reader.project else f"{name} at work"
    text = reader.text("last_assistant_message")
    message = turn(reader, source, name, text, kind="task.progress", title=at_work, status=f"{who} finished"[:500])
    return Said(message=message, hint=reader.hint(of_agent=True))


def prompted(reader: Reader) -> Said:
    """The person types in the terminal: whatever the agent itself asked there has been answered."""
    return Said(hint=reader.hint(of_agent=True))


def after_tool(reader: Reader) -> Said:
    """A tool has run, or has been denied: one question with the same request was answered, whichever."""
    return Said(hint=reader.hint(request=reader.request()))


def session(reader: Reader) -> Said:
    """A session that ends, or begins anew, asks nothing any more; one that is only compacted goes on."""
    return NOTHING if reader.text("source") == "compact" else Said(hint=reader.hint())
