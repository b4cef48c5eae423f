"""Claude Code's questions to its user: AskUserQuestion, and forms of MCP servers. Pure.

Only what a choice can answer is asked here; the rest stays in the terminal, and the inbox says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from inbox_tui.core.hooks import permission
from inbox_tui.core.hooks.reading import TEXT, Reader, cut
from inbox_tui.core.hooks.spoken import Asked, Body, Given, Output, Said

_AGENT, _NAME = "claude-code", "Claude Code"
MOST, LABEL = 19, 500
"""Answers beside `reject` that a question may have, and characters of each."""


def ask_user_question(reader: Reader) -> Said:
    """Each of its questions one after the other; answered only when all are. Nothing shows in the terminal meanwhile."""
    instead = permission.in_terminal(reader, _AGENT, _NAME, questions_text(reader))
    given_input = reader.given.get("tool_input")
    asked: dict[str, Any] = given_input if isinstance(given_input, dict) else {}
    questions = asked.get("questions")
    if not isinstance(questions, list) or not questions:
        return Said()
    answers = [_answers(question) for question in questions]
    texts = [str(question.get("question")) for question in questions if isinstance(question, dict)]
    if not all(answers) or len(set(texts)) < len(questions):
        return Said(message=instead)
    bodies = [_question(reader, question, found, n, len(questions)) for n, (question, found) in
              enumerate(zip(questions, answers, strict=True), 1)]  # fmt: skip

    def conclude(given: Sequence[Given]) -> Output:
        refused = next((one for one in given if one.key == "reject"), None)
        if refused is not None:
            reason = refused.comment or "The user declined to answer, in the inbox."
            return _before_tool(permissionDecision="deny", permissionDecisionReason=reason)
        told = {text: found[one.key] for text, found, one in zip(texts, answers, given, strict=True)}
        return _before_tool(permissionDecision="allow", updatedInput={**asked, "answers": told})

    return Said(Asked(bodies, conclude, "question_wait", instead))


def _before_tool(**decision: Any) -> Output:
    return {"hookSpecificOutput": {"hookEventName": "PreToolUse", **decision}}


def _question(reader: Reader, question: Mapping[str, Any], answers: Mapping[str, str], n: int, of: int) -> Body:
    text = reader.clean(question.get("question"))
    lines = [text] if cut(text) != text else []
    lines += [f"{option['label']}: {option['description']}" for option in question["options"] if option.get("description")]
    return reader.question(
        _AGENT,
        title=cut(text) or "A question",
        body="\n".join(reader.clean(line) for line in lines)[:TEXT],
        tool_name=reader.tool,
        status=f"question {n} of {of}" if of > 1 else "",
        choices=[*({"key": key, "label": reader.clean(label)} for key, label in answers.items()), _DECLINE],
    )


_DECLINE = {"key": "reject", "label": "decline to answer"}


def _answers(question: Any) -> dict[str, str]:
    """Key → the label that is handed back: one option, or for several at once each way to choose them. {} where that cannot be
    offered: no options, too many, or one that would not be shown whole."""
    options = question.get("options") if isinstance(question, dict) else None
    if not isinstance(options, list) or not isinstance(question.get("question"), str):
        return {}
    found = [option.get("label") for option in options if isinstance(option, dict)]
    labels = [label for label in found if isinstance(label, str) and label]
    if not labels or len(labels) < len(options):
        return {}
    several = len(labels) if question.get("multiSelect") is True else 1
    if 2 ** len(labels) - 1 > MOST if several > 1 else len(labels) > MOST:
        return {}
    told = [", ".join(chosen) for size in range(1, several + 1) for chosen in combinations(labels, size)]
    fits = len(set(told)) == len(told) and all(len(label) <= LABEL for label in told)
    return {str(n): label for n, label in enumerate(told, 1)} if fits else {}


def questions_text(reader: Reader) -> str:
    """The questions' own words, for a message."""
    questions = reader.input.get("questions")
    texts = [str(question.get("question") or "") for question in questions or () if isinstance(question, dict)]
    return "\n".join(text for text in texts if text)[:TEXT]


def elicitation(reader: Reader) -> Said:
    """A form of an MCP server's: asked where it wants no more than a yes, or one value out of a few."""
    server = reader.text("mcp_server_name") or "an MCP server"
    said = reader.text("message")
    title = cut(f"{server}: {said}")
    url = reader.text("url")
    is_link = url.startswith(("http://", "https://"))
    instead = reader.message(
        _AGENT, f"{_NAME} asks in its terminal: {title}", kind="agent.asks", severity="warn", body=said[:TEXT],
        open_url=url if is_link else "",
    )  # fmt: skip
    values = {} if reader.text("mode") == "url" else _values(reader.given.get("requested_schema"))
    if not values or len(said) > TEXT:
        return Said(message=instead)
    choices = [{"key": key, "label": reader.clean(label)} for key, (label, _) in values.items()]
    question = reader.question(_AGENT, title=title, body=said, tool_name=server[:500], choices=[*choices, _REFUSE])

    def conclude(given: Sequence[Given]) -> Output:
        if given[0].key == "reject":
            return {"hookSpecificOutput": {"hookEventName": "Elicitation", "action": "decline"}}
        content = values[given[0].key][1]
        return {"hookSpecificOutput": {"hookEventName": "Elicitation", "action": "accept", "content": content}}

    return Said(Asked([question], conclude, "question_wait", instead))


_REFUSE = {"key": "reject", "label": "decline"}


def _values(schema: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    """Key → label and the form's content with that value; {} for a form that asks for more than one choice."""
    fields = schema.get("properties", {}) if isinstance(schema, dict) else None
    if not isinstance(fields, dict) or len(fields) > 1:
        return {}
    if not fields:
        return {"approve": ("accept", {})}
    ((name, field),) = fields.items()
    if not isinstance(field, dict):
        return {}
    options = _options(field)
    title = str(field.get("title") or name)
    found = {str(n): (f"{title}: {label}", {name: value}) for n, (label, value) in enumerate(options, 1)}
    return found if len(found) <= MOST and all(len(label) <= LABEL for label, _ in found.values()) else {}


def _options(field: Mapping[str, Any]) -> list[tuple[str, Any]]:
    if field.get("type") == "boolean":
        return [("yes", True), ("no", False)]
    if field.get("type") not in ("string", None):
        return []
    if isinstance(field.get("oneOf"), list):
        named = [option for option in field["oneOf"] if isinstance(option, dict) and isinstance(option.get("const"), str)]
        found = [(str(option.get("title") or option["const"]), option["const"]) for option in named]
        return found if len(found) == len(field["oneOf"]) else []
    values = field.get("enum")
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return []
    names = field.get("enumNames")
    labels = names if isinstance(names, list) and len(names) == len(values) else values
    return [(label if isinstance(label, str) else json.dumps(label), value) for label, value in zip(labels, values, strict=True)]
