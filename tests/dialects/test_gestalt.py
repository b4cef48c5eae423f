"""The Gestalt dialect: seed 004's examples, its mapping line by line, and what flows are told of a payload."""

from __future__ import annotations

import json
from typing import Any

import pytest
from gestalt_seed import CODEX, MAPPING, PLAN
from hypothesis import given
from hypothesis import strategies as st

from inbox_tui.core.errors import Refused
from inbox_tui.core.model import Event
from inbox_tui.dialects import fields, gestalt
from inbox_tui.dialects.gestalt import EVENT_TYPES, NotifyBody, canonical_type, check_session, normal_type

CANONICAL = {
    "plan-new", "plan-update", "work-start", "work-progress", "work-finish", "git-commit",
    "agent-turn-complete", "prompt-voice", "prompt-text",
}  # fmt: skip


def event_from(request: bytes) -> Event:
    body = fields.validate(NotifyBody, fields.parse(request))
    return gestalt.to_event(body, check_session(body, "Codex 1"), request)


def event_of(payload: dict[str, Any], **envelope: object) -> Event:
    return event_from(json.dumps({"session_id": "Codex 1", "payload": payload, **envelope}).encode())


def refusal_of(body: dict[str, Any]) -> Refused:
    with pytest.raises(Refused) as refused:
        event_from(json.dumps(body).encode())
    return refused.value


@pytest.mark.parametrize(("sent", "canonical"), MAPPING)
def test_every_line_of_the_mapping(sent: str, canonical: str) -> None:
    assert canonical_type(sent) == canonical


@given(st.text())
def test_any_type_is_exactly_one_canonical_type(sent: str) -> None:
    assert canonical_type(sent) in CANONICAL
    assert canonical_type(sent) == canonical_type(normal_type(sent)) == canonical_type(f" {sent}\t".upper().lower())
    assert normal_type(normal_type(sent)) == normal_type(sent)


@given(st.sampled_from(sorted(CANONICAL)))
def test_a_canonical_type_is_its_own(canonical: str) -> None:
    assert canonical_type(canonical) == canonical
    assert set(EVENT_TYPES) == CANONICAL


def test_the_codex_example() -> None:
    event = event_from(json.dumps(CODEX).encode())
    assert (event.kind, event.title, event.source, event.severity) == (
        "agent-turn-complete", "agent-turn-complete", "Codex 1", "info",
    )  # fmt: skip
    assert event.raw == CODEX["raw"]
    assert event.details["meta"] == CODEX["payload"]
    assert event.details["session_id"] == "Codex 1"
    assert event.details["sent_at"] == "2026-01-28T20:17:42.000000Z"
    assert event.fields == {
        "type": "agent-turn-complete",
        "timestamp": "2026-01-28T20:17:42Z",
        "session_id": "Codex 1",
        "session.id": "Codex 1",
        "event_id": "codex-notify:turn-42",
        "notify.event_id": "codex-notify:turn-42",
        "notify.type": "agent-turn-complete",
        "notify.turn_id": "turn-42",
        "notify.model": "gpt-5",
        "turn_id": "turn-42",
        "model": "gpt-5",
    }


def test_the_plan_example() -> None:
    event = event_from(json.dumps(PLAN).encode())
    assert (event.kind, event.title) == ("plan-update", "Route session events via gestalt-notify")
    assert event.details["status"] == "wip"
    assert event.details["file_paths"] == [".gestalt/plans/gestalt-notify.org"]
    assert (event.fields["notify.type"], event.fields["level"], event.fields["notify.level"]) == ("plan-L1-wip", "1", "1")


@pytest.mark.parametrize(
    ("payload", "title"),
    [
        ({"summary": "S", "heading": "H", "task_title": "T"}, "S"),
        ({"heading": "H", "task_title": "T"}, "H"),
        ({"summary": " ", "task_title": "T"}, "T"),
        ({}, "Git Commit"),
    ],
)
def test_the_title_is_what_says_most(payload: dict[str, Any], title: str) -> None:
    assert event_of({"type": "Git Commit", **payload}).title == title


@pytest.mark.parametrize("number", ["1", "1.0", "1.10", "1e3", "-0.0", "9007199254740993"])
def test_numbers_are_said_as_they_were_written(number: str) -> None:
    request = f'{{"session_id": "Codex 1", "payload": {{"type": "start", "n": {number}}}}}'.encode()
    assert event_from(request).fields["notify.n"] == number
    assert event_from(request).fields["n"] == number


def test_scalars_alone_are_fields() -> None:
    found = event_of({"type": "start", "yes": True, "no": False, "none": None, "list": [1], "object": {"a": 1}}).fields
    assert (found["yes"], found["notify.no"]) == ("true", "false")
    assert not {"none", "list", "object", "notify.none", "notify.list", "notify.object"} & found.keys()


def test_no_member_takes_the_place_of_a_field_of_ours() -> None:
    posing = {"timestamp": "t", "session_id": "s", "session.id": "s", "event_id": "e", "notify.type": "n", "notify.event_id": "e"}
    found = event_of({"type": "start", **posing}).fields
    assert (found["type"], found["notify.type"]) == ("work-start", "start")
    assert (found["session_id"], found["session.id"]) == ("Codex 1", "Codex 1")
    assert not {"timestamp", "event_id", "notify.event_id"} & found.keys()
    assert found["notify.session_id"] == "s"


def test_what_only_a_session_may_say_is_rejected() -> None:
    for member in ("agent_id", "agent_name", "source", "event_type"):
        for value in ("x", "", None):
            refused = refusal_of({**CODEX, member: value})
            assert refused.status == 422
            assert member in refused.detail


@pytest.mark.parametrize(
    ("change", "status", "location"),
    [
        ({"session_id": None}, 400, "body.session_id"),
        ({"session_id": " "}, 400, "body.session_id"),
        ({"session_id": "Codex 2"}, 400, "body.session_id"),
        ({"payload": None}, 422, "body.payload"),
        ({"payload": "x"}, 422, "body.payload"),
        ({"payload": {}}, 422, "body.payload"),
        ({"payload": {"type": " "}}, 422, "body.payload"),
        ({"payload": {"type": 1}}, 422, "body.payload"),
        ({"payload": {"type": "t" * 501}}, 422, "body.payload"),
        ({"payload": {"type": "\u200b"}}, 422, "body.payload.type"),
        ({"occurred_at": "yesterday"}, 422, "body.occurred_at"),
        ({"occurred_at": "2026-01-28"}, 422, "body.occurred_at"),
        ({"occurred_at": "2026-01-28T20:17:42"}, 422, "body.occurred_at"),
        ({"event_id": "e" * 501}, 422, "body.event_id"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], status: int, location: str) -> None:
    refused = refusal_of(CODEX | change)
    assert (refused.status, refused.errors[0].location) == (status, location)


def test_secrets_and_controls_are_gone_from_all_that_is_kept() -> None:
    secret = "sk-ant-api03-" + "A1b2C3d4" * 6
    event = event_of({"type": "start", "summary": f"\x1b[31m{secret}", "deep": {"key": [secret]}}, raw=secret, event_id=secret)
    said = repr((event.title, event.body, event.details, event.raw, event.fields))
    assert secret not in said
    assert "\\x1b" not in said
    assert event.details["redacted"] == 4
