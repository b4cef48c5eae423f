"""Where rows are kept, as a person writes it: `sqlite:///PATH`, `postgresql://…`, or nothing for this user's own file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inbox_tui.core.errors import InboxError
from inbox_tui.hub.store.database import Database


def is_shared(address: str) -> bool:
    """Whether other hubs, perhaps on other machines, can be on it too."""
    return address.startswith(("postgresql://", "postgres://"))


def file_at(address: str, default: Path) -> Path:
    """Of an address that is not shared. Raises InboxError for what is no address."""
    if address and not address.startswith("sqlite:///"):
        raise InboxError(f"A database is sqlite:///PATH or postgresql://…, not {address.partition(':')[0]}:…")
    return Path(address.removeprefix("sqlite:///")).expanduser() if address else default


def database_at(address: str, default: Path, notify_address: str = "") -> Database:
    """The engine at an address; `notify_address` reaches the same one past a pooler. Raises InboxError."""
    if is_shared(address):
        from inbox_tui.hub.store.postgres import PostgresDatabase

        return PostgresDatabase(address, notify_address)
    from inbox_tui.hub.store.sqlite import SqliteDatabase

    file = file_at(address, default)
    with reached(str(file)):
        return SqliteDatabase(file)


@contextmanager
def reached(name: str) -> Iterator[None]:
    """Where the engine itself fails in here, that is an InboxError naming the database."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise InboxError(f"Cannot open the hub's database {name}: {error}.") from error
    except Exception as error:
        # psycopg's, which is not imported where nobody asks for it; none of them names a password.
        if type(error).__module__.partition(".")[0] != "psycopg":
            raise
        raise InboxError(f"Cannot open the hub's database: {str(error).strip()}") from error
