"""Work that a connection waits for: it ends with the connection, and with the hub."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.requests import ClientDisconnect

from inbox_tui.core.errors import Refused
from inbox_tui.hub.endpoints import Call
from inbox_tui.hub.streaming import until_gone

_T = TypeVar("_T")


async def unless_over(call: Call, work: Awaitable[_T], *, is_listening: bool = True) -> _T:
    """What comes of the work. Raises ClientDisconnect where the caller hangs up before (for whoever `is_listening`), and Refused
    503 where the hub stops."""
    working = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(call.hub.feeds.closed.wait())
    leaving = asyncio.ensure_future(until_gone(call.request.receive) if is_listening else asyncio.Event().wait())
    tasks: list[asyncio.Future[object]] = [working, stopping, leaving]  # type: ignore[list-item]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        if leaving.done():
            raise ClientDisconnect
        raise Refused(503, "The hub is stopping.", code="stopping", retry_after=1)
    finally:
        for task in tasks:
            task.cancel()
