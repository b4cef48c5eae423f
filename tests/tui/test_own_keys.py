"""Where a person has other keys, every text names those: each is walked with a keymap that has none of ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import product

import pytest
from textual import events
from tui_world import OpenPane, Pane, message, numbered, prompt

from inbox_tui.core.model import Notification
from inbox_tui.tui.actions import ACTIONS, show_key
from inbox_tui.tui.footer import keys as footer_keys
from inbox_tui.tui.keymap import build_keymap
from inbox_tui.tui.messages import ConnectionChanged, TriageRefused
from inbox_tui.tui.settings import Settings

_FREE = [f"{modifier}f{n}" for modifier, n in product(("", "ctrl+", "alt+", "shift+", "super+"), range(1, 25))]
OWN = {action.id: (key,) for action, key in zip(ACTIONS, _FREE, strict=False)}
LONG = "\n".join(f"step {n}" for n in range(40))
ROWS = numbered([message("plain", 50), message("muted", 60, muted=True), message("done", 70, done_at=1)])


def own(action: str) -> str:
    return show_key(OWN[action][0])


async def press(it: Pane, action: str, text: str = "") -> None:
    """An action by its own key, then what is typed."""
    event = events.Key(OWN[action][0], None)
    event.time = it.seconds
    it.app.post_message(event)
    await it.pilot.pause()
    if text:
        await it.press(*text)


def all_text(it: Pane) -> str:
    """Everything on the screen that is on top."""
    widgets = [widget for widget in it.app.screen.walk_children() if widget.display and widget.size.height]
    return "\n".join(line for widget in widgets if not widget.children for line in it.text(widget))


def told(*actions: str) -> Callable[[Pane], Awaitable[None]]:
    async def way(it: Pane) -> None:
        await it.tell(ConnectionChanged("live", 1, caught_up_at=1))
        for action in actions:
            await press(it, action)

    return way


async def refused(it: Pane) -> None:
    await it.tell(TriageRefused((), "done", "no", "waiting_here"))


async def quit_by_habit(it: Pane) -> None:
    it.app.action_help_quit()
    await it.pilot.pause()


CASES: list[tuple[str, list[Notification], Callable[[Pane], Awaitable[None]], str, list[str]]] = [
    ("nothing came", [], told(), "{} help", ["help"]),
    ("nothing needs me", ROWS, told("go_needs"), "unread: {}", ["go_unread"]),
    ("nothing snoozed", ROWS, told("go_snoozed"), "{} on a row puts it off", ["snooze_until"]),
    ("nothing done", ROWS[:1], told("go_done"), "{} on a row brings it here", ["done"]),
    ("all done", ROWS[2:], told("go_all"), "What is done: {}", ["go_done"]),
    ("somebody waits", [prompt("one?")], told("done"), "{} answers it", ["answer"]),
    ("the hub says so", ROWS, refused, "{} answers it", ["answer"]),
    ("done, snoozed", ROWS, told("go_done", "snooze_hour"), "it is done: {} brings it back", ["done"]),
    ("snoozed", ROWS, told("snooze_hour"), "{} undo", ["undo"]),
    ("ctrl+c", ROWS, quit_by_habit, "{} quits", ["quit"]),
    ("none needs me", [*ROWS, prompt("put off?", snoozed_until=1)], told("answer_many"), "({})", ["select"]),
    ("reading", numbered([prompt("one?")]), told("open"), "{} to answer", ["answer"]),
    ("reading what is muted", ROWS[1:2], told("open"), "{} lists and lifts", ["mute_list"]),
    ("scrolling", ROWS, told("open"), "{} {} scroll", ["down", "up"]),
    ("a long question", [prompt("one?", command=LONG)], told("answer"), "{} read on", ["down"]),
    ("many questions", [prompt("one?")], told("go_needs", "answer_many"), "{} leave out", ["select"]),
    ("nothing muted", ROWS, told("mute_list"), "{} on a row mutes it", ["mute"]),
    ("help", ROWS, told("help"), "An answer takes two keys: {}, then y", ["answer"]),
    ("help, arrivals", ROWS, told("help"), "{} goes there", ["top"]),
    ("help, moving", ROWS, told("help"), "{} {} PgDn scroll", ["down", "up"]),
]


@pytest.mark.parametrize(("rows", "way", "wanted", "actions"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
async def test_a_text_names_the_person_s_own_keys(
    pane: OpenPane, rows: list[Notification], way: Callable[[Pane], Awaitable[None]], wanted: str, actions: list[str]
) -> None:
    named = [replace(row, id="") if row.id else row for row in rows]
    async with pane(
        numbered(named), size=(90, 140 if "help" in wanted or "then y" in wanted else 30), settings=Settings(keys=OWN)
    ) as it:
        await way(it)
        assert wanted.format(*(own(action) for action in actions)) in all_text(it)


async def test_own_keys_move_through_a_question_and_a_list_of_mutes(pane: OpenPane) -> None:
    async with pane(numbered([prompt("one?", command=LONG)]), settings=Settings(keys=OWN)) as it:
        await press(it, "answer")
        await it.until(lambda: it.main.bar.frames > 0)
        await press(it, "page_down")
        assert it.main.bar.is_open
        assert it.main.bar._top > 0
        await it.press("j")
        assert not it.main.bar.is_open
        await press(it, "mute_list")
        await press(it, "back")
        assert it.app.screen is it.main


def test_the_footer_names_only_keys_that_are_there() -> None:
    from inbox_tui.tui.actions import Context

    keymap = build_keymap(OWN)
    for reading, aside, selected in product((False, True), (False, True), (0, 3)):
        context = Context(prompt("one?"), reading=reading, aside=aside, selected=selected, can_undo=True, needs=2)
        keys = [key.strip() for text, part in footer_keys(context, keymap, 200) if part == "key" for key in text.split()]
        assert keys
        assert set(keys) <= {own(action.id) for action in ACTIONS}
