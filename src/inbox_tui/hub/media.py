"""Files that senders bring: taken in as they come, never whole in memory, and given out piece by piece."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import cast

from inbox_tui.core import media as types
from inbox_tui.core.errors import Refused, invalid
from inbox_tui.core.filenames import cleaned
from inbox_tui.core.model import Document
from inbox_tui.core.text import redact
from inbox_tui.core.times import DAY
from inbox_tui.hub import links
from inbox_tui.hub.rate import RateLimit
from inbox_tui.hub.readers import Readers
from inbox_tui.hub.store import reads
from inbox_tui.hub.store.store import Store
from inbox_tui.hub.values import MediaLimits
from inbox_tui.hub.verbs.media import PIECE, AddPiece, FinishUpload, GiveUp, piece_id
from inbox_tui.hub.writer import Writer

_AT_ONCE, _AT_ONCE_EACH = 64, 8
"""Uploads of all senders, and of each."""
_PIECES_AT_ONCE = 4
"""Written: rows that wait behind them wait for so many at most."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is whole in the store, by the name that it came with."""

    id: str
    name: str
    mime_type: str
    size: int
    duration_ms: int | None = None


class Media:
    """What is done with files in any space. `now` is the clock in microseconds."""

    def __init__(
        self,
        store: Store,
        writer: Writer,
        readers: Readers,
        limits: MediaLimits,
        rate: RateLimit,
        now: Callable[[], int],
    ) -> None:
        self._store, self._writer, self._readers, self._rate, self._now = store, writer, readers, rate, now
        self.limits = limits
        self._secret = b""
        self._coming = Counter[tuple[str, str]]()
        self._turns = asyncio.Semaphore(_PIECES_AT_ONCE)

    async def keep(self, space: str, sender: str, name: str, chunks: AsyncIterable[bytes]) -> Kept:
        """The file, once all of it is on disk; what is cut off leaves nothing. Raises Refused: 413 `too_long`, 415 for a kind
        that is not taken, 422 for an empty one, 429 `rate`, 507 `media_full`, 503 `busy`, 408 `too_slow`; and what `chunks`
        raises."""
        if seconds := self._rate.take(space, sender):
            raise Refused(429, f"{sender} posts too fast: try again in {seconds} s.", code="rate", retry_after=seconds)
        with self._one_more(space, sender):
            upload = _Upload(self, space)
            try:
                async for chunk in chunks:
                    await upload.take(chunk)
                return await upload.finish(name)
            except BaseException:
                if upload.id:
                    with suppress(Refused):
                        await asyncio.shield(self._writer.submit(space, GiveUp(upload.id)))
                raise

    async def find(self, space: str, id: str, name: str) -> Kept:  # noqa: A002
        """404."""
        size, mime_type = await self._readers.read(lambda connection: reads.media(connection, space, id))
        return Kept(id, cleaned(name), types.named_type(mime_type, name), size)

    async def pieces(self, space: str, kept: Kept) -> AsyncGenerator[bytes]:
        """All of it, each piece read when the one before has been taken. Raises Refused 404 where it has gone meanwhile."""
        given = number = 0
        while given < kept.size:
            wanted = piece_id(kept.id, number)
            piece = await self._readers.read(lambda connection, wanted=wanted: reads.piece(connection, space, wanted))  # type: ignore[misc]
            yield piece
            given, number = given + len(piece), number + 1

    async def attachment(self, base: str, space: str, kept: Kept) -> Document:
        """How a message names it. `base`: where whoever reads it finds this hub, as `access.base_url` says."""
        link = links.link_to(await self._key(), space, kept.id, kept.name, self._now() + self.limits.link_days * DAY)
        document: Document = {
            "kind": types.kind_of(kept.mime_type),
            "url": links.media_url(base, kept.id, kept.name, link),
            "mime_type": kept.mime_type,
            "size_bytes": kept.size,
            "file_name": kept.name,
        }
        return document if kept.duration_ms is None else document | {"duration_ms": kept.duration_ms}

    async def space_of(self, link: str, id: str, name: str) -> str | None:  # noqa: A002
        """The space that a signed link opens the file in; None where it opens nothing."""
        return links.space_of(await self._key(), link, id, name, self._now())

    def refuse_too_long(self) -> Refused:
        return Refused(413, f"The file is longer than {self.limits.file_bytes >> 20} MiB.", code="too_long")

    @contextmanager
    def _one_more(self, space: str, sender: str) -> Iterator[None]:
        who = space, sender
        if self._coming[who] >= _AT_ONCE_EACH or self._coming.total() >= _AT_ONCE:
            raise Refused(503, "Too many files are coming in at once: try again.", code="busy", retry_after=5)
        self._coming[who] += 1
        try:
            yield
        finally:
            self._coming[who] -= 1
            if not self._coming[who]:
                del self._coming[who]

    async def write(self, space: str, verb: AddPiece | FinishUpload) -> str:
        async with self._turns:
            return cast(str, await self._writer.submit(space, verb))

    async def _key(self) -> bytes:
        if not self._secret:
            self._secret = await asyncio.to_thread(self._store.secret, "media")
        return self._secret


class _Upload:
    """One file that is coming in."""

    def __init__(self, media: Media, space: str) -> None:
        self._media, self._space, self._limits = media, space, media.limits
        self.id = ""
        self._number = self._size = 0
        self._head, self._held, self._digest = b"", bytearray(), hashlib.sha256()

    async def take(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > self._limits.file_bytes:
            raise self._media.refuse_too_long()
        if len(self._head) < types.HEAD:
            self._head += chunk[: types.HEAD - len(self._head)]
        self._digest.update(chunk)
        self._held += chunk
        while len(self._held) > PIECE:  # so that the last piece is never empty
            piece = bytes(self._held[:PIECE])
            del self._held[:PIECE]
            verb = AddPiece(self.id, self._number, piece, self._limits.space_bytes)
            self.id = await self._media.write(self._space, verb)
            self._number += 1

    async def finish(self, name: str) -> Kept:
        if not self._size:
            raise invalid("body.file", "is empty")
        mime_type, name = types.type_of(self._head), redact(cleaned(name))[0]
        if types.kind_of(mime_type) not in self._limits.kinds:
            raise Refused(415, f"This hub takes no {types.kind_of(mime_type)} files.", code="kind")
        verb = FinishUpload(
            self.id, self._number, bytes(self._held), self._limits.space_bytes, self._digest.hexdigest(), self._size, mime_type,
            self._limits.unused_days * DAY,
        )  # fmt: skip
        media_id = await self._media.write(self._space, verb)
        duration = types.wav_duration(self._head, self._size)
        return Kept(media_id, name, types.named_type(mime_type, name), self._size, duration)
