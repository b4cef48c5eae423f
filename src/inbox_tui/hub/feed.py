"""A space's changes, encoded once for all its readers.

The ring covers the revs in (base, head] and is fed only by reading "what is after head" from the store; a commit merely wakes
it. A reader whose cursor is before the base reads pages from the store. Nothing here grows with the number of slow readers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from inbox_tui.core.errors import Refused
from inbox_tui.hub import frames
from inbox_tui.hub.service import Head, Service
from inbox_tui.hub.settings import Settings

log = logging.getLogger(__name__)
_ROWS_A_READ = 100
_TICK = 1.0
_PACE = 50e-6
"""Seconds a reader between two rounds: writing to all of them is work, so that under a burst many readers get more at a time,
and what comes in is not held up by what goes out. A lone change goes out at once."""


def tick_of(settings: Settings) -> float:
    """Seconds between two looks at where spaces stand, and at readers."""
    return min(_TICK, settings.ping_seconds / 2)


@dataclass(slots=True)
class Sent:
    """What all the streams of a process were given."""

    changes: int = 0


class Piece(NamedTuple):
    """What a reader is written at once: frames, the cursor after them, and how many changes they tell."""

    frames: bytes
    cursor: int
    changes: int


class Reader(Protocol):
    """What the feed knows of a stream: it looks at each about once a second."""

    def look(self, now: float) -> None: ...


class Feed:
    """One space. `seen` is the head that it has read up to; `closed` tells readers to hang up."""

    def __init__(self, service: Service, space: str, settings: Settings, sent: Sent) -> None:
        self._service, self._space, self._settings = service, space, settings
        self.sent = sent
        self._revs: list[int] = []
        self._frames: list[bytes] = []
        self._bytes = 0
        self._joined: dict[int, Piece] = {}
        self._replays: dict[int, asyncio.Task[Piece | None]] = {}
        self._is_live = False
        self._life = 0
        self._told_at = 0.0
        self._wake = asyncio.Event()
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.base = self._head = 0
        self.seen = Head(0, 0, 0, 0)
        self.readers: set[Reader] = set()
        self.closed = False
        self.storage = ""
        self.state_version = 0
        """Grows when `storage` changes, so that readers ping at once."""
        self.notices = self.notice_rev = 0
        self.notice = b""

    async def subscribe(self, reader: Reader) -> Head:
        """From now on the reader will hear of every change after the head that this answers."""
        self.readers.add(reader)
        head = await self._service.head(self._space)
        if not self._is_live:
            self._begin(head)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=f"feed {self._space}")
        self.wake()
        return head

    def leave(self, reader: Reader) -> None:
        """Without readers the feed rests, and starts over at the head with the next one."""
        self.readers.discard(reader)
        self._is_live = self._is_live and bool(self.readers)

    def wake(self) -> None:
        """Something was committed."""
        self._wake.set()

    def look(self, head: Head | None) -> None:
        """Where the space stands, None: it is gone. Reads on where that is not what was read last: some wake-ups are lost."""
        if head is None or (head.epoch, head.rev) != (self.seen.epoch, self._head):
            self.wake()

    def announce_unread(self, head: Head) -> None:
        """A bulk verb has run, and the head shows it. Readers hear so after its rows."""
        self.notices += 1
        self.notice_rev = head.rev
        self.notice = frames.unread_count(head.unread_count)
        self._tell()

    def close(self) -> None:
        """Every reader hangs up."""
        self.closed = True
        if self._task is not None:
            self._task.cancel()
        self._tell()

    async def changed(self) -> None:
        """Until there may be something new for a reader, at most about a second."""
        await self._changed.wait()

    def ready(self, cursor: int) -> Piece:
        """What the ring holds after the cursor, at most `write_bytes` (or one frame)."""
        if (known := self._joined.get(cursor)) is not None:
            return known
        at = start = bisect_right(self._revs, cursor)
        room = self._settings.write_bytes
        while at < len(self._frames) and (at == start or room >= len(self._frames[at])):
            room -= len(self._frames[at])
            at += 1
        found = Piece(b"".join(self._frames[start:at]), self._revs[at - 1] if at > start else cursor, at - start)
        if len(self._joined) < 256:
            self._joined[cursor] = found
        return found

    async def replay(self, cursor: int) -> Piece | None:
        """The same from the store, for a cursor before the base; readers at one place share. None: the cursor is good no more."""
        task = self._replays.get(cursor)
        if task is None:
            task = self._replays[cursor] = asyncio.create_task(self._read_page(cursor))
            task.add_done_callback(lambda done: self._replayed(cursor, done))
        return await asyncio.shield(task)

    def _replayed(self, cursor: int, task: asyncio.Task[Piece | None]) -> None:
        del self._replays[cursor]
        if not task.cancelled():
            task.exception()  # Marked as seen: every reader that shared it may have left.

    async def _read_page(self, cursor: int) -> Piece | None:
        changes = await self._service.changes(self._space, cursor, _ROWS_A_READ, self._settings.write_bytes)
        if changes is None:
            return None
        room, parts, after = self._settings.write_bytes, list[bytes](), cursor
        for item in changes.items:
            frame = frames.change(item, changes.head.unread_count)
            if parts and len(frame) > room:
                break
            room -= len(frame)
            parts.append(frame)
            after = item.rev
        return Piece(b"".join(parts), after if parts else max(cursor, self.base), len(parts))

    def _begin(self, head: Head) -> None:
        """The ring starts, or starts over, at a head."""
        self._revs, self._frames, self._bytes = [], [], 0
        self._joined = {}
        self._is_live = True
        self._life += 1
        self.base = self._head = head.rev
        self.seen = head
        self.storage = self._service.storage_problem

    async def _run(self) -> None:
        tick = tick_of(self._settings)
        loop = asyncio.get_running_loop()
        looked = 0.0
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), tick)
            if not self.readers:
                self._wake.clear()
                continue
            if self._wake.is_set():
                await self._read_on()
            if self.storage != self._service.storage_problem:
                self.storage = self._service.storage_problem
                self.state_version += 1
            if loop.time() - looked >= tick:
                looked = loop.time()
                for reader in list(self.readers):
                    reader.look(looked)
                self._tell()

    async def _read_on(self) -> None:
        self._wake.clear()
        if (pause := self._told_at + _PACE * len(self.readers) - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(pause)
        try:
            await self._poll()
        except Refused:
            pass  # The store cannot be read just now: `storage` says so, or the readers have to go anyway.
        except Exception as error:
            log.error("reading the changes of space %s failed: %s", self._space, type(error).__name__)

    async def _poll(self) -> None:
        while True:
            life = self._life
            changes = await self._service.changes(self._space, self._head, _ROWS_A_READ)
            if life != self._life:
                return
            if changes is None:
                # Restored under us. No reader's cursor can reach the new base: each finds out from the store, and hangs up.
                try:
                    self._begin(await self._service.head(self._space))
                except Refused as refused:
                    if refused.status != 404:
                        raise
                    self.close()  # The space has been removed.
                self._tell()
                return
            for item in changes.items:
                self._append(item.rev, frames.change(item, changes.head.unread_count))
            if not changes.more:
                self.seen = changes.head
            if changes.items:
                self._trim()
                self._tell()
                self._told_at = asyncio.get_running_loop().time()
            if not changes.more:
                return

    def _append(self, rev: int, frame: bytes) -> None:
        self._revs.append(rev)
        self._frames.append(frame)
        self._bytes += len(frame)
        self._head = rev

    def _trim(self) -> None:
        """Drops the oldest quarter where the ring is full, so that dropping is rare."""
        self._joined = {}
        settings = self._settings
        cut = 0
        if len(self._frames) > settings.ring_frames or self._bytes > settings.ring_bytes:
            count, size = settings.ring_frames * 3 // 4, settings.ring_bytes * 3 // 4
            while len(self._frames) - cut > count or (self._bytes > size and cut < len(self._frames)):
                self._bytes -= len(self._frames[cut])
                cut += 1
        if cut:
            self.base = self._revs[cut - 1]
            del self._revs[:cut], self._frames[:cut]

    def _tell(self) -> None:
        waiting, self._changed = self._changed, asyncio.Event()
        waiting.set()


class Feeds:
    """The feed of each space that has had a reader. Once a second all that have one are looked at together, so that a space in
    which nothing happens costs next to nothing."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self._service, self._settings = service, settings
        self._feeds: dict[str, Feed] = {}
        self.sent = Sent()
        self.closed = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        service.on_commit(self._committed)

    @property
    def readers(self) -> int:
        """How many streams are open."""
        return sum(len(feed.readers) for feed in self._feeds.values())

    def of(self, space: str) -> Feed:
        feed = self._feeds.get(space)
        if feed is None or feed.closed:  # A removed space's name may be another's by now.
            feed = self._feeds[space] = Feed(self._service, space, self._settings, self.sent)
            feed.closed = self.closed.is_set()
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(), name="feeds")
        return feed

    def announce_unread(self, space: str, head: Head) -> None:
        if (feed := self._feeds.get(space)) is not None:
            feed.announce_unread(head)

    def close(self) -> None:
        """Every stream ends; so does every long poll, which watches `closed`."""
        self.closed.set()
        if self._looking is not None:
            self._looking.cancel()
        for feed in self._feeds.values():
            feed.close()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(tick_of(self._settings))
            read = {space: feed for space, feed in self._feeds.items() if feed.readers}
            try:
                heads = await self._service.heads(list(read)) if read else {}
            except Refused:
                continue  # The store cannot be read just now, and the service says so to each feed.
            except Exception as error:
                log.error("reading where spaces stand failed: %s", type(error).__name__)
                continue
            for space, feed in read.items():
                feed.look(heads.get(space))

    def _committed(self, space: str | None) -> None:
        for feed in self._feeds.values() if space is None else filter(None, [self._feeds.get(space)]):
            feed.wake()
