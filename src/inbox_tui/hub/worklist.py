"""The jobs of spaces as people see them: what is queued, under way, or given up; tried again, or dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from inbox_tui.hub.readers import Readers
from inbox_tui.hub.store import reads
from inbox_tui.hub.values import JobSeen
from inbox_tui.hub.verbs.jobs import DropJob, RetryJob
from inbox_tui.hub.writer import Writer

State = Literal["queued", "running", "failed"]
STATES: tuple[State, ...] = ("queued", "running", "failed")
_AFTER_ALL = "~"
"""Above every id."""


class Worklist:
    """Raises Refused as `Service` does."""

    def __init__(self, writer: Writer, readers: Readers, wake: Callable[[], None]) -> None:
        self._writer, self._readers, self._wake = writer, readers, wake

    async def listed(self, space: str, state: State | None, *, before: str = "", limit: int = 50) -> list[JobSeen]:
        """The newest first; of every state, or of one."""
        states = STATES if state is None else (state,)
        found = await self._readers.read(
            lambda connection: [job for one in states for job in reads.jobs(connection, space, one, before or _AFTER_ALL, limit)]
        )
        return sorted(found, key=lambda job: job.id, reverse=True)[:limit]

    async def retry(self, space: str, id: str) -> None:  # noqa: A002
        """404; 409 `not_failed`."""
        await self._writer.submit(space, RetryJob(id))
        self._wake()

    async def drop(self, space: str, id: str) -> None:  # noqa: A002
        """404."""
        await self._writer.submit(space, DropJob(id))
