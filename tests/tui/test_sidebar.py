"""The sidebar: views and saved filters with their counts, its keys, its clicks, and what is remembered of it."""

from __future__ import annotations

import pytest
from tui_world import OpenPane, Pane, many, message, numbered, prompt

from inbox_tui.cache.rows import View
from inbox_tui.core.paths import Paths
from inbox_tui.tui.settings import Settings

BROAD = (140, 20)
FILTERS = Settings(filters={"failures": "severity:error", "from ci": "source:ci", "nothing": "source:nobody"})
ROWS = numbered(
    [
        message("build failed", 900, severity="error", source="ci"),
        message("build passed", 800, source="ci"),
        message("disk low", 700, severity="error", source="host-7"),
        prompt("Deploy?", 600, source="ci"),
    ]
)


def lines(it: Pane) -> list[str]:
    """Of the sidebar: each entry and its number, by one blank."""
    return [" ".join(line.split()) for line in it.text(it.main.aside.widget)]


async def counted(it: Pane, *entries: str) -> None:
    await it.until(lambda: set(entries) <= set(lines(it)))


async def test_it_shows_views_and_saved_filters_with_their_counts(pane: OpenPane) -> None:
    async with pane(ROWS, size=BROAD, settings=FILTERS) as it:
        it.main.aside.tick()
        await counted(it, "Needs me 1", "Unread 4", "▌All 4", "Snoozed 0", "Done 0", "failures 2", "from ci 3", "nothing 0")
        assert it.header.split()[:3] == ["inbox", "All", "4"], "what the sidebar tells, the header need not"
        await it.arrive(message("also failed", severity="error", source="ci"))
        it.main.aside.tick()
        await counted(it, "▌All 5", "failures 3", "from ci 4")


async def test_more_than_ninety_nine_are_not_counted(pane: OpenPane) -> None:
    async with pane(many(150), size=BROAD, settings=Settings(filters={"rows": "row", "one": '"row 7"'})) as it:
        it.main.aside.tick()
        await counted(it, "rows 99+")


async def test_the_keys_go_left_to_it_and_right_again(pane: OpenPane) -> None:
    async with pane(ROWS, size=BROAD, settings=FILTERS) as it:
        await it.press("h", "k")
        assert "▌Unread 4" in lines(it)
        assert it.main.list.listing.view is View.ALL, "nothing is shown before it is chosen"
        assert it.footer.startswith(" j k choose   Enter open   Esc back   b sidebar")
        await it.press("l", "j")
        assert it.main.list.listing.view is View.UNREAD
        assert it.main.list.listing.cursor_y == 1
        await it.press("left", "G", "k", "enter")
        await it.until(lambda: "from ci" in it.header and len(it.main.list.listing.source.ids(0, 9)) == 3)
        await counted(it, "▌from ci 3")
        await it.press("h", "escape", "escape")
        assert not it.main.filtering.is_on, "the first Esc leaves the sidebar, the second the filter"


async def test_what_it_has_the_keys_for_is_done_to_no_row(pane: OpenPane) -> None:
    async with pane(ROWS, size=BROAD) as it:
        await it.press("h", "e")
        assert it.link.triaged == []
        assert "the list has the keys again" in it.footer
        await it.press("h", "a")
        assert not it.main.bar.is_open
        await it.press("h", "g", "u", "j")
        assert (it.main.list.listing.view, it.main.list.listing.cursor_y) == (View.UNREAD, 1)


async def test_a_click_shows_an_entry_and_one_on_the_list_takes_the_keys_back(pane: OpenPane) -> None:
    async with pane(ROWS, size=BROAD, settings=FILTERS) as it:
        await it.pilot.click(it.main.aside.widget, offset=(4, 1))
        assert it.main.list.listing.view is View.UNREAD
        await it.pilot.click(it.main.aside.widget, offset=(4, 6))
        await it.until(lambda: len(it.main.list.listing.source.ids(0, 9)) == 2)
        await it.press("h")
        await it.pilot.click(it.main.list, offset=(4, 1))
        assert not it.main.aside.has_keys


async def test_that_it_is_folded_is_remembered(pane: OpenPane, paths: Paths) -> None:
    async with pane(ROWS, size=BROAD) as it:
        await it.press("h", "b")
        assert not it.main.aside.widget.display
        assert "Unread 4" in it.header
        await it.press("j")
        assert it.main.list.listing.cursor_y == 1
        assert paths.sidebar_folded.exists()
    async with pane(ROWS, size=BROAD) as it:
        assert not it.main.aside.widget.display
        await it.press("b")
        assert it.main.aside.widget.display
        assert not paths.sidebar_folded.exists()


@pytest.mark.parametrize("width", [60, 100, 139])
async def test_where_there_is_no_room_the_header_shows_the_views(pane: OpenPane, width: int) -> None:
    async with pane(ROWS, size=(width, 20), settings=FILTERS) as it:
        assert not it.main.aside.widget.display
        assert "Unread 4" in it.header
        await it.press("*", "h")
        assert len(it.main.list.selection) == 0, "left is back, as it ever was"
        await it.press("b")
        assert "the sidebar needs 140 columns" in it.footer
        await it.pilot.resize_terminal(140, 20)
        await it.until(lambda: it.main.aside.widget.display)


async def test_a_narrower_screen_takes_the_keys_back(pane: OpenPane) -> None:
    async with pane(ROWS, size=BROAD) as it:
        await it.press("h")
        await it.pilot.resize_terminal(100, 20)
        await it.until(lambda: not it.main.aside.widget.display)
        await it.press("j")
        assert it.main.list.listing.cursor_y == 1
