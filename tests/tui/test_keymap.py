"""A person's own keys: what is wrong with them is found, all of it, each with what to do."""

from __future__ import annotations

import pytest
from tui_world import OpenPane, many

from inbox_tui.cache.rows import View
from inbox_tui.core.errors import ConfigError
from inbox_tui.tui.actions import ACTIONS, BY_ID
from inbox_tui.tui.keymap import build_keymap, checked_keymap
from inbox_tui.tui.keymaps import KEYMAPS
from inbox_tui.tui.keynames import key_problem
from inbox_tui.tui.settings import Settings


@pytest.mark.parametrize(
    "key", ["j", "G", "?", "é", "+", "enter", "space", "ctrl+d", "shift+tab", "alt+x", "f5", "ctrl+shift+up"]
)
def test_keys_that_there_are(key: str) -> None:
    assert key_problem(key) == ""


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("esc", "did you mean escape?"),
        ("Enter", "did you mean enter?"),
        ("pgdown", "did you mean pagedown?"),
        ("ctrl-d", "did you mean ctrl+d?"),
        ("C-d", "did you mean ctrl+d?"),
        ("<M-x>", "did you mean alt+x?"),
        ("dwon", "did you mean down?"),
        ("ctrl+i", "write tab"),
        ("ctrl+m", "write enter"),
        ("shift+a", "write 'A'"),
        ("hyper+q", "is no key"),
        ("\x1b", "is no key"),
        ("zzz", "there are single characters, enter"),
    ],
)
def test_keys_that_there_are_not(key: str, said: str) -> None:
    assert said in key_problem(key)


@pytest.mark.parametrize(
    ("overrides", "base", "place", "said"),
    [
        ({"dome": ["x"]}, "default", "tui.keys.dome", "no such action; did you mean done?"),
        ({"zzzzz": ["x"]}, "default", "tui.keys.zzzzz", "`inbox keymap` lists them"),
        ({"done": ["esc"]}, "default", "tui.keys.done", "did you mean escape?"),
        ({"done": ["g esc"]}, "default", "tui.keys.done", "did you mean escape?"),
        ({"done": ["j"]}, "default", "tui.keys", "by done and by down; give one of them other keys, as in done = []"),
        ({"done": ["g"]}, "default", "tui.keys", "'g g' (top)"),
        ({"done": ["1"]}, "arrows", "tui.keys", "by done and by go_needs"),
        ({}, "vi", "tui.keymap", "none of default, arrows"),
    ],
)
def test_each_problem_has_its_place_and_its_fix(overrides: dict[str, list[str]], base: str, place: str, said: str) -> None:
    _, [problem, *others] = checked_keymap(overrides, base)
    assert (problem.place, others) == (place, [])
    assert said in str(problem)
    with pytest.raises(ConfigError):
        build_keymap(overrides, base)


def test_all_problems_are_told_at_once() -> None:
    _, problems = checked_keymap({"dome": ["x"], "undo": ["esc"], "done": ["j"], "help": ["g"]})
    assert len(problems) == 4


@pytest.mark.parametrize("name", KEYMAPS)
def test_each_keymap_works_and_leaves_no_action_without_a_key(name: str) -> None:
    keymap = build_keymap({}, name)
    assert {action.id for action in ACTIONS} == set(keymap.actions.values())
    assert set(KEYMAPS[name]) <= set(BY_ID)


def test_in_arrows_no_letter_moves() -> None:
    keymap = build_keymap({}, "arrows")
    assert not {"h", "j", "k", "l", "g g", "G", "ctrl+d", "ctrl+u"} & set(keymap.actions)


async def test_the_pane_moves_by_arrows(pane: OpenPane) -> None:
    async with pane(many(5), settings=Settings(keymap="arrows")) as it:
        await it.press("down", "j")
        assert it.main.list.listing.cursor_y == 1
        await it.press("right")
        assert it.main.reading
        await it.press("left")
        assert not it.main.reading
        await it.press("2")
        assert it.main.list.listing.view is View.UNREAD


async def test_the_space_bar_can_have_an_action(pane: OpenPane) -> None:
    async with pane(many(5), settings=Settings(keys={"down": ["space"], "select": []})) as it:
        await it.press(" ")
        assert it.main.list.listing.cursor_y == 1
