"""`inbox keymap` and `inbox config`: what is in force, where it comes from, and what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import inbox

from inbox_tui.cli.arguments import without_password


def test_the_keys_in_force(home: Path) -> None:
    assert "e  d" in inbox("keymap").stdout
    (home / "config.toml").write_text('[tui]\nkeymap = "arrows"\n[tui.keys]\ndone = ["X", "g d"]\ntheme = []\n')
    told = json.loads(inbox("keymap", "--json").stdout)
    assert (told["keymap"], told["problems"]) == ("arrows", [])
    assert (told["keys"]["done"], told["keys"]["down"], told["keys"]["theme"]) == (["X", "g d"], ["down"], [])
    assert inbox("keymap", "--check").returncode == 0


def test_keys_that_cannot_work_are_said_with_file_and_fix(home: Path) -> None:
    (home / "config.toml").write_text('[tui.keys]\ndome = "x"\nundo = "esc"\n')
    told = inbox("keymap", "--check")
    assert (told.returncode, told.stdout) == (2, "")
    assert f"{home}/config.toml: tui.keys.dome: no such action; did you mean done?" in told.stderr
    assert "did you mean escape?" in told.stderr
    problems = json.loads(inbox("keymap", "--json").stdout)["problems"]
    assert [problem["place"] for problem in problems] == ["tui.keys.dome", "tui.keys.undo"]


def test_every_key_is_explained_with_where_its_value_comes_from(home: Path) -> None:
    (home / "config.toml").write_text('[hub]\ndatabase = "postgresql://dana:s3cret@db/inbox"\n[tui.keys]\ndone = "X"\n')
    found = {key["key"]: key for key in json.loads(inbox("config", "--json", INBOX_TUI_THEME="light").stdout)}
    assert (found["tui.theme"]["origin"], found["tui.theme"]["value"]) == ("INBOX_TUI_THEME", "light")
    assert (found["hub.database"]["origin"], found["hub.database"]["value"]) == (
        f"{home}/config.toml",
        "postgresql://dana:***@db/inbox",
    )
    assert (found["hub.listen"]["origin"], found["hub.listen"]["variable"]) == ("default", "INBOX_HUB_LISTEN")
    assert found["agents.claude-code.wait"]["variable"] == ""
    assert found["retention.rows_days"]["type"] == "a whole number, at least 1"
    assert all(key["about"] and key["type"] for key in found.values())
    told = inbox("config", "--explain").stdout
    assert all(name in told for name in found)
    assert "s3cret" not in told


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://dana:s3cret@db/inbox", "postgresql://dana:***@db/inbox"),
        ("postgresql://db/inbox?password=s3cret&port=1", "postgresql://db/inbox?password=***&port=1"),
        ("postgresql:///?service=inbox", "postgresql:///?service=inbox"),
    ],
)
def test_no_password_is_shown(address: str, shown: str) -> None:
    assert without_password(address) == shown


@pytest.mark.parametrize(
    ("content", "said"),
    [("[tui]\ntheem = 1", "tui.theem: no such key; did you mean tui.theme?"), ('[tui.keys]\ndone = "j"', "by done and by down")],
)
def test_a_configuration_that_cannot_be_used(home: Path, content: str, said: str) -> None:
    assert inbox("config", "--check").returncode == 0
    (home / "config.toml").write_text(content)
    for arguments in (("--check",), ("--explain",), ()):
        told = inbox("config", *arguments)
        assert (told.returncode, told.stdout) == (2, "")
        assert said in told.stderr
        assert "config.toml" in told.stderr
