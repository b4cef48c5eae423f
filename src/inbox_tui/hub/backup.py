"""Backup, restore and copy of all that a hub keeps. A backup is a SQLite file, whichever engine it was made of."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from inbox_tui.core.errors import InboxError
from inbox_tui.hub.places import database_at, file_at, is_shared, reached
from inbox_tui.hub.store.copying import Copied, Step, copy
from inbox_tui.hub.store.database import Database
from inbox_tui.hub.store.sqlite import SqliteDatabase
from inbox_tui.hub.store.store import Store

Told = Callable[[Step], object]
_BESIDE = ("", "-wal", "-shm")
"""A SQLite database is a file, and these two beside it."""


def backup(address: str, default: Path, file: Path, told: Told) -> Copied:
    """All that is at the address, as of one moment, into a new file with mode 0600. The hub may run. Raises InboxError."""
    source = _existing(address, default)
    with _new_file(file) as target:
        return _copied(source, target, told)


def restore(file: Path, address: str, default: Path, told: Told) -> Path | None:
    """A backup into an empty PostgreSQL, or in the place of a SQLite file, which is kept beside it: answers where. No hub may
    run there. It is a new life: questions that were open close as expired, and every reader starts over. Raises InboxError."""
    source = _existing("", file)
    if is_shared(address):
        target = database_at(address, default)
        _copied(source, target, told)
        _begin_life(target)
        return None
    place = file_at(address, default)
    with _new_file(place, replaces=True) as fresh:
        _copied(source, fresh, told)
        _begin_life(fresh)
        return _put_aside(place)


def copy_between(source: str, target: str, default: Path, told: Told) -> Copied:
    """From one address to another, as it is: for moving a hub, not for having two. One that was cut off goes on. Raises
    InboxError."""
    return _copied(_existing(source, default), database_at(target, default), told)


def begin_epoch(address: str, default: Path) -> int:
    """For a database that went back in time by other means than `restore`: a standby that had not heard everything, a snapshot.
    What was given out since must not be taken for what comes now. Answers how many spaces began anew. Raises InboxError."""
    return _begin_life(_existing(address, default))


def _copied(source: Database, target: Database, told: Told) -> Copied:
    with reached(f"{source.name} or {target.name}"):
        return copy(source, target, told)


def _existing(address: str, default: Path) -> Database:
    """A SQLite file that is not there would be made by a look at it."""
    if not is_shared(address) and not (file := file_at(address, default)).exists():
        raise InboxError(f"There is no database {file}.")
    return database_at(address, default)


def _begin_life(database: Database) -> int:
    with reached(database.name), closing(Store(database)) as store:
        spaces = store.spaces()
        for space in spaces:
            store.restore_epoch(space)
    return len(spaces)


@contextmanager
def _new_file(file: Path, *, replaces: bool = False) -> Iterator[SqliteDatabase]:
    """A database that gets its name only when it is whole."""
    if file.exists() and not replaces:
        raise InboxError(f"{file} is there already: name another file.")
    partial = file.with_name(f"{file.name}.partial")
    _remove(partial)
    try:
        with reached(str(partial)):
            yield SqliteDatabase(partial)
        os.replace(partial, file)
    finally:
        _remove(partial)


def _put_aside(file: Path) -> Path | None:
    """The present database under another name too, with what is beside it; None: there is none. Its own name stays until another
    takes its place, for a hub that finds nothing begins anew."""
    if not file.exists():
        return None
    aside = file.with_name(f"{file.name}.before-{datetime.now():%Y%m%d-%H%M%S}")
    os.link(file, aside)
    for suffix in _BESIDE[1:]:
        if (part := Path(f"{file}{suffix}")).exists():
            os.replace(part, f"{aside}{suffix}")
    return aside


def _remove(file: Path) -> None:
    for suffix in _BESIDE:
        Path(f"{file}{suffix}").unlink(missing_ok=True)
