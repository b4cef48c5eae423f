"""What the verbs of `inbox task` do: find the run, have it say something, deliver that, and tell where it is not delivered."""

from __future__ import annotations

import os
import time
from typing import Any

import click

from inbox_tui.cli.problems import complain
from inbox_tui.cli.shelf import NoSuchRun, Shelf
from inbox_tui.core.errors import Exit, Refused
from inbox_tui.core.ids import new_run_id
from inbox_tui.core.paths import find_paths
from inbox_tui.sdk.delivery import KEY_PROBLEMS, PATIENCE, drain, patience_with
from inbox_tui.sdk.record import NAME_MOST, Event, Record
from inbox_tui.sdk.spool import spool_of
from inbox_tui.wire import find_hub


class Telling:
    """One call."""

    def __init__(self) -> None:
        paths = find_paths()
        self.hub = find_hub()
        self.spool = spool_of(self.hub, paths)
        self.shelf = Shelf(paths.state / "tasks", self.spool)
        self._until = time.monotonic() + PATIENCE

    def begin(self, verb: str, task: str, source: str, run_id: str, now: int, message: str, fields: dict[str, Any]) -> int:
        """A new run, or the queued one that --run or INBOX_RUN names. Prints its id."""
        if not task.strip() or len(run_id) > NAME_MOST:
            raise NoSuchRun(f"A task needs a name, and a run's id has at most {NAME_MOST} characters.")
        queued = os.environ.get("INBOX_RUN", "") if verb == "start" and not run_id else ""
        record = Record(task, source, run_id or new_run_id())
        if queued and self.shelf.is_queued(Record(task, source, queued)):
            record = Record(task, source, queued)
        names = self.shelf.begin(record, verb, now, message, fields)
        click.echo(record.run_id)
        return self._deliver(names)

    def tell(self, run_id: str, task: str, source: str, verb: str, now: int, message: str, fields: dict[str, Any]) -> int:
        def say(record: Record) -> list[Event]:
            return [*record.due(now), *record.say(verb, now, message, **fields)]

        return self._deliver(self.shelf.tell(self.shelf.find(run_id, task, source), say))

    def metric(self, run_id: str, task: str, source: str, name: str, value: int | float | str) -> int:
        """Raises ValueError for what is no metric."""
        if not run_id and not task:
            raise NoSuchRun("Which run? Name it by --run or INBOX_RUN, or its task by --task.")

        def note(record: Record) -> list[Event]:
            record.metric(name, value)
            return []

        self.shelf.tell(self.shelf.find(run_id, task, source), note)
        return Exit.DONE

    def _deliver(self, names: list[str]) -> int:
        """Those, and all that waits before them."""
        if not names:
            return Exit.DONE
        until = min(self._until, time.monotonic() + patience_with(self.spool, PATIENCE))
        done = drain(self.hub, self.spool, until=until, tell=complain, mine=names[-1])
        if done.refusal is not None:
            raise done.refusal
        if isinstance(done.problem, Refused) and done.problem.status in KEY_PROBLEMS:
            complain(f"kept until the hub takes it. {done.problem}")
            return Exit.REFUSED
        if done.problem is not None:
            complain(f"kept until the hub is back. {done.problem}")
        return Exit.DONE
