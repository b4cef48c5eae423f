"""Claude Code's own questions, and forms of MCP servers: answered whole, or left to the terminal."""

from __future__ import annotations

from typing import Any

import pytest
from commands import decide, eventually, open_question, row, rows
from hubs import RunningHub
from stand_ins import NONE, ClaudeCode, Event

from inbox_tui.core.paths import Paths

CLAUDE = ClaudeCode()


def question(text: str, *labels: str, several: bool = False) -> dict[str, Any]:
    options = [{"label": label, "description": f"about {label}"} for label in labels]
    return {"question": text, "header": "Choice", "options": options, "multiSelect": several}


def asking(*questions: Any) -> Event:
    return CLAUDE.event("PreToolUse", tool_name="AskUserQuestion", tool_input={"questions": list(questions)}, tool_use_id="t")


def form(schema: Any, **members: Any) -> Event:
    given = {"mcp_server_name": "tickets", "message": "Which queue?", "mode": "form", "requested_schema": schema}
    return CLAUDE.event("Elicitation", **(given | members))


def labels_of(asked: dict[str, Any]) -> list[str]:
    return [choice["label"] for choice in asked["choices"]]


def test_a_question_is_answered_by_one_of_its_options(hub: RunningHub) -> None:
    with CLAUDE.hook(asking(question("Which framework?", "React", "Vue"))) as hook:
        asked = eventually(lambda: open_question(hub))
        assert (asked["title"], asked["body"]) == ("Which framework?", "React: about React\nVue: about Vue")
        assert labels_of(asked) == ["React", "Vue", "decline to answer"]
        decide(hub, asked, "2")
        assert hook.verdict().input["answers"] == {"Which framework?": "Vue"}
    assert row(hub, asked["id"])["decision"]["delivery"] == "delivered"


def test_several_may_be_chosen_at_once(hub: RunningHub) -> None:
    with CLAUDE.hook(asking(question("Which?", "a", "b", "c", several=True))) as hook:
        asked = eventually(lambda: open_question(hub))
        assert labels_of(asked) == ["a", "b", "c", "a, b", "a, c", "b, c", "a, b, c", "decline to answer"]
        decide(hub, asked, "5")
        assert hook.verdict().input["answers"] == {"Which?": "a, c"}


def test_several_questions_are_answered_together_or_not_at_all(hub: RunningHub, paths: Paths) -> None:
    with CLAUDE.hook(asking(question("One?", "a", "b"), question("Two?", "c", "d"))) as hook:
        for key in ("1", "2"):
            decide(hub, eventually(lambda: open_question(hub)), key)
        assert hook.verdict().input["answers"] == {"One?": "a", "Two?": "d"}
    paths.config_file.write_text("[agents.claude-code]\nquestion_wait = 1\n")
    with CLAUDE.hook(asking(question("One?", "a", "b"), question("Two?", "c", "d"))) as hook:
        first = eventually(lambda: open_question(hub))
        decide(hub, first, "1")
        assert hook.verdict() == NONE
    assert row(hub, first["id"])["decision"]["delivery"] == "unused", "given up before it was acted on"


def test_declining_denies(hub: RunningHub) -> None:
    with CLAUDE.hook(asking(question("Which?", "a", "b"))) as hook:
        decide(hub, eventually(lambda: open_question(hub)), "reject", "neither")
        verdict = hook.verdict()
    assert (verdict.behavior, verdict.message) == ("deny", "neither")


@pytest.mark.parametrize(
    "questions",
    [
        [question("Same?", "a"), question("Same?", "b")],
        [question("Long?", "x" * 501)],
        [question("Many?", *"abcde", several=True)],
        [question("None?")],
        [{"question": "Odd?", "options": [{"label": 5}]}],
        ["text"],
    ],
    ids=["same", "long", "many", "none", "odd", "text"],
)
def test_what_no_choice_can_answer_stays_in_the_terminal(hub: RunningHub, questions: list[Any]) -> None:
    assert CLAUDE.run(asking(*questions)) == NONE
    (told,) = rows(hub)
    assert told["title"].startswith("Claude Code asks in its terminal")
    assert not told.get("is_prompt")


def test_the_question_once_more_for_permission_is_only_told(hub: RunningHub) -> None:
    event = asking(question("Which?", "a", "b")) | {"hook_event_name": "PermissionRequest"}
    assert CLAUDE.run(event) == NONE
    assert [(one["body"], one.get("is_prompt")) for one in rows(hub)] == [("Which?", None)]


@pytest.mark.parametrize(
    ("schema", "key", "content"),
    [
        ({"type": "object", "properties": {}}, "approve", {}),
        ({"properties": {"ok": {"type": "boolean"}}}, "2", {"ok": False}),
        ({"properties": {"q": {"type": "string", "enum": ["low", "high"], "enumNames": ["Low", "High"]}}}, "2", {"q": "high"}),
        ({"properties": {"q": {"type": "string", "oneOf": [{"const": "x", "title": "X"}]}}}, "1", {"q": "x"}),
    ],
)
def test_a_form_of_one_choice(hub: RunningHub, schema: Any, key: str, content: Any) -> None:
    with CLAUDE.hook(form(schema)) as hook:
        asked = eventually(lambda: open_question(hub))
        assert asked["title"] == "tickets: Which queue?"
        decide(hub, asked, key)
        verdict = hook.verdict()
    assert (verdict.behavior, verdict.input) == ("allow", content)


def test_a_form_declined(hub: RunningHub) -> None:
    with CLAUDE.hook(form({"properties": {"ok": {"type": "boolean"}}})) as hook:
        decide(hub, eventually(lambda: open_question(hub)), "reject")
        assert hook.verdict().behavior == "deny"


@pytest.mark.parametrize(
    "event",
    [
        form({"properties": {"name": {"type": "string"}}}),
        form({"properties": {"a": {"type": "boolean"}, "b": {"type": "boolean"}}}),
        form(None),
        form({}, mode="url", url="https://example.com/login"),
    ],
    ids=["text", "two", "none", "url"],
)
def test_any_other_form_stays_in_the_terminal(hub: RunningHub, event: Event) -> None:
    assert CLAUDE.run(event) == NONE
    (told,) = rows(hub)
    assert told["title"] == "Claude Code asks in its terminal: tickets: Which queue?"
    assert told.get("open_url", "") == event.get("url", "")
