"""Flows: the seed's example, what is refused by name, which events set a trigger off, and templates."""

from __future__ import annotations

from typing import Any

import pytest
from gestalt_seed import FLOWS
from hypothesis import given
from hypothesis import strategies as st

from inbox_tui.core.errors import Refused
from inbox_tui.core.flows.activities import ACTIVITIES
from inbox_tui.core.flows.document import Flows, Trigger
from inbox_tui.core.flows.fields import fields_of
from inbox_tui.core.flows.matching import is_set_off, matching
from inbox_tui.core.flows.template import MOST, render
from inbox_tui.core.model import Event, Json
from inbox_tui.dialects import fields

PLAN_NEW = {
    "type": "plan-new",
    "session_id": "Codex 1",
    "session.id": "Codex 1",
    "summary": "Add jobs",
    "notify.plan_summary": "S",
}
TRIGGER: dict[str, Any] = {"id": "a", "event_type": "x"}


def flows(**document: Any) -> Flows:
    return fields.validate(Flows, document)


def refusal_of(**document: Any) -> dict[str, str]:
    with pytest.raises(Refused) as refused:
        flows(**document)
    return {error.location: error.message for error in refused.value.errors}


def test_the_seeds_example_is_taken_kept_and_set_off() -> None:
    taken = flows(**FLOWS)
    assert taken.model_dump(mode="json") == FLOWS
    said = [
        (trigger.id, place, binding.activity_id, render(getattr(binding.config, "message_template", ""), PLAN_NEW))
        for trigger, place, binding in matching(taken, PLAN_NEW)
    ]
    assert said == [
        ("plan-created", 0, "toast_notification", "Add jobs"),
        ("plan-created", 1, "spawn_agent_session", "New plan summary: S"),
    ]
    assert [*matching(taken, {**PLAN_NEW, "type": "plan-update"})] == []
    assert [*matching(taken, {**PLAN_NEW, "session.id": "Codex 2"})] == []


def test_what_is_wrong_is_named() -> None:
    assert refusal_of(version=2) == {"body.version": "should be 1"}
    assert refusal_of(trigers=[]) == {"body.trigers": "is no member that there is"}
    assert refusal_of(triggers=[TRIGGER, TRIGGER]) == {"body": "has two triggers with the id a"}
    assert refusal_of(triggers=[TRIGGER | {"wher": {}}]) == {"body.triggers[0].wher": "is no member that there is"}
    assert refusal_of(bindings_by_trigger_id={"a": []}) == {"body": "binds a, which is no trigger's id"}
    bound = {"triggers": [TRIGGER], "bindings_by_trigger_id": {"a": [{"activity_id": "toast", "config": {}}]}}
    assert refusal_of(**bound) == {
        "body.bindings_by_trigger_id.a[0].activity_id": "is no activity that there is; did you mean toast_notification?"
    }


@pytest.mark.parametrize(
    ("activity", "config", "member"),
    [
        ("toast_notification", {"level": "loud"}, "level"),
        ("toast_notification", {"message": "x"}, "message"),
        ("toast_notification", {"message_template": "x" * 8_001}, "message_template"),
        ("post_webhook", {}, "url"),
        ("post_webhook", {"url": "ftp://x/"}, "url"),
        ("post_webhook", {"url": "https://user:secret@x/"}, "url"),
        ("post_webhook", {"url": "https://x/{{summary}}"}, "url"),
        ("post_webhook", {"url": "https://x/", "headers": {"Host": "y"}}, "headers.Host"),
        ("post_webhook", {"url": "https://x/", "headers": {"X-A": "a\nb"}}, "headers.X-A"),
        ("spawn_agent_session", {}, "agent_id"),
        ("spawn_agent_session", {"agent_id": "a", "argv": ["sh"]}, "argv"),
        ("send_to_terminal", {"enter": True}, "enter"),
        ("forward", {"to": []}, "to"),
        ("forward", {"to": ["a"], "url": "ntfy://x"}, "url"),
    ],
)
def test_what_an_activity_is_told_is_checked(activity: str, config: dict[str, Any], member: str) -> None:
    bound = {"triggers": [TRIGGER], "bindings_by_trigger_id": {"a": [{"activity_id": activity, "config": config}]}}
    (location,) = refusal_of(**bound)
    assert location.startswith(f"body.bindings_by_trigger_id.a[0].config.{member}")


def test_no_activity_is_told_a_command_or_where_a_forward_goes() -> None:
    """That stands in the configuration file alone."""
    told = {id_: set(activity.told.model_fields) for id_, activity in ACTIVITIES.items()}
    assert told == {
        "toast_notification": {"level", "message_template"},
        "post_webhook": {"url", "headers", "body_template"},
        "send_to_terminal": {"session_id", "message_template"},
        "spawn_agent_session": {"agent_id", "message_template"},
        "forward": {"to", "title_template", "message_template", "unanswered_minutes"},
    }


@pytest.mark.parametrize(
    ("field", "wanted", "found", "holds"),
    [
        ("summary", "Add jobs", "Add jobs", True),
        ("summary", "add JOBS", "Add jobs", True),
        ("summary", "Add", "Add jobs", False),
        ("summary", "add*", "Add jobs", True),
        ("summary", "*jobs", "Add jobs", True),
        ("summary", "a*d*s", "Add jobs", True),
        ("summary", "*", "Add jobs", True),
        ("summary", "*", "", False),
        ("summary", "a.d", "add", False),
        ("session_id", "Codex 1", "codex 1", True),
        ("session_id", "Codex", "Codex 1", True),
        ("session.id", "codex", "Codex 12", True),
        ("session.id", "Codex", "Codexes 1", False),
        ("session.id", "Codex 1", "Codex 12", False),
        ("session.id", "Cod", "Codex 1", False),
        ("summary", "Codex", "Codex 1", False),
    ],
)
def test_a_condition(field: str, wanted: str, found: str, holds: bool) -> None:
    trigger = Trigger(id="a", event_type="x", where={field: wanted})
    assert is_set_off(trigger, {"type": "X", field: found}) is holds
    assert not is_set_off(trigger, {"type": "y", field: found})


def test_a_trigger_for_every_type() -> None:
    assert is_set_off(Trigger(id="a", event_type="task.*"), {"type": "task.failed"})
    assert is_set_off(Trigger(id="a", event_type="*"), {"type": "anything"})


def test_events_of_other_dialects_have_fields_too() -> None:
    meta: dict[str, Json] = {"rows": 7, "env": "production", "nested": {"a": 1}, "type": "posing", "notify.type": "posing"}
    event = Event("task.failed", "Nightly failed", "because", "error", "ci", "notilens", "nightly", "r1", details={"meta": meta})
    found = fields_of(event, "key", 1_700_000_000_000_000)
    assert found | {"timestamp": "2023-11-14T22:13:20.000000Z"} == found
    assert (found["type"], found["notify.type"], found["summary"], found["task"]) == (
        "task.failed", "task.failed", "Nightly failed", "nightly",
    )  # fmt: skip
    assert (found["rows"], found["notify.env"], found["sender"]) == ("7", "production", "key")
    assert not {"nested", "status"} & found.keys()


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{summary}}", "Add jobs"),
        ("{{ summary }}: {{session.id}}", "Add jobs: Codex 1"),
        ("{{unknown}}|{{notify.unknown}}", "|"),
        ("{{summary", "{{summary"),
        ("{summary}", "{summary}"),
        ("{{}}", "{{}}"),
        ("", ""),
    ],
)
def test_a_template(template: str, said: str) -> None:
    assert render(template, PLAN_NEW) == said


def test_a_template_makes_no_job_of_a_hundred_megabytes() -> None:
    said = render("{{body}} " * 800 + "end", {"body": "x" * fields.TEXT})
    assert (len(said), said[-1]) == (MOST, "x")
    whole = "y" * (MOST - 4)
    assert render("{{body}} end", {"body": whole}) == whole + " end"


@given(st.text())
def test_a_value_is_never_read_for_tokens(value: str) -> None:
    assert render("a {{summary}} b", {"summary": value, "type": "never"}) == f"a {value} b"
    assert render("{{summary}}", {"summary": "{{type}}", "type": "never"}) == "{{type}}"
