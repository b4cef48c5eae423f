"""Queued triage on its way to the hub: oldest first, each with its own key, so that a repeated call does nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, cast

from inbox_tui.cache.rows import Op, View
from inbox_tui.cache.store import Cache
from inbox_tui.core import times
from inbox_tui.core.errors import HubUnreachable, Refused
from inbox_tui.core.ids import new_idempotency_key
from inbox_tui.core.mutes import Scope
from inbox_tui.core.triage import Verb
from inbox_tui.tui.messages import SyncMessage, TriageDone, TriageRefused

if TYPE_CHECKING:
    from inbox_tui.client.api import Hub

ROWS_A_CALL = 250
"""What our hubs take in one call, and do in one commit."""
LOOK_AGAIN_SECONDS = 2.0
"""Another pane may have queued something, or have died while it was sending."""
_LATER = frozenset({401, 408, 425, 429})


class Outbox:
    """`changed` is told after every change of the queue."""

    def __init__(self, cache: Cache, post: Callable[[SyncMessage], None], changed: Callable[[], Awaitable[None]]) -> None:
        self._cache, self._post, self._changed = cache, post, changed
        self._wake = asyncio.Event()
        self._is_foreign = False

    async def put(
        self, verb: Verb, row_id: str, seen: int, at: int, *, until: int | None = None, scope: Scope | None = None
    ) -> None:
        """One row, as it was shown: `seen` is its raised_rev. `until`, `scope`: of a snooze or a mute."""
        await self._put(Op(new_idempotency_key(), verb, row_id, seen, at, until=until, scope=scope))

    async def put_rows(self, verb: Verb, rows: Mapping[str, int], at: int, *, until: int | None = None) -> None:
        """Many rows, each as it was shown: by id, its raised_rev. All are queued or none."""
        call, shown = new_idempotency_key(), [*rows.items()]
        parts = [dict(shown[start : start + ROWS_A_CALL]) for start in range(0, len(shown), ROWS_A_CALL)]
        await self._put(*(Op(f"{call}/{n}", verb, None, 0, at, until=until, rows=part) for n, part in enumerate(parts)))

    async def put_all(self, verb: Literal["read", "done"], view: View, at: int) -> None:
        """Every row of a view, as far as the cache has come."""
        seen = (await self._cache.state()).cursor
        if seen is not None:
            await self._put(Op(new_idempotency_key(), verb, None, seen, at, view is View.UNREAD, view is View.NEEDS))

    async def _put(self, *ops: Op) -> None:
        await self._cache.enqueue(*ops)
        self._wake.set()
        await self._changed()

    async def run(self, hub: Hub, *, is_foreign: bool = False) -> None:
        """Sends while the hub answers. Raises HubUnreachable, and Refused where the hub lets nobody in."""
        self._is_foreign = is_foreign
        while True:
            self._wake.clear()
            while (op := await self._cache.next_op()) is not None:
                await self._send(hub, op)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOK_AGAIN_SECONDS)

    async def _send(self, hub: Hub, op: Op) -> None:
        try:
            rev = await self._call(hub, op)
        except Refused as error:
            if _is_for_later(error):
                if error.status == 401:
                    raise HubUnreachable(str(error)) from error
                await asyncio.sleep(min(error.retry_after or 2, 30))
                return
            await self._cache.acked(op.key, None)
            self._post(TriageRefused((*op.ids,), op.verb, str(error), error.code))
        else:
            # A foreign hub names no rev; its rows carry the time instead.
            await self._cache.acked(op.key, rev if rev is not None else times.now())
        await self._changed()

    async def _call(self, hub: Hub, op: Op) -> int | None:
        if op.id is not None:
            return await hub.triage(op.id, op.verb, seen=op.seen, idempotency_key=op.key, until=op.until, scope=op.scope)
        if op.rows is not None:
            return await self._call_rows(hub, op, op.rows)
        if self._is_foreign and op.only_needs_me:
            return None  # none of its rows does, and what it would do is read them all
        done = await hub.triage_all(
            cast("Literal['read', 'done']", op.verb),
            up_to=op.seen,
            unread=op.only_unread,
            needs_me=op.only_needs_me,
            idempotency_key=op.key,
        )
        self._post(TriageDone(op.verb, done.changed, done.skipped))
        return done.rev

    async def _call_rows(self, hub: Hub, op: Op, rows: Mapping[str, int]) -> int | None:
        call = op.key.partition("/")[0]
        if not self._is_foreign:
            done = await hub.triage_rows(op.verb, rows, idempotency_key=op.key, until=op.until)
            self._post(TriageDone(op.verb, done.changed, done.skipped, done.raised, call))
            return done.rev
        # To a hub that is not ours its bulk form would mean every row that it has.
        refused: list[str] = []
        for row_id in rows:
            try:
                await hub.triage(row_id, op.verb)
            except Refused as error:
                if _is_for_later(error):
                    raise
                refused.append(row_id)
        if refused:
            self._post(TriageRefused((*refused,), op.verb, f"{len(refused):,} were not taken by this hub"))
        return None


def _is_for_later(error: Refused) -> bool:
    """Whether the refusal says nothing about the call itself."""
    return error.status >= 500 or error.status in _LATER
