"""A run of a task, as a program tells it: `with task("email") as run:`, and `async with`."""

from __future__ import annotations

import sys
import time
import weakref
from collections.abc import Mapping
from pathlib import PurePath
from types import TracebackType
from typing import Any, TypeVar

from inbox_tui.core.ids import new_run_id
from inbox_tui.sdk.asking import Answer, ask
from inbox_tui.sdk.lives import Clock, Life, let_go
from inbox_tui.sdk.record import Record, share
from inbox_tui.wire import Address, find_hub

_Self = TypeVar("_Self", bound="Told")


class Told:
    """What can be said of a run. Every verb returns at once: it is kept on this machine's disk, and brought to the hub beside
    the program. None ever raises for a hub's sake, and after the run's end none says anything.

    `message` is for a person; `fields` are those of an event: `title`, `severity`, `actionable`, `tags`, `open_url`, `meta`, …
    """

    _life: Life

    @property
    def id(self) -> str:
        """`run_{unix_ms}_{hex4}`, or the one that was given: what all that it says has in common."""
        return self._life.record.run_id

    @property
    def has_ended(self) -> bool:
        return self._life.record.has_ended

    def queue(self: _Self, message: str = "", **fields: Any) -> _Self:
        """It waits for a worker, from now until it starts."""
        return self._say("queue", message, fields)

    def start(self: _Self, message: str = "", **fields: Any) -> _Self:
        """It runs from now on. A `with` block says so by itself."""
        return self._say("start", message, fields)

    def progress(self, message: str = "", share_done: float | str | None = None, **fields: Any) -> None:
        """A checkpoint. `share_done`: 0 to 1, or a text such as `3 of 10`. One in three seconds is said, and always the last."""
        self._say("progress", message, {"progress": share(share_done), **fields})

    def pause(self, message: str = "", **fields: Any) -> None:
        """It rests by its own will, until `resume`."""
        self._say("pause", message, fields)

    def wait(self, message: str = "", **fields: Any) -> None:
        """Something outside keeps it, until `resume`."""
        self._say("wait", message, fields)

    def resume(self, message: str = "", **fields: Any) -> None:
        self._say("resume", message, fields)

    def loop(self, message: str = "", **fields: Any) -> None:
        """The same step again: possibly for ever."""
        self._say("loop", message, fields)

    def retry(self, message: str = "", **fields: Any) -> None:
        self._say("retry", message, fields)

    def error(self, message: str = "", **fields: Any) -> None:
        """Something failed, and the run goes on."""
        self._say("error", message, fields)

    def metric(self, name: str, value: int | float | str) -> None:
        """A figure or a fact that all that follows carries. Numbers add up, texts replace.

        Raises ValueError for a name that is counted by itself (`retry_count`, …) and for what no number or text is.
        """
        self._life.metric(name, value)

    def output(self, message: str = "", **fields: Any) -> None:
        """It made something: `open_url` or `download_url` lead to it."""
        self._say("output", message, fields)

    def output_failed(self, message: str = "", **fields: Any) -> None:
        self._say("output_failed", message, fields)

    def input(self, question: str, **fields: Any) -> None:
        """A question that nobody waits for here; the answer is kept. To wait for one: `ask`."""
        self._say("input", question, {"actionable": True, **fields})

    def complete(self, message: str = "", **fields: Any) -> None:
        self._say("complete", message, fields)

    def fail(self, message: str = "", **fields: Any) -> None:
        self._say("fail", message, fields)

    def cancel(self, message: str = "", **fields: Any) -> None:
        self._say("cancel", message, fields)

    def timeout(self, message: str = "", **fields: Any) -> None:
        self._say("timeout", message, fields)

    def stop(self, message: str = "", **fields: Any) -> None:
        """Ended on purpose, and it is no error."""
        self._say("stop", message, fields)

    def terminate(self, message: str = "", **fields: Any) -> None:
        self._say("terminate", message, fields)

    def _say(self: _Self, verb: str, message: str, fields: Mapping[str, Any]) -> _Self:
        self._life.say(verb, message, **fields)
        return self

    def _question(self, options: dict[str, Any]) -> dict[str, Any]:
        record = self._life.record
        names = {"task_name": record.task, "run_id": record.run_id, "source": record.source}
        return {"hub": self._life.hub, **{name: value for name, value in names.items() if value}, **options}


class Run(Told):
    """See `task`."""

    def __init__(self, life: Life) -> None:
        self._life = life
        weakref.finalize(self, let_go, life).atexit = False

    def ask(self, question: str, **options: Any) -> Answer:
        """As `sdk.ask`, as a part of this run: what it takes is time waited, not active. Raises as `sdk.ask` does."""
        self.start()
        self._life.flush()
        with self._life.waiting():
            return ask(question, **self._question(options))

    def __enter__(self) -> Run:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        self._life.end(problem)
        self._life.flush()

    async def __aenter__(self) -> AsyncRun:
        self.start()
        return AsyncRun(self)

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        from inbox_tui.sdk.beside import in_thread

        self._life.end(problem)
        await in_thread(self._life.flush)


class AsyncRun(Told):
    """The run of an `async with`: the same verbs, and an `ask` to await."""

    def __init__(self, run: Run) -> None:
        self._run = run
        """Held: a run that nobody holds is ended."""
        self._life = run._life

    async def ask(self, question: str, **options: Any) -> Answer:
        """As `Run.ask`. Cancelling it withdraws the question."""
        from inbox_tui.sdk.beside import ask_async, in_thread

        self.start()
        await in_thread(self._life.flush)
        with self._life.waiting():
            return await ask_async(question, **self._question(options))


def task(name: str, *, source: str = "", run_id: str = "", hub: Address | None = None, clock: Clock = time.monotonic) -> Run:
    """A new run of a task: the same `name` each time, another run id. For `with` and `async with`, or verb by verb.

    The block's end is the run's: `completed`, or by its exception `cancelled` (KeyboardInterrupt, a cancelled task), `timeout`
    (TimeoutError) or `failed`. A run that is let go of, or open when the interpreter ends, is ended then. `source` is who says
    it: by default the program's own name. `clock`: seconds, only forward. Raises ConfigError for an INBOX_HUB that is no URL.
    """
    return Run(Life(Record(name, source or _program(), run_id or new_run_id()), hub or find_hub(), clock))


def _program() -> str:
    name = PurePath(sys.argv[0] if sys.argv else "").stem
    return name if name not in ("", "-", "-c", "-m") else "python"
