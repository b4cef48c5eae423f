"""Nothing changes by the clock alone: what has run out is found here each second, and changed by verbs like everything else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from inbox_tui.core.errors import Refused
from inbox_tui.core.times import MINUTE, SECOND, Clock
from inbox_tui.hub.readers import Readers
from inbox_tui.hub.store import reads
from inbox_tui.hub.store.erasing import Erase
from inbox_tui.hub.values import Retention
from inbox_tui.hub.verbs.clock import CHUNK, EndSnoozes, Expire, Lapse
from inbox_tui.hub.verbs.mutes import EndMutes, Sweep
from inbox_tui.hub.verbs.publish import LEASE
from inbox_tui.hub.verbs.retain import Retain
from inbox_tui.hub.verbs.timers import Timer
from inbox_tui.hub.writer import Writer

LONGEST_POLL = 60.0
"""Seconds. A hub that has been up for less than a poll and its lease cannot know whether an asker is gone."""
_RETAIN_EVERY = MINUTE
_MOST_CHUNKS = 40


class Clockwork:
    def __init__(
        self,
        writer: Writer,
        readers: Readers,
        clock: Clock,
        monotonic: Callable[[], float],
        retention: Retention,
    ) -> None:
        self._writer, self._readers = writer, readers
        self._clock, self._monotonic, self._retention = clock, monotonic, retention
        self._timers: dict[str, dict[str, Timer]] = {}
        self._started_at = monotonic()
        self._retained_at = 0

    def start(self) -> None:
        self._started_at = self._monotonic()

    def count(self, space: str, row_id: str, timer: Timer) -> None:
        """This process has seen the question committed, and counts its time-out from there."""
        self._timers.setdefault(space, {})[row_id] = timer

    async def tick(self) -> None:
        """Does what is due in every space. Where nothing can be written it waits for the next time."""
        await self._erase()
        spaces = await self._readers.read(reads.spaces)
        retains = self._clock() - self._retained_at >= _RETAIN_EVERY
        try:
            for space in spaces:
                await self._tick(space)
                if retains:
                    await self._retain(space)
        except Refused:
            return
        if retains:
            self._retained_at = self._clock()

    async def _erase(self) -> None:
        """A part of what removed spaces held; the rest at the next ticks, whichever process has them."""
        for space in await self._readers.read(reads.removed_spaces):
            self._timers.pop(space, None)
            with suppress(Refused):  # nothing can be written, or another hub has erased the last of it
                for _ in range(_MOST_CHUNKS):
                    if not await self._writer.submit(space, Erase()):
                        break

    async def _tick(self, space: str) -> None:
        now = self._clock()
        due = await self._readers.read(lambda connection: reads.due(connection, space, now))
        timers = self._timers.get(space, {})
        if due.expiry:
            while await self._writer.submit(space, Expire(dict(timers))) == CHUNK:
                pass
        if due.lapse and self._monotonic() - self._started_at >= LONGEST_POLL + LEASE / SECOND:
            while await self._writer.submit(space, Lapse()) == CHUNK:
                pass
        if due.snoozes:
            while await self._writer.submit(space, EndSnoozes()) == CHUNK:
                pass
        if due.mutes:
            await self._writer.submit(space, EndMutes())
        if due.mutes or due.sweep:
            await self.sweep(space)
        self._forget(timers)

    async def sweep(self, space: str) -> None:
        """Brings rows in line with the rules that mute them; where there are very many the rest follows with the next ticks."""
        for _ in range(_MOST_CHUNKS):
            if not await self._writer.submit(space, Sweep()):
                return

    def _forget(self, timers: dict[str, Timer]) -> None:
        """A count is of use for one tick after it is over, and a moment more for a clock that runs behind."""
        late = self._monotonic() - 60
        for row_id in [row_id for row_id, timer in timers.items() if timer.is_over(late)]:
            del timers[row_id]

    async def _retain(self, space: str) -> None:
        for _ in range(_MOST_CHUNKS):
            if not await self._writer.submit(space, Retain(self._retention)):
                return
