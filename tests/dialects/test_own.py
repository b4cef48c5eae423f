"""Our own publish call: prompts, choices, details, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from inbox_tui.core.errors import Refused
from inbox_tui.core.model import DETAIL_FIELDS, Choice, Event
from inbox_tui.dialects import fields, own


def event_of(**body: Any) -> Event:
    return own.to_event(fields.validate(own.EventBody, {"title": "Deploy?", **body}))


def locations_of(**body: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        event_of(**body)
    return [error.location for error in refused.value.errors]


def test_a_title_is_enough() -> None:
    event = event_of()
    assert (event.kind, event.title, event.severity, event.dialect) == ("message", "Deploy?", "info", "inbox")
    assert (event.actionable, event.is_prompt, event.choices, event.details) == (False, False, (), {})


@pytest.mark.parametrize("body", [{"choices": [{"key": "go"}]}, {"is_prompt": True}, {"kind": "input.required"}])
def test_what_makes_a_prompt(body: dict[str, Any]) -> None:
    event = event_of(**body)
    assert (event.is_prompt, event.actionable) == (True, True)


def test_a_choice_without_a_label_shows_its_key() -> None:
    given = [{"key": "go"}, {"key": "no", "label": "Not \u202enow", "is_default_on_timeout": True}]
    event = event_of(choices=given, timeout=30, waiting=True)
    assert event.choices == (Choice("go", "go"), Choice("no", "Not ⟨U+202E⟩now", is_default_on_timeout=True))
    assert (event.timeout, event.waiting) == (30, True)


def test_nobody_can_wait_for_a_message() -> None:
    assert not event_of(waiting=True).waiting


def test_the_severity_is_the_senders_or_the_kinds() -> None:
    assert event_of(kind="task.failed").severity == "error"
    assert event_of(kind="task.failed", severity="info").severity == "info"


WRONG: dict[str, dict[str, Any]] = {
    "body.title": {"title": ""},
    "body.severity": {"severity": "fatal"},
    "body.priority": {"priority": 3},
    "body.timeout": {"timeout": 0},
    "body.choices[0].key": {"choices": [{"key": "a b"}]},
    "body.choices[1].key": {"choices": [{"key": "a"}, {"label": "b"}]},
    "body.supersedes": {"supersedes": "no-ulid"},
    "body.color": {"color": "#ff0000"},
    "body.progress": {"progress": 7},
    "body.attachments[0].url": {"attachments": [{"url": "file:///x"}]},
    "body.sent_at": {"sent_at": "yesterday"},
    "body.command": {"command": ["rm"]},
}


@pytest.mark.parametrize(("location", "body"), WRONG.items(), ids=WRONG)
def test_what_is_wrong_is_named(location: str, body: dict[str, Any]) -> None:
    assert locations_of(**body) == [location]


def test_choices_must_differ_and_have_one_default() -> None:
    assert locations_of(choices=[{"key": "a"}, {"key": "a"}]) == ["body.choices"]
    default = {"is_default_on_timeout": True}
    assert locations_of(choices=[{"key": "a", **default}, {"key": "b", **default}]) == ["body.choices"]


def test_details_are_all_taken_and_only_those() -> None:
    given: dict[str, Any] = {
        "status": "running",
        "progress": 0.5,
        "color": "teal",
        "session_id": "s1",
        "parent_id": "p1",
        "subagent_id": "a1",
        "tool_name": "Bash",
        "command": "ls -l\n",
        "prompt": "list them",
        "file_paths": ["/tmp/x"],
        "open_url": "https://example.com/a",
        "url_title": "See",
        "download_url": "https://example.com/b",
        "image_url": "https://example.com/c.png",
        "attachments": [{"url": "https://example.com/d.pdf", "kind": "file", "size_bytes": 9}],
        "audio_status": "ready",
        "tags": ["a"],
        "meta": {"rows": 3},
        "cwd": "/src",
        "host": "h",
        "repo": "r",
        "branch": "main",
        "tmux_pane": "%3",
        "request": "ab12",
        "event": "PostToolUse",
        "subject": "cd34",
        "device": "h",
        "sound": "default",
        "sent_at": "2026-01-02T03:04:05+01:00",
    }
    event = event_of(**given, redacted=9, asked_before={"count": 9}, unknown="x", id="forged", rev=1, sender="forged")
    assert event.details == given | {"sent_at": "2026-01-02T02:04:05.000000Z"}
    assert set(given) | {"redacted", "asked_before", "extra"} == set(DETAIL_FIELDS)


def test_what_a_sender_took_out_itself_is_counted_with_what_we_take_out() -> None:
    event = event_of(command="curl -d token=abcdefgh", redacted_by_sender=2)
    assert event.details["redacted"] == 3


def test_the_end_of_a_command_that_asks_is_never_cut() -> None:
    command = "echo ok" + " " * 400 + "; rm -rf ~ \x1b[8m\u200b# end"
    shown = event_of(command=command, is_prompt=True).details["command"]
    assert isinstance(shown, str)
    assert "⟨400 blanks⟩" in shown
    assert shown.endswith("; rm -rf ~ ␛[8m⟨U+200B⟩# end")


def test_times_of_milliseconds() -> None:
    assert event_of(ts=1714000000000).details["sent_at"] == "2024-04-24T23:06:40.000000Z"
