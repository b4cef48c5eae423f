"""Processes that begin with their modules loaded: half a second less for each hub, of which the tests start hundreds.

One server a test process imports what a hub is made of, then forks at each request. What runs in the child is what runs in a hub
that was started from nothing, in a session, an environment and with files of its own.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

_ASKING = threading.Lock()
_SERVER = r"""
import gc, json, os, signal, socket, sys, traceback
import forking

control = socket.socket(fileno=int(sys.argv[1]))
forking.load()
gc.collect()
gc.freeze()
code = 0
while True:
    data, fds, _, _ = socket.recv_fds(control, 1 << 20, 8)
    if not data:
        break
    request = json.loads(data)
    if "reap" in request:
        control.send(str(os.waitstatus_to_exitcode(os.waitpid(request["reap"], 0)[1])).encode())
        continue
    child = os.fork()
    if not child:
        control.close()
        code = forking.become(request, fds)
        break
    for fd in fds:
        os.close(fd)
    control.send(str(child).encode())
sys.exit(code)
"""


def load() -> None:
    """In the server, before it forks."""
    for name in (
        "inbox_tui.hub.serve",
        "inbox_tui.hub.store.postgres",
        "inbox_tui.hub.store.sqlite",
        "uvicorn.lifespan.off",
        "uvicorn.loops.uvloop",
        "uvicorn.protocols.http.httptools_impl",
    ):
        import_module(name)


def become(request: Mapping[str, Any], fds: list[int]) -> object:
    """In the child: the hub that was asked for. Answers what `sys.exit` takes."""
    from inbox_tui.core.errors import InboxError
    from inbox_tui.hub.serve import serve

    ready, errors = fds
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(errors, 2)
    os.close(errors)
    os.environ.clear()
    os.environ.update(request["environ"])
    os.chdir(request["folder"])
    if user := request["user"]:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    try:
        return serve(**request["options"], ready_fd=ready)
    except InboxError as error:
        return f"inbox: {error}"


class ForkedHub:
    """What tests use of `subprocess.Popen`, for a child of the server's. It is given the file descriptor `ready` to write to."""

    def __init__(self, options: Mapping[str, Any], environ: Mapping[str, str], user: int, ready: int) -> None:
        read, write = os.pipe()
        request = {"options": dict(options), "environ": dict(environ), "folder": os.getcwd(), "user": user}
        self.pid = int(_ask(request, [ready, write]))
        os.close(write)
        self.stderr = os.fdopen(read, "rb")
        self.returncode: int | None = None
        self._handle = os.pidfd_open(self.pid)

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._handle], [], [], 0)[0]:
            self.returncode = int(_ask({"reap": self.pid}))
            os.close(self._handle)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None and not select.select([self._handle], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(f"hub {self.pid}", timeout or 0)
        code = self.poll()
        assert code is not None
        return code

    def communicate(self, timeout: float | None = None) -> tuple[None, bytes]:
        """Once it has ended: nothing, and what it said on stderr."""
        until = None if timeout is None else time.monotonic() + timeout
        said = b""
        while not self.stderr.closed:
            left = None if until is None else max(0.0, until - time.monotonic())
            if not select.select([self.stderr], [], [], left)[0]:
                raise subprocess.TimeoutExpired(f"hub {self.pid}", timeout or 0)
            part = os.read(self.stderr.fileno(), 1 << 16)
            said += part
            if not part:
                self.stderr.close()
        self.wait(None if until is None else max(0.0, until - time.monotonic()))
        return None, said

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _ask(request: Mapping[str, Any], fds: list[int] | None = None) -> bytes:
    with _ASKING:
        control = _server()
        socket.send_fds(control, [json.dumps(request).encode()], fds or [])
        answer = control.recv(100)
    if not answer:
        raise RuntimeError("the server that forks hubs has ended")
    return answer


@cache
def _server() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([os.path.dirname(__file__), *filter(None, sys.path)])}
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(theirs.fileno())], pass_fds=[theirs.fileno()], env=environ, start_new_session=True
    )
    theirs.close()

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours
