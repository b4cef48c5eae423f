"""Spaces: isolated inboxes of one hub. One is made by name, and removed with everything in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from inbox_tui.core.errors import Refused, invalid, unknown_id
from inbox_tui.hub.readers import Readers
from inbox_tui.hub.store import reads, statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.reads import SpaceNumbers
from inbox_tui.hub.store.records import Wanted
from inbox_tui.hub.writer import Writer

DEFAULT_SPACE = "default"
"""The one of the local sockets: always there."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def unknown_space(name: str) -> Refused:
    """404, for this machine's operator, who may make it."""
    return Refused(404, f"There is no space {name} here: `inbox space new {name}` makes one.", code="unknown_space")


class Spaces:
    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer, self._readers = writer, readers

    async def create(self, name: str) -> None:
        """Raises Refused: 422 for a name that cannot be, 409 `name_taken`, also while what had the name is being erased."""
        if not _NAME.fullmatch(name):
            raise invalid("body.name", "is 1 to 63 of a-z, 0-9, - and _, and begins with a letter or a digit", name)
        try:
            await self._writer.submit(name, _Create())
        except Refused as refused:
            if refused.status != 404:
                raise
            problem = f"The space {name} that was removed is still being erased: try again."
            raise Refused(409, problem, code="name_taken", retry_after=5) from None

    async def list(self) -> list[SpaceNumbers]:
        """By name, with what is in each."""
        return await self._readers.read(reads.spaces_in_numbers)

    async def remove(self, name: str, confirm: str) -> None:
        """From now on it is not there, and its keys are nobody's; what it held goes piece by piece. Raises Refused: 404; 409
        `default_space`, and `unconfirmed` where `confirm` is not its name."""
        if not _NAME.fullmatch(name):
            raise unknown_id("space")
        if name == DEFAULT_SPACE:
            raise Refused(409, f"The space {name} is the local sockets' own: it cannot be removed.", code="default_space")
        await self._writer.submit(name, _Remove(confirm))


@dataclass(frozen=True, slots=True)
class _Create:
    def prepare(self, wanted: Wanted) -> None:
        wanted.makes_space = True

    def run(self, batch: Batch) -> None:
        if not batch.is_new_space:
            raise Refused(409, f"A space named {batch.space.name} is there already.", code="name_taken")
        batch.is_new_space = False


@dataclass(frozen=True, slots=True)
class _Remove:
    confirm: str

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> None:
        name = batch.space.name
        if self.confirm != name:
            raise Refused(409, f"With {name} goes everything in it: confirm by its name.", code="unconfirmed")
        batch.execute(statements.REVOKE_KEYS, now=batch.now)
        batch.space.removed_at = batch.now
        batch.space.rev += 1  # so that every reader of its changes looks, and finds it gone
