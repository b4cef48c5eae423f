"""A pane over a real cache file, without a hub: its clock, its terminal's replies and its keys' times are turned by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import seed
from query_world import numbered
from textual import events
from textual.pilot import Pilot
from textual.widget import Widget

from inbox_tui.cache.pages import Reader
from inbox_tui.cache.store import Cache
from inbox_tui.core import ids
from inbox_tui.core.feed import Change, item_from
from inbox_tui.core.model import APPROVE, REJECT, Notification, encode
from inbox_tui.core.paths import Paths
from inbox_tui.core.times import SECOND
from inbox_tui.tui.app import InboxApp
from inbox_tui.tui.link import NoLink
from inbox_tui.tui.messages import CacheChanged, SyncMessage
from inbox_tui.tui.settings import DEFAULTS, Settings
from inbox_tui.tui.terminal import Reply
from inbox_tui.tui.told import Told

FEED = "test"
NAMED = {"enter", "escape", "tab", "down", "up", "pagedown", "pageup", "home", "end"}


class HandFence:
    """A terminal that replies when the test says so. `waiting`: the pane has asked it."""

    def __init__(self) -> None:
        self.waiting: Reply | None = None
        self.asked = 0

    def send(self, reply: Reply) -> None:
        self.waiting, self.asked = reply, self.asked + 1

    def take(self, event: events.CursorPosition) -> None:
        self.reply(event.time)

    def forget(self) -> None:
        self.waiting = None

    def reply(self, at: float) -> None:
        if self.waiting is not None:
            reply, self.waiting = self.waiting, None
            reply(at)


class Pane:
    def __init__(self, app: InboxApp, pilot: Pilot[int], cache: Cache, fence: HandFence, link: NoLink) -> None:
        self.app, self.pilot, self.cache, self.fence, self.link = app, pilot, cache, fence, link
        self.rev = 10_000
        self.seconds = 1000.0
        """The clock that stamps keys."""

    @property
    def main(self):  # type: ignore[no-untyped-def]
        return self.app.main

    async def press(self, *keys: str, at: float | None = None) -> None:
        """Keys as the terminal's driver hands them over, read now or at `at`."""
        for key in keys:
            named = key in NAMED or "+" in key
            event = events.Key(key, None if named else key)
            event.time = self.seconds if at is None else at
            self.app.post_message(event)
        await self.pilot.pause()

    async def until(self, met: Callable[[], bool]) -> None:
        """Frame by frame, until it is so."""
        for _ in range(200):
            if met():
                return
            await self.main.wait_for_refresh()
            await self.pilot.pause()
        raise AssertionError("not within 200 frames")

    async def tell(self, what: SyncMessage) -> None:
        self.app.post_message(Told(what))
        await self.pilot.pause()

    async def arrive(self, *rows: Notification) -> list[str]:
        """Rows come (or change, where they have an id) as the hub's frames would bring them. Answers their ids."""
        changes, made = [], []
        for row in rows:
            self.rev += 1
            is_new = not row.id
            id_ = row.id or ids.encode((row.created_at // 1000) << 80 | self.rev)
            row = replace(row, id=id_, rev=self.rev, raised_rev=self.rev if is_new else row.raised_rev)
            changes.append(Change(self.rev, id_, item_from(encode(row))))
            made.append(id_)
        await self.cache.apply(changes)
        await self.tell(CacheChanged())
        return made

    async def remove(self, id_: str) -> None:
        self.rev += 1
        await self.cache.apply([Change(self.rev, id_, None)])
        await self.tell(CacheChanged())

    def text(self, widget: Widget) -> list[str]:
        """A widget's lines as they are on the screen."""
        return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]

    @property
    def rows(self) -> list[str]:
        return self.text(self.main.list)

    @property
    def cursor_line(self) -> int:
        """The screen line that has the cursor's bar."""
        return next(y for y, line in enumerate(self.rows) if line.startswith("▌"))

    @property
    def footer(self) -> str:
        return self.text(self.main.query_one("#footer"))[0]

    @property
    def header(self) -> str:
        return self.text(self.main.query_one("#header"))[0]


OpenPane = Callable[..., AbstractAsyncContextManager[Pane]]


@asynccontextmanager
async def open_pane(
    paths: Paths,
    of: list[Notification],
    *,
    size: tuple[int, int] = (80, 24),
    settings: Settings = DEFAULTS,
    environ: dict[str, str] | None = None,
) -> AsyncIterator[Pane]:
    await seed.fill(paths.cache_database, FEED, of)
    reader = Reader(paths.cache_database, FEED)
    cache = Cache(paths.cache_database, FEED, clock=lambda: seed.NOW)
    await cache.open()
    fence, link = HandFence(), NoLink()
    app = InboxApp(
        reader,
        paths,
        settings,
        connect=lambda _: link,
        me="dana",
        fence=fence,
        clock=lambda: seed.NOW,
        monotonic=lambda: pane.seconds,
        environ=environ if environ is not None else {"COLORTERM": "truecolor"},
    )
    try:
        async with app.run_test(size=size) as pilot:
            pane = Pane(app, pilot, cache, fence, link)
            await pilot.pause()
            yield pane
    finally:
        await cache.close()
        reader.close()


def message(title: str, ago: int = 60, **members: object) -> Notification:
    """A row without id, raised `ago` seconds ago."""
    at = seed.NOW - ago * SECOND
    return Notification(  # type: ignore[arg-type]
        **{"id": "", "kind": "message", "title": title, "created_at": at, "last_occurred_at": at, "raised_at": at,
           "occurrences": (at,), "sender": "tests", **members}
    )  # fmt: skip


def prompt(title: str, ago: int = 60, command: str = "make deploy", **members: object) -> Notification:
    asks = {"actionable": True, "is_prompt": True, "choices": (APPROVE, REJECT), "waiting": "here", "kind": "input.required"}
    return message(title, ago, **{**asks, "details": {"command": command}, **members})


def many(count: int) -> list[Notification]:
    return numbered([message(f"row {n}", 10_000 - n) for n in range(count)])
