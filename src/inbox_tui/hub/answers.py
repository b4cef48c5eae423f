"""What became of a sender's questions, by their rows' ids: waited for, listed while unacknowledged, acknowledged."""

from __future__ import annotations

import asyncio
from typing import cast

from inbox_tui.core.errors import Refused, unknown_id
from inbox_tui.core.model import decode
from inbox_tui.hub.readers import Readers
from inbox_tui.hub.store import reads
from inbox_tui.hub.store.database import Connection
from inbox_tui.hub.store.reads import Untaken
from inbox_tui.hub.values import Answer, Sender
from inbox_tui.hub.verbs.answers import Take, WaitFor
from inbox_tui.hub.waiters import Waiters, told
from inbox_tui.hub.writer import Writer


class Answers:
    def __init__(self, writer: Writer, readers: Readers, waiters: Waiters) -> None:
        self._writer, self._readers, self._waiters = writer, readers, waiters
        self._moves: dict[str, asyncio.Event] = {}

    async def wait(self, space: str, sender: Sender, id: str, seconds: float) -> Answer:  # noqa: A002
        """The answer as soon as it is there, for `seconds` at most, and that somebody waits. 404 for what others asked."""
        try:
            answer = cast(Answer, await self._writer.submit(space, WaitFor(sender.name, id, seconds)))
        except Refused as refused:
            if refused.code != "storage":
                raise
            answer = await self._read(space, sender, id)
        if answer.status != "open" or seconds <= 0:
            return answer
        return await self._waiters.wait(space, answer, seconds)

    async def take(self, space: str, sender: Sender, id: str, *, is_confirmed: bool = True) -> Answer:  # noqa: A002
        """The sender has handled the answer; not `is_confirmed`: it is about to be written to its connection. 404; 409
        `unanswered`."""
        return cast(Answer, await self._writer.submit(space, Take(sender.name, id, is_confirmed)))

    async def asked(self, space: str, sender: Sender, id: str) -> tuple[str, str]:  # noqa: A002
        """The document of a question of the sender's, and the id of the event that asked. 404."""

        def query(connection: Connection) -> tuple[str, str]:
            document = reads.notification(connection, space, id)
            row = decode(document)
            if row.sender != sender.name or not row.is_prompt:
                raise unknown_id("question")
            return document, reads.first_event(connection, space, id)

        return await self._readers.read(query)

    async def untaken(self, space: str, sender: Sender, *, after_rev: int = 0, limit: int = 100) -> list[Untaken]:
        """The sender's answers that it has not acknowledged, in the order in which they came."""
        return await self._readers.read(lambda connection: reads.untaken(connection, space, sender.name, after_rev, limit))

    def next_move(self, space: str) -> asyncio.Event:
        """Set when the space may have changed since this call."""
        return self._moves.setdefault(space, asyncio.Event())

    def wake(self, space: str | None) -> None:
        """The space has changed, here or elsewhere; None: any may have."""
        for name in list(self._moves) if space is None else [space]:
            if (move := self._moves.pop(name, None)) is not None:
                move.set()

    async def _read(self, space: str, sender: Sender, id: str) -> Answer:  # noqa: A002
        """Without renewing the lease: a full disk keeps nobody from the answer."""
        born = await self._readers.read(lambda connection: reads.born(connection, space, id))
        if decode(born[1]).sender != sender.name:
            raise unknown_id("question")
        return told(id, born)
