"""An answer on its way: sent, sent again while nothing comes back, and told truly however it ends.

It is never queued: what is not answered within ten seconds is `unknown`, until the row itself tells.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from inbox_tui.cache.pages import Row
from inbox_tui.cache.store import Cache
from inbox_tui.core.errors import HubUnreachable, Refused
from inbox_tui.core.feed import Item, Page
from inbox_tui.core.model import Decision, Notification, decision_from, decode
from inbox_tui.tui.messages import DecisionChanged, SyncMessage
from inbox_tui.wire import NotConnected

if TYPE_CHECKING:
    from inbox_tui.client.api import Hub

RETRY_SECONDS = 10.0
_PAUSE_SECONDS = 0.3


class Answers:
    """`changed` is told when a decided row went into the cache."""

    def __init__(
        self,
        cache: Cache,
        post: Callable[[SyncMessage], None],
        changed: Callable[[], None],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._cache, self._post, self._changed, self._monotonic = cache, post, changed, monotonic
        self._retry_seconds = retry_seconds
        self._told: dict[str, Item | None] = {}
        """Rows with an answer on its way or of unknown outcome, and what the stream last said of them."""
        self._unknown: set[str] = set()

    async def decide(self, hub: Hub, row: Row, key: str, comment: str = "") -> None:
        """One key press: one attempt, for the row as it was shown."""
        attempt, until = secrets.token_hex(16), self._monotonic() + self._retry_seconds
        self._unknown.discard(row.id)
        self._told[row.id] = None
        self._post(DecisionChanged(row.id, "sending"))
        was_sent, trouble = False, ""
        while True:
            try:
                async with asyncio.timeout(max(0.05, until - self._monotonic())):
                    item = await self._call(hub, row, key, comment, attempt)
                await self._decided(row, item)
                return
            except TimeoutError:
                was_sent, trouble = True, "no answer in time"
            except HubUnreachable as error:
                was_sent, trouble = was_sent or not isinstance(error, NotConnected), str(error)
            except Refused as error:
                if error.status < 500 and error.status != 429:
                    self._refused(row.id, error)
                    return
                was_sent, trouble = True, str(error)
            if self._monotonic() + _PAUSE_SECONDS >= until:
                break
            await asyncio.sleep(_PAUSE_SECONDS)
        self._unanswered(row.id, was_sent, trouble)

    async def _call(self, hub: Hub, row: Row, key: str, comment: str, attempt: str) -> Item:
        shown = row.notification
        return await hub.decide(row.id, key=key, comment=comment, raised_rev=shown.raised_rev, epoch=row.epoch, attempt=attempt)

    def _unanswered(self, row_id: str, was_sent: bool, trouble: str) -> None:
        if not was_sent:
            self._forget(row_id)
            self._post(DecisionChanged(row_id, "refused", "offline", f"Nothing was answered. {trouble}"))
            return
        self._unknown.add(row_id)
        if (told := self._told.get(row_id)) is None or not self._settle(told):
            self._post(DecisionChanged(row_id, "unknown", detail=trouble))

    def row_changed(self, item: Item) -> None:
        """A row from the stream: it settles what was unknown."""
        if item.id in self._told:
            self._told[item.id] = item
            if item.id in self._unknown:
                self._settle(item)

    def _settle(self, item: Item) -> bool:
        row: Notification = decode(item.document)
        if row.decision is not None:
            self._post(DecisionChanged(row.id, "decided", decision=row.decision))
        elif row.closed:
            self._post(DecisionChanged(row.id, "refused", row.closed, f"The question is {row.closed.replace('_', ' ')}."))
        else:
            return False
        self._forget(item.id)
        return True

    def _forget(self, row_id: str) -> None:
        self._unknown.discard(row_id)
        self._told.pop(row_id, None)

    async def _decided(self, row: Row, item: Item) -> None:
        await self._cache.merge(Page(row.epoch, item.rev, None, (item,), ""))
        self._forget(row.id)
        self._changed()
        self._post(DecisionChanged(row.id, "decided", decision=decode(item.document).decision))

    def _refused(self, row_id: str, error: Refused) -> None:
        self._forget(row_id)
        theirs: Decision | None = None
        said = error.extra.get("decision")
        if isinstance(said, dict):
            try:
                theirs = decision_from(said)
            except (KeyError, TypeError, ValueError):
                theirs = None
        self._post(DecisionChanged(row_id, "refused", error.code, str(error), theirs))
