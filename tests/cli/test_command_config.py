"""`inbox keymap` and `inbox config`: what is in force, where it comes from, and what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import inbox


def test_the_keys_in_force(home: Path) -> None:
    assert "e  d" in inbox("keymap").stdout
    (home / "config.toml").write_text('[tui]\nkeymap = "arrows"\n[tui.keys]\ndone = ["x", "g d"]\ntheme = []\n')
    told = json.loads(inbox("keymap", "--json").stdout)
    assert (told["keymap"], told["problems"]) == ("arrows", [])
    assert (told["keys"]["done"], told["keys"]["down"], told["keys"]["theme"]) == (["x", "g d"], ["down"], [])
    assert inbox("keymap", "--check").returncode == 0


def test_keys_that_cannot_work_are_said_with_file_and_fix(home: Path) -> None:
    (home / "config.toml").write_text('[tui.keys]\ndome = "x"\nundo = "esc"\n')
    told = inbox("keymap", "--check")
    assert (told.returncode, told.stdout) == (2, "")
    assert f"{home}/config.toml: tui.keys.dome: no such action; did you mean done?" in told.stderr
    assert "did you mean escape?" in told.stderr
    problems = json.loads(inbox("keymap", "--json").stdout)["problems"]
    assert [problem["place"] for problem in problems] == ["tui.keys.dome", "tui.keys.undo"]
