"""What was measured of tasks, as routes ask for it."""

from __future__ import annotations

from dataclasses import dataclass

from inbox_tui.core.measures import named, subject_of
from inbox_tui.hub.measuring import Asked, Told, tell
from inbox_tui.hub.readers import Readers
from inbox_tui.hub.store import measured, reads
from inbox_tui.hub.store.database import Connection

TASKS = 500


@dataclass(frozen=True, slots=True)
class Task:
    """`last_at`: when something was last measured of it, in microseconds."""

    source: str
    name: str
    last_at: int
    events: int


class Measures:
    """Raises Refused as `Service` does; 404 for a space that is not there."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def tasks(self, space: str) -> list[Task]:
        """The one heard of last is the first; at most `TASKS`."""

        def read(connection: Connection) -> dict[str, tuple[int, int]]:
            reads.head(connection, space)
            return measured.subjects(connection, space)

        found = await self._readers.read(read)
        return [Task(*named(subject), last_at, events) for subject, (last_at, events) in [*found.items()][:TASKS]]

    async def told(self, space: str, asked: Asked) -> Told:
        """Reckoned by the reader's thread too: with thousands of events that takes longer than a loop may stand still."""

        def read(connection: Connection) -> Told:
            reads.head(connection, space)
            found = measured.of_task(connection, space, subject_of(asked.source, asked.task), asked.since)
            return tell(asked, found.items, is_whole=found.is_whole)

        return await self._readers.read(read)
