"""The words of the filter language, as data: fields and states. Parsing, both evaluations and the docs read these tables.

A new state or field is one line here, where a row has the member that it is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["state", "severity", "text", "time", "number"]

META = "meta."
"""What begins the name of a sender's own field."""


@dataclass(frozen=True, slots=True)
class State:
    """`is:<name>`: the row has every member of `having`, and none of `lacking`."""

    name: str
    help: str
    having: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """`members`: those of a row that it looks at; one that fits is enough, and of a list one element."""

    name: str
    kind: Kind
    help: str
    example: str
    members: tuple[str, ...] = ()


STATES = (
    State("unread", "not read", lacking=("read_at",)),
    State("read", "read", having=("read_at",)),
    State("needs", "needs you", having=("needs_me",)),
    State("prompt", "asks or asked a question", having=("is_prompt",)),
    State("open", "may still be answered", having=("actionable",), lacking=("decision", "closed")),
    State("answered", "was answered", having=("decision",)),
    State("done", "out of the inbox", having=("done_at",)),
    State("snoozed", "put off", having=("snoozed_until",)),
    State("pinned", "pinned", having=("pinned",)),
    State("muted", "muted", having=("muted",)),
)

FIELDS = (
    Field("is", "state", "its state", "is:unread"),
    Field("severity", "severity", "`info`, `warn` or `error`", "severity>=warn"),
    Field("after", "time", "last occurred then or later", "after:today"),
    Field("before", "time", "last occurred earlier", "before:2h"),
    Field("source", "text", "who says to have sent it", "source:ci", ("source",)),
    Field("sender", "text", "whose key sent it", "sender:hooks-*", ("sender",)),
    Field("task", "text", "its task", 'task:"nightly *"', ("task_name",)),
    Field("run", "text", "its run", "run:run_17*", ("run_id",)),
    Field("kind", "text", "its kind", "kind:task.*", ("kind",)),
    Field("tag", "text", "one of its tags", "tag:prod", ("tags",)),
    Field("status", "text", "what its sender says that it does", "status:running", ("status",)),
    Field("host", "text", "the machine that it runs on", "host:db-*", ("host",)),
    Field("repo", "text", "the repository", "repo:*/api", ("repo",)),
    Field("branch", "text", "the branch", "branch:main", ("branch",)),
    Field("tool", "text", "the tool that an agent wants to use", "tool:Bash", ("tool_name",)),
    Field("session", "text", "the session of an agent", "session:5f0c*", ("session_id", "subagent_id")),
    Field("hub", "text", "the hub that it came from, where you follow several", "hub:build", ("hub",)),
    Field("title", "text", "its title", "title:*timeout*", ("title",)),
    Field("text", "text", "its body, prompt or command", "text:*rm -rf*", ("body", "prompt", "command")),
    Field("id", "text", "its id", "id:01JD0Q*", ("id",)),
    Field("count", "number", "how often it occurred", "count>10", ("count",)),
    Field("progress", "number", "how far it is", "progress>=50%", ("progress",)),
)

BY_NAME = {field.name: field for field in FIELDS}
STATES_BY_NAME = {state.name: state for state in STATES}

LISTS = frozenset({"tags"})
"""Members that are lists of texts; every other member of a field of text is one text."""

SEARCHED = (
    "title", "body", "prompt", "command", "task_name", "source", "sender", "kind", "status", "tool_name", "tags", "file_paths",
    "host", "repo", "branch", "run_id", "meta",
)  # fmt: skip
"""Members that plain words are looked for in; of meta, its values."""


def filter_table_markdown() -> str:
    """The documentation's table of fields."""
    lines = ["| Filter | Finds rows by |", "|---|---|"]
    for field in FIELDS:
        states = ": " + ", ".join(f"`is:{state.name}` {state.help}" for state in STATES) if field.kind == "state" else ""
        lines.append(f"| `{field.example}` | {field.help}{states} |")
    lines.append("| `meta.env:production` `meta.rows>10` | a value of its `meta`: text, or a number |")
    lines.append('| `timed out` `"timed out"` | words anywhere in it: each somewhere; in quotes, one after the other |')
    return "\n".join(lines) + "\n"
