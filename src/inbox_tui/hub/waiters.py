"""Askers that hold a connection open until their question is answered. Each re-reads the store when its row changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress

from inbox_tui.core.decide import ask_status
from inbox_tui.core.errors import Refused
from inbox_tui.core.model import decision_document, decode
from inbox_tui.hub.readers import Readers
from inbox_tui.hub.store import reads
from inbox_tui.hub.store.reads import Head
from inbox_tui.hub.values import UNKNOWN, Answer

log = logging.getLogger(__name__)
_LOOK_SECONDS = 1.0
_PACE = 0.005
"""Seconds between two looks: where a space changes all the time, few reads serve everybody who waits in it."""


def told(id: str, born: tuple[int, str]) -> Answer:  # noqa: A002
    """What the asker of a row is told, from its epoch and document."""
    epoch, document = born
    row = decode(document)
    decision = decision_document(row.decision) if row.decision is not None else None
    return Answer(id, epoch, ask_status(row), decision)


class Waiters:
    """A waiter is a reader of its space's feed: it hears of an answer whichever process took it."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._watches: dict[str, _Watch] = {}
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many there are."""
        return sum(len(events) for watch in self._watches.values() for events in watch.events.values())

    def wake(self, space: str | None) -> None:
        """The space has changed, here or elsewhere; None: any may have."""
        for watch in self._watches.values() if space is None else filter(None, [self._watches.get(space)]):
            watch.woken.set()

    def wake_all(self, space: str) -> None:
        """The space is gone: whoever waits there finds that out from the store."""
        if (watch := self._watches.get(space)) is not None:
            watch.tell(None)

    def close(self) -> None:
        """Everybody goes away with what is true now."""
        self._closed = True
        for watch in self._watches.values():
            watch.tell(None)

    async def wait(self, space: str, open_: Answer, seconds: float) -> Answer:
        """The answer to an open question as soon as it is there, or that it still is open."""
        event = asyncio.Event()
        watch = self._watch(space)
        waiting = watch.events.setdefault(open_.id, set())
        waiting.add(event)
        deadline = asyncio.get_running_loop().time() + seconds
        try:
            # Read after registering: an answer committed between the poll's own commit and now woke nobody.
            while (answer := await self._read(space, open_)).status == "open" and not self._closed:
                try:
                    async with asyncio.timeout_at(deadline):
                        await event.wait()
                except TimeoutError:
                    break
                event.clear()
            return answer
        finally:
            waiting.discard(event)
            if not waiting and watch.events.get(open_.id) is waiting:
                del watch.events[open_.id]
            if not watch.events and self._watches.get(space) is watch:
                del self._watches[space]
                watch.task.cancel()

    def _watch(self, space: str) -> _Watch:
        if space not in self._watches:
            self._watches[space] = _Watch(self._readers, space)
        return self._watches[space]

    async def _read(self, space: str, asked: Answer) -> Answer:
        try:
            born = await self._readers.read(lambda connection: reads.born(connection, space, asked.id))
        except Refused:
            return UNKNOWN
        return told(asked.id, born) if born[0] == asked.epoch else UNKNOWN


class _Watch:
    """The questions of one space that somebody waits for, by row id. What changed since it last looked is read when the space is
    woken, and each second, since a word of another process may be lost."""

    def __init__(self, readers: Readers, space: str) -> None:
        self._readers, self._space = readers, space
        self._at: Head | None = None
        self.events: dict[str, set[asyncio.Event]] = {}
        self.woken = asyncio.Event()
        self.task = asyncio.create_task(self._follow(), name=f"waiters of {space}")

    def tell(self, changed: Iterable[str] | None) -> None:
        """None: everybody."""
        for row_id in list(self.events) if changed is None else changed:
            for event in self.events.get(row_id, ()):
                event.set()

    async def _follow(self) -> None:
        while True:
            self.woken.clear()
            try:
                self._at, changed = await self._readers.read(lambda connection: reads.moved(connection, self._space, self._at))
                self.tell(changed)
            except Refused as refused:
                if refused.status == 404:
                    self.tell(None)
            except Exception as error:
                log.error("reading what was answered in space %s failed: %s", self._space, type(error).__name__)
            await asyncio.sleep(_PACE)
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self.woken.wait()
