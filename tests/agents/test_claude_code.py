"""Claude Code and its hook, through a real hub: what a person reads, and what Claude makes of the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from commands import decide, epoch, eventually, open_question, row, rows
from hubs import RunningHub
from stand_ins import NONE, ClaudeCode, Event, Verdict

from inbox_tui.core.paths import Paths

CLAUDE = ClaudeCode()
ALWAYS = {
    "type": "addRules",
    "rules": [{"toolName": "Bash", "ruleContent": "rm -rf build"}],
    "behavior": "allow",
    "destination": "localSettings",
}


def answered(hub: RunningHub, event: Event, key: str, comment: str = "", **environ: str) -> tuple[dict[str, Any], Verdict]:
    """The row that a hook made of an event, and what Claude made of the answer to it."""
    with CLAUDE.hook(event, **environ) as hook:
        question = eventually(lambda: open_question(hub))
        decide(hub, question, key, comment)
        verdict = hook.verdict()
    return row(hub, question["id"]), verdict


def test_an_approval_allows_and_is_confirmed(hub: RunningHub) -> None:
    event = CLAUDE.bash("rm -rf build\necho done")
    asked, verdict = answered(hub, event, "approve")
    assert verdict == Verdict("allow", input=event["tool_input"])
    assert asked["decision"]["delivery"] == "delivered"
    assert (asked["title"], asked["command"]) == ("Bash: Remove the build folder", "rm -rf build\necho done")
    assert (asked["source"], asked["tool_name"], asked["session_id"]) == ("claude-code", "Bash", "session-1")


def test_a_rejection_denies_with_the_person_s_words(hub: RunningHub) -> None:
    assert answered(hub, CLAUDE.bash(), "reject", "use make clean")[1] == Verdict("deny", "use make clean")
    assert answered(hub, CLAUDE.bash(), "reject")[1].behavior == "deny"


def test_always_hands_back_the_suggestion_as_it_was(hub: RunningHub) -> None:
    odd = [{"type": "unheard", "destination": "session"}, {**ALWAYS, "behavior": "deny"}, {**ALWAYS, "more": 1}, 5]
    asked, verdict = answered(hub, CLAUDE.bash(permission_suggestions=[*odd, ALWAYS]), "always-1")
    labels = [choice["label"] for choice in asked["choices"]]
    assert labels == ["approve", "reject", "always allow Bash(rm -rf build) (this project, only you)"]
    assert (verdict.behavior, list(verdict.permissions)) == ("allow", [ALWAYS])


def test_where_it_runs_is_told(hub: RunningHub, tmp_path: Path) -> None:
    inside = tmp_path / "app" / "src"
    inside.mkdir(parents=True)
    (tmp_path / "app" / ".git").mkdir()
    (tmp_path / "app" / ".git" / "HEAD").write_text("ref: refs/heads/fix/login\n")
    asked, _ = answered(hub, {**CLAUDE.bash(), "cwd": str(inside)}, "reject", TMUX_PANE="%7")
    assert (asked["repo"], asked["branch"], asked["cwd"], asked["tmux_pane"]) == ("app", "fix/login", str(inside), "%7")
    assert asked["host"]
    tree = tmp_path / "tree"
    tree.mkdir()
    own = tmp_path / "app" / ".git" / "worktrees" / "tree"
    own.mkdir(parents=True)
    (own / "HEAD").write_text("0123456789abcdef0123\n")
    (tree / ".git").write_text(f"gitdir: {own}\n")
    asked, _ = answered(hub, {**CLAUDE.bash(), "cwd": str(tree)}, "reject")
    assert (asked["repo"], asked["branch"]) == ("app", "0123456789ab")


def test_all_that_a_tool_would_do_is_shown_and_secrets_are_not(hub: RunningHub) -> None:
    token = "ghp_" + "a1" * 15
    command = f"curl -H 'x: {token}' https://example.com/" + "y" * 60_000 + " && rm -rf ~"
    asked, _ = answered(hub, CLAUDE.bash(command), "reject")
    assert asked["command"].endswith(" && rm -rf ~")
    assert token not in str(asked)
    assert (len(asked["command"]), asked["redacted"]) == (len(command) - len(token) + len("[redacted]"), 1)
    given = {"file_path": "/srv/app/main.py", "old_string": "a\nb", "new_string": "c", "replace_all": True}
    asked, _ = answered(hub, CLAUDE.event("PermissionRequest", tool_name="Edit", tool_input=given), "reject")
    assert (asked["title"], asked["command"]) == ("Edit main.py", "/srv/app/main.py\n-a\n-b\n+c")
    assert (asked["body"], asked["file_paths"]) == ("replace_all: true", ["/srv/app/main.py"])
    given = {"repository": "app", "labels": ["x"], "command": "y"}
    asked, _ = answered(hub, CLAUDE.event("PermissionRequest", tool_name="mcp__git__issue", tool_input=given), "reject")
    assert all(text in asked["command"] for text in ('"repository": "app"', '"labels"', '"command": "y"'))


def test_what_cannot_be_shown_whole_is_not_asked(hub: RunningHub) -> None:
    assert CLAUDE.run(CLAUDE.bash("x" * 131_073)) == NONE
    (told,) = rows(hub)
    assert (told["title"], told.get("choices")) == ("Claude Code asks in its terminal: Bash: Remove the build folder", None)


def test_a_plan_is_handed_back_with_its_approval(hub: RunningHub) -> None:
    given = {"plan": "# Plan\n1. Refactor", "planFilePath": "/p.md"}
    event = CLAUDE.event("PermissionRequest", tool_name="ExitPlanMode", tool_input=given)
    asked, verdict = answered(hub, event, "approve")
    assert (asked["title"], asked["body"]) == ("Claude Code has a plan for app", "# Plan\n1. Refactor")
    assert verdict == Verdict("allow", input=given)


def test_two_equal_prompts_get_each_its_own_answer(hub: RunningHub) -> None:
    with CLAUDE.hook(CLAUDE.bash()) as one:
        first = eventually(lambda: open_question(hub))
        with CLAUDE.hook(CLAUDE.bash()) as two:
            second = eventually(lambda: next((q for q in rows(hub) if q["id"] != first["id"]), None))
            decide(hub, second, "approve")
            assert two.verdict().behavior == "allow"
            assert row(hub, first["id"])["waiting"] == "here"
            assert CLAUDE.run(after(first)) == NONE, "the one that was approved has run"
            assert not row(hub, first["id"]).get("seems_answered")
            assert CLAUDE.run(after(first)) == NONE, "this one was allowed in the terminal"
            assert row(hub, first["id"])["seems_answered"]
            decide(hub, row(hub, first["id"]), "reject")
        assert one.verdict().behavior == "deny"


def after(asked: dict[str, Any], name: str = "PostToolUse") -> Event:
    given = {"command": asked["command"], "description": "Remove the build folder"}
    return CLAUDE.event(name, tool_name="Bash", tool_input=given, tool_use_id="t1", tool_response={"stdout": ""})


@pytest.mark.parametrize(
    ("name", "members", "seems"),
    [
        ("PostToolUse", {"tool_name": "Bash", "tool_input": {"command": "rm -rf build"}}, True),
        ("PostToolUseFailure", {"tool_name": "Bash", "tool_input": {"command": "rm -rf build"}}, True),
        ("PermissionDenied", {"tool_name": "Bash", "tool_input": {"command": "rm -rf build"}}, True),
        ("PostToolUse", {"tool_name": "Bash", "tool_input": {"command": "rm -rf other"}}, False),
        ("Stop", {}, True),
        ("Stop", {"background_tasks": [{"id": "b"}]}, True),
        ("UserPromptSubmit", {"prompt": "go on"}, True),
        ("SubagentStop", {"agent_id": "sub", "agent_type": "Explore"}, False),
        ("SessionStart", {"source": "compact"}, False),
        ("SessionStart", {"source": "resume"}, True),
        ("SessionEnd", {"reason": "other"}, True),
        ("SessionEnd", {"reason": "other", "session_id": "another"}, False),
    ],
)
def test_signals_that_match_only_hint(hub: RunningHub, name: str, members: dict[str, Any], seems: bool) -> None:
    with CLAUDE.hook(CLAUDE.bash()) as hook:
        asked = eventually(lambda: open_question(hub))
        assert CLAUDE.run(CLAUDE.event(name) | members) == NONE
        now = row(hub, asked["id"])
        assert (bool(now.get("seems_answered")), now.get("closed"), now["waiting"]) == (seems, None, "here")
        decide(hub, now, "approve")
        assert hook.verdict().behavior == "allow"


def test_a_late_answer_is_refused_and_never_printed(hub: RunningHub, paths: Paths) -> None:
    paths.config_file.write_text("[agents.claude-code]\nwait = 0.3\n")
    assert CLAUDE.run(CLAUDE.bash()) == NONE
    told, asked = rows(hub)
    assert (asked["closed"], told["title"]) == (
        "withdrawn",
        "Claude Code asks in its terminal: Bash: Remove the build folder",
    )
    body = {"key": "approve", "raised_rev": asked["raised_rev"], "epoch": epoch(hub), "attempt": "attempt-1"}
    late = hub.call("POST", f"/api/notifications/{asked['id']}/decision", body)
    assert (late.status, late.document["code"]) == (409, "withdrawn")


def test_an_answer_survives_a_hub_that_restarts(hub: RunningHub) -> None:
    with CLAUDE.hook(CLAUDE.bash()) as hook:
        asked = eventually(lambda: open_question(hub))
        hub.kill9()
        hub.restart()
        decide(hub, asked, "approve")
        assert hook.verdict().behavior == "allow"
    assert row(hub, asked["id"])["decision"]["delivery"] == "delivered"


def test_a_wait_of_nothing_only_tells(hub: RunningHub, paths: Paths) -> None:
    paths.config_file.write_text("[agents.claude-code]\nwait = 0\n")
    assert CLAUDE.run(CLAUDE.bash()) == NONE
    assert [one.get("is_prompt") for one in rows(hub)] == [None]


def test_the_end_of_a_turn_is_one_row_a_session(hub: RunningHub) -> None:
    for text in ("first", "second"):
        assert CLAUDE.run(CLAUDE.event("Stop", last_assistant_message=text)) == NONE
    (done,) = rows(hub)
    assert (done["title"], done["body"], done["count"], done["status"]) == (
        "Claude Code is done in app",
        "second",
        2,
        "waits for you",
    )
    CLAUDE.run(CLAUDE.event("SubagentStop", agent_id="s", agent_type="Explore", last_assistant_message="found"))
    (quiet,) = rows(hub)
    assert (quiet["raised_rev"], quiet["status"], quiet["count"]) == (done["raised_rev"], "Explore finished", 3)


@pytest.mark.parametrize(
    ("kind", "severity"),
    [("idle_prompt", "warn"), ("agent_needs_input", "warn"), ("agent_completed", "info"), ("permission_prompt", ""),
     ("elicitation_dialog", "")],
)  # fmt: skip
def test_notifications(hub: RunningHub, kind: str, severity: str) -> None:
    event = CLAUDE.event("Notification", notification_type=kind, message="Claude is waiting for your input")
    assert CLAUDE.run(event) == NONE
    assert [one["severity"] for one in rows(hub)] == ([severity] if severity else [])


def test_events_that_feed_the_model_say_nothing_to_it(hub: RunningHub) -> None:
    for name in ("UserPromptSubmit", "SessionStart", "PreToolUse", "PreCompact", "Setup", "SubagentStart"):
        assert CLAUDE.run(CLAUDE.event(name, tool_name="Bash", tool_input={"command": "ls"})) == NONE
