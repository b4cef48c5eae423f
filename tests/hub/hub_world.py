"""A real service over a real database, with clocks that tests turn by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

from inbox_tui.core.model import Choice, Event, Notification, decode
from inbox_tui.core.times import SECOND
from inbox_tui.hub.media import Kept
from inbox_tui.hub.service import Page, Published, Rate, Retention, Sender, Service
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Wanted
from inbox_tui.hub.store.store import Store

SPACE = "default"
BEGINNING = 1_700_000_000 * SECOND
AGENT, OTHER = Sender("agent"), Sender("other")
PERMITTING = Sender("trusted", "k1", may_permit_on_timeout=True)


class World:
    """`place` is a path of SQLite's or an address of PostgreSQL's."""

    def __init__(self, place: Path | str, **options: Any) -> None:
        self.place = place
        self.now = BEGINNING
        self.seconds = 1000.0
        self.options = options
        self.store: Store
        self.service: Service
        self.commits: list[str] = []

    def open(self) -> Store:
        return Store.open(self.place)

    async def start(self, **options: Any) -> None:
        self.store = self.open()
        self.service = Service(self.store, clock=lambda: self.now, monotonic=lambda: self.seconds, **(self.options | options))
        self.service.on_commit(self.commits.append)
        await self.service.start()

    async def stop(self) -> None:
        await self.service.close()
        self.store.close()

    async def restart(self) -> None:
        """Another process over the same database: what was only in memory is gone."""
        await self.stop()
        await self.start()

    def advance(self, seconds: float) -> None:
        """Both clocks."""
        self.now += round(seconds * SECOND)
        self.seconds += seconds

    async def publish(self, event: Event, sender: Sender = AGENT, **more: str) -> Published:
        return await self.service.publish(SPACE, sender, event, **more)

    async def publish_all(self, events: Iterable[Event]) -> list[Published]:
        """In few commits, in this order."""
        return await asyncio.gather(*(self.publish(event) for event in events))

    async def keep(self, content: bytes, name: str = "f.bin", *, space: str = SPACE) -> Kept:
        """A file, as an upload in two parts brings it."""

        async def chunks() -> AsyncIterator[bytes]:
            yield content[: len(content) // 2]
            yield content[len(content) // 2 :]

        return await self.service.media.keep(space, AGENT.name, name, chunks())

    async def row(self, id: str) -> Notification:  # noqa: A002
        return decode(await self.service.notification(SPACE, id))

    async def rows(self) -> list[Notification]:
        return [decode(text) for text in (await self.page()).items]

    async def page(self, **filters: Any) -> Page:
        return await self.service.page(SPACE, **({"limit": 500} | filters))

    async def decide(self, row: Notification, key: str = "approve", **changes: Any) -> dict[str, Any]:
        head = await self.service.head(SPACE)
        call: dict[str, Any] = {
            "key": key,
            "comment": "",
            "raised_rev": row.raised_rev,
            "epoch": head.epoch,
            "attempt": f"attempt-{key}",
            "by": "ada",
            "via": "test",
        }
        decided: dict[str, Any] = json.loads(await self.service.decide(SPACE, row.id, **(call | changes)))
        return decided

    async def ask(self, sender: Sender = AGENT, key: str = "ask-1", **changes: Any) -> Published:
        return await self.publish(prompt(**changes), sender, idempotency_key=key)


def about(kept: Kept, **changes: Any) -> Event:
    """A message that refers to a file."""
    return message(**({"details": {"open_url": f"https://hub.example/api/v1/media/{kept.id}/{kept.name}"}} | changes))


class Remove:
    """Retention's effect on rows, without its ages."""

    def __init__(self, *ids: str) -> None:
        self.ids = ids

    def prepare(self, wanted: Wanted) -> None:
        wanted.ids.update(self.ids)

    def run(self, batch: Batch) -> None:
        for held in batch.rows(self.ids):
            batch.remove(held)


def message(title: str = "t", **changes: Any) -> Event:
    return Event(**({"kind": "message", "title": title} | changes))


def prompt(**changes: Any) -> Event:
    given: dict[str, Any] = {"kind": "input.required", "title": "May I?", "actionable": True, "is_prompt": True, "waiting": True}
    return Event(**(given | changes))


def defaulting(key: str) -> tuple[Choice, ...]:
    """The usual choices, `key` being given when time runs out."""
    return tuple(Choice(name, name, is_default_on_timeout=name == key) for name in ("approve", "reject"))


__all__ = [
    "AGENT",
    "BEGINNING",
    "OTHER",
    "PERMITTING",
    "SPACE",
    "Rate",
    "Remove",
    "Retention",
    "World",
    "about",
    "defaulting",
    "message",
    "prompt",
]
