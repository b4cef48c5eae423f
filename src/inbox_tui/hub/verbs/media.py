"""Files that senders bring, kept by their content in the space's own pieces, and gone when nothing refers to them any more.

A file comes in piece by piece, each its own verb, so that rows are never held up by one; it has its hash, and can be found, only
once all of it is there. What was cut off, and what nobody refers to, is found by the time at which it is next to be looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from inbox_tui.core.errors import Refused
from inbox_tui.core.times import DAY, MINUTE
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Wanted

PIECE = 256 * 1024
"""Bytes of each piece of a file but the last."""
LEASE = 10 * MINUTE
"""How long after its last piece an upload is still waited for."""
LOOKED_AT, PIECES, USES = 250, 16, 250
"""At most so many files, pieces, and uses of one file, a commit."""


@dataclass(frozen=True, slots=True)
class AddPiece:
    """The next piece of an upload, or with `upload` "" the first of a new one. Answers the upload's id."""

    upload: str
    number: int
    piece: bytes
    most: int
    """Bytes of files that the space may have."""

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> str:
        """Raises Refused 507 `media_full`, 408 for an upload that was given up."""
        _check_room(batch, len(self.piece), self.most)
        if self.upload:
            _renew(batch, self.upload)
        upload = self.upload or _begin(batch)
        _add(batch, upload, self.number, self.piece)
        return upload


@dataclass(frozen=True, slots=True)
class FinishUpload:
    """The last piece, and all that is known by then. `upload` "": it is the only one. Answers the file's id: that of an earlier
    one where the space has the same content."""

    upload: str
    number: int
    piece: bytes
    most: int
    hash: str
    size: int
    mime_type: str
    unused: int
    """Microseconds that it is kept for somebody to refer to it."""

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> str:
        """Raises Refused as AddPiece."""
        check_at = batch.now + self.unused
        found = batch.select(statements.MEDIA_BY_HASH, hash=self.hash)
        if found:
            earlier, due = str(found[0][0]), int(found[0][1])
            batch.execute(statements.CHECK_MEDIA, id=earlier, check_at=max(check_at, due))
            _give_up(batch, self.upload)
            return earlier
        _check_room(batch, len(self.piece), self.most)
        if self.upload:
            _renew(batch, self.upload)
        upload = self.upload or _begin(batch)
        _add(batch, upload, self.number, self.piece)
        batch.execute(
            statements.FINISH_UPLOAD, id=upload, hash=self.hash, size=self.size, mime_type=self.mime_type, check_at=check_at
        )
        return upload


@dataclass(frozen=True, slots=True)
class GiveUp:
    """An upload that was cut off: what has come of it is swept next."""

    upload: str

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> None:
        _give_up(batch, self.upload)


def piece_id(media_id: str, number: int) -> str:
    return f"{media_id}-{number:06}"


def sweep(batch: Batch) -> bool:
    """A part of what is to be looked at: what a row or an event refers to stays for another day, the rest goes. Whether there may
    be more."""
    room = PIECES
    found = batch.select(statements.MEDIA_TO_CHECK, now=batch.now, limit=LOOKED_AT)
    for media_id, hash_ in found:
        if hash_ and _is_used(batch, media_id):
            batch.execute(statements.CHECK_MEDIA, id=media_id, check_at=batch.now + DAY)
            continue
        if hash_:
            batch.execute(statements.HIDE_MEDIA, id=media_id)
        gone = drop_pieces(batch, media_id, room)
        if gone == room:
            return True
        room -= gone
        batch.execute(statements.DELETE_MEDIA, id=media_id)
    return len(found) == LOOKED_AT


def drop_pieces(batch: Batch, media_id: str, most: int) -> int:
    """Deletes the first pieces of a file. Answers how many."""
    first, last = piece_id(media_id, 0), piece_id(media_id, 999_999)
    found = batch.select(statements.FIRST_PIECES, first=first, last=last, limit=most)
    if found:
        batch.execute(statements.DELETE_PIECES, first=first, last=found[-1][0])
        batch.space.media -= sum(int(length) for _, length in found)
    return len(found)


def _is_used(batch: Batch, media_id: str) -> bool:
    """Whether an event that is still there refers to it, or the row that such an event went to. The first uses that are over are
    forgotten on the way."""
    while True:
        uses = batch.select(statements.FIRST_USES, id=media_id, mention=f"%{media_id}%", limit=USES)
        over = list(takewhile(lambda use: not use[1], uses))
        if over:
            batch.execute(statements.DELETE_USES, id=media_id, first=over[0][0], last=over[-1][0])
        if len(over) < USES:
            return len(over) < len(uses)


def _check_room(batch: Batch, size: int, most: int) -> None:
    if batch.space.media + size > most:
        detail = f"The files of this space have {most >> 20} MiB, and no more: those that nothing refers to go by themselves."
        raise Refused(507, detail, code="media_full")


def _begin(batch: Batch) -> str:
    upload = batch.next_id()
    batch.execute(statements.ADD_UPLOAD, id=upload, now=batch.now, check_at=batch.now + LEASE)
    return upload


def _renew(batch: Batch, upload: str) -> None:
    if not batch.select(statements.RENEW_UPLOAD, id=upload, check_at=batch.now + LEASE):
        raise Refused(408, "The upload took too long, and what had come of it is gone: send it again.", code="too_slow")


def _add(batch: Batch, upload: str, number: int, piece: bytes) -> None:
    batch.execute(statements.ADD_PIECE, id=piece_id(upload, number), bytes=piece)
    batch.space.media += len(piece)


def _give_up(batch: Batch, upload: str) -> None:
    if upload:
        batch.select(statements.RENEW_UPLOAD, id=upload, check_at=batch.now)
