"""The screen as a whole: sizes, states, themes, colourless terminals."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import seed
from tui_world import OpenPane, many, message, numbered, prompt

from inbox_tui.core.errors import ConfigError
from inbox_tui.core.times import SECOND
from inbox_tui.tui import status
from inbox_tui.tui.links import safe_link
from inbox_tui.tui.messages import CacheChanged, ConnectionChanged, Notice, StorageProblem, TriageRefused
from inbox_tui.tui.settings import Settings, read_config, settings_in
from inbox_tui.tui.theme import choose_theme, load_themes, shipped_themes

LIVE = ConnectionChanged("live", seed.NOW, seed.NOW)
OFFLINE = ConnectionChanged("offline", seed.NOW, detail="connection refused", next_try=seed.NOW + 4 * SECOND, waiting=3)


@pytest.mark.parametrize("size", [(24, 6), (40, 12), (60, 20), (80, 24), (99, 30), (100, 30), (200, 50)])
async def test_it_works_at_every_size(pane: OpenPane, size: tuple[int, int]) -> None:
    async with pane(seed.rows(100), size=size) as it:
        await it.press("j", "enter", "j", "j", "G", "escape", "a", "escape", "g", "n", "?")
        await it.pilot.press("escape")
        assert it.main.detail.display == (size[0] >= 100)
        assert it.main.list.listing.cursor is not None
        assert it.header.split()[0] in ("inbox", "Needs")


async def test_the_detail_tells_all_that_is_known(pane: OpenPane) -> None:
    row = prompt("Run tool: Bash", 40, "rm -rf x", sender="hooks", source="claude", run_id="run_1")
    async with pane(numbered([row]), size=(120, 30)) as it:
        await it.until(lambda: "Run tool" in "".join(it.text(it.main.detail)))
        shown = "\n".join(it.text(it.main.detail))
        for text in ("? Run tool: Bash", "claude · key hooks", "its asker is waiting", "rm -rf x", "approve / reject", "run_1"):
            assert text in shown


async def test_an_empty_inbox_says_what_it_is_for_and_how_to_fill_it(pane: OpenPane) -> None:
    async with pane([]) as it:
        shown = "\n".join(it.text(it.main.query_one("#empty")))
        for text in ("Here appears what your scripts", 'inbox send "hello"', "curl --unix-socket", "send.sock", "? help"):
            assert text in shown


async def test_empty_views_are_calm(pane: OpenPane) -> None:
    async with pane(many(2)) as it:
        await it.press("g", "n")
        shown = "\n".join(it.text(it.main.query_one("#empty")))
        assert "Nothing needs you." in shown
        assert "2 unread: g u" in shown


async def test_a_view_is_not_called_unused_because_all_is_done(pane: OpenPane) -> None:
    done = numbered([message("over", done_at=seed.NOW, read_at=seed.NOW)])
    async with pane(done) as it:
        for view, said in (("n", "Nothing needs you."), ("u", "All read."), ("a", "All done.")):
            await it.press("g", view)
            shown = "\n".join(it.text(it.main.query_one("#empty")))
            assert said in shown
            assert "What is done: g e" in shown


async def test_a_cache_that_cannot_be_read_ends_nothing_and_is_read_again(pane: OpenPane) -> None:
    async with pane(many(300)) as it:
        with closing(sqlite3.connect(it.app.paths.cache_database, isolation_level=None)) as file:
            file.execute("ALTER TABLE row RENAME TO away")
            await it.press("G", "k", "pageup", "a", "e", "g", "u", "n", "u")
            assert "the cache cannot be read: no such table: row" in it.text(it.main.query_one("#problem"))[0]
            await it.tell(CacheChanged())
            await it.pilot.click(it.main.list, offset=(5, 3))
            file.execute("ALTER TABLE away RENAME TO row")
        await it.until(lambda: not it.main.query_one("#problem").display)
        await it.press("g", "a", "G")
        assert "row 0" in it.rows[-1]


async def test_the_brand_gives_way_to_when_the_list_was_right(pane: OpenPane) -> None:
    async with pane(many(200), size=(60, 20)) as it:
        await it.tell(LIVE)
        assert it.header.startswith(" Needs me 0  Unread 200  All 200  Done")
        assert it.header.split("● live ")[1].count(":") == 2


async def test_a_problem_stands_above_the_list_until_it_is_over(pane: OpenPane) -> None:
    async with pane(many(2)) as it:
        await it.tell(StorageProblem("disk full"))
        assert it.text(it.main.query_one("#problem")) == [" ▲ disk full"]
        await it.tell(StorageProblem(""))
        assert not it.main.query_one("#problem").display


async def test_offline_is_told_in_full_even_where_the_header_is_short(pane: OpenPane) -> None:
    async with pane(many(2)) as it:
        await it.tell(OFFLINE)
        assert not it.main.query_one("#problem").display, "a hub that is back in a moment moves nothing"
        await it.tell(replace(OFFLINE, since=seed.NOW - 4 * SECOND))
        everything = it.header + it.text(it.main.query_one("#problem"))[0]
        for text in ("○ offline since", "connection refused", "next try in 4s", "3 changes waiting"):
            assert text in everything
        await it.tell(LIVE)
        assert "● live" in it.header
        assert not it.main.query_one("#problem").display


async def test_what_the_hub_refused_is_said(pane: OpenPane) -> None:
    async with pane(many(2)) as it:
        await it.tell(TriageRefused("x", "done", "no", "waiting_here"))
        assert "waits here for your answer" in it.footer
        await it.tell(Notice("a newer hub\x1b[2J was started"))
        assert it.footer.startswith(" a newer hub was started")


def test_the_connections_words_keep_the_most_telling_part() -> None:
    gap = {"recovered": 128, "recovered_at": seed.NOW}
    assert status.connection(LIVE, seed.NOW, 80, **gap).endswith(" · 128 rows recovered")
    assert status.connection(LIVE, seed.NOW + 11 * SECOND, 80, **gap).count("·") == 1
    assert status.connection(LIVE, seed.NOW, 6) == "● live"
    assert status.connection(OFFLINE, seed.NOW, 10) == "○ offline"
    assert status.connection(ConnectionChanged("live", 1), 1, 80) == "● live · catching up"
    assert status.connection(None, 1, 80) == "○ connecting"


async def test_without_colours_the_cursor_is_still_seen(pane: OpenPane) -> None:
    async with pane(many(3), environ={"NO_COLOR": "1"}) as it:
        assert it.app.theme == "ansi"
        assert it.app.native_ansi_color
        assert it.rows[0].startswith("▌")
        assert any(segment.style and segment.style.reverse for segment in it.main.list.render_line(0))


async def test_every_textual_theme_works_too(pane: OpenPane) -> None:
    async with pane(seed.rows(5), settings=Settings(theme="nord")) as it:
        assert it.app.theme == "nord"
        assert it.app.get_css_variables()["inbox-ask"]


async def test_a_theme_that_there_is_not_is_said_with_the_nearest(pane: OpenPane) -> None:
    async with pane(seed.rows(5), settings=Settings(theme="drak")) as it:
        assert it.app.theme == "dark"
        assert "tui.theme: no theme is called 'drak'; did you mean dark?" in it.footer


def test_our_themes_are_good_and_a_bad_file_is_named_and_skipped(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('name = "bad"\n[colors]\nbackground = "no colour"\n')
    (tmp_path / "worse.toml").write_text("not toml")
    themes, problems = load_themes(shipped_themes(), tmp_path)
    assert set(themes) == {"dark", "light", "ansi", "high-contrast", "colour-blind"}
    assert len(problems) == 2
    assert "bad.toml skipped: colors.background" in problems[0]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [({}, "light"), ({"NO_COLOR": ""}, "ansi"), ({"TERM": "linux"}, "ansi"), ({"TERM": "xterm-256color"}, "light"),
     ({"TERM": "xterm", "COLORTERM": "truecolor"}, "light")],
)  # fmt: skip
def test_the_terminals_limits_come_before_wishes(environ: dict[str, str], expected: str) -> None:
    assert choose_theme("light", environ, ["dark", "light", "ansi"]) == expected
    assert choose_theme("gone", environ, ["dark", "light", "ansi"]) in ("dark", "ansi")


@pytest.mark.parametrize(
    ("text", "named"),
    [("[tui]\nthem = 'x'", "did you mean theme?"), ("[tui]\nconfirm = 'no'", "tui.confirm"), ("x = [", "config.toml"),
     ("[tui.keys]\ndone = 3", "tui.keys.done"), ("tui = 3", "table")],
)  # fmt: skip
def test_a_configuration_that_cannot_be_used_is_refused_by_name(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as raised:
        settings_in(read_config(path), path)
    assert named in str(raised.value)


def test_a_good_configuration_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('hub = "https://x.org"\n[tui]\ntheme = "light"\nconfirm = "digit"\nkeys = { done = "x" }\n')
    assert settings_in(read_config(path), path) == Settings("light", "digit", {"done": ["x"]})


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://example.org/a?b#c", "https://example.org/a?b#c"),
        ("https://user:pw@example.org:8443/x", "https://example.org:8443/x"),
        ("https://аpple.com/", "https://xn--pple-43d.com/"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("https://example.org/ü", "https://example.org/%C3%BC"),
        *(
            (bad, None)
            for bad in ("javascript:alert(1)", "file:///etc/passwd", "https://", "http://a b/", "", "//x.org", "http://x:99999/")
        ),
    ],
)
def test_only_plain_web_addresses_open_and_their_host_is_honest(text: str, url: str | None) -> None:
    link = safe_link(text)
    assert (None if link is None else link.url) == url


async def test_a_hostile_row_steers_nothing_anywhere(pane: OpenPane) -> None:
    hostile = "x\x1b]52;c;cm0=\x07\x9b2J\u202e[bold]y[/]"
    row = message(
        hostile, body=hostile, source=hostile, task_name=hostile, details={"status": hostile, "meta": {hostile: hostile}}
    )
    async with pane(numbered([row]), size=(120, 40)) as it:
        await it.press("e")
        await it.until(lambda: "[bold]y[/]" in "".join(it.text(it.main.detail)))
        shown = "\n".join([*it.rows, it.footer, *it.text(it.main.detail)])
        assert not any(c in shown for c in "\x1b\x07\x9b\u202e")
        assert "[bold]y[/]" in shown
