"""What a hub tells about itself to whoever reaches it: numbers alone, no name of a space, sender or host, and nobody's words.

What is in the database is the same at every hub of it; all else is this process's own.
"""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections import Counter
from pathlib import Path

from inbox_tui import __version__
from inbox_tui.core.errors import Refused
from inbox_tui.hub.counting import counter, gauge
from inbox_tui.hub.feed import Feeds
from inbox_tui.hub.service import Service, Totals

_LOOK_SECONDS = 1.0
"""The door is open to anybody: however often it is asked, the database is not asked more often."""
_STATM = Path("/proc/self/statm")


class Metrics:
    def __init__(self, service: Service, feeds: Feeds) -> None:
        self._service, self._feeds = service, feeds
        self._answers: Counter[tuple[str, int]] = Counter()
        self._started_at = time.time()
        self._totals: Totals | None = None
        self._looked_at = -math.inf
        self._looking = asyncio.Lock()

    def answered(self, call: str, status: int) -> None:
        """A call by its name in the API's description."""
        self._answers[call, status // 100] += 1

    async def text(self) -> str:
        totals = await self._look()
        parts = [*self._own(), gauge("inbox_database_up", "Whether the database answers.", totals is not None)]
        return "".join(parts + ([] if totals is None else _shared(totals)))

    async def _look(self) -> Totals | None:
        """What is in the database, as of a moment ago; None where it does not answer."""
        async with self._looking:
            if time.monotonic() - self._looked_at >= _LOOK_SECONDS:
                try:
                    self._totals = await self._service.totals()
                except Refused:
                    self._totals = None
                self._looked_at = time.monotonic()
            return self._totals

    def _own(self) -> list[str]:
        feeds, activity = self._feeds, self._service.activity
        answers = [({"call": call, "status": f"{kind}xx"}, count) for (call, kind), count in sorted(self._answers.items())]
        problem = self._service.storage_problem != ""
        return [
            gauge("inbox_build_info", "The version of the hub.", [({"version": __version__}, 1)]),
            gauge("process_start_time_seconds", "When the hub was started, in seconds since 1970.", self._started_at),
            counter("process_cpu_seconds_total", "Seconds of processor time.", time.process_time()),
            *([gauge("process_resident_memory_bytes", "Memory of the process.", _resident())] if _STATM.exists() else []),
            counter("inbox_requests_total", "Answers by the name of the call and the class of the status.", answers),
            gauge("inbox_writes_queued", "Changes that wait to be written.", activity.queued),
            activity.batches.text("inbox_commit_changes", "Changes in one commit."),
            activity.commits.text("inbox_commit_seconds", "From the beginning of a transaction to its commit."),
            gauge("inbox_storage_problem", "1 where the hub cannot write, or read.", problem),
            gauge("inbox_streams", "Streams that are open.", feeds.readers),
            counter("inbox_frames_sent_total", "Changes of rows given to streams; pings are not counted.", feeds.sent.changes),
            gauge("inbox_polls_waiting", "Askers that wait for their answer.", activity.polls),
        ]


def _shared(totals: Totals) -> list[str]:
    jobs = [({"state": state}, totals.jobs.get(state, 0)) for state in ("waiting", "queued", "running", "failed")]
    return [
        gauge("inbox_spaces", "Spaces in the database.", totals.spaces),
        gauge("inbox_rows", "Notifications in the database.", totals.rows),
        gauge("inbox_rows_unread", "Notifications that are unread.", totals.unread),
        gauge("inbox_jobs", "Callbacks by what becomes of them; those that are done are gone.", jobs),
    ]


def _resident() -> int:
    return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
