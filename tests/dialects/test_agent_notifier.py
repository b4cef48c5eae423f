"""The Agent Notifier dialect: seed 002's field table, each limit and one more, and what is cut instead of refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from agent_notifier_seed import COLORS, LIMITS, MESSAGES, MINIMAL, RICH, SECRETS, SPOKEN, WRONG
from hypothesis import given

from inbox_tui.core.errors import Refused
from inbox_tui.core.fold import first, fold_key, folds
from inbox_tui.core.model import Choice, Event
from inbox_tui.core.mutes import subject_of
from inbox_tui.dialects import fields
from inbox_tui.dialects.agent_notifier.message import FILE_PATH, MessageBody, to_event
from inbox_tui.dialects.agent_notifier.metadata import VALUE, is_secret


def event_of(body: dict[str, Any]) -> Event:
    return to_event(fields.validate(MessageBody, body))


def refused_fields(body: dict[str, Any]) -> set[str]:
    with pytest.raises(Refused) as refused:
        event_of(body)
    assert refused.value.status == 422
    return {error.location.removeprefix("body.").partition("[")[0].partition(".")[0] for error in refused.value.errors}


AS_THEY_ARE = (
    "status", "progress", "subagent_id", "tool_name", "command", "prompt", "file_paths", "url_title", "event", "device",
)  # fmt: skip


@given(MESSAGES)
def test_what_is_valid_is_taken_and_is_where_it_belongs(body: dict[str, Any]) -> None:
    event = event_of(body)
    details = event.details
    assert (event.kind, event.title, event.body) == (f"an.{body['type']}", body["title"], body.get("message", ""))
    assert (event.source, event.priority) == (body.get("project", ""), body.get("priority", 0))
    assert {name: details.get(name) for name in AS_THEY_ARE} == {name: body.get(name) for name in AS_THEY_ARE}
    assert details.get("color") == body.get("color", "orange" if body["type"] == "alert" else None)
    assert details["sound"] == body.get("sound", "default")
    assert details.get("open_url") == body.get("url")
    assert details.get("attachments", []) == body.get("attachments", [])
    images = [one["url"] for one in body.get("attachments", []) if one["kind"] == "image"]
    assert details.get("image_url") == body.get("image_url", images[0] if images else None)
    tts = {"tts_status": "queued"} if body.get("as_audio") else {}
    assert details.get("meta", {}) == body.get("metadata", {}) | tts
    assert [choice.key for choice in event.choices] == body.get("buttons", [])
    assert event.is_prompt == event.actionable == ("buttons" in body)
    assert event.timeout == body.get("ttl")
    assert details.get("extra", {}).get("x_unknown") == body.get("x_unknown")
    assert details.get("audio_status") == ("queued" if body.get("as_audio") else None)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_what_is_wrong_is_refused_by_the_fields_name(name: str, value: Any) -> None:
    assert refused_fields(MINIMAL | {name: value}) == {name}


@pytest.mark.parametrize(("name", "most"), LIMITS.items())
def test_limits_are_code_points(name: str, most: int) -> None:
    event_of(MINIMAL | {name: "😀" * most})


@pytest.mark.parametrize("name", ["type", "title"])
def test_what_is_required(name: str) -> None:
    assert refused_fields({key: value for key, value in MINIMAL.items() if key != name}) == {name}
    for nothing in ("", None, "\u200b"):
        assert refused_fields(MINIMAL | {name: nothing}) == {name}


@pytest.mark.parametrize("absent", ["", None, [], {}])
def test_empty_values_are_absent_ones(absent: object) -> None:
    optional = [name for name in (*RICH, *SPOKEN, "metadata", "attachment", "session_id", "parent_id") if name not in MINIMAL]
    assert event_of(MINIMAL | dict.fromkeys(optional, absent)) == event_of(MINIMAL)
    assert event_of({"type": "alert", "title": "x", "message": absent}).body == ""


def test_the_rich_examples() -> None:
    rich, spoken = event_of(RICH), event_of(SPOKEN)
    assert rich.choices == (Choice("Approve", "Approve"), Choice("Retry", "Retry"), Choice("Rollback", "Rollback"))
    assert (rich.timeout, rich.severity, rich.source) == (300, "info", "Release Bot")
    assert (rich.details["open_url"], rich.details["sound"]) == (RICH["url"], "cosmic")
    assert spoken.details["attachments"] == SPOKEN["attachments"]
    assert (spoken.details["audio_status"], spoken.details["meta"]) == ("queued", {"tts_status": "queued"})


def test_orange_is_for_alerts_alone() -> None:
    assert event_of({"type": "alert", "title": "x"}).details["color"] == "orange"
    assert "color" not in event_of({"type": "url", "title": "x"}).details
    assert [event_of({"type": "url", "title": "x", "color": color}).details["color"] for color in COLORS] == [*COLORS]


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ({"status": "failure"}, "error"),
        ({"status": "Error", "priority": -1}, "error"),
        ({"priority": 2}, "error"),
        ({"priority": 1, "status": "success"}, "warn"),
        ({"priority": -1}, "info"),
        ({}, "info"),
    ],
)
def test_severity(said: dict[str, Any], severity: str) -> None:
    assert event_of(MINIMAL | said).severity == severity


def test_paths_and_values_of_metadata_are_cut() -> None:
    event = event_of(MINIMAL | {"file_paths": ["é" * (FILE_PATH + 1)], "metadata": {"note": "漢" * (VALUE + 1)}})
    assert event.details["file_paths"] == ["é" * FILE_PATH]
    assert event.details["meta"] == {"note": "漢" * VALUE}
    long = {f"hook_{n}": "é" * 100_000 for n in range(8)}
    assert event_of(MINIMAL | {"metadata": long}).details["meta"] == dict.fromkeys(long, "é" * VALUE)
    assert refused_fields(MINIMAL | {"metadata": {f"hook_{n}": "é" * VALUE for n in range(9)}}) == {"metadata"}


def test_no_secret_is_cut_in_two_where_a_value_ends() -> None:
    secret, _ = SECRETS["an API key"]
    kept = event_of(MINIMAL | {"metadata": {"note": f"{'x' * (VALUE - 12)} {secret}"}}).details["meta"]
    assert "an_key" not in str(kept)


def test_metadata_is_flat_and_of_texts() -> None:
    meta = {"hook_exit_code": 0, "hook_error_present": False, "share": 0.5, "nothing": None, "empty": ""}
    said = {"hook_exit_code": "0", "hook_error_present": "false", "share": "0.5", "empty": ""}
    assert event_of(MINIMAL | {"metadata": meta}).details["meta"] == said


def test_the_one_attachment_is_the_first() -> None:
    one, other = ({"kind": "image", "url": f"https://x.example/{n}.png"} for n in (1, 2))
    for said in ({"attachment": one, "attachments": [other]}, {"attachment": one, "attachments": [other, one]}):
        assert event_of(MINIMAL | said).details["attachments"] == [one, other]
    details = event_of(MINIMAL | {"attachment": one}).details
    assert (details["attachments"], details["image_url"]) == ([one], one["url"])
    many = [{"kind": "file", "url": f"https://x.example/{n}"} for n in range(12)]
    assert refused_fields(MINIMAL | {"attachment": one, "attachments": many}) == {"attachments"}
    assert len(event_of(MINIMAL | {"attachment": many[3], "attachments": many}).details["attachments"]) == 12


def test_buttons_that_only_a_secret_tells_apart_are_refused() -> None:
    assert refused_fields(MINIMAL | {"buttons": ["an_key_aaaaaaaaaaaaaaaa", "an_key_bbbbbbbbbbbbbbbb"]}) == {"buttons"}


def test_a_time_to_live_of_nothing_is_none_and_the_longest_is_that_of_a_question() -> None:
    assert event_of(MINIMAL | {"ttl": 0}).timeout is None
    assert event_of(MINIMAL | {"ttl": 1 << 60}).timeout == 30 * 86_400


def test_a_subject_tells_what_is_the_same_again() -> None:
    def key(title: str, subject: str) -> str:
        event = event_of({"type": "progress", "title": title, "metadata": {"hook_subject_hash": subject}})
        assert folds(event)
        assert subject_of("notification", first(event, "key", "0" * 26, 1)) == fold_key(event, "key")
        return fold_key(event, "key")

    assert key("Run tool: Bash", "ab12") == key("Ran tool: Bash", "ab12") != key("Run tool: Bash", "cd34")
    assert key("Run tool: Bash", "") == key("Run tool: Bash", "")


@pytest.mark.parametrize("name", ["api_key", "X-Api-Key", "clientSecret", "AWS_SECRET_ACCESS_KEY", "auth.token", "PASSWORD"])
def test_names_that_promise_a_secret(name: str) -> None:
    assert is_secret(name)
    details = event_of(MINIMAL | {"metadata": {name: "hunter2"}, "x": {"deep": [{name: ["hunter2"]}]}}).details
    assert "hunter2" not in json.dumps(details)
    assert details["redacted"] == 2


@pytest.mark.parametrize("name", ["hook_prompt_hash", "input_tokens", "token_count", "secret_hash", "hook_session_id"])
def test_names_that_do_not(name: str) -> None:
    assert not is_secret(name)
