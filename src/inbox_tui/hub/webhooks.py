"""Where a project, which is a key's name, hears of every answer besides asking for it."""

from __future__ import annotations

from dataclasses import dataclass

from inbox_tui.core.errors import invalid, unknown_id
from inbox_tui.hub.callbacks import Callbacks
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Wanted
from inbox_tui.hub.values import Callback
from inbox_tui.hub.writer import Writer


class Webhooks:
    def __init__(self, writer: Writer, callbacks: Callbacks | None) -> None:
        self._writer, self._callbacks = writer, callbacks

    async def set(self, space: str, name: str, url: str) -> str:
        """Of the key of that name: the address, or none where it is "". Answers its host. 404; 503 `key_file` where it cannot be
        kept safely."""
        webhook = Callback("", "")
        if url:
            if self._callbacks is None:
                raise invalid("body.url", "this hub calls nobody")
            webhook = self._callbacks.sealed(url)
        await self._writer.submit(space, SetWebhook(name, webhook))
        return webhook.host


@dataclass(frozen=True, slots=True)
class SetWebhook:
    name: str
    webhook: Callback

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> None:
        if not batch.select(statements.KEY_BY_NAME, name=self.name):
            raise unknown_id("key")
        batch.execute(statements.SET_WEBHOOK, name=self.name, host=self.webhook.host, address=self.webhook.address)
