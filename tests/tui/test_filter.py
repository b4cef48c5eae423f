"""Filters in the pane: typed, kept, dropped, followed; over a real cache, without a hub."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import seed
from textual import events
from textual.worker import WorkerCancelled
from tui_world import OpenPane, Pane, many, message, numbered, prompt

from inbox_tui.cache import matches, said
from inbox_tui.cache.rows import View
from inbox_tui.core.config import load_config
from inbox_tui.core.errors import ConfigError
from inbox_tui.core.paths import Paths
from inbox_tui.tui.editor import Editor, remember
from inbox_tui.tui.settings import read_config, settings_in

READ = {"read_at": seed.NOW}


async def searched(it: Pane) -> None:
    """The search that is on its way has come to its end; one that another superseded is not waited for."""
    while searches := [each for each in it.app.workers if each.group == "filter" and not each.is_finished]:
        with suppress(WorkerCancelled):
            await searches[-1].wait()
        await it.pilot.pause()


async def type_filter(it: Pane, text: str, *, keep: bool = True) -> None:
    await it.press("/", *text)
    await searched(it)
    if keep:
        await it.press("enter")


def titles(it: Pane) -> list[str]:
    return [line[2:].split("  ")[0].strip() for line in it.rows if line.strip()]


ROWS = numbered(
    [
        message("build failed", 900, severity="error", source="ci"),
        message("build passed", 800, source="ci", **READ),
        message("disk low", 700, severity="error", source="host-7"),
        prompt("Deploy the build?", 600, source="ci"),
        message("old build", 9000, source="ci", done_at=seed.NOW, **READ),
    ]
)


async def test_the_list_follows_while_one_types_and_esc_brings_it_back(pane: OpenPane) -> None:
    async with pane(ROWS) as it:
        await type_filter(it, "buil", keep=False)
        assert titles(it) == ["Deploy the build?", "build passed", "build failed"]
        assert it.text(it.main.query_one("#filter"))[0].startswith(" / buil")
        assert it.text(it.main.query_one("#filter"))[0].endswith("3")
        assert "All / buil  3" in it.header
        assert "Needs me 1" in it.header
        await it.press("backspace", "backspace", "backspace", "backspace", *"disk")
        await searched(it)
        assert titles(it) == ["disk low"]
        await it.press("escape")
        assert len(titles(it)) == 4
        assert not it.main.query_one("#filter").display
        assert it.main.row.notification.title == "disk low", "the cursor is where it was"
        assert "Unread" in it.header


async def test_a_filter_that_finds_nothing_loses_no_place(pane: OpenPane) -> None:
    async with pane(ROWS) as it:
        await it.press("j", "j")
        title = it.main.row.notification.title
        await type_filter(it, "nowhere", keep=False)
        assert it.main.row is None
        await it.press("escape")
        assert it.main.row.notification.title == title
        await type_filter(it, "no", keep=False)
        await it.press("backspace", "backspace", "escape")
        assert it.main.row.notification.title == title


async def test_enter_gives_the_keys_back_and_esc_drops_the_filter(pane: OpenPane) -> None:
    async with pane(ROWS) as it:
        await type_filter(it, "severity:error")
        assert titles(it) == ["disk low", "build failed"]
        await it.press("j")
        assert it.main.row.notification.title == "build failed"
        await it.press("enter")
        assert it.main.reading
        await it.press("escape")
        assert titles(it) == ["disk low", "build failed"]
        await it.press("escape")
        assert len(titles(it)) == 4
        assert it.main.row.notification.title == "build failed"
        await it.press("/", "up")
        await searched(it)
        assert titles(it) == ["disk low", "build failed"]


async def test_a_mistake_is_pointed_at_and_what_stands_before_it_is_looked_for(pane: OpenPane) -> None:
    async with pane(ROWS) as it:
        await type_filter(it, "source:ci", keep=False)
        await it.press(*" -sevrity:error")
        await searched(it)
        assert it.footer == f"{' ' * 14}^^^^^^^ no such field; did you mean severity?"
        assert len(titles(it)) == 3
        await it.press("enter")
        assert it.main.has_class("-typing"), "it cannot be kept"
        await it.press("ctrl+u", *"is:")
        assert len(titles(it)) == 4
        await it.press(*"read", "enter")
        await searched(it)
        assert not it.main.has_class("-typing")
        assert titles(it) == ["build passed"]


@pytest.mark.parametrize("width", [40, 60, 200])
async def test_a_mistake_is_told_at_every_width(pane: OpenPane, width: int) -> None:
    async with pane(ROWS, size=(width, 20)) as it:
        await it.press("/", *("build " * 12), *"is:unred")
        assert "did you mean unread?" in it.footer
        assert "is:unred" in it.text(it.main.query_one("#filter"))[0]


async def test_keys_that_are_typed_do_nothing_else_and_pasted_text_is_text(pane: OpenPane) -> None:
    async with pane(ROWS) as it:
        await it.press("/", *"ayeMuq")
        assert (it.link.triaged, it.link.decided, it.link.bulk) == ([], [], [])
        assert not it.main.bar.is_open
        await it.press("ctrl+u")
        it.app.post_message(events.Paste("disk\nlow\x1b[2J"))
        await it.pilot.pause()
        await searched(it)
        assert titles(it) == ["disk low"]


async def test_what_comes_in_is_judged_and_moves_nothing_under_the_eye(pane: OpenPane) -> None:
    async with pane(numbered([message(f"build {n}", 900 - n) for n in range(100)])) as it:
        await type_filter(it, "build source:ci -done")
        assert it.main.has_class("-empty")
        assert "Nothing in All matches." in "\n".join(it.text(it.main.query_one("#empty")))
        (first,) = await it.arrive(message("build one", 50, source="ci"))
        assert titles(it) == ["build one"]
        await it.press("j")
        await it.arrive(message("build two", 40, source="ci"), message("build elsewhere", 30), prompt("build?", 20, source="ci"))
        assert it.main.row.id == first
        assert titles(it) == ["build?", "build two", "build one"]
        await it.arrive(replace(it.main.row.notification, title="built and gone"))
        assert titles(it) == ["build?", "build two"]
        await it.remove(it.main.row.id)
        assert len(titles(it)) == 1


async def test_too_much_at_once_is_searched_again(pane: OpenPane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matches, "CHANGES_MOST", 3)
    async with pane(many(5)) as it:
        await type_filter(it, "new")
        await it.arrive(*(message(f"new {n}", 5) for n in range(9)))
        it.main.searching.tick()
        it.main.searching.tick()
        await searched(it)
        assert len(titles(it)) == 9


async def test_all_read_marks_only_what_is_shown_and_undo_brings_it_back(pane: OpenPane) -> None:
    async with pane(ROWS) as it:
        await type_filter(it, "severity:error")
        await it.press("M")
        assert it.link.bulk == []
        ((verb, rows),) = it.link.many
        assert (verb, [it.main.reader.row(id_).notification.title for id_ in rows]) == ("read", ["disk low", "build failed"])
        assert "2 marked read" in it.footer
        await it.press("u")
        assert it.link.many[1:] == [("unread", rows)]


async def test_so_many_are_asked_for_first(pane: OpenPane) -> None:
    async with pane(many(300)) as it:
        await type_filter(it, "row")
        await it.press("M", "enter")
        assert (it.link.triaged, it.link.many) == ([], [])
        await it.press("M", "y")
        assert [(verb, len(rows)) for verb, rows in it.link.many] == [("read", 300)]


async def test_n_and_tab_stay_among_what_is_shown(pane: OpenPane) -> None:
    async with pane(ROWS) as it:
        await type_filter(it, "source:ci")
        await it.press("n")
        assert it.main.row.notification.title == "build failed"
        await it.press("n")
        assert it.main.row.notification.title == "Deploy the build?"
        await it.press("N", "tab")
        assert it.main.row.notification.title == "Deploy the build?"


async def test_a_filter_looks_through_its_view_and_is_done_through_what_is_done(pane: OpenPane) -> None:
    async with pane(ROWS) as it:
        await it.press("g", "u")
        await type_filter(it, "build")
        assert titles(it) == ["Deploy the build?", "build failed"]
        await it.press("g", "a")
        assert len(titles(it)) == 4
        await type_filter(it, "is:done")
        assert titles(it) == ["old build"]
        assert it.main.list.listing.view is View.DONE
        await it.press("e")
        assert it.link.triaged[-1][0] == "undone"
        await it.press("escape")
        assert it.main.list.listing.view is View.ALL


async def test_saved_filters_are_chosen_by_name(pane: OpenPane, paths: Paths) -> None:
    paths.config_file.write_text('[filters]\ntrouble = "severity>=warn -is:prompt"\nci = "source:ci"\n')
    saved = settings_in(read_config(paths.config_file), paths.config_file)
    async with pane(ROWS, settings=saved) as it:
        commands = {command.title: command for command in it.app.get_system_commands(it.app.screen)}
        await it.press("g", "u")
        await type_filter(it, "source:ci")
        assert len(titles(it)) == 2
        commands["filter: ci"].callback()
        await searched(it)
        assert len(titles(it)) == 3, "not over the view that was there before"
        commands["filter: trouble"].callback()
        await searched(it)
        assert titles(it) == ["disk low", "build failed"]
        assert "All / trouble  2" in it.header
        await it.press("f")
        await it.until(lambda: it.app.screen is not it.main)
        await it.pilot.press("escape")
    paths.config_file.unlink()
    async with pane(ROWS) as it:
        await it.press("f")
        assert "[filters] in config.toml" in it.footer


async def test_what_is_not_searched_yet_is_told_and_searched_later(pane: OpenPane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(said, "TAIL_MOST", 4)
    async with pane(many(30)) as it:
        await type_filter(it, "row")
        assert "4 in 4 of 30 rows searched" in it.header
        assert len(titles(it)) == 4
        while await it.cache.index_some():
            pass
        it.main.searching.tick()
        it.main.searching.tick()
        await searched(it)
        assert "All / row  30" in it.header


async def test_a_cache_that_cannot_be_searched_is_told(pane: OpenPane) -> None:
    async with pane(many(3)) as it:
        path, it.main.reader.path = it.main.reader.path, Path("/nowhere/at/all")
        await it.press("/", *"row")
        await it.until(lambda: "the cache cannot be read" in "".join(it.text(it.main.query_one("#problem"))))
        it.main.reader.path = path
        await it.until(lambda: "All / row  3" in it.header)


@pytest.mark.parametrize(
    ("text", "said_"),
    [
        ('[filters]\nbad = "is:unread sevrity:error"\n', "bad: no such field; did you mean severity?"),
        ("[filters]\nbad = 3\n", "filters"),
        ("filters = 3\n", "filters: must be a table"),
    ],
)
def test_a_saved_filter_that_cannot_be_read_is_pointed_at(tmp_path: Path, text: str, said_: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    for read in (lambda: settings_in(read_config(path), path), lambda: load_config(path, {})):
        with pytest.raises(ConfigError) as raised:
            read()
        assert said_ in str(raised.value)
        if "sevrity" in text:
            assert str(raised.value).endswith(f"\n    is:unread sevrity:error\n    {' ' * 10}^^^^^^^")


def test_a_line_is_edited_as_lines_are() -> None:
    line = Editor("one two", ["first", "second"])
    for key in ("ctrl+w", "x", "home", "-", "right", "delete", "end", "left", "backspace"):
        line.press(key)
    assert (line.text, line.at) == ("-oex", 3)
    line = Editor("draft", ["first", "second"])
    assert [line.press("up") and line.text for _ in range(3)] == ["second", "first", "first"]
    assert [line.press("down") and line.text for _ in range(3)] == ["second", "draft", "draft"]
    assert [line.press(key) for key in ("enter", "escape", "left", "f1")] == ["done", "dropped", "moved", "unknown"]
    history = ["a", "b"]
    remember(history, "a")
    assert history == ["b", "a"]
