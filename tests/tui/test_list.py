"""The list: the cursor is on an id, and what is under the eye stays there."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import seed
from tui_world import OpenPane, many, message, numbered, prompt

from inbox_tui.cache.rows import View


async def test_the_newest_row_is_first_and_has_the_cursor(pane: OpenPane) -> None:
    async with pane(many(100)) as it:
        assert it.rows[0].startswith("▌· row 99")
        assert it.footer.endswith("1 of 100")


async def test_moving_scrolls_only_as_far_as_shows_the_cursor(pane: OpenPane) -> None:
    async with pane(many(100)) as it:
        height = it.main.list.lines
        await it.press(*"j" * (height - 1))
        assert it.rows[0].startswith(" · row 99")
        assert it.cursor_line == height - 1
        await it.press("j")
        assert it.rows[0].startswith(" · row 98")
        await it.press("G")
        assert it.rows[-1].startswith("▌· row 0 ")
        await it.press("g", "g")
        assert it.rows[0].startswith("▌· row 99")
        await it.press("ctrl+d")
        assert it.cursor_line == height // 2
        await it.press("pagedown", "pageup", "ctrl+u")
        assert it.cursor_line == 0


async def test_rows_that_arrive_move_nothing_under_the_eye_and_are_announced(pane: OpenPane) -> None:
    async with pane(many(100)) as it:
        await it.press("j", "j")
        before = it.rows
        await it.arrive(message("first", 3), message("second", 2), message("third", 1))
        assert it.rows == before
        assert it.footer.endswith("6 of 103   +3 new ↑")
        await it.press("g", "g")
        assert it.rows[0].startswith("▌· third")
        assert "new" not in it.footer


async def test_even_at_the_top_the_persons_row_stays(pane: OpenPane) -> None:
    async with pane(many(100)) as it:
        await it.press("j", "k")
        await it.arrive(message("newcomer", 1))
        assert it.rows[0].startswith("▌· row 99")
        assert it.footer.endswith("+1 new ↑")


async def test_until_a_key_is_pressed_the_list_follows_its_top(pane: OpenPane) -> None:
    async with pane(many(100)) as it:
        await it.arrive(message("newcomer", 1))
        assert it.rows[0].startswith("▌· newcomer")


async def test_a_row_that_leaves_hands_the_cursor_to_the_next_in_its_place(pane: OpenPane) -> None:
    async with pane(many(100)) as it:
        await it.press(*"jjj")
        gone = it.main.row
        await it.remove(gone.id)
        assert it.cursor_line == 3
        assert it.rows[3].startswith("▌· row 95")
        assert [line[3:9] for line in it.rows[:3]] == ["row 99", "row 98", "row 97"]


async def test_the_last_row_that_leaves_hands_it_to_the_one_before(pane: OpenPane) -> None:
    async with pane(many(3)) as it:
        await it.press("G")
        await it.remove(it.main.row.id)
        assert it.rows[1].startswith("▌· row 1")
        await it.remove(it.main.row.id)
        await it.remove(it.main.row.id)
        assert it.main.row is None
        assert it.main.has_class("-empty")


async def test_arrivals_and_departures_far_away_leave_a_deep_place_alone(pane: OpenPane) -> None:
    rows = many(2000)
    async with pane(rows) as it:
        await it.press("G", "ctrl+u", "ctrl+u")
        before, y = it.rows, it.main.list.listing.cursor_y
        await it.arrive(*(message(f"new {n}", 5) for n in range(30)))
        await it.remove(rows[1900].id)
        assert it.rows == before
        assert it.main.list.listing.cursor_y == y + 29


async def test_a_row_whose_page_is_not_loaded_is_a_placeholder_at_first(pane: OpenPane) -> None:
    async with pane(many(500)) as it:
        assert it.main.list.listing.row(400) is None
        strip = it.main.list.render_line(400)
        assert strip.text.strip() == "…"
        await it.pilot.pause()
        assert it.main.list.listing.row(400) is not None


async def test_tab_goes_round_what_needs_me_and_n_to_what_is_unread(pane: OpenPane) -> None:
    read = {"read_at": seed.NOW}
    rows = numbered([message(f"row {n}", 900 - n, **({} if n in (10, 50) else read)) for n in range(60)])
    asks = numbered([*rows, prompt("one?", 70), prompt("two?", 60)])
    async with pane(asks) as it:
        assert it.rows[0].startswith("▌? two?")
        await it.press("tab")
        assert it.main.row.notification.title == "one?"
        await it.press("tab")
        assert it.main.row.notification.title == "two?"
        await it.press("n", "n")
        assert it.main.row.notification.title == "row 50"
        await it.press("n")
        assert it.main.row.notification.title == "row 10"
        await it.press("N")
        assert it.main.row.notification.title == "row 50"
        await it.press("j", "N")
        assert it.main.row.notification.title == "row 50"
        await it.press("shift+tab")
        assert it.main.row.notification.title == "one?"


async def test_what_is_not_in_this_view_is_not_denied(pane: OpenPane) -> None:
    async with pane(numbered([message("one"), prompt("two?", read_at=seed.NOW)])) as it:
        await it.press("g", "u", "tab")
        assert it.footer.startswith(" none in this view: g n shows them")
        await it.press("g", "n", "M")
        assert it.link.bulk == []
        assert "nothing is unread here" in it.footer
        await it.press("n")
        assert it.footer.startswith(" none in this view: g u shows them")


async def test_views_by_chord_and_the_prefix_is_shown(pane: OpenPane) -> None:
    async with pane(seed.rows(50)) as it:
        await it.press("g")
        assert it.footer.startswith(" g …")
        assert "needs me" in it.footer
        await it.press("n")
        assert it.main.list.listing.view is View.NEEDS
        assert "Needs me 4" in it.header
        await it.press("g", "u")
        assert it.main.list.listing.view is View.UNREAD
        await it.press("G", "g")
        it.seconds += 1.1
        await it.press("e")
        assert it.main.list.listing.view is View.UNREAD, "the prefix had been given up"
        assert it.link.triaged[-1][0] == "done"


async def test_a_cursor_move_draws_two_lines(pane: OpenPane) -> None:
    async with pane(many(100)) as it:
        drawn: list[int] = []
        render = it.main.list._strip
        it.main.list._strip = lambda row, y, *rest: drawn.append(y) or render(row, y, *rest)
        await it.press("j")
        assert sorted(set(drawn)) == [0, 1]


async def test_on_two_lines_the_cursor_moves_by_rows_and_is_whole_on_the_screen(pane: OpenPane) -> None:
    async with pane(numbered([message(f"row {n}", 100 - n, body=f"text {n}") for n in range(60)]), size=(80, 23)) as it:
        await it.press("j", "j", "v")
        assert it.rows[0].startswith(" · row 59")
        assert it.rows[4].startswith("▌· row 57")
        assert it.rows[5] == "▌  text 57"
        assert it.main.list.lines == 10
        await it.press("pagedown")
        assert "▌  text 47" in it.rows
        await it.press("G")
        assert it.rows[-1] == "▌  text 0"
        await it.press(*"k" * 12)
        assert it.rows[0].startswith("▌· row 12")
        await it.pilot.click(it.main.list, offset=(5, 3))
        await it.until(lambda: it.rows[3] == "▌  text 11")
        await it.arrive(message("new", 1))
        assert it.rows[3] == "▌  text 11", "what comes in above moves nothing"
        assert "+1 new" in it.footer
        await it.press("v")
        assert it.rows[it.cursor_line].startswith("▌· row 11")


@pytest.mark.parametrize("density", [1, 2])
async def test_what_was_painted_is_what_there_is(pane: OpenPane, density: int) -> None:
    """Only lines that show another row are drawn again: never one too few."""
    rows = many(150)
    chance = random.Random(11)
    async with pane(rows, size=(70, 20)) as it:
        it.main.list.use_density(density)
        await it.pilot.pause()
        for step in range(40):
            match chance.randrange(5):
                case 0:
                    await it.arrive(*(message(f"new {step} {n}", chance.randrange(1, 9)) for n in range(chance.randrange(1, 30))))
                case 1:
                    await it.remove(chance.choice(rows).id)
                case 2:
                    row = it.main.list.listing.row(it.main.list.scroll_offset.y // density + 1)
                    await it.arrive(replace(row.notification, read_at=1, title=f"changed {step}"))
                case 3:
                    await it.arrive(prompt(f"asks {step}", 2))
                case _:
                    await it.press(*chance.choices(["j", "k", "pagedown", "G", "ctrl+u", "tab"], k=3))
            await it.main.wait_for_refresh()
            await it.pilot.pause()
            painted = [strip.text for strip in it.app.screen._compositor.render_strips()][1 : 1 + it.main.list.size.height]
            assert [line[: len(own)].rstrip() for line, own in zip(painted, it.rows, strict=True)] == it.rows, step
