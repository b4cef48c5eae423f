"""Rows that go with the one under the cursor."""

from __future__ import annotations

from dataclasses import replace

import pytest
import seed
from tui_world import OpenPane, Pane, message, numbered

from inbox_tui.cache.rows import View

DAY = 86_400
ROWS = numbered(
    [
        message("of yesterday", DAY, source="ci", task_name='nightly "*"', run_id="run_1", details={"session_id": "s1"}),
        message("its neighbour", 900, source="ci", task_name="nightly other", run_id="run_1", sender="other"),
        message("same task", 800, source="cron", task_name='nightly "*"', run_id="run_2", details={"session_id": "s1"}),
        message("elsewhere", 700, source="host-7", severity="error"),
        message("of today", 600, source="ci", run_id="run_1", details={"subagent_id": "s1"}),
    ]
)


def shown(it: Pane) -> list[str]:
    """Titles, the oldest first."""
    rows = it.main.list.listing.source.window(0, 9)
    return [row.notification.title for row in reversed(rows)]


@pytest.mark.parametrize(
    ("key", "titles"),
    [
        ("s", ["of yesterday", "its neighbour", "of today"]),
        ("k", ["of yesterday", "same task"]),
        ("r", ["of yesterday", "of today"]),
        ("a", ["of yesterday", "same task", "of today"]),
        ("d", ["of yesterday"]),
    ],
)
async def test_the_list_is_narrowed_to_what_is_alike_and_widens_again(pane: OpenPane, key: str, titles: list[str]) -> None:
    async with pane(ROWS) as it:
        await it.press("G", "=", key)
        await it.until(lambda: shown(it) == titles)
        assert it.main.row.notification.title == "of yesterday", "the cursor stays on its row"
        await it.press("escape")
        assert len(shown(it)) == len(ROWS)
        assert it.main.row.notification.title == "of yesterday"


async def test_it_narrows_what_is_shown_and_can_be_changed_as_any_filter(pane: OpenPane) -> None:
    async with pane(ROWS, size=(120, 24)) as it:
        await it.press("g", "u", "G", "=", "s")
        await it.until(lambda: len(shown(it)) == 3)
        await it.press("=", "r")
        await it.until(lambda: len(shown(it)) == 2)
        assert "Unread / source:ci run:run_1 sender:tests" in it.header
        await it.press("escape")
        await it.until(lambda: len(shown(it)) == 3)
        assert "Unread / source:ci" in it.header, "a step back, no more"
        assert it.main.row.notification.title == "of yesterday"
        await it.press("escape")
        await it.until(lambda: len(shown(it)) == 5)
        await it.press("=", "s", "=", "r", "/", *("backspace",) * 20, "enter")
        await it.until(lambda: len(shown(it)) == 3)
        await it.press("escape")
        assert len(shown(it)) == 5, "what was changed by hand is one step"


async def test_what_a_row_has_not_is_said(pane: OpenPane) -> None:
    bare = replace(message("bare"), source="esc\x1b[2J")
    async with pane(numbered([bare])) as it:
        for key, said in (("s", "its source cannot be written"), ("k", "it has no task"), ("a", "it has no session")):
            await it.press("=", key)
            assert said in it.footer
        await it.press("g", "p")
        assert "it belongs to no other" in it.footer
        assert not it.main.filtering.is_on


async def test_a_reply_leads_to_what_it_belongs_to(pane: OpenPane) -> None:
    done = message("parent", DAY, done_at=seed.NOW, read_at=seed.NOW)
    (parent,) = numbered([done])
    replies = [message("reply", n, details={"parent_id": of}) for n, of in ((9, parent.id), (8, "none"))]
    async with pane(numbered([done, *replies])) as it:
        await it.press("g", "p")
        assert "what it belongs to is not here" in it.footer
        await it.press("j", "g", "p")
        assert it.main.list.listing.view is View.DONE
        assert it.main.row.id == parent.id
