"""One party's line to a hub, on which each call may meet trouble at any step of its way there and back.

A relay of bytes in front of the hub, so that half a request and half an answer are possible too; a stream passes as it comes.
"""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from commands import eventually
from hubs import RunningHub

Step = Literal["connected", "half asked", "asked", "committed", "half told", "told"]
"""How far a call has come: not a word has passed, half of the request, all of it; the hub has answered and not a word of that
has passed, half of the answer, all of it."""
SILENCE = 90.0
"""Seconds without a word after which neither side is waited for."""


class Cut(Exception):
    """Raised in `meet`: the connection breaks here."""


class Passage:
    """One call on its way."""

    def __init__(self, line: Line, caller: socket.socket, request: bytes) -> None:
        self._line, self._caller, self._request = line, caller, request
        method, path, _ = request.decode("latin-1").split(" ", 2)
        self.what = _what(method, path.partition("?")[0])

    def await_hang_up(self, seconds: float = SILENCE) -> None:
        """Until the caller has given this call up, but no longer."""
        ready, _, _ = select.select([self._caller], [], [], seconds)
        if ready and self._caller.recv(1, socket.MSG_PEEK):
            raise AssertionError("a caller says nothing after its request")

    def repeat(self) -> None:
        """The hub hears the request once more, as soon as it is there; nobody hears that answer."""
        with suppress(OSError), eventually(self.begin) as again:
            again.sendall(self._request)
            self._line.passed.add(self.what)
            while again.recv(65536):
                pass

    def begin(self) -> socket.socket:
        host, _, port = self._line.hub.listen.rpartition(":")
        return socket.create_connection((host, int(port)), SILENCE)


class Line:
    """`meet` is called on every step of every call, in the call's own thread: it may wait, raise Cut, or do harm elsewhere."""

    def __init__(self, hub: RunningHub, meet: Callable[[Passage, Step], None]) -> None:
        self.hub, self.meet = hub, meet
        self.tried: set[str] = set()
        """Kinds of calls that were made."""
        self.passed: set[str] = set()
        """Kinds of calls that went on to the hub whole, at least once."""
        self.status: dict[str, int] = {}
        """By kind: what the hub answered last, whether that arrived or not."""
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._open: dict[socket.socket, str] = {}
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._take, args=(caller,), daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def cut(self, what: str = "") -> None:
        """Breaks the calls of that kind that are under way (all of them)."""
        for connection, kind in list(self._open.items()):
            if kind.startswith(what):
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _take(self, caller: socket.socket) -> None:
        with caller, suppress(OSError, Cut):
            caller.settimeout(SILENCE)
            request = _read_request(caller)
            if request:
                passage = Passage(self, caller, request)
                self._open[caller] = passage.what
                self._pass(passage, caller, request)
        self._open.pop(caller, None)

    def _pass(self, passage: Passage, caller: socket.socket, request: bytes) -> None:
        self.tried.add(passage.what)
        self.meet(passage, "connected")
        half = len(request) // 2
        with passage.begin() as hub:
            hub.sendall(request[:half])
            self.meet(passage, "half asked")
            hub.sendall(request[half:])
            self.passed.add(passage.what)
            self.meet(passage, "asked")
            if passage.what == "stream":
                _relay(caller, hub)
                return
            answer = b"".join(_until_end(caller, hub))
        if not answer:
            return
        self.status[passage.what] = int(answer.split(b" ", 2)[1])
        self.meet(passage, "committed")
        half = len(answer) // 2
        caller.sendall(answer[:half])
        self.meet(passage, "half told")
        caller.sendall(answer[half:])
        self.meet(passage, "told")


@contextmanager
def line(hub: RunningHub, meet: Callable[[Passage, Step], None] = lambda passage, step: None) -> Iterator[Line]:
    made = Line(hub, meet)
    thread = threading.Thread(target=made.serve)
    thread.start()
    try:
        yield made
    finally:
        made.close()
        thread.join()


def _what(method: str, path: str) -> str:
    """post | poll | ack | withdraw | decide | stream | other"""
    last = path.rpartition("/")[2]
    if method == "POST" and (path in ("/api/events", "/api/v1/approvals") or path.startswith("/hooks/")):
        return "post"
    if path.startswith("/api/asks/"):
        return last if last in ("ack", "withdraw") else "poll"
    return {"decision": "decide", "stream": "stream"}.get(last, "other")


def _read_request(caller: socket.socket) -> bytes:
    """A whole request, changed to be the only one of its connection; b"" where the caller says none."""
    said = b""
    while b"\r\n\r\n" not in said:
        part = caller.recv(65536)
        if not part:
            return b""
        said += part
    head, body = said.split(b"\r\n\r\n", 1)
    lines = head.split(b"\r\n")
    length = next((int(each.split(b":")[1]) for each in lines if each.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        part = caller.recv(65536)
        if not part:
            return b""
        body += part
    lines = [each for each in lines if not each.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close", b"", body])


def _until_end(caller: socket.socket, hub: socket.socket) -> Iterator[bytes]:
    """The answer, unless the caller goes first: then nothing at all."""
    while True:
        ready, _, _ = select.select([caller, hub], [], [], SILENCE)
        if hub in ready:
            part = hub.recv(65536)
            if not part:
                return
            yield part
        elif caller in ready or not ready:
            raise Cut


def _relay(caller: socket.socket, hub: socket.socket) -> None:
    for part in _until_end(caller, hub):
        caller.sendall(part)
