"""One registry: keys, help, footer, palette and the README agree, because they are the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from tui_world import OpenPane, many, message, numbered, prompt

from inbox_tui.core.errors import ConfigError
from inbox_tui.tui.actions import ACTIONS, BY_ID, FOOTER_KEYS, Context, footer_actions, key_table_markdown
from inbox_tui.tui.answering import Answering
from inbox_tui.tui.commands import Commands
from inbox_tui.tui.files import Files
from inbox_tui.tui.footer import chord
from inbox_tui.tui.grouping import Grouping
from inbox_tui.tui.keymap import CHORD_SECONDS, Chord, build_keymap
from inbox_tui.tui.messages import TriageRefused
from inbox_tui.tui.outward import Outward
from inbox_tui.tui.playing import Playing
from inbox_tui.tui.relatives import Relatives
from inbox_tui.tui.triaging import Triaging
from inbox_tui.tui.widgets.line import cells
from inbox_tui.tui.working import Working

README = Path(__file__).parents[2] / "README.md"
DOING = (Commands, Triaging, Answering, Grouping, Outward, Files, Playing, Relatives, Working)
OF_THE_APP = {"quit", "help", "palette", "theme", "do_not_disturb", "reload"}


def test_every_action_does_something() -> None:
    for action in ACTIONS:
        is_done = any(callable(getattr(each, action.id, None)) for each in DOING)
        assert is_done != (action.id in OF_THE_APP), action.id


def test_ids_and_keys_are_each_used_once() -> None:
    assert len(BY_ID) == len(ACTIONS)
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))
    assert len(build_keymap().actions) == len(keys)


def test_no_key_is_bound_that_a_terminal_or_multiplexer_wants() -> None:
    wanted = {"ctrl+a", "ctrl+b", "ctrl+s", "ctrl+z", "ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m"}
    assert not wanted & set(build_keymap().actions)


def test_what_answers_in_the_bar_does_nothing_of_weight_outside_it() -> None:
    """A bar may close by itself while a person reaches for the key."""
    outside = build_keymap().actions
    assert {key: outside[key] for key in ("y", "n") if key in outside} == {"y": "copy_url", "n": "next_unread"}


def test_the_readme_has_the_table() -> None:
    text = README.read_text()
    if "| Key | Does |" in text:
        assert key_table_markdown() in text


@pytest.mark.parametrize(
    "row",
    [None, message("x"), prompt("x"), message("x", details={"open_url": "https://x.org"})],
    ids=["none", "row", "asks", "link"],
)
@pytest.mark.parametrize("reading", [True, False])
def test_the_footer_teaches_at_most_five_and_always_help(row: object, reading: bool) -> None:
    taught = footer_actions(Context(row, reading, can_undo=True, needs=2))  # type: ignore[arg-type]
    assert len(taught) <= FOOTER_KEYS
    assert taught[-1].id == "help"


def test_where_something_asks_the_first_key_taught_is_the_answer() -> None:
    assert footer_actions(Context(prompt("x")))[0].id == "answer"


@pytest.mark.parametrize(("room", "whole"), [(69, "s = &"), (49, "=")], ids=["80 columns", "60 columns"])
@pytest.mark.parametrize("prefix", "sg=&")
def test_what_may_follow_a_prefix_is_told_in_whole_words(prefix: str, room: int, whole: str) -> None:
    keymap = build_keymap()
    follow = [id_ for key, id_ in keymap.actions.items() if key.startswith(f"{prefix} ")]
    told = chord(prefix, keymap, Context(message("x")), room)
    labels = [text.strip() for text, part in told[2:] if part == "dim" and text.strip(" …")]
    assert cells(told) <= room
    assert labels
    assert all(BY_ID[id_].label.endswith(label) for id_, label in zip(follow, labels, strict=False))
    assert (len(labels) == len(follow)) == (told[-1] != (" …", "dim"))
    assert len(labels) == len(follow) or prefix not in whole


def test_the_views_are_what_g_teaches_first() -> None:
    told = "".join(text for text, _ in chord("g", build_keymap(), Context(message("x")), 69))
    assert all(BY_ID[id_].label in told for id_ in ("go_needs", "go_unread", "go_all", "go_snoozed", "go_done"))


def test_a_person_s_own_keys_replace_ours() -> None:
    keymap = build_keymap({"done": ["X"], "answer": ["g r"], "theme": []})
    assert keymap.actions["X"] == "done"
    assert "e" not in keymap.actions
    assert keymap.key_of("theme") == ""
    assert keymap.actions["g r"] == "answer"


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        ({"dome": ["x"]}, "did you mean done?"),
        ({"done": ["j"]}, "by done and by down"),
        ({"done": ["g"]}, "begins a chord"),
        ({"done": [""]}, "no key"),
        ({"done": ["a b c"]}, "no key"),
    ],
)
def test_a_keymap_that_cannot_work_is_refused_by_name(overrides: dict[str, list[str]], named: str) -> None:
    with pytest.raises(ConfigError, match=".*" + named.replace("?", r"\?")):
        build_keymap(overrides)


def test_a_prefix_waits_a_second() -> None:
    chord = Chord(build_keymap())
    assert chord.press("g", 1.0) == ""
    assert chord.press("n", 1.0 + CHORD_SECONDS) == "go_needs"
    assert chord.press("g", 5.0) == ""
    assert chord.press("n", 6.1) == "next_unread"
    assert chord.press("g", 7.0) == ""
    assert chord.press("x", 7.1) is None
    assert chord.pending == ""


async def test_the_help_shows_every_key(pane: OpenPane) -> None:
    async with pane(many(3), size=(100, 120)) as it:
        await it.press("?")
        shown = "\n".join(it.text(line)[0] for line in it.app.screen.query("Line"))
        for action in ACTIONS:
            assert action.help in shown
        await it.pilot.press("escape")
        assert it.app.screen is it.main


async def test_the_palette_knows_what_can_be_done_by_name(pane: OpenPane) -> None:
    async with pane(many(3)) as it:
        commands = {command.title: command for command in it.app.get_system_commands(it.app.screen)}
        assert {action.label for action in ACTIONS if action.palette} <= set(commands)
        commands["bottom"].callback()
        assert it.main.list.listing.cursor_y == 2
        commands["theme: light"].callback()
        assert it.app.theme == "light"


async def test_the_palette_hears_keys_also_where_the_terminal_never_said_that_it_has_the_focus(pane: OpenPane) -> None:
    async with pane(many(3)) as it:
        it.app.post_message(events.AppBlur())
        await it.press("ctrl+p")
        await it.until(lambda: it.app.focused is not None)


async def test_the_help_can_be_read_to_its_end(pane: OpenPane) -> None:
    async with pane(many(3)) as it:
        await it.press("?")
        help_ = it.app.screen.query_one("VerticalScroll")
        await it.until(lambda: help_.max_scroll_y > 0)
        for keys, there in (
            ("pagedown", lambda y: y > 10),
            ("end", lambda y: y == help_.max_scroll_y),
            ("home", lambda y: y == 0),
        ):
            await it.pilot.press(keys)
            await it.until(lambda there=there: there(help_.scroll_offset.y))
        assert "Esc back" in it.text(it.app.screen.query_one("#help-foot"))[0]


async def test_undo_goes_back_over_triage_and_never_over_answers(pane: OpenPane) -> None:
    async with pane(numbered([message("one", 50), message("two", 40)])) as it:
        await it.press("e", "j", "m", "u", "u", "u")
        told = [(verb, row.notification.title) for verb, row in it.link.triaged]
        assert told == [("done", "two"), ("read", "one"), ("unread", "one"), ("undone", "two"), ("unread", "two")]
        assert "nothing to undo" in it.footer


async def test_what_somebody_waits_for_stays_under_the_cursor(pane: OpenPane) -> None:
    async with pane(numbered([message("one", 50), prompt("two?", 40)])) as it:
        await it.press("e")
        assert it.link.triaged == []
        assert "somebody waits here" in it.footer
        assert it.main.row.notification.title == "two?"


async def test_what_the_hub_did_not_take_is_not_undone(pane: OpenPane) -> None:
    async with pane(numbered([message("one", 50), message("two", 40)])) as it:
        await it.press("m", "j", "m")
        first, second = (row.id for _, row in it.link.triaged)
        await it.tell(TriageRefused((second,), "read", "It has called again since you were shown it.", "changed"))
        await it.press("u", "u")
        assert [(verb, row.id) for verb, row in it.link.triaged[2:]] == [("unread", first)]
        assert "nothing to undo" in it.footer


async def test_only_enter_marks_read(pane: OpenPane) -> None:
    async with pane(many(5)) as it:
        await it.press("j", "j", "k", "G", "g", "g")
        assert it.link.triaged == []
        await it.press("enter")
        assert [verb for verb, _ in it.link.triaged] == ["read"]
        assert it.main.reading
        await it.press("h")
        assert not it.main.reading


async def test_all_read_is_for_this_view(pane: OpenPane) -> None:
    async with pane(many(5)) as it:
        await it.press("g", "u", "M")
        assert [(verb, len(rows)) for verb, rows in it.link.many] == [("read", 5)]
        assert "5 marked read" in it.footer
        await it.press("u")
        assert [(verb, len(rows)) for verb, rows in it.link.many] == [("read", 5), ("unread", 5)]
