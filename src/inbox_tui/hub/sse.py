"""One stream to one reader: a cursor that moves over a feed. It owns its time-outs, and it never queues."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable

from starlette.types import Receive, Scope, Send

from inbox_tui.hub import frames
from inbox_tui.hub.feed import Feed
from inbox_tui.hub.settings import Settings
from inbox_tui.hub.streaming import HEADERS, abort, until_gone

log = logging.getLogger(__name__)
_ALLOWED_SECONDS = 1.0
FIRST_PING_SECONDS = 1.0
"""Pauses between pings double from here up to the setting: a reader that walks the pages first has its proof soon after."""


class EventStream:
    """An ASGI response. `asked` is the reader's cursor, or None for a reader that has none; `is_allowed` is asked again while the
    stream lives, so that a revoked key hears nothing more."""

    def __init__(self, feed: Feed, settings: Settings, *, asked: int | None, is_allowed: Callable[[], Awaitable[bool]]) -> None:
        self._feed, self._settings, self._asked, self._is_allowed = feed, settings, asked, is_allowed
        self._cursor = self._opened_at = 0
        self._pinged_at, self._ping_seconds = -math.inf, FIRST_PING_SECONDS
        self._state_version = 0
        self._notices = 0
        self._sending_since: float | None = None
        self._allowed_at = 0.0
        self._writer: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        listener = asyncio.create_task(until_gone(receive))
        try:
            first = await self._open()
            self._writer = asyncio.create_task(self._write(first, send))
            await asyncio.wait({listener, self._writer}, return_when=asyncio.FIRST_COMPLETED)
            if not listener.done() and not self._ended_well(self._writer):
                await abort(scope, listener)
        finally:
            self._feed.leave(self)
            tasks = [listener, *([self._writer] if self._writer else [])]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def look(self, now: float) -> None:
        """Called by the feed about once a second: hangs up on a reader that takes nothing."""
        since = self._sending_since
        if self._writer is not None and since is not None and now - since > self._settings.send_seconds:
            self._writer.cancel()

    async def _open(self) -> bytes:
        """Subscribes first, then judges the cursor by the head: between the two nothing can be missed."""
        head = await self._feed.subscribe(self)
        resumes = self._asked is not None and head.floor <= self._asked <= head.rev
        self._cursor = self._asked if resumes and self._asked is not None else head.rev
        self._opened_at = head.rev
        self._state_version, self._notices = self._feed.state_version, self._feed.notices
        return frames.opening(head, self._feed.storage, start=self._cursor, resumes=resumes)

    async def _write(self, first: bytes, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        loop = asyncio.get_running_loop()
        chunk: bytes | None = first
        while chunk is not None:
            self._sending_since = loop.time()
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            self._sending_since = None
            chunk = await self._next(loop)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _next(self, loop: asyncio.AbstractEventLoop) -> bytes | None:
        """The next write; None hangs up."""
        feed = self._feed
        while not feed.closed and await self._may_go_on(loop.time()):
            if self._cursor < feed.base:
                found = await feed.replay(self._cursor)
                if found is None:
                    return None
            else:
                found = feed.ready(self._cursor)
            chunk, self._cursor, changes = found
            feed.sent.changes += changes
            if chunk or (chunk := self._news(loop.time())):
                return chunk
            await feed.changed()
        return None

    async def _may_go_on(self, now: float) -> bool:
        if now - self._allowed_at < _ALLOWED_SECONDS:
            return True
        self._allowed_at = now
        return await self._is_allowed()

    def _news(self, now: float) -> bytes:
        """What a reader that has drained is told besides rows: a bulk verb's count, or a ping that is due."""
        feed = self._feed
        if self._cursor < feed.base or feed.seen.rev < max(self._cursor, self._opened_at):
            return b""
        if self._notices != feed.notices and feed.seen.rev >= feed.notice_rev:
            self._notices = feed.notices
            return feed.notice
        pause = min(self._ping_seconds, self._settings.ping_seconds)
        if now - self._pinged_at >= pause or self._state_version != feed.state_version:
            self._pinged_at, self._state_version, self._ping_seconds = now, feed.state_version, 2 * pause
            return frames.ping(feed.seen, feed.storage)
        return b""

    @staticmethod
    def _ended_well(writer: asyncio.Task[None]) -> bool:
        if writer.cancelled():
            return False
        if (error := writer.exception()) is not None:
            log.error("a stream broke off: %s", type(error).__name__)
        return error is None
