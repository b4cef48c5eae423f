"""Runs that shells tell verb by verb: kept between the calls of `inbox task`, a folder a source and task, a file a run.

Every change is made under one lock, which is never held while a network is waited for: the state is written, what is to be said
is kept for delivery, and only then does anybody try to deliver it.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from inbox_tui.cli.owner import hold, is_left
from inbox_tui.core.errors import Exit, InboxError
from inbox_tui.sdk.calling import random_key
from inbox_tui.sdk.record import Event, Record
from inbox_tui.sdk.spool import Message, Spool

_LOCK_PATIENCE = 1.5
_FORGOTTEN_AFTER = 30 * 86_400
"""Seconds after which a run that nobody spoke of any more is forgotten."""
_KILLED = "`inbox run` was killed: how its command ended is not known, and its times are those until it was last heard of"


class NoSuchRun(InboxError):
    """The run that was named is not open, or several could be meant."""

    exit_code = Exit.USAGE


class ShelfError(InboxError):
    """What is kept between calls cannot be read or written."""

    exit_code = Exit.UNREACHABLE


class Shelf:
    """`keep` is where what is said goes."""

    def __init__(self, folder: Path, spool: Spool) -> None:
        self.folder, self._spool = folder, spool

    def begin(
        self, record: Record, verb: str, now: int, message: str, fields: dict[str, Any], *, is_owned: bool = False
    ) -> list[str]:
        """A new run, or a queued one that starts. Answers the names of what is kept. Raises NoSuchRun where it runs already.

        `is_owned`: this process will end it; where it is killed instead, the next one that begins a run here does.
        """
        with self._locked():
            self._forget_old()
            self._end_killed()
            path = self._path(record)
            if path.exists():
                record = _load(path)
                if verb != "start" or record.ledger.started_at is not None:
                    raise NoSuchRun(f"Run {record.run_id} of {record.task} is open already.")
            if is_owned:
                self._hold(path)
            return self._say(record, record.say(verb, now, message, **fields))

    def tell(self, path: Path, say: Callable[[Record], list[Event]]) -> list[str]:
        """Has the run of that file say something. Raises NoSuchRun where it has ended meanwhile."""
        with self._locked():
            record = _load(path)
            return self._say(record, say(record))

    def find(self, run_id: str, task: str, source: str) -> Path:
        """The one open run that is meant; what is "" may be any. Raises NoSuchRun, naming what there is."""
        folder = f"{_name(task) if task else '*'}@{_name(source) if source else '*'}"
        pattern = f"{folder}/{_name(run_id) if run_id else '*'}.json"
        found = sorted(self.folder.glob(pattern))
        if len(found) == 1:
            return found[0]
        what = " ".join(["run", *([run_id] if run_id else []), *([f"of {task}"] if task else [])])
        if not found:
            raise NoSuchRun(f"No {what} is open. `inbox task start NAME` begins one and prints its id.")
        open_runs = ", ".join(sorted(_load(path).run_id for path in found))
        raise NoSuchRun(f"{len(found)} runs are open: name one by --run or INBOX_RUN, or --task and --source: {open_runs}.")

    def path_of(self, record: Record) -> Path:
        return self._path(record)

    def is_queued(self, record: Record) -> bool:
        """Whether a run of that name waits to be started."""
        path = self._path(record)
        return path.exists() and _load(path).ledger.started_at is None

    def _say(self, record: Record, events: list[Event]) -> list[str]:
        """The state first, but at the end: a crash between the two may cost a checkpoint, never the end of a run."""
        path = self._path(record)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not record.has_ended:
                _save(path, record)
            ts = time.time()
            names = [self._spool.append(Message(random_key(), {"ts": ts, **event})) for event in events]
            if record.has_ended:
                path.unlink(missing_ok=True)
                _owner(path).unlink(missing_ok=True)
                with suppress(OSError):
                    path.parent.rmdir()
        except OSError as problem:
            raise ShelfError(f"{path}: {problem.strerror or problem}") from problem
        return names

    def _path(self, record: Record) -> Path:
        return self.folder / _folder_name(record.source, record.task) / f"{_name(record.run_id)}.json"

    def _forget_old(self) -> None:
        for path in self.folder.glob("*/*.json"):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > _FORGOTTEN_AFTER:
                    path.unlink()
                    _owner(path).unlink(missing_ok=True)

    def _hold(self, path: Path) -> None:
        try:
            hold(_owner(path), self._spool.folder.name)
        except OSError as problem:
            raise ShelfError(f"{_owner(path)}: {problem.strerror}") from problem

    def _end_killed(self) -> None:
        """Runs of this hub whose owner is no more. What cannot be told now is told the next time."""
        for owner in self.folder.glob("*/*.owner"):
            if not is_left(owner, self._spool.folder.name):
                continue
            path = owner.with_suffix(".json")
            with suppress(InboxError, OSError):
                if not path.exists():
                    owner.unlink()
                    continue
                heard_at = int(path.stat().st_mtime * 1000)
                record = _load(path)
                self._say(record, record.say("terminate", heard_at, _KILLED))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise ShelfError(f"{self.folder}: {problem.strerror}") from problem
        until = time.monotonic() + _LOCK_PATIENCE
        try:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > until:
                        raise ShelfError(f"{self.folder}: another program holds its lock.") from None
                    time.sleep(0.01)
            yield
        finally:
            os.close(lock)


def _owner(path: Path) -> Path:
    return path.with_suffix(".owner")


def _folder_name(source: str, task: str) -> str:
    return f"{_name(task)}@{_name(source)}"


def _name(text: str) -> str:
    """As a part of a path; what is too long for one is told apart by a digest."""
    quoted = quote(text, safe=" ")
    if quoted in (".", ".."):
        quoted = quoted.replace(".", "%2E")
    if len(quoted) <= 110:
        return quoted
    import hashlib

    return f"{quoted[:70]}%{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def _save(path: Path, record: Record) -> None:
    document = {**vars(record), "ledger": vars(record.ledger)}
    draft = path.with_suffix(".new")
    with open(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600), "w", encoding="utf-8") as file:
        json.dump(document, file)
    os.replace(draft, path)


_SHAPES: dict[str, type | tuple[type, ...]] = {
    "phase": str,
    "since": int,
    "started_at": (int, type(None)),
    "ended_at": (int, type(None)),
    "spent": dict,
    "counts": dict,
    "metrics": dict,
    "task": str,
    "source": str,
    "run_id": str,
    "said_progress_at": (int, type(None)),
    "held": (dict, type(None)),
}


def _load(path: Path) -> Record:
    """Raises NoSuchRun where it has ended, ShelfError for a file that is none of ours; that one is put out of the way."""
    try:
        document = json.loads(path.read_bytes())
        ledger = document.pop("ledger")
        record = Record(document["task"], document["source"], document["run_id"])
        for thing, values in ((record, document), (record.ledger, ledger)):
            if set(values) - {"ledger"} != set(vars(thing)) - {"ledger"}:
                raise ValueError("other members")
            for name, value in values.items():
                if not isinstance(value, _SHAPES[name]):
                    raise ValueError(f"{name} is of another kind")
                setattr(thing, name, value)
        return record
    except FileNotFoundError:
        raise NoSuchRun("That run has ended.") from None
    except OSError as problem:
        raise ShelfError(f"{path}: {problem.strerror}") from problem
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        aside = path.with_suffix(".unreadable")
        with suppress(OSError):
            os.replace(path, aside)
        raise ShelfError(f"What is kept of a run cannot be read, and is put aside: {aside}: {fault}") from fault
