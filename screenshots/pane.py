"""A pane over seeded rows, without a hub: `pane.py FOLDER [--theme NAME] [--empty] [--offline] [--older N]`."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

import seed

from inbox_tui.cache.pages import Reader
from inbox_tui.core.paths import find_paths
from inbox_tui.core.times import SECOND
from inbox_tui.tui.app import InboxApp
from inbox_tui.tui.link import Link, NoLink
from inbox_tui.tui.messages import ConnectionChanged, StorageProblem
from inbox_tui.tui.settings import Settings
from inbox_tui.tui.told import Told

OFFLINE = ConnectionChanged(
    "offline", seed.NOW - 61 * SECOND, None, detail="this machine's hub: not running", next_try=seed.NOW + 4 * SECOND, waiting=3
)
LIVE = ConnectionChanged("live", seed.NOW - 3600 * SECOND, seed.NOW - 2 * SECOND)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--theme", default="dark")
    parser.add_argument("--empty", action="store_true")
    parser.add_argument("--offline", action="store_true")
    parser.add_argument("--older", type=int, default=200)
    given = parser.parse_args()
    paths = find_paths({"INBOX_HOME": str(given.folder)})
    asyncio.run(seed.fill(paths.cache_database, seed.FEED, [] if given.empty else seed.rows(given.older)))

    def connect(app: InboxApp) -> Link:
        app.post_message(Told(OFFLINE if given.offline else LIVE))
        if given.offline:
            app.post_message(Told(StorageProblem("hub: disk full, senders are being refused")))
        return NoLink()

    reader = Reader(paths.cache_database, seed.FEED)
    environ = {**os.environ, "COLORTERM": "truecolor"}
    InboxApp(reader, paths, Settings(theme=given.theme), connect=connect, clock=lambda: seed.NOW, environ=environ).run()
    reader.close()


if __name__ == "__main__":
    main()
