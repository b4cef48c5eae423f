"""The asker's side of a question: polled, acknowledged and withdrawn by its own key; and hints that it was answered elsewhere."""

from __future__ import annotations

from typing import cast

from inbox_tui.core.errors import Refused, unknown_id
from inbox_tui.core.model import decode
from inbox_tui.hub.readers import Readers
from inbox_tui.hub.store import reads
from inbox_tui.hub.values import UNKNOWN, Answer, Sender
from inbox_tui.hub.verbs.asks import Acknowledge, Poll, Withdraw
from inbox_tui.hub.verbs.hints import Hint
from inbox_tui.hub.waiters import Waiters, told
from inbox_tui.hub.writer import Writer


class Asks:
    """Raises Refused as `Service` does."""

    def __init__(self, writer: Writer, readers: Readers, waiters: Waiters) -> None:
        self._writer, self._readers, self._waiters = writer, readers, waiters

    async def poll(self, space: str, sender: Sender, key: str, *, epoch: int | None, wait: float) -> Answer:
        """The answer as soon as it is there, for `wait` seconds at most (0 to 60), and that somebody waits. An unknown key, or
        one of another epoch, is status `unknown` at once."""
        try:
            answer = cast(Answer, await self._writer.submit(space, Poll(sender.name, key, epoch, wait)))
        except Refused as refused:
            if refused.code != "storage":
                raise
            answer = await self._read(space, sender, key, epoch)
        if answer.status != "open" or wait <= 0:
            return answer
        return await self._waiters.wait(space, answer, wait)

    async def acknowledge(self, space: str, sender: Sender, key: str, *, id: str, epoch: int) -> Answer:  # noqa: A002
        """The asker has the answer and is about to act. Status `unknown` where the key's question is another."""
        return cast(Answer, await self._writer.submit(space, Acknowledge(sender.name, key, id, epoch)))

    async def withdraw(self, space: str, sender: Sender, key: str) -> Answer:
        """The asker gave up, perhaps before its POST arrived: the question is then born withdrawn."""
        return cast(Answer, await self._writer.submit(space, Withdraw(sender.name, key)))

    async def sent(self, space: str, sender: Sender, key: str, *, id: str, epoch: int) -> Answer:  # noqa: A002
        """The answer is about to be written to the connection that waits for it, and nobody will confirm that it came."""
        return cast(Answer, await self._writer.submit(space, Acknowledge(sender.name, key, id, epoch, is_confirmed=False)))

    async def hint(
        self, space: str, sender: Sender, *, session_id: str, request: str = "", subagent_id: str | None = None
    ) -> int:
        """Marks the sender's own questions that seem answered elsewhere; answers how many. It closes none."""
        return cast(int, await self._writer.submit(space, Hint(sender.name, session_id, request, subagent_id)))

    async def status(self, space: str, sender: Sender, id: str) -> Answer:  # noqa: A002
        """Status and decision of what the sender posted. 404, for what others posted too."""
        born = await self._readers.read(lambda connection: reads.born(connection, space, id))
        if decode(born[1]).sender != sender.name:
            raise unknown_id()
        return told(id, born)

    async def _read(self, space: str, sender: Sender, key: str, epoch: int | None) -> Answer:
        """Without renewing the lease: a full disk keeps nobody from the answer."""
        found = await self._readers.read(lambda connection: reads.asked(connection, space, sender.name, key))
        if found is None or (epoch is not None and found[1] != epoch):
            return UNKNOWN
        return told(found[0], found[1:])
