"""Follows one hub into the cache, and carries triage and answers to it. Touches no widget: it only posts messages.

Importing this module loads neither httpx nor pydantic nor aiosqlite: `open_sync` does, in a thread, after the first paint.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from inbox_tui.cache.pages import Row
from inbox_tui.cache.rows import View
from inbox_tui.cache.store import Cache
from inbox_tui.client.delays import FIRST_DELAY, delay_after
from inbox_tui.client.target import Target
from inbox_tui.core import times
from inbox_tui.core.errors import HubUnreachable, Refused
from inbox_tui.core.mutes import Scope
from inbox_tui.core.paths import Paths
from inbox_tui.core.triage import Verb
from inbox_tui.tui.answers import RETRY_SECONDS, Answers
from inbox_tui.tui.foreign import ForeignIntake, ForeignPages
from inbox_tui.tui.intake import AskAgain, Intake, Waiting
from inbox_tui.tui.messages import CacheChanged, ConnectionChanged, Notice, SyncMessage
from inbox_tui.tui.outbox import Outbox
from inbox_tui.tui.trailing import trail
from inbox_tui.tui.walk import walk

if TYPE_CHECKING:
    from inbox_tui.client.api import Hub

COALESCE_SECONDS = 0.05
PROVED_SECONDS = 5.0
"""A connection that lived so long was a success: the next attempts begin quickly again. A hub may take us in only to hang up."""
LOOK_SECONDS = 1.0
"""How often it looks for what other panes have written."""

Starter = Callable[[], Awaitable[str]]


class Sync:
    """One pane's connection. `run` until cancelled; the other calls may come at any time, also offline.

    `start` makes sure that a hub runs, before each attempt, and answers what the person should know about it.
    """

    def __init__(
        self,
        cache: Cache,
        hub: Hub,
        *,
        post: Callable[[SyncMessage], None],
        clock: times.Clock = times.now,
        start: Starter | None = None,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self.cache, self.hub = cache, hub
        self._post, self._clock, self._start = post, clock, start
        self._answers = Answers(cache, post, self._changed, retry_seconds=retry_seconds)
        self._outbox = Outbox(cache, post, self._queue_changed)
        self._retry = asyncio.Event()
        self._state = ConnectionChanged("connecting", clock())
        self._foreign: bool | None = None
        self._had_gap = False
        self._failures = 0
        self._changed_at = 0.0
        self._change_timer: asyncio.TimerHandle | None = None

    # -- what the person does ------------------------------------------------------------------------------------
    async def triage(self, verb: Verb, row: Row, *, until: int | None = None, scope: Scope | None = None) -> None:
        """Queues it, as the row was shown; sent at once when connected. Refusals are posted. Terms as of `core.triage`."""
        await self._outbox.put(verb, row.id, row.notification.raised_rev, self._clock(), until=until, scope=scope)

    async def triage_rows(self, verb: Verb, rows: Mapping[str, int], *, until: int | None = None) -> None:
        """The same for many rows: by id, the raised_rev that was shown."""
        await self._outbox.put_rows(verb, rows, self._clock(), until=until)

    async def triage_all(self, verb: Literal["read", "done"], view: View) -> None:
        """Queues it for all rows of the view that have arrived."""
        await self._outbox.put_all(verb, view, self._clock())

    async def decide(self, row: Row, key: str, comment: str = "") -> None:
        """Answers the question as `row` shows it. Returns when the outcome is posted, after at most about 10 s."""
        await self._answers.decide(self.hub, row, key, comment)

    def reconnect(self) -> None:
        """Tries now rather than later."""
        self._retry.set()

    # -- following -----------------------------------------------------------------------------------------------
    async def run(self) -> None:
        """Follows the hub for ever; cancel it to end. Every trouble is posted, and tried again."""
        if self.cache.note:
            self._post(Notice(self.cache.note))
        self._post(self._state)
        beside = [
            asyncio.create_task(self._look(), name="look for other panes"),
            asyncio.create_task(trail(self.cache), name="fill the full-text index"),
        ]
        try:
            await self._queue_changed()
            while True:
                await self._attempt()
        finally:
            for task in beside:
                task.cancel()
            if self._change_timer is not None:
                self._change_timer.cancel()

    async def _attempt(self) -> None:
        began = time.monotonic()
        try:
            self._tell(state="connecting")
            if self._start is not None and (note := await self._start()):
                self._post(Notice(note))
            await self._connection()
        except AskAgain:
            await asyncio.sleep(random.uniform(0, FIRST_DELAY))
        except HubUnreachable as error:
            await self._pause(str(error), began)
        except Refused as error:
            is_final = error.status in (401, 403)
            self._failures = max(self._failures, 8 if is_final else 0)
            await self._pause(str(error), began, refused=is_final, at_least=error.retry_after or 0)
        except (sqlite3.Error, OSError) as error:
            await self._pause(f"the cache cannot be written ({error})", began)

    async def _connection(self) -> None:
        """One connection, from its opening to its end; always raises."""
        from inbox_tui.client.stream import follow

        asked = (await self.cache.state()).cursor
        is_foreign = await self._is_foreign()
        async with aclosing(follow(self.hub, None if is_foreign else asked, says_open=is_foreign)) as frames:
            first = await anext(frames)
            intake: Intake | ForeignIntake
            pages: Hub | ForeignPages = self.hub
            if is_foreign:
                intake = ForeignIntake(self.cache, self._post, self._changed, self._caught_up, self._clock)
                pages = ForeignPages(self.hub, self._clock)
                await intake.open(asked)
            else:
                intake = Intake(self.cache, self._answers, self._post, self._changed, self._caught_up)
                await intake.open(first, asked)
            self._tell(state="live")
            waiting = Waiting()
            sending = self._outbox.run(self.hub, is_foreign=is_foreign)
            await _first_to_end(waiting.fill(frames), intake.run(waiting), self._walk(intake, pages), sending)

    async def _is_foreign(self) -> bool:
        """Only our own hubs say what they are; this machine's is one of ours."""
        if not self.hub.target.is_local and self._foreign is None:
            try:
                await self.hub.info()
                self._foreign = False
            except Refused as error:
                if error.status not in (404, 405):
                    raise
                self._foreign = True
        return bool(self._foreign)

    async def _walk(self, intake: Intake | ForeignIntake, pages: Hub | ForeignPages) -> None:
        """Another pane may begin a walk at any time, and die over it."""
        while True:
            if not (await self.cache.state()).complete:
                await walk(self.cache, pages, self._changed)
                await intake.walked()
            await asyncio.sleep(LOOK_SECONDS)

    async def _pause(self, why: str, began: float, *, refused: bool = False, at_least: float = 0) -> None:
        self._had_gap = True
        if self._state.state == "live" and time.monotonic() - began > PROVED_SECONDS:
            self._failures = 0
        delay = max(at_least, delay_after(self._failures))
        self._failures += 1
        self._tell(state="offline", detail=why, next_try=self._clock() + round(delay * times.SECOND), refused=refused)
        self._retry.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._retry.wait(), delay)

    async def _look(self) -> None:
        """Other panes of this machine write the same file: their queued triage is seen here too."""
        seen = await self.cache.data_version()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            version = await self.cache.data_version()
            if version != seen:
                seen = version
                await self._queue_changed()

    # -- telling -------------------------------------------------------------------------------------------------
    def _caught_up(self, rows: int) -> None:
        if self._change_timer is not None:
            # What the words claim must be on the screen before them.
            self._change_timer.cancel()
            self._tell_change()
        recovered, self._had_gap = rows if self._had_gap else 0, False
        self._tell(state="live", caught_up_at=self._clock(), recovered=recovered)

    async def _queue_changed(self) -> None:
        self._changed()
        self._tell(waiting=await self.cache.waiting())

    def _tell(self, **changes: object) -> None:
        state = changes.get("state", self._state.state)
        if state != self._state.state:
            # Offline lasts until it is live again, however often it is tried meanwhile.
            if state == "connecting" and self._state.state == "offline":
                changes.pop("state")
            else:
                changes["since"] = self._clock()
                if state == "live":
                    changes |= {"detail": "", "next_try": None, "refused": False}
        new = replace(self._state, **({"recovered": 0} | changes))  # type: ignore[arg-type]
        if new != self._state:
            self._state = new
            self._post(new)

    def _changed(self) -> None:
        """Tells at once, then at most each 50 ms."""
        if self._change_timer is not None:
            return
        loop = asyncio.get_running_loop()
        wait = self._changed_at + COALESCE_SECONDS - loop.time()
        if wait <= 0:
            self._changed_at = loop.time()
            self._post(CacheChanged())
        else:
            self._change_timer = loop.call_later(wait, self._tell_change)

    def _tell_change(self) -> None:
        self._change_timer = None
        self._changed_at = asyncio.get_running_loop().time()
        self._post(CacheChanged())


@asynccontextmanager
async def open_sync(
    paths: Paths, target: Target, *, post: Callable[[SyncMessage], None], clock: times.Clock = times.now
) -> AsyncIterator[Sync]:
    """The cache and the connection of a pane, ready for `run`; closed at the end. Raises OSError, sqlite3.Error."""
    await asyncio.to_thread(_import_the_rest)
    from inbox_tui.client.api import Hub
    from inbox_tui.client.local import ensure_hub

    start: Starter | None = None
    if target.is_local:

        async def start() -> str:
            return await asyncio.to_thread(ensure_hub, paths)

    cache = Cache(paths.cache_database, target.feed, clock=clock)
    await cache.open()
    try:
        async with Hub(target) as hub:
            yield Sync(cache, hub, post=post, clock=clock, start=start)
    finally:
        await cache.close()


def _import_the_rest() -> None:
    """Off the loop: it takes longer than several frames."""
    import inbox_tui.cache.writer
    import inbox_tui.client.stream  # noqa: F401


async def _first_to_end(*works: Awaitable[None]) -> None:
    """Runs them together until one raises, ends the others, and raises the same."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        pending = set(tasks)
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
