"""The hub's lock and its listening sockets. A stale socket is taken away only by who holds the lock."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from inbox_tui.core.errors import InboxError
from inbox_tui.core.paths import Paths

_STOPPING_SECONDS = 5.0
_BACKLOG = 1024


def private_folder(folder: Path) -> None:
    """Makes the folder of the sockets, for this user alone. Raises InboxError where it is somebody else's, or cannot be made."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise InboxError(f"{folder} is not a folder of this user's: nothing is put into it.")
        if found.st_mode & 0o077:
            folder.chmod(0o700)
    except OSError as error:
        raise InboxError(f"Cannot use the folder {folder}: {error.strerror}.") from error


@contextmanager
def only_hub(paths: Paths) -> Iterator[None]:
    """Holds the hub's lock. Raises InboxError where another hub does; one that is just ending is waited for."""
    handle = os.open(paths.hub_lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        until = time.monotonic() + _STOPPING_SECONDS
        while not _try_lock(handle):
            # A running hub has its info file; one that is starting or ending has none.
            if paths.hub_info.exists() or time.monotonic() > until:
                raise InboxError(f"A hub is running already: {_described(paths.hub_info)}.")
            time.sleep(0.02)
        remove(paths.hub_info)
        yield
    finally:
        os.close(handle)


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _described(info: Path) -> str:
    try:
        return info.read_text().strip()
    except OSError:
        return "it has not said where"


def bind_unix(path: Path) -> socket.socket:
    """A socket that this user alone can reach, in place of one that a dead hub left. Call it under the lock."""
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        path.unlink(missing_ok=True)
        bound.bind(str(path))
    except OSError as error:
        bound.close()
        raise InboxError(f"Cannot listen on {path}: {error.strerror}.") from error
    finally:
        os.umask(before)
    return bound


def bind_tcp(host: str, port: int, *, or_any_port: bool) -> socket.socket:
    """Listens at once: until it does, the kernel would give the same port to another hub. Raises InboxError."""
    try:
        return _listen(host, port)
    except OSError as error:
        if not (or_any_port and error.errno in (errno.EADDRINUSE, errno.EACCES)):
            raise InboxError(f"Cannot listen on {host}:{port}: {error.strerror or error}.") from error
    try:
        return _listen(host, 0)
    except OSError as error:
        raise InboxError(f"Cannot listen on {host}: {error.strerror or error}.") from error


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(_BACKLOG)
    except OSError:
        bound.close()
        raise
    return bound


def address_of(bound: socket.socket) -> str:
    """HOST:PORT as others write it."""
    host, port = bound.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def parse_address(text: str) -> tuple[str, int]:
    """`HOST:PORT`, `[::1]:PORT` or `:PORT` (this machine only). Raises InboxError."""
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or not port.isascii() or int(port) > 65535:
        raise InboxError(f"--listen takes HOST:PORT, as in 127.0.0.1:9477, not {text!r}.")
    return host.strip("[]") or "127.0.0.1", int(port)


def remove(*files: Path) -> None:
    for file in files:
        with suppress(OSError):
            file.unlink(missing_ok=True)
