"""Whose run it is: `inbox run` holds a lock for as long as it lives, which the system lets go of even where it is killed."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path


def hold(file: Path, hub: str) -> None:
    """Until this process ends; what it starts does not inherit it. `hub` names where the run is told of. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.write(lock, hub.encode())


def is_left(file: Path, hub: str) -> bool:
    """Whether the process that held it for that hub has ended without a word."""
    with suppress(OSError):
        lock = os.open(file, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return os.read(lock, 4_096) == hub.encode()
        finally:
            os.close(lock)
    return False
