"""Makes sure that this machine's hub runs. Standard library only; safe with any number of panes at once."""

from __future__ import annotations

import fcntl
import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from inbox_tui import __version__
from inbox_tui.core.errors import HubUnreachable, Refused
from inbox_tui.core.paths import Paths
from inbox_tui.wire import Address, call

START_SECONDS = 10.0
STOP_SECONDS = 10.0
_LOG_TAIL = 2000
_LOG_MOST = 4 << 20


def ensure_hub(paths: Paths) -> str:
    """Starts the hub where none answers, and takes over from an older one. Answers what was done, in words; "": nothing.

    Blocks for up to some seconds: call it in a thread. Raises HubUnreachable with the end of the hub's log.
    """
    if _answers(paths) and not _is_older(paths):
        return ""
    with _start_lock(paths):
        if _answers(paths):
            if not _is_older(paths):
                return ""  # another pane was quicker
            old = _running_version(paths)
            _stop(paths)
            _start(paths)
            return f"The hub was of version {old}: it has been replaced by {__version__}."
        _start(paths)
        return ""


def _answers(paths: Paths) -> bool:
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        probe.connect(str(paths.operate_socket))
        return True
    return False


def _running_version(paths: Paths) -> str:
    """As the hub wrote it; "" where it cannot be told, and then the hub is left alone."""
    try:
        found = json.loads(paths.hub_info.read_text())
        return str(found.get("version", ""))
    except (OSError, ValueError, AttributeError):
        return ""


def _is_older(paths: Paths) -> bool:
    running = _running_version(paths)
    return running != "" and _order(running) < _order(__version__)


def _order(version: str) -> tuple[int, ...]:
    """The leading numbers: `1.10.2rc1` is (1, 10, 2)."""
    numbers: list[int] = []
    for part in version.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
    return tuple(numbers)


@contextmanager
def _start_lock(paths: Paths) -> Iterator[None]:
    try:
        paths.runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(paths.start_lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise HubUnreachable(f"Cannot use the folder {paths.runtime}: {error.strerror}.") from error
    try:
        until = time.monotonic() + START_SECONDS + STOP_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise HubUnreachable("Another program has been starting the hub for too long.") from None
                time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def _start(paths: Paths) -> None:
    heard, ready = os.pipe()
    try:
        log = _open_log(paths)
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "inbox_tui", "serve", "--ready-fd", str(ready)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[ready],
                start_new_session=True,
                cwd="/",
            )
        finally:
            os.close(log)
    except OSError as error:
        os.close(heard)
        raise HubUnreachable(f"Cannot start the hub: {error.strerror or error}.") from error
    finally:
        os.close(ready)
    try:
        _wait_ready(heard, process, paths)
    finally:
        os.close(heard)


def _wait_ready(heard: int, process: subprocess.Popen[bytes], paths: Paths) -> None:
    said, _, _ = select.select([heard], [], [], START_SECONDS)
    if said and os.read(heard, 4096):
        # The hub outlives this process: nobody here will wait for it.
        process.returncode = 0
        return
    if said:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=2)
        raise HubUnreachable(f"The hub ended while it started.\n{_tail(paths.hub_log)}".rstrip())
    process.kill()
    process.wait()
    raise HubUnreachable(f"The hub was not ready within {START_SECONDS:g} s.\n{_tail(paths.hub_log)}".rstrip())


def _open_log(paths: Paths) -> int:
    paths.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(OSError):
        if paths.hub_log.stat().st_size > _LOG_MOST:
            paths.hub_log.replace(paths.hub_log.with_suffix(".log.1"))
    return os.open(paths.hub_log, os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_CLOEXEC, 0o600)


def _tail(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LOG_TAIL))
            return file.read().decode(errors="replace").strip()
    except OSError:
        return ""


def _stop(paths: Paths) -> None:
    """Asks the running hub to end, and waits until nobody answers any more."""
    try:
        call(Address(socket=str(paths.operate_socket)), "POST", "/api/hub/stop", {}, timeout=5)
    except (HubUnreachable, Refused) as error:
        raise HubUnreachable(f"An older hub is running and did not take the request to stop: {error}.") from error
    until = time.monotonic() + STOP_SECONDS
    while _answers(paths):
        if time.monotonic() > until:
            raise HubUnreachable("An older hub is running and does not stop.")
        time.sleep(0.02)
