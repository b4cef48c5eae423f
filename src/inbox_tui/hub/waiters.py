"""Askers that hold a connection open until their question is answered. Each re-reads the store when its row changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from inbox_tui.core.decide import ask_status
from inbox_tui.core.errors import Refused
from inbox_tui.core.model import decision_document, decode
from inbox_tui.hub.readers import Readers
from inbox_tui.hub.store import reads
from inbox_tui.hub.values import UNKNOWN, Answer


def told(id: str, born: tuple[int, str]) -> Answer:  # noqa: A002
    """What the asker of a row is told, from its epoch and document."""
    epoch, document = born
    row = decode(document)
    decision = decision_document(row.decision) if row.decision is not None else None
    return Answer(id, epoch, ask_status(row), decision)


class Waiters:
    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._events: dict[tuple[str, str], set[asyncio.Event]] = {}
        self._closed = False

    def wake(self, space: str, changed: Iterable[str]) -> None:
        if self._events:
            for row_id in changed:
                for event in self._events.get((space, row_id), ()):
                    event.set()

    def wake_all(self, space: str) -> None:
        """The space is gone: whoever waits there finds that out from the store."""
        for (of, _), events in self._events.items():
            if of == space:
                for event in events:
                    event.set()

    def close(self) -> None:
        """Everybody goes away with what is true now."""
        self._closed = True
        for events in self._events.values():
            for event in events:
                event.set()

    async def wait(self, space: str, open_: Answer, seconds: float) -> Answer:
        """The answer to an open question as soon as it is there, or that it still is open."""
        event = asyncio.Event()
        waiting = self._events.setdefault((space, open_.id), set())
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
            if not waiting and self._events.get((space, open_.id)) is waiting:
                del self._events[space, open_.id]

    async def _read(self, space: str, asked: Answer) -> Answer:
        try:
            born = await self._readers.read(lambda connection: reads.born(connection, space, asked.id))
        except Refused:
            return UNKNOWN
        return told(asked.id, born) if born[0] == asked.epoch else UNKNOWN
