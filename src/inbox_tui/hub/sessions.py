"""The sessions of spaces, as routes ask for them."""

from __future__ import annotations

from typing import cast

from inbox_tui.hub.readers import Readers
from inbox_tui.hub.store import reads
from inbox_tui.hub.values import Sender, Session, Terminal
from inbox_tui.hub.verbs.sessions import MOST, Close, Register
from inbox_tui.hub.writer import Writer


class Sessions:
    """Raises Refused as `Service` does. Those that a sender named itself; see `messages` for those that the hub names."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer, self._readers = writer, readers

    async def listed(self, space: str, sender: str = "") -> list[Session]:
        """The one spoken in last first; of a sender, its own."""
        found = await self._readers.read(lambda connection: reads.sessions(connection, space, MOST))
        return [session for session in found if sender in ("", session.sender)]

    async def terminal(self, space: str, id: str) -> Terminal:  # noqa: A002
        """Where the session takes text; an empty one for a session that takes none, or is none."""
        found = await self._readers.read(lambda connection: reads.session(connection, space, id))
        return found.terminal if found is not None else Terminal()

    async def register(self, space: str, sender: Sender, *, id: str, label: str, terminal: Terminal) -> Session:  # noqa: A002
        """See the verb. 409 `too_many_sessions`."""
        return cast(Session, await self._writer.submit(space, Register(sender.name, id, label, terminal)))

    async def close(self, space: str, id: str, sender: str = "") -> None:  # noqa: A002
        """404; of another sender's too."""
        await self._writer.submit(space, Close(id, sender))
