"""A filter in a real terminal, over what a real hub sent; and the index of words that is filled behind it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from commands import eventually
from hubs import RunningHub
from panes import opened
from sync_world import silent_pane

from inbox_tui.client.target import find_target


def test_typed_pasted_kept_and_dropped(hub: RunningHub) -> None:
    for n in range(30):
        hub.publish(title=f"job {n} passed", kind=f"job.{n}", source="cron")
    hub.publish(title="disk nearly full", kind="disk", source="host-7", severity="error")
    with opened(hub.home, "disk nearly full", size=(100, 20)) as terminal:
        terminal.wait_for("live")
        since = len(terminal.output)
        terminal.press("/sevrity:error")
        terminal.wait_for("did you mean severity?", since=since)
        terminal.press("\x15\x1b[200~source:cron\njob 7\x1b[201~")
        terminal.wait_for("All / source:cron job 7", since=since)
        since = len(terminal.output)
        terminal.press("\r")
        terminal.wait_for("Esc back", since=since)
        since = len(terminal.output)
        hub.publish(title="job 7 failed", kind="again", source="cron")
        terminal.wait_for("of 2", since=since)
        since = len(terminal.output)
        terminal.press("\x1b")
        terminal.wait_for("of 32", since=since)


async def test_the_index_trails_what_comes_in(hub: RunningHub, tmp_path: Path) -> None:
    for n in range(250):
        hub.publish(title=f"row {n}", kind=f"kind.{n}")
    file = tmp_path / "cache.sqlite3"

    def is_filled() -> bool:
        with closing(sqlite3.connect(file)) as db:
            found: int = db.execute("SELECT count(*) FROM word WHERE word MATCH 'row'").fetchone()[0]
            return found == 250

    async with silent_pane(file, find_target({}, hub.paths)) as pane:
        await pane.until_caught_up()
        await asyncio.to_thread(eventually, is_filled)
