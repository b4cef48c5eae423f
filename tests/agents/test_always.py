"""What was allowed always from the inbox: noted where the agent runs, listed, and taken out of the agent's settings again."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from commands import decide, eventually, inbox, open_question, row
from hubs import RunningHub
from stand_ins import ClaudeCode

from inbox_tui.agents.always import note, read
from inbox_tui.core.paths import Paths

CLAUDE = ClaudeCode()
SETTINGS = {
    "model": "opus",
    "permissions": {"deny": ["Bash(rm *)"], "allow": ["Bash(ls)", "Bash(npm test)"], "ask": []},
    "hooks": {},
}


def rules(destination: str = "localSettings", content: str = "npm test") -> dict[str, Any]:
    rule = {"toolName": "Bash", "ruleContent": content}
    return {"type": "addRules", "rules": [rule], "behavior": "allow", "destination": destination}


@pytest.fixture
def project(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project below a person's home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CLAUDE_CONFIG_DIR", "CLAUDE_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "app").mkdir()
    return tmp_path / "app"


def write(file: Path, settings: Any = SETTINGS) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(settings if isinstance(settings, str) else json.dumps(settings, indent=2))
    return file


def listed() -> list[dict[str, Any]]:
    return [json.loads(line) for line in inbox("hook", "always", "--json").stdout.splitlines()]


def answered(hub: RunningHub, project: Path, key: str, entry: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Has the hook ask from a folder within the project; what Claude Code made of the answer, and the row."""
    event = {**CLAUDE.bash("npm test", permission_suggestions=[entry]), "cwd": str(project / "src")}
    with CLAUDE.hook(event, CLAUDE_PROJECT_DIR=str(project)) as hook:
        asked = eventually(lambda: open_question(hub))
        decide(hub, asked, key)
        verdict = hook.verdict()
    return verdict.behavior, row(hub, asked["id"])


def test_an_always_is_noted_listed_and_taken_back(hub: RunningHub, project: Path, paths: Paths) -> None:
    assert "Nothing" in inbox("hook", "always").stdout
    assert answered(hub, project, "approve", rules())[0] == "allow"
    assert not paths.always_ledger.exists(), "this was allowed once"
    behavior, asked = answered(hub, project, "always-1", rules())
    assert (behavior, asked["decision"]["label"]) == ("allow", "always allow Bash(npm test) (this project, only you)")
    assert paths.always_ledger.stat().st_mode & 0o777 == 0o600

    (one,) = listed()
    assert (one["number"], one["label"], one["folder"], one["entry"], one["stands"]) == (
        *(1, "always allow Bash(npm test) (this project, only you)", str(project), rules(), False),
    )
    file = write(project / ".claude" / "settings.local.json")
    assert (listed()[0]["stands"], listed()[0]["files"]) == (True, [str(file)])
    assert f"stands in {file}" in inbox("hook", "always").stdout

    before = file.read_text()
    refused = inbox("hook", "always", "revoke", "1", text="n\n")
    assert (refused.returncode, file.read_text()) == (4, before)
    assert '-      "Bash(npm test)"' in refused.stdout
    assert inbox("hook", "always", "revoke", "1", "--yes").returncode == 0
    assert file.read_text() == before.replace(',\n      "Bash(npm test)"', ""), "and nothing else"
    assert file.with_name(file.name + ".inbox-backup").read_text() == before
    assert listed()[0]["stands"] is False
    again = inbox("hook", "always", "revoke", "1", "--yes")
    assert (again.returncode, "nothing to change" in again.stdout) == (0, True)


def test_a_note_that_cannot_be_made_changes_no_answer(hub: RunningHub, project: Path, paths: Paths) -> None:
    paths.always_ledger.mkdir()
    event = CLAUDE.bash("npm test", permission_suggestions=[rules()])
    with CLAUDE.hook(event) as hook:
        asked = eventually(lambda: open_question(hub))
        decide(hub, asked, "always-1")
        out, err = hook.process.communicate(timeout=30)
    assert (hook.process.returncode, err) == (0, "")
    assert CLAUDE.take(event, 0, out, err).permissions == (rules(),)
    assert row(hub, asked["id"])["decision"]["delivery"] == "delivered"
    said = inbox("hook", "always")
    assert (said.returncode, str(paths.always_ledger) in said.stderr) == (2, True)


@pytest.mark.parametrize(
    ("entry", "name", "permissions", "left"),
    [
        (rules(), "app/.claude/settings.local.json", {"allow": ["x", "Bash(npm test)", "y"]}, {"allow": ["x", "y"]}),
        (rules("projectSettings"), "app/.claude/settings.json", {"allow": ["Bash(npm test)"]}, {"allow": []}),
        (rules("userSettings"), ".claude/settings.json", {"allow": ["Bash(npm test)"]}, {"allow": []}),
        (rules(content="f(1) \\x"), "app/.claude/settings.local.json", {"allow": ["Bash(f(1) \\x)"]}, {"allow": []}),
        (rules(content="f(1) \\x"), "app/.claude/settings.local.json", {"allow": ["Bash(f\\(1\\) \\\\x)"]}, {"allow": []}),
        (
            {**rules(), "rules": [{"toolName": "WebSearch"}]},
            *("app/.claude/settings.local.json", {"allow": ["WebSearch", "WebSearch(x)"]}, {"allow": ["WebSearch(x)"]}),
        ),
        (
            {"type": "addDirectories", "directories": ["/srv/a", "/srv/b"], "destination": "localSettings"},
            "app/.claude/settings.local.json",
            *({"additionalDirectories": ["/srv/b", "/srv/c"]}, {"additionalDirectories": ["/srv/c"]}),
        ),
        (
            {"type": "setMode", "mode": "acceptEdits", "destination": "userSettings"},
            *(".claude/settings.json", {"defaultMode": "acceptEdits", "deny": []}, {"deny": []}),
        ),
    ],
)
def test_each_kind_is_taken_out_of_its_own_file(
    project: Path, paths: Paths, entry: dict[str, Any], name: str, permissions: dict[str, Any], left: dict[str, Any]
) -> None:
    note(paths.always_ledger, "claude-code", str(project), entry)
    file = write(project.parent / name, {"permissions": permissions})
    assert listed()[0]["stands"] is True
    assert inbox("hook", "always", "revoke", "1", "--yes").returncode == 0
    assert json.loads(file.read_text()) == {"permissions": left}


def test_a_rule_of_a_worktree_stands_in_the_main_checkout(project: Path, paths: Paths) -> None:
    tree, own = project.parent / "tree", project / ".git" / "worktrees" / "tree"
    own.mkdir(parents=True)
    (tree / "src").mkdir(parents=True)
    (tree / ".git").write_text(f"gitdir: {own}\n")
    note(paths.always_ledger, "claude-code", str(tree / "src"), rules())
    newer = write(project / ".claude" / "settings.local.json")
    older = write(tree / "src" / ".claude" / "settings.local.json")
    assert listed()[0]["files"] == [str(newer), str(older)]
    inbox("hook", "always", "revoke", "1", "--yes")
    assert listed()[0]["stands"] is False


def test_a_home_that_is_a_repository_is_no_project(project: Path, paths: Paths) -> None:
    (project.parent / ".git").mkdir()
    note(paths.always_ledger, "claude-code", str(project), rules())
    write(project.parent / ".claude" / "settings.local.json")
    assert listed()[0]["stands"] is False


@pytest.mark.parametrize("text", ['{"permissions": {}} // mine', '{"permissions": []}', '{"permissions": {"allow": "x"}}', "{"])
def test_what_cannot_be_looked_at_is_said_and_left(project: Path, paths: Paths, text: str) -> None:
    note(paths.always_ledger, "claude-code", str(project), rules())
    file = write(project / ".claude" / "settings.local.json", text)
    assert (listed()[0]["stands"], inbox("hook", "always").returncode) == (None, 0)
    done = inbox("hook", "always", "revoke", "1", "--yes")
    assert (done.returncode, file.read_text(), os.listdir(file.parent)) == (2, text, [file.name])
    assert str(file) in done.stderr


def test_numbers_stay_whatever_else_is_in_the_ledger(project: Path, paths: Paths) -> None:
    token = "ghp_" + "a1" * 15
    note(paths.always_ledger, "claude-code", str(project), rules("session"))
    with paths.always_ledger.open("a") as ledger:
        ledger.write('{"half": \n[]\n{"at": 1e99, "agent": "x", "folder": "", "label": "", "entry": {}}')
    note(paths.always_ledger, "claude-code", str(project), rules(content=f"curl -H {token}\u202e"))
    first, last = listed()
    assert (first["number"], first["stands"], last["number"]) == (1, None, 5)
    said = inbox("hook", "always").stdout
    assert "session in" in said
    assert "⟨U+202E⟩" in said
    assert token not in said
    assert next(one.entry for one in read(paths.always_ledger)) == rules("session")
    ends = inbox("hook", "always", "revoke", "1", "--yes")
    assert (ends.returncode, "until its session" in ends.stdout) == (0, True)
    assert inbox("hook", "always", "revoke", "2").returncode == 2
