"""Screens over the main one, under keys that come faster than they are drawn."""

from __future__ import annotations

import pytest
from textual.widgets import Input
from tui_world import OpenPane, many, message, numbered


@pytest.mark.parametrize(
    "opening",
    [("ctrl+p",), ("?",), ("T",), ("g", "m"), ("g", "t"), ("g", "j"), ("g", "l"), ("g", "w")],
    ids=["palette", "help", "themes", "mutes", "metrics", "jobs", "log", "sessions"],
)
async def test_what_closes_a_screen_twice_leaves_the_main_one(pane: OpenPane, opening: tuple[str, ...]) -> None:
    rows = [message("x", 20, task_name="t"), message("y", 10, task_name="t")]
    async with pane(numbered(rows)) as it:
        await it.press(*opening)
        screen = it.app.screen
        assert screen is not it.main
        screen.dismiss()
        screen.dismiss()
        await it.press("j")
        assert it.app.screen is it.main
        assert it.main.list.listing.cursor_y == 1


async def test_what_was_typed_last_is_not_looked_for_in_a_palette_that_is_gone(pane: OpenPane) -> None:
    async with pane(many(3)) as it:
        await it.press("ctrl+p")
        palette = it.app.screen
        palette.query_one(Input).value = "quit"
        palette.dismiss()
        await it.pilot.pause(0.3)
        await it.press("j")
        assert it.main.list.listing.cursor_y == 1


async def test_a_key_moves_a_list_and_the_help_once(pane: OpenPane) -> None:
    async with pane(many(3), size=(80, 20)) as it:
        it.link.rules = [{"id": str(n), "scope": "source", "label": f"ci-{n}", "by": "ada"} for n in range(5)]
        await it.press("g", "m")
        await it.until(lambda: len(it.app.screen.items) == 5)  # type: ignore[attr-defined]
        for key, at in (("down", 1), ("j", 2), ("up", 1), ("k", 0), ("end", 4), ("home", 0)):
            await it.press(key)
            assert it.app.screen._at == at, key  # type: ignore[attr-defined]
        await it.press("enter")
        await it.until(lambda: len(it.link.rules) == 4)
        await it.until(lambda: "lifted: ci-0" in str(it.app.screen.query_one("#listed-foot")._left))  # type: ignore[attr-defined]
        await it.press("escape")
        await it.until(lambda: it.app.screen is it.main)
        await it.press("?")
        await it.until(lambda: it.app.screen is not it.main)
        table = it.app.screen.query_one("VerticalScroll")
        await it.press("down")
        assert table.scroll_offset.y == 1
