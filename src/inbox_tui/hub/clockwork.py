"""Nothing changes by the clock alone: what has run out is found here each second, and changed by verbs like everything else."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress

from inbox_tui.core.errors import Refused
from inbox_tui.core.times import MINUTE, SECOND, Clock
from inbox_tui.hub.readers import Readers
from inbox_tui.hub.store import reads
from inbox_tui.hub.store.database import Connection
from inbox_tui.hub.store.erasing import Erase
from inbox_tui.hub.store.store import Verb
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
        clock: Clock | None,
        monotonic: Callable[[], float],
        retention: Retention,
    ) -> None:
        self._writer, self._readers = writer, readers
        self._clock, self._monotonic, self._retention = clock, monotonic, retention
        self._timers: dict[str, dict[str, Timer]] = {}
        self._started_at = monotonic()

    def start(self) -> None:
        self._started_at = self._monotonic()

    def count(self, space: str, row_id: str, timer: Timer) -> None:
        """This process has seen the question committed, and counts its time-out from there."""
        self._timers.setdefault(space, {})[row_id] = timer

    async def tick(self) -> None:
        """Does what is due, in the spaces where something is. Raises Refused where the store cannot be read; where nothing can
        be written it waits for the next time."""
        await self._erase()
        due = list((await self._readers.read(self._due)).items())
        random.shuffle(due)  # Several hubs on one database do not all begin with the same space.
        for space, what in due:
            try:
                await self._tick(space, what)
            except Refused as refused:
                if refused.status != 404:  # a space that was just removed
                    return
        for timers in self._timers.values():
            self._forget(timers)

    async def _erase(self) -> None:
        """A part of what removed spaces held; the rest at the next ticks, whichever process has them."""
        for space in await self._readers.read(reads.removed_spaces):
            self._timers.pop(space, None)
            with suppress(Refused):  # nothing can be written, or another hub has erased the last of it
                await self._in_pieces(space, Erase())

    def _due(self, connection: Connection) -> dict[str, set[str]]:
        return reads.due(connection, (self._clock or connection.now)(), _RETAIN_EVERY)

    async def _tick(self, space: str, due: set[str]) -> None:
        if "expiry" in due:
            await self._in_chunks(space, lambda: Expire(dict(self._timers.get(space, {}))))
        if "lapse" in due and self._monotonic() - self._started_at >= LONGEST_POLL + LEASE / SECOND:
            await self._in_chunks(space, Lapse)
        if "snoozes" in due:
            await self._in_chunks(space, EndSnoozes)
        if "mutes" in due:
            await self._writer.submit(space, EndMutes())
        if due & {"mutes", "sweep"}:
            await self.sweep(space)
        if "retention" in due:
            await self._in_pieces(space, Retain(self._retention, _RETAIN_EVERY))

    async def _in_chunks(self, space: str, verb: Callable[[], Verb]) -> None:
        while await self._writer.submit(space, verb()) == CHUNK:
            pass

    async def sweep(self, space: str) -> None:
        """Brings rows in line with the rules that mute them; where there are very many the rest follows with the next ticks."""
        await self._in_pieces(space, Sweep())

    async def _in_pieces(self, space: str, verb: Verb) -> None:
        """While the verb answers that there may be more to do, but not for ever: the rest follows with the next ticks."""
        for _ in range(_MOST_CHUNKS):
            if not await self._writer.submit(space, verb):
                return

    def _forget(self, timers: dict[str, Timer]) -> None:
        """A count is of use for one tick after it is over, and a moment more for a clock that runs behind."""
        late = self._monotonic() - 60
        for row_id in [row_id for row_id, timer in timers.items() if timer.is_over(late)]:
            del timers[row_id]
