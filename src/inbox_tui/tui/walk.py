"""Fetching what the hub has: what needs me and what is unread first, then everything, newest first, page by page.

All panes of a machine share one walk: one of them goes on with it, and where that pane dies another takes over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from inbox_tui.cache.store import Cache
from inbox_tui.core.errors import HubUnreachable, Refused
from inbox_tui.core.feed import Page

if TYPE_CHECKING:
    from inbox_tui.client.api import Hub
    from inbox_tui.tui.foreign import ForeignPages

PAGE_ROWS = 500
FIRST_PAGES = 4
"""Pages of unread rows that are fetched ahead of the walk."""
LOOK_AGAIN_SECONDS = 0.5
_ATTEMPTS = 5


async def walk(cache: Cache, hub: Hub | ForeignPages, changed: Callable[[], None]) -> None:
    """Returns when the copy is complete. Raises HubUnreachable, Refused."""
    if (await cache.state()).walk == "":
        await _first(cache, hub, changed)
    while True:
        before = await cache.claim_walk()
        if before is None:
            if (await cache.state()).complete:
                return
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            continue
        await cache.merge(await _page(hub, before=before))
        changed()


async def _first(cache: Cache, hub: Hub | ForeignPages, changed: Callable[[], None]) -> None:
    for unread in (False, True):
        before = ""
        for _ in range(FIRST_PAGES):
            page = await _page(hub, before=before, unread=unread, needs_me=not unread)
            await cache.merge(page)
            changed()
            before = page.next
            if not before:
                break


async def _page(hub: Hub | ForeignPages, *, before: str, unread: bool = False, needs_me: bool = False) -> Page:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return await hub.page(before=before, limit=PAGE_ROWS, unread=unread, needs_me=needs_me)
        except (HubUnreachable, Refused) as error:
            wait = 0.2 * 2**attempt
            if isinstance(error, Refused):
                if error.status not in (429, 503):
                    raise
                wait = max(wait, error.retry_after or 0)
            if attempt == _ATTEMPTS:
                raise
            await asyncio.sleep(min(wait, 30))
    raise AssertionError("unreachable")
