"""The NotiLens dialect: seed 000's examples, and what real clients send that the seed does not show."""

from __future__ import annotations

from typing import Any

import pytest
from notilens_seed import COMPLETED, EXAMPLES, FAILED, INPUT, LOOP, OUTPUT, QUEUED

from inbox_tui.core.errors import Refused
from inbox_tui.core.lifecycle import SEVERITY_OF_TYPE, TYPE_OF_EVENT
from inbox_tui.core.model import Event
from inbox_tui.dialects import fields, notilens

MINIMAL = {"event": "order.placed", "title": "Order 7", "message": "3 items", "type": "info", "agent": "shop"}


def event_of(body: dict[str, Any]) -> Event:
    return notilens.to_event(fields.validate(notilens.NotiLensEvent, body))


def refusal_of(body: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(Refused) as refused:
        event_of(body)
    assert refused.value.status == 422
    return {error.location: error.message for error in refused.value.errors}


@pytest.mark.parametrize("body", EXAMPLES, ids=[body["event"] for body in EXAMPLES])
def test_every_example_of_the_seed_is_taken(body: dict[str, Any]) -> None:
    event = event_of(body)
    assert (event.kind, event.title, event.body) == (body["event"], body["title"], body["message"])
    assert (event.source, event.task_name) == (body["agent"], body.get("task_id", ""))
    assert event.run_id == body.get("run_id", "")
    assert event.dialect == "notilens"
    assert event.details.get("meta", {}) == body.get("meta", {})


def test_what_asks() -> None:
    loop, asks, queued = event_of(LOOP), event_of(INPUT), event_of(QUEUED)
    assert (loop.actionable, loop.is_prompt) == (True, False)
    assert (asks.actionable, asks.is_prompt) == (True, True)
    assert (queued.actionable, queued.is_prompt) == (False, False)
    assert event_of(INPUT | {"is_actionable": False}).actionable
    assert asks.details["open_url"] == INPUT["open_url"]
    assert event_of(OUTPUT).details["download_url"] == OUTPUT["download_url"]


@pytest.mark.parametrize(("kind", "type_"), TYPE_OF_EVENT.items())
def test_the_twenty_events_have_the_severity_of_their_type(kind: str, type_: str) -> None:
    assert len(TYPE_OF_EVENT) == 20
    assert event_of(MINIMAL | {"event": kind, "type": type_}).severity == SEVERITY_OF_TYPE[type_]


def test_the_senders_type_wins() -> None:
    assert event_of(COMPLETED | {"type": "urgent"}).severity == "error"
    assert event_of(FAILED | {"type": "info"}).severity == "info"


@pytest.mark.parametrize("name", ["event", "title", "message", "type", "agent"])
def test_what_is_required_is_named_when_it_is_missing(name: str) -> None:
    assert refusal_of({key: value for key, value in MINIMAL.items() if key != name}) == {f"body.{name}": "is required"}
    assert list(refusal_of(MINIMAL | {name: None})) == [f"body.{name}"]
    assert list(refusal_of(MINIMAL | {name: 7})) == [f"body.{name}"]


@pytest.mark.parametrize("name", ["event", "title", "agent"])
@pytest.mark.parametrize("nothing", ["", "   ", "\u200b\x1b[0m"])
def test_what_is_required_must_say_something(name: str, nothing: str) -> None:
    assert list(refusal_of(MINIMAL | {name: nothing})) == [f"body.{name}"]


def test_a_message_may_be_empty() -> None:
    assert event_of(MINIMAL | {"message": ""}).body == ""


def test_an_unknown_type_hears_which_ones_there_are() -> None:
    message = refusal_of(MINIMAL | {"type": "critical"})["body.type"]
    assert message == "must be one of info, success, warning, urgent"
    assert event_of(MINIMAL | {"type": " Warning"}).severity == "warn"


def test_every_wrong_field_is_named_at_once() -> None:
    wrong = {"event": "", "type": "x", "open_url": "javascript:alert(1)", "tags": {"a": 1}, "meta": [1], "is_actionable": "maybe"}
    assert set(refusal_of(MINIMAL | wrong)) == {f"body.{name}" for name in wrong}


@pytest.mark.parametrize("absent", ["", None, [], {}])
def test_empty_values_are_absent_ones(absent: object) -> None:
    optional = ["task_id", "run_id", "is_actionable", "image_url", "open_url", "download_url", "tags", "ts", "meta"]
    assert event_of(MINIMAL | dict.fromkeys(optional, absent)) == event_of(MINIMAL)


def test_tags_are_split_and_trimmed() -> None:
    for tags in ("prod, backend,,prod ", ["prod", "backend"]):
        assert event_of(MINIMAL | {"tags": tags}).details["tags"] == ["prod", "backend"]


@pytest.mark.parametrize("ts", [1714000000, 1714000000.0, 1714000000000, "1714000000"])
def test_the_senders_time_in_seconds_or_milliseconds(ts: object) -> None:
    assert event_of(MINIMAL | {"ts": ts}).details["sent_at"] == "2024-04-24T23:06:40.000000Z"


def test_an_absurd_time_is_no_reason_to_refuse() -> None:
    assert "sent_at" not in event_of(MINIMAL | {"ts": 1e300}).details
    assert "sent_at" not in event_of(MINIMAL | {"ts": -5}).details


def test_run_and_task_also_come_from_meta() -> None:
    event = event_of(MINIMAL | {"meta": {"run_id": 17, "task_id": "nightly", "status": "running", "progress": 72}})
    assert (event.run_id, event.task_name) == ("17", "nightly")
    assert (event.details["status"], event.details["progress"]) == ("running", 0.72)
    assert event_of(MINIMAL | {"run_id": "r1", "meta": {"run_id": "r2"}}).run_id == "r1"


def test_unknown_members_are_kept_where_they_are_values() -> None:
    meta = event_of(MINIMAL | {"sdk": "2.1", "attempt": 3, "nested": {"a": 1}, "meta": {"sdk": "mine"}}).details["meta"]
    assert meta == {"sdk": "mine", "attempt": 3}


def test_unknown_members_do_not_get_past_the_limit_of_meta() -> None:
    with pytest.raises(Refused) as refused:
        event_of(MINIMAL | {"extra": "x" * 70_000})
    assert refused.value.errors[0].location == "body.meta"


def test_text_that_steers_a_terminal_is_stripped_and_shown_where_it_asks() -> None:
    hostile = "rm \x1b]52;c;eA==\x07x\u202e \x9b2J"
    cleaned = event_of(MINIMAL | {"title": hostile, "message": hostile, "meta": {hostile: hostile}})
    assert (cleaned.title, cleaned.body) == ("rm x", "rm x ")
    assert cleaned.details["meta"] == {"rm x": "rm x "}
    asking = event_of(INPUT | {"title": "a\nb" + hostile, "message": hostile})
    assert asking.title == "a␊brm ␛]52;c;eA==␇x⟨U+202E⟩ ⟨U+009B⟩2J"
    assert "␛]52" in asking.body


def test_keys_are_redacted_and_counted() -> None:
    secret = "ghp_" + "a" * 36
    event = event_of(MINIMAL | {"message": f"pushed with {secret}", "meta": {"token": secret, "rows": 3}})
    assert event.body == "pushed with [redacted]"
    assert event.details["meta"] == {"token": "[redacted]", "rows": 3}
    assert event.details["redacted"] == 2


@pytest.mark.parametrize(
    "url", ["ftp://x/y", "//x/y", "https://", "http://[", "https://x/a b", "file:///etc/passwd", "https://x/\x07"]
)
def test_only_web_addresses_are_taken(url: str) -> None:
    assert refusal_of(MINIMAL | {"open_url": url}) == {"body.open_url": "must be an http or https URL"}


def test_limits_are_said() -> None:
    too_much = {
        "title": "x" * (fields.TITLE + 1),
        "message": "x" * (fields.TEXT + 1),
        "tags": ["x"] * (fields.SEVERAL + 1),
        "meta": {"x": "y" * fields.META},
        "open_url": "https://x/" + "y" * fields.URL,
    }
    assert set(refusal_of(MINIMAL | too_much)) == {f"body.{name}" for name in too_much}
    assert event_of(MINIMAL | {"title": "x" * fields.TITLE, "message": "x" * fields.TEXT})
