"""Codex and its hook, through a real hub: short waits, few members, and an object where it wants one."""

from __future__ import annotations

import json

import pytest
from commands import decide, eventually, inbox, open_question, row, rows
from hubs import RunningHub
from stand_ins import NONE, Codex, Verdict

from inbox_tui.core.hooks.spoken import DEFAULT_WAITS
from inbox_tui.core.paths import Paths

CODEX = Codex()


@pytest.mark.parametrize(
    ("key", "comment", "verdict"),
    [
        ("approve", "", Verdict("allow")),
        ("reject", "not there", Verdict("deny", "not there")),
        ("reject", "", Verdict("deny", "Rejected by the user in the inbox.")),
    ],
)
def test_an_answer_has_only_the_members_that_codex_knows(hub: RunningHub, key: str, comment: str, verdict: Verdict) -> None:
    suggested = [{"type": "setMode", "mode": "plan", "destination": "session"}]
    with CODEX.hook(CODEX.bash(permission_suggestions=suggested, model="m", turn_id="t")) as hook:
        asked = eventually(lambda: open_question(hub))
        assert [choice["key"] for choice in asked["choices"]] == ["approve", "reject"]
        assert (asked["source"], asked["command"]) == ("codex", "rm -rf build")
        decide(hub, asked, key, comment)
        assert hook.verdict() == verdict
    assert row(hub, asked["id"])["decision"]["delivery"] == "delivered"


def test_a_patch_is_shown_whole_with_its_files(hub: RunningHub) -> None:
    patch = "*** Begin Patch\n*** Update File: src/a.py\n@@\n-x\n+y\n*** Delete File: b.py\n*** End Patch\n"
    event = CODEX.event("PermissionRequest", tool_name="apply_patch", tool_input={"command": patch})
    with CODEX.hook(event) as hook:
        asked = eventually(lambda: open_question(hub))
        assert (asked["command"], asked["file_paths"]) == (patch, ["src/a.py", "b.py"])
        assert asked["title"] == "apply_patch a.py and 1 more"
        decide(hub, asked, "reject")
        assert hook.verdict().behavior == "deny"


def test_its_wait_is_short_unless_configured(hub: RunningHub, paths: Paths) -> None:
    assert DEFAULT_WAITS["codex"].wait == 20
    paths.config_file.write_text("[agents.codex]\nwait = 0.3\n")
    assert CODEX.run(CODEX.bash()) == NONE
    told, asked = rows(hub)
    assert (asked["closed"], told["title"]) == ("withdrawn", "Codex asks in its terminal: Bash: Remove the build folder")


@pytest.mark.parametrize("name", ["Stop", "SubagentStop"])
def test_the_end_of_a_turn_is_answered_with_an_object_whatever_happens(home: object, paths: Paths, name: str) -> None:
    event = CODEX.event(name, last_assistant_message="done", agent_type="worker")
    assert CODEX.run(event) == NONE
    hub = RunningHub.start(paths.state)
    try:
        assert CODEX.run(event) == NONE
        assert len(rows(hub)) == 1
        hub.limit_files(1)
        assert CODEX.run(event) == NONE
        hub.limit_files()
    finally:
        hub.stop()
    assert CODEX.run(event, INBOX_HUB="nonsense") == NONE


def test_signals_hint_though_the_reason_is_not_said_again(hub: RunningHub) -> None:
    with CODEX.hook(CODEX.bash()) as hook:
        asked = eventually(lambda: open_question(hub))
        ran = CODEX.event("PostToolUse", tool_name="Bash", tool_input={"command": "rm -rf build"}, tool_response="")
        assert CODEX.run(ran) == NONE
        assert row(hub, asked["id"])["seems_answered"]
        decide(hub, row(hub, asked["id"]), "approve")
        assert hook.verdict() == Verdict("allow")


def test_events_that_feed_the_model_say_nothing_to_it(hub: RunningHub) -> None:
    for name in ("SessionStart", "UserPromptSubmit", "SubagentStart", "PreToolUse", "SessionEnd"):
        assert CODEX.run(CODEX.event(name, prompt="x", source="startup")) == NONE


def test_the_notify_program(hub: RunningHub) -> None:
    told = {"type": "agent-turn-complete", "thread-id": "t1", "cwd": "/srv/app", "last-assistant-message": "All green."}
    for text in (json.dumps(told), json.dumps({"type": "other"}), "nonsense"):
        done = inbox("hook", "codex-notify", text)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (done_row,) = rows(hub)
    assert (done_row["title"], done_row["body"], done_row["run_id"]) == ("Codex is done in app", "All green.", "t1")
