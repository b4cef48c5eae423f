"""`inbox hook install|uninstall|status`: an agent's own settings file, with everything else in it as it was."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from commands import inbox

from inbox_tui.core.paths import Paths

FILES = {"claude-code": ".claude/settings.json", "codex": ".codex/hooks.json"}
AGENT = pytest.mark.parametrize("agent", FILES)
THEIRS = """{
  "model": "opus",
  "permissions": {
    "allow": [
      "Bash(ls)"
    ]
  },
  "hooks": {
    "Stop": [
      {
        "hooks": [
          {
            "type": "command",
            "command": "say dönë"
          }
        ]
      }
    ]
  },
  "z": 1.5
}"""


@pytest.fixture
def person(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder, and a project in it that commands run in."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path


def put(person: Path, agent: str, text: str) -> Path:
    file = person / FILES[agent]
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return file


def handlers(settings: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(event, one) for event, groups in settings["hooks"].items() for group in groups for one in group["hooks"]]


@AGENT
def test_install_changes_nothing_else_and_uninstall_leaves_what_was(person: Path, agent: str) -> None:
    file = put(person, agent, THEIRS)
    file.chmod(0o640)
    done = inbox("hook", "install", agent, "--yes", "--command", f"inbox hook {agent}")
    assert done.returncode == 0
    assert "+            " in done.stdout
    settings = json.loads(file.read_text())
    assert list(settings) == ["model", "permissions", "hooks", "z"]
    assert settings["hooks"]["Stop"][0] == json.loads(THEIRS)["hooks"]["Stop"][0]
    removed = [line for line in done.stdout.splitlines() if line.startswith("-") and not line.startswith("---")]
    assert len(removed) <= 4, "only the lines that now end with a comma"
    assert "dönë" in file.read_text()
    assert (file.stat().st_mode & 0o777, file.with_name(file.name + ".inbox-backup").read_text()) == (0o640, THEIRS)
    assert inbox("hook", "uninstall", agent, "--yes").returncode == 0
    assert file.read_text() == THEIRS


@AGENT
def test_what_is_installed_runs_one_command_with_a_time_out(person: Path, agent: str) -> None:
    assert inbox("hook", "install", agent, "--yes").returncode == 0
    file = person / FILES[agent]
    found = handlers(json.loads(file.read_text()))
    (command,) = {one["command"] for _, one in found}
    assert command.endswith(f" hook {agent}")
    assert all(one["type"] == "command" and one["timeout"] > 0 for _, one in found)
    ask = next(one for event, one in found if event == "PermissionRequest")
    assert ask["timeout"] == (3600 if agent == "claude-code" else 80)
    assert "async" not in ask
    assert not any("async" in one for _, one in found) or agent == "claude-code"
    before = file.read_text()
    again = inbox("hook", "install", agent, "--yes")
    assert (again.returncode, file.read_text()) == (0, before)
    assert "nothing to change" in again.stdout
    inbox("hook", "uninstall", agent, "--yes")
    assert json.loads(file.read_text()) == {}


@AGENT
def test_a_changed_wait_changes_the_time_out_in_its_place(person: Path, paths: Paths, agent: str) -> None:
    inbox("hook", "install", agent, "--yes", "--command", f"/old/inbox hook {agent}")
    paths.config_file.write_text(f"[agents.{agent}]\nwait = 100\n")
    assert "before our wait is over" not in inbox("hook", "status", "claude-code").stdout
    inbox("hook", "install", agent, "--yes", "--command", f"inbox hook {agent}")
    found = handlers(json.loads((person / FILES[agent]).read_text()))
    assert [one["timeout"] for event, one in found if event == "PermissionRequest"] == [160]
    assert {one["command"] for _, one in found} == {f"inbox hook {agent}"}


@AGENT
@pytest.mark.parametrize(
    "text",
    ['{"a": 1} // mine', "{ /* mine */ }", '{"a": 1,}', '{"a": 1, "a": 2}', "[]", '{"hooks": []}', '{"hooks": {"Stop": {}}}',
     '{"hooks": {"Stop": ["x"]}}'],
)  # fmt: skip
def test_what_would_be_lost_is_refused(person: Path, agent: str, text: str) -> None:
    file = put(person, agent, text)
    for verb in ("install", "uninstall"):
        done = inbox("hook", verb, agent, "--yes")
        assert (done.returncode, file.read_text()) == (2, text)
        assert str(file) in done.stderr
    assert list(file.parent.iterdir()) == [file]


def test_nothing_is_written_without_a_yes(person: Path) -> None:
    file = put(person, "codex", THEIRS)
    done = inbox("hook", "install", "codex", text="n\n")
    assert (done.returncode, file.read_text()) == (4, THEIRS)
    assert "PermissionRequest" in done.stdout
    assert inbox("hook", "install", "codex", text="y\n").returncode == 0
    assert file.read_text() != THEIRS


def test_indentation_and_line_ends_are_the_files_own(person: Path) -> None:
    file = put(person, "codex", "")
    file.write_bytes(b'{\r\n\t\t"a": 1\r\n}\r\n')
    done = inbox("hook", "install", "codex", "--yes")
    assert "blanks" not in done.stdout
    assert file.read_bytes().count(b"\n") == file.read_bytes().count(b"\r\n") > 3
    assert inbox("hook", "uninstall", "codex", "--yes").returncode == 0
    assert file.read_bytes() == b'{\r\n\t\t"a": 1\r\n}\r\n'


def test_a_link_stays_a_link(person: Path) -> None:
    real = person / "dotfiles.json"
    real.write_text("{}\n")
    (person / ".claude").mkdir()
    link = person / FILES["claude-code"]
    link.symlink_to(real)
    assert inbox("hook", "install", "claude-code", "--yes").returncode == 0
    assert link.is_symlink()
    assert "hooks" in json.loads(real.read_text())


@pytest.mark.parametrize(("agent", "name"), [("claude-code", ".claude/settings.local.json"), ("codex", ".codex/hooks.json")])
def test_a_project_has_its_own(person: Path, agent: str, name: str) -> None:
    assert inbox("hook", "install", agent, "--project", "--yes").returncode == 0
    assert (person / "project" / name).exists()
    assert not (person / FILES[agent]).exists()


def test_agents_may_keep_their_settings_elsewhere(person: Path, tmp_path: Path) -> None:
    inbox("hook", "install", "codex", "--yes", CODEX_HOME=str(tmp_path / "c"))
    inbox("hook", "install", "claude-code", "--yes", CLAUDE_CONFIG_DIR=str(tmp_path / "d"))
    assert (tmp_path / "c" / "hooks.json").exists()
    assert (tmp_path / "d" / "settings.json").exists()


def test_status_says_what_is_in_force(person: Path, paths: Paths) -> None:
    assert "not installed" in inbox("hook", "status").stdout
    inbox("hook", "install", "claude-code", "--yes")
    inbox("hook", "install", "codex", "--yes")
    said = inbox("hook", "status").stdout
    assert all(text in said for text in ("3540 s", "20 s", "PermissionRequest", "/hooks", "after 3600 s", "after 80 s"))
    paths.config_file.write_text("[agents.codex]\nwait = 600\n")
    assert "before our wait is over" in inbox("hook", "status", "codex").stdout
    paths.config_file.write_text("[agents.codex]\nwait = 'long'\n")
    assert "ask nothing" in inbox("hook", "status", "codex").stdout


def test_a_folder_that_cannot_be_written_is_said(person: Path) -> None:
    (person / ".codex").write_text("a file where the folder should be")
    done = inbox("hook", "install", "codex", "--yes")
    assert done.returncode in (2, 5)
    assert "Traceback" not in done.stderr


def test_help_and_wrong_use(person: Path) -> None:
    assert "install" in inbox("hook", "--help").stdout
    assert inbox("hook", "install", "emacs").returncode == 2
    assert inbox("hook", "install", "codex", "--command", "rm -rf /").returncode == 2
    assert os.listdir(person) == ["project"]
