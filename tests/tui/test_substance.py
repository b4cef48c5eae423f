"""What there is to read comes first; its context is a few chips; what is for programs is not shown."""

from __future__ import annotations

import pytest
import seed
from tui_world import message, prompt

from inbox_tui.core.model import Notification
from inbox_tui.tui import reading, substance
from inbox_tui.tui.alerts.rules import reaches

META = {
    "agent_notifier_schema": "hook.v1",
    "hook_source": "claude-code",
    "hook_event": "PostToolUse",
    "hook_tool": "Bash",
    "hook_status": "failure",
    "hook_exit_code": "2",
    "hook_duration_ms": "81200",
    "hook_command_hash": "c0ffee",
    "hook_command_length": "17",
    "hook_command_excerpt": "npm run test:e2e",
    "hook_tool_response_excerpt": "2 of 31 failed\nlaunch.spec.ts:14",
    "hook_subject_hash": "5ubject",
    "hook_session_id": "019aaac0-2600-1d04-0e23-84933c7e65ba",
}
SESSION = "019aaac0-2600-1d04-0e23-84933c7e65ba"


def hooked(body: str = "", **details: object) -> Notification:
    given = {"meta": META, "session_id": SESSION, **details}
    return message("Run tool: Bash", kind="an.progress", body=body, source="Release Bot", details=given)


def shown(row: Notification, width: int = 60) -> list[str]:
    return [(line.lead + line.text).rstrip() for line in reading.lines(row, width, seed.NOW, whole=True)]


def test_context_is_a_line_of_chips() -> None:
    assert substance.chips(hooked()) == ["PostToolUse", "Bash", "failure", "exit 2", "1m 21s", "session 019aaac0"]
    own = {"event": "SubagentStop", "tool_name": "Read", "status": "running", "progress": 0.72}
    assert substance.chips(hooked(**own))[:3] == ["SubagentStop", "Read", "running 72%"]
    assert substance.chips(message("plain", details={"session_id": "s", "status": "running"})) == []
    broken = {"meta": META | {"hook_duration_ms": "soon\x1b[2J", "hook_status": "\u202efail"}}
    assert substance.chips(hooked(**broken)) == ["PostToolUse", "Bash", "fail", "exit 2", "session 019aaac0"]


def test_excerpts_are_shown_and_hashes_are_not() -> None:
    lines = shown(hooked(command="npm run test:e2e", file_paths=["e2e/launch.spec.ts"]))
    assert "  npm run test:e2e" in lines
    at = [lines.index(line) for line in ("  npm run test:e2e", "  e2e/launch.spec.ts", "  tool response", "  2 of 31 failed")]
    assert at == sorted(at), "the substance, in this order"
    text = "\n".join(lines)
    assert text.count("npm run test:e2e") == 1, "an excerpt that stands there already is not told again"
    for hidden in ("c0ffee", "5ubject", "hook.v1", "17", "hook_"):
        assert hidden not in text
    assert "claude-code" in text


def test_what_chips_tell_is_not_told_again_by_the_body() -> None:
    said = "project: Release Bot · event: PostToolUse · status: failure\n2 of 31 failed"
    assert substance.remainder(hooked(said)) == "2 of 31 failed"
    assert "project:" not in "\n".join(shown(hooked(said)))
    for kept in ("status: failure", "event: it · was fun", "a | b"):
        assert kept in "\n".join(shown(hooked(kept)))
    asks = prompt("Deploy?", body=said, details={"event": "PreToolUse"})
    assert "project: Release Bot" in "\n".join(shown(asks)), "what asks is shown whole"


@pytest.mark.parametrize(
    ("details", "rest"),
    [
        ({"command": "make", "prompt": "build it"}, "make"),
        ({"prompt": "build it", "file_paths": ["a", "b"]}, "build it"),
        ({"file_paths": ["a", "b"], "status": "running", "progress": 0.5}, "running 50%  a, b"),
        ({}, ""),
    ],
)
def test_a_row_without_a_body_tells_what_it_is_about(details: dict[str, object], rest: str) -> None:
    assert substance.remainder(message("Run tool: Bash", body="", details=details)) == rest


@pytest.mark.parametrize("device", ["", "Build-7", "build-7.example.org", "%3", " build-7 "])
def test_a_device_is_this_pane_or_its_machine(device: str) -> None:
    assert reaches(device, "build-7.example.org", "%3")


@pytest.mark.parametrize("device", ["Yash iPhone", "build-8", "%4", "example.org"])
def test_another_device_does_not_ring_here(device: str) -> None:
    assert not reaches(device, "build-7.example.org", "%3")


def test_a_link_is_called_as_its_sender_calls_it() -> None:
    row = message("Report ready", body="", details={"open_url": "https://ci.example.org/7", "url_title": "Coverage\nof main"})
    assert "  [1] https://ci.example.org/7  Coverage of main" in shown(row)
    assert "  [1] https://ci.example.org/7  Cove…" in shown(row, 37)
    assert max(len(line) for line in shown(row, 37)) <= 37
