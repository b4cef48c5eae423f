"""Following a hub line by line: what of its frames is news, in which words, and how the connection is kept."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable
from contextlib import aclosing
from typing import Literal, NoReturn

from inbox_tui.cli.problems import complain
from inbox_tui.client import wire
from inbox_tui.client.api import Hub
from inbox_tui.client.delays import delay_after
from inbox_tui.client.stream import Frame, follow
from inbox_tui.client.target import Target
from inbox_tui.core.errors import HubUnreachable, Refused
from inbox_tui.core.feed import Item
from inbox_tui.core.model import Notification, decode
from inbox_tui.core.text import clean
from inbox_tui.tui.clocktime import time_of_day
from inbox_tui.tui.words import Tone, one_line, state, tone, who

Event = Literal["new", "again", "answered", "closed"]
Wanted = Callable[[Notification], bool]
Tell = Callable[[Event, Item, Notification], None]

REMEMBERED = 10_000
"""Rows of which it is known what was told of them."""
_ROWS = ("notification.created", "notification.updated")
_TONES: dict[Tone, str] = {"ask": "question", "error": "error", "warn": "warning", "success": "success", "info": "message"}


class News:
    """What is news in a row's frame: that it called (also while we were away), and what became of a question."""

    def __init__(self, wanted: Wanted, began_at: int) -> None:
        """`began_at`: the rev from which on rows are told."""
        self._wanted, self._forgotten = wanted, began_at
        self._told: OrderedDict[str, tuple[int, bool]] = OrderedDict()
        """Id → the raised_rev that was told last, and whether it could still be answered then."""

    def know(self, row: Notification) -> None:
        """A question that was open before: its end will be told."""
        if self._wanted(row):
            self._remember(row)

    def take(self, row: Notification) -> Event | None:
        raised_rev, was_open = self._told.get(row.id, (0, False))
        if was_open and not row.is_open:
            self._remember(row)
            return "answered" if row.decision is not None else "closed"
        if row.raised_rev <= max(raised_rev, self._forgotten) or not self._wanted(row):
            return None
        self._remember(row)
        return "again" if raised_rev or row.count > 1 else "new"

    def _remember(self, row: Notification) -> None:
        self._told[row.id] = (row.raised_rev, row.is_open)
        self._told.move_to_end(row.id)
        if len(self._told) > REMEMBERED:
            # Rather a call that is not told, of a row that comes back without one of its own, than one twice.
            _, (raised_rev, _) = self._told.popitem(last=False)
            self._forgotten = max(self._forgotten, raised_rev)


def spoken(event: Event, row: Notification, at: int) -> str:
    """One line for eyes, ears and pipes: `12:31:04 question: Deploy? (approve, reject) from ci, ID@REV`."""
    title = one_line(row, row.title) or one_line(row, row.kind)
    times = f", {row.count:,} times" if row.count > 1 else ""
    sender = f" from {who(row)}" if who(row) else ""
    choices = ", ".join(clean(choice.key, lines=False) for choice in row.choices)
    match event:
        case "new" | "again" if row.is_open:
            return f"{time_of_day(at)} question: {title} ({choices}){sender}, {row.id}@{row.raised_rev}"
        case "new" | "again":
            return f"{time_of_day(at)} {_TONES[tone(row)]}: {title}{times}{sender}"
    return f"{time_of_day(at)} {event}: {title}: {state(row)}{sender}"


def as_json(event: Event, item: Item) -> str:
    """One document. Escaped, so that no byte of it can steer a terminal."""
    return json.dumps({"event": event, "notification": json.loads(item.document)})


async def watch(target: Target, wanted: Wanted, tell: Tell) -> NoReturn:
    """For ever. Raises HubUnreachable where the hub cannot be reached at first, and Refused; later it is waited for."""
    async with Hub(target) as hub:
        watching = _Watching(hub, wanted, tell)
        while True:
            try:
                await watching.connection()
            except HubUnreachable as error:
                if watching.cursor is None:
                    raise
                await watching.pause(str(error))
            except Refused as error:
                if error.status < 500:
                    raise
                await watching.pause(str(error))


class _Watching:
    def __init__(self, hub: Hub, wanted: Wanted, tell: Tell) -> None:
        self._hub, self._wanted, self._tell = hub, wanted, tell
        self.cursor: int | None = None
        """The last rev that was taken: the next connection goes on behind it."""
        self._news: News | None = None
        self._failures = 0

    async def connection(self) -> None:
        """From its opening to its end; always raises."""
        async with aclosing(follow(self._hub, self.cursor)) as frames:
            await self._open(await anext(frames))
            async for frame in frames:
                if frame.event in _ROWS:
                    self._take(frame)

    async def _open(self, frame: Frame) -> None:
        opening, _ = wire.opening(frame.event, frame.id, frame.data)
        if self._news is None:
            self._news = News(self._wanted, opening.id)
            for item in (await self._hub.page(needs_me=True)).items:
                if item.raised_rev <= opening.id:
                    self._news.know(decode(item.document))
            complain(f"following {self._hub.target.name}, from now on")
        elif opening.is_resync:
            complain("the hub cannot tell what happened while it was away; `inbox list` shows how things stand")
        elif self._failures:
            complain("following again; what came meanwhile is told now")
        self.cursor, self._failures = opening.id, 0

    def _take(self, frame: Frame) -> None:
        assert self._news is not None
        change = wire.change(frame.event, frame.id, frame.data)
        if change.item is not None:
            row = decode(change.item.document)
            if (event := self._news.take(row)) is not None:
                self._tell(event, change.item, row)
        self.cursor = change.rev

    async def pause(self, why: str) -> None:
        if not self._failures:
            complain(f"{why} Waiting for it.")
        await asyncio.sleep(delay_after(self._failures))
        self._failures += 1
