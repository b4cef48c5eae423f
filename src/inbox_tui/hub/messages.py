"""What senders that name their messages by event want besides posting: what became of one, and sessions to post in."""

from __future__ import annotations

from typing import cast

from inbox_tui.core.model import Document
from inbox_tui.hub.readers import Readers
from inbox_tui.hub.store import reads
from inbox_tui.hub.values import AgentSession, Sender
from inbox_tui.hub.verbs.belonging import OpenSession
from inbox_tui.hub.writer import Writer


class Messages:
    """Raises Refused as `Service` does: 404 for what another sender has, too."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer, self._readers = writer, readers

    async def said(self, space: str, sender: Sender, event_id: str) -> Document:
        """The details of a message as they are now: what happened to it later is in its row, unless others have folded into that.
        404."""
        return await self._readers.read(lambda connection: reads.said(connection, space, sender.name, event_id))

    async def open_session(self, space: str, sender: Sender, title: str) -> AgentSession:
        return cast(AgentSession, await self._writer.submit(space, OpenSession(sender.name, title)))

    async def session(self, space: str, sender: Sender, id: str) -> AgentSession:  # noqa: A002
        """404."""
        return await self._readers.read(lambda connection: reads.agent_session(connection, space, sender.name, id))
