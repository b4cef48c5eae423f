"""Messages that no hub has taken yet: a folder for each hub and key, a file for each message, in the order of their names.

A file appears whole (finished under another name first) and goes when the hub has answered that it is on its disk; it keeps the
key that makes sending it twice the same as once. Whoever delivers holds a lock, so that two programs never deliver at once.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from inbox_tui.core.errors import Exit, InboxError
from inbox_tui.core.paths import Paths
from inbox_tui.wire import Address

MOST, MOST_BYTES = 10_000, 64 << 20
"""Messages, and bytes of them, that are kept for one hub."""
ASIDE_MOST = 100
_SUFFIX, _DRAFT = ".json", ".new"
_DRAFT_LIFETIME = 3600.0
_SILENT_FOR = 5.0
"""Seconds for which it is remembered that a hub took a call and did not answer."""


class SpoolError(InboxError):
    """A message that could not be kept, and why."""

    exit_code = Exit.UNREACHABLE


class Message(NamedTuple):
    key: str
    event: Mapping[str, Any]


class Spool:
    """What waits for one hub. Nothing is created before there is something to keep."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def pending(self) -> list[str]:
        """The names of what waits, oldest first."""
        try:
            names = os.listdir(self.folder)
        except FileNotFoundError:
            return []
        except OSError as problem:
            raise SpoolError(f"{self.folder}: {problem.strerror}") from problem
        return sorted(name for name in names if name.endswith(_SUFFIX))

    def append(self, message: Message, *, durable: bool = False) -> str:
        """Keeps it behind all that waits, and answers its name. It outlives this process; `durable`, a power cut too.

        Raises SpoolError where it cannot be kept.
        """
        text = json.dumps({"key": message.key, "event": message.event}).encode()
        try:
            for folder in (self.folder.parent, self.folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._make_room(len(text))
            unique = os.urandom(8).hex()
            draft = self.folder / (unique + _DRAFT)
            try:
                _write(draft, text, durable)
                name = f"{self._next():020d}-{unique}{_SUFFIX}"
                os.rename(draft, self.folder / name)
            except BaseException:
                with suppress(OSError):
                    os.unlink(draft)
                raise
            return name
        except OSError as problem:
            raise SpoolError(f"It could not be kept in {self.folder}: {problem.strerror or problem}.") from problem

    def read(self, name: str) -> Message | None:
        """None where somebody else has just delivered it. Raises ValueError for a file that is no message."""
        try:
            document = json.loads((self.folder / name).read_bytes())
        except FileNotFoundError:
            return None
        except RecursionError:
            raise ValueError("nested too deep") from None
        if not isinstance(document, dict):
            raise ValueError("no object")
        key, event = document.get("key"), document.get("event")
        if not isinstance(key, str) or not (key.isascii() and key.isprintable() and key) or not isinstance(event, dict):
            raise ValueError("no key or no event")
        return Message(key, event)

    def drop(self, name: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(self.folder / name)

    def set_aside(self, name: str) -> Path:
        """Out of the way of what follows it, for a person to look at. Answers where it is now."""
        aside = self.folder / "aside"
        aside.mkdir(mode=0o700, exist_ok=True)
        for old in sorted(os.listdir(aside))[: -ASIDE_MOST + 1]:
            os.unlink(aside / old)
        os.replace(self.folder / name, aside / name)
        return aside / name

    @contextmanager
    def delivering(self) -> Iterator[bool]:
        """Whether it is this caller that delivers; False while another does."""
        lock = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True
        finally:
            os.close(lock)

    def note_silence(self, is_silent: bool) -> None:
        """Remembers for a few seconds, for every program, that the hub hears and does not answer."""
        silent = self.folder / "silent"
        with suppress(OSError):
            if is_silent:
                silent.touch(mode=0o600)
            elif silent.exists():
                silent.unlink()

    def is_silent(self) -> bool:
        try:
            return 0 <= time.time() - os.stat(self.folder / "silent").st_mtime < _SILENT_FOR
        except OSError:
            return False

    def _make_room(self, size: int) -> None:
        """Raises SpoolError where there is none. Drafts of programs that were killed go."""
        count, total = 0, size
        with os.scandir(self.folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    if entry.name.endswith(_SUFFIX):
                        count, total = count + 1, total + entry.stat().st_size
                    elif entry.name.endswith(_DRAFT) and time.time() - entry.stat().st_mtime > _DRAFT_LIFETIME:
                        os.unlink(entry.path)
        if count >= MOST or total > MOST_BYTES:
            raise SpoolError(f"It could not be kept: {count:,} messages wait in {self.folder} already.")

    def _next(self) -> int:
        """Greater than all that waits, whatever the clock did meanwhile."""
        names = self.pending()
        last = names[-1].partition("-")[0] if names else ""
        return max(time.time_ns(), int(last) + 1 if last.isdecimal() else 0)


def spool_of(hub: Address, paths: Paths) -> Spool:
    """Where messages for that hub wait, those of another key elsewhere: a key is the sender's name."""
    if hub.socket:
        return Spool(paths.state / "spool" / "local")
    import hashlib

    # The key itself stays out of names and files.
    name = quote(hub.url, safe="")[:150]
    digest = hashlib.sha256(f"{hub.url} {hub.key}".encode()).hexdigest()[:16]
    return Spool(paths.state / "spool" / f"{name}-{digest}")


def _write(path: Path, text: bytes, durable: bool) -> None:
    file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        left = memoryview(text)
        while left:
            left = left[os.write(file, left) :]
        if durable:
            os.fsync(file)
    finally:
        os.close(file)
