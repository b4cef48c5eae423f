"""What is kept of rows' pasts while a person goes through them, and while one of them repeats all day."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tui_world import message, numbered

from inbox_tui.cache.pages import Row
from inbox_tui.core.model import Notification
from inbox_tui.tui.reading import Timeline
from inbox_tui.tui.timelines import ENTRIES_MOST, Timelines

LONG = Timeline(({"kind": "message"},) * 1000)


def _row(row: Notification) -> Row:
    return Row(row.id, row.rev, row, "")


async def _ask(row: Notification) -> Timeline:
    return LONG._replace(note=f"as of {row.rev}")


async def test_of_a_row_that_repeats_all_day_one_past_is_kept_and_shown_until_the_next() -> None:
    timelines = Timelines()
    rows = [_row(replace(message("again"), count=2, rev=rev)) for rev in range(1, 8)]
    await asyncio.gather(*(timelines.fetch(row, _ask) for row in rows[:-1]))
    shown = timelines.of(rows[-1])
    assert shown is not None
    assert shown.note == "as of 6"
    assert [timelines.is_worth_asking(row) for row in rows[-2:]] == [False, True]


async def test_of_many_rows_the_last_ones_are_kept() -> None:
    timelines = Timelines()
    rows = [_row(row) for row in numbered([message(f"m{n}") for n in range(10)])]
    await asyncio.gather(*(timelines.fetch(row, _ask) for row in rows))
    assert [timelines.of(row) is not None for row in rows] == [False] * 8 + [True] * (ENTRIES_MOST // 1000)
