"""The mute rules of spaces, as routes ask for them: every call answers once the rule is on disk and most of its rows agree."""

from __future__ import annotations

from typing import cast

from inbox_tui.core.mutes import Scope
from inbox_tui.hub.clockwork import Clockwork
from inbox_tui.hub.readers import Readers
from inbox_tui.hub.store import reads
from inbox_tui.hub.store.store import Verb
from inbox_tui.hub.values import Mute
from inbox_tui.hub.verbs.mutes import LiftMute, MakeMute, MuteRow, UnmuteRow
from inbox_tui.hub.writer import Writer


class MuteRules:
    """Raises Refused as `Service` does. `until`: microseconds; None: until it is lifted. `by`: who makes it."""

    def __init__(self, writer: Writer, readers: Readers, clockwork: Clockwork) -> None:
        self._writer, self._readers, self._clockwork = writer, readers, clockwork

    async def listed(self, space: str) -> list[Mute]:
        """Those that hold, the oldest first."""
        return await self._readers.read(lambda connection: reads.mutes(connection, space))

    async def make(self, space: str, scope: Scope, subject: str, label: str, *, until: int | None, by: str) -> str:
        """By what it mutes (see `core.mutes`), which may never have come yet; answers the rule's id. 409 `too_many_mutes`."""
        return cast(str, await self._change(space, MakeMute(scope, subject, label, until, by)))

    async def mute_row(
        self,
        space: str,
        id: str,  # noqa: A002
        scope: Scope,
        *,
        until: int | None,
        by: str,
        seen: int | None = None,
        idempotency_key: str = "",
    ) -> int:
        """By a row, which is muted at once; answers the rev that shows it. 404; 409 `changed`, `asks` for a question,
        `too_many_mutes`; 422 `nothing_to_mute`."""
        return cast(int, await self._change(space, MuteRow(id, scope, until, by, seen, idempotency_key)))

    async def unmute_row(self, space: str, id: str, scope: Scope, *, idempotency_key: str = "") -> int:  # noqa: A002
        """Lifts the rule of the scope that mutes a row; answers the rev that shows it. 404."""
        return cast(int, await self._change(space, UnmuteRow(id, scope, idempotency_key)))

    async def lift(self, space: str, id: str) -> None:  # noqa: A002
        """404."""
        await self._change(space, LiftMute(id))

    async def _change(self, space: str, verb: Verb) -> object:
        answer = await self._writer.submit(space, verb)
        await self._clockwork.sweep(space)
        return answer
