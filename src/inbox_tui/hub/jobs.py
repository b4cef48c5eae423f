"""What is done after a commit: claimed by lease, a few at a time, in every space; woken by commits and by the clock."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import cast

from inbox_tui.core.errors import Refused
from inbox_tui.core.speech import AUDIO, ENGINE
from inbox_tui.core.times import SECOND, Clock
from inbox_tui.hub.readers import Readers
from inbox_tui.hub.store import reads
from inbox_tui.hub.store.database import Connection
from inbox_tui.hub.store.records import Job
from inbox_tui.hub.verbs.audio import FinishAudio
from inbox_tui.hub.verbs.jobs import Again, Claim, Finish, Outcome, Renew
from inbox_tui.hub.writer import Writer

log = logging.getLogger(__name__)
MOST_AT_ONCE, MOST_A_HOST = 16, 4
"""Of all, and of those to one host: one that answers nothing holds up no other."""
LEASE_SECONDS = 30.0
"""Renewed while an attempt takes longer; and longer than its end may wait to be written."""
_LOOK_SECONDS = 30.0
"""What another hub queued, or left behind, is found within so long."""
_SOON_SECONDS = 1.0
"""What was due and could not be claimed, since another hub had it or its host has enough, is looked at again."""
_LOOKED_AT = 200
"""Spaces, those with something due first."""
Handler = Callable[[Job], Awaitable[Outcome]]


class Jobs:
    """`handlers`: by kind of job, what makes one attempt at it. `clock` None: the engine's, which also says when a job is due."""

    def __init__(
        self,
        writer: Writer,
        readers: Readers,
        clock: Clock | None,
        handlers: Mapping[str, Handler],
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self._writer, self._readers, self._clock = writer, readers, clock
        self._handlers, self._lease = handlers, round(lease_seconds * SECOND)
        self._woken = asyncio.Event()
        self._running: dict[asyncio.Task[None], str] = {}
        """What is under way, and to which host."""
        self._working: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._handlers:
            self._working = asyncio.create_task(self._work(), name="jobs")

    async def close(self) -> None:
        """What is under way is given up; its lease runs out, and it is done again."""
        tasks = [*self._running, *([self._working] if self._working is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self) -> None:
        """A job has become due."""
        self._woken.set()

    async def _work(self) -> None:
        while True:
            self._woken.clear()
            seconds = _LOOK_SECONDS
            try:
                seconds = await self._claim()
            except Refused:
                pass  # nothing can be written or read just now
            except Exception as error:
                log.error("claiming jobs failed: %s", type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._woken.wait()

    async def _claim(self) -> float:
        """Begins what is due, as far as there is room. Answers the seconds until there may be more."""
        now, next_jobs = await self._readers.read(self._look)
        claimed = 0
        due = dict.fromkeys(space for space, due_at in next_jobs if due_at <= now)
        for space in due:
            room = MOST_AT_ONCE - len(self._running)
            if room <= 0:
                return _LOOK_SECONDS  # whatever ends makes room, and wakes
            with suppress(Refused):  # one space that is gone, or cannot be written, holds up no other
                claim = Claim(room, self._lease, MOST_A_HOST, self._under_way())
                jobs = cast(list[Job], await self._writer.submit(space, claim))
                claimed += len(jobs)
                for job in jobs:
                    self._begin(job)
        if claimed:
            return 0.0
        if due:
            return _SOON_SECONDS
        later = min((due_at for _, due_at in next_jobs if due_at > now), default=now + round(_LOOK_SECONDS * SECOND))
        return min(_LOOK_SECONDS, (later - now) / SECOND)

    def _under_way(self) -> Counter[str]:
        """By host; as if all but one of the engine that speaks were: it does so one at a time."""
        return Counter(self._running.values()) + Counter({ENGINE: MOST_A_HOST - 1})

    async def _renew(self, job: Job) -> None:
        while True:
            await asyncio.sleep(self._lease / SECOND / 2)
            with suppress(Refused):  # nothing can be written just now: another may begin it before this one ends
                await self._writer.submit(job.space, Renew(job, self._lease))

    def _look(self, connection: Connection) -> tuple[int, list[tuple[str, int]]]:
        return (self._clock or connection.now)(), reads.next_jobs(connection, _LOOKED_AT)

    def _begin(self, job: Job) -> None:
        task = asyncio.create_task(self._run(job), name=f"job {job.id}")
        self._running[task] = job.host
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self.wake()

    async def _run(self, job: Job) -> None:
        renewing = asyncio.create_task(self._renew(job))
        try:
            outcome = await self._handlers[job.kind](job)
        except Exception as error:
            log.error("job %s failed: %s", job.id, type(error).__name__)
            outcome = Again(f"was not called: a mistake of the hub's ({type(error).__name__})")
        finally:
            renewing.cancel()
        finish = FinishAudio if job.kind == AUDIO else Finish
        try:
            told = await self._writer.submit(job.space, finish(job, outcome, random.random()))
        except Exception as error:  # its lease runs out, and it is done again
            log.error("job %s to %s: its end could not be written: %s", job.id, job.host, type(error).__name__)
        else:
            log.info("job %s, %s to %s: %s", job.id, job.kind, job.host, told or "another claim's by now")
