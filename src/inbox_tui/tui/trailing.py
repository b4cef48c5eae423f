"""Fills the full-text index behind everything else: not while rows stream in, and never for more than a few milliseconds."""

from __future__ import annotations

import asyncio
import sqlite3
import time

from inbox_tui.cache.store import Cache

LOOK_SECONDS = 0.25
BUSY_ROWS = 100
"""So many rows since it last looked: the pane is catching up, and has no time for this."""
REST = 3
"""It rests so many times as long as it worked: keys and frames come first."""
AFTER_TROUBLE_SECONDS = 10


async def trail(cache: Cache) -> None:
    """Until cancelled. Trouble with the file is told by whoever writes what matters; here it is only waited out."""
    while True:
        taken = cache.taken
        await asyncio.sleep(LOOK_SECONDS)
        try:
            while cache.taken - taken <= BUSY_ROWS:
                began = time.monotonic()
                if not await cache.index_some():
                    break
                await asyncio.sleep(REST * (time.monotonic() - began))
        except sqlite3.Error:
            await asyncio.sleep(AFTER_TROUBLE_SECONDS)
