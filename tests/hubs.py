"""A real hub in a process of its own, for tests of every room: `RunningHub.start(home)`, then its sockets, its URL, its end."""

from __future__ import annotations

import atexit
import http.client
import json
import os
import resource
import select
import signal
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from forking import ForkedHub

from inbox_tui.core.paths import Paths, find_paths

_START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """`document` is the decoded JSON, None without any; `text` is the body as it came. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    document: Any
    text: str


class HubDied(Exception):
    """It ended before it was ready; the message is what it said on stderr."""


@dataclass
class RunningHub:
    """Options are those of `inbox_tui.hub.serve.serve`; without any it listens on a free port and publishes no welcome."""

    home: Path
    options: dict[str, Any]
    user: int = 0
    process: ForkedHub = field(init=False)
    listen: str = field(default="", init=False)

    @classmethod
    def start(cls, home: Path, *, user: int = 0, **options: Any) -> Self:
        """Answers once it is ready; `user` is whom it becomes, where this is root. Raises HubDied."""
        hub = cls(home, {"listen": "127.0.0.1:0", "is_welcoming": False, **options}, user)
        hub.restart()
        return hub

    @property
    def paths(self) -> Paths:
        return find_paths({"INBOX_HOME": str(self.home)})

    @property
    def send_socket(self) -> Path:
        return self.paths.send_socket

    @property
    def operate_socket(self) -> Path:
        return self.paths.operate_socket

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`; every start may give another."""
        return f"http://{self.listen}"

    def restart(self) -> None:
        """Starts it again after `stop` or `kill9`."""
        heard, ready = os.pipe()
        environ = {name: value for name, value in os.environ.items() if not name.startswith("INBOX_")}
        self.process = ForkedHub(self.options, environ | {"INBOX_HOME": str(self.home)}, self.user, ready)
        os.close(ready)
        atexit.register(_end, self.process)
        with os.fdopen(heard, "rb") as pipe:
            is_heard, _, _ = select.select([pipe], [], [], _START_SECONDS)
            line = pipe.readline() if is_heard else b""
        if not line:
            if not is_heard:
                self.process.kill()
            raise HubDied(self.wait()[1])
        self.listen = json.loads(line)["listen"]

    def wait(self, seconds: float = 15) -> tuple[int, str]:
        """Its exit code, and what it said on stderr."""
        _, said = self.process.communicate(timeout=seconds)
        return self.process.wait(), said.decode(errors="replace")

    def stop(self) -> int:
        """Ends it as a service manager does. Answers the exit code."""
        if self.process.returncode is None:
            self.process.terminate()
            self.wait()
        return self.process.wait()

    def kill9(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.wait()

    def limit_files(self, size: int = resource.RLIM_INFINITY) -> None:
        """No file of the hub's may grow beyond so many bytes: what a full disk does, without filling one."""
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        by: str = "operate",
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Reply:
        """One HTTP call: `by` "operate" or "send" (the sockets), or "tcp". `raw` is a body that is sent as it is. Raises OSError,
        also where the hub ends in the middle of its answer."""
        connection = self.connect(by)
        sent = raw if raw is not None else None if body is None else json.dumps(body).encode()
        try:
            connection.request(method, path, sent, dict(headers or {}))
            response = connection.getresponse()
            data = response.read()
            got = {name.lower(): value for name, value in response.getheaders()}
            document = json.loads(data) if data and "json" in got.get("content-type", "") else None
            return Reply(response.status, got, document, data.decode(errors="replace"))
        except http.client.HTTPException as problem:
            raise ConnectionError("the answer broke off") from problem
        finally:
            connection.close()

    def connect(self, by: str) -> http.client.HTTPConnection:
        """By "operate" or "send" (the sockets), or "tcp"."""
        return http.client.HTTPConnection(self.listen, timeout=30) if by == "tcp" else _UnixConnection(self._socket(by))

    def publish(self, **event: Any) -> dict[str, Any]:
        """`POST /api/events` by the send socket; answers {id, event_id, rev, epoch}."""
        reply = self.call("POST", "/api/events", event, by="send")
        assert reply.status == 202, reply
        found: dict[str, Any] = reply.document
        return found

    def upload(
        self, content: bytes, name: str = "f.bin", *, by: str = "send", key: str = "", path: str = "/api/v1/media"
    ) -> Reply:
        """`POST …/media` of one file, by a socket, or by "tcp" with a key."""
        body, kind = form(content, name)
        headers = {"Content-Type": kind} | ({"X-API-Key": key} if key else {})
        return self.call("POST", path, raw=body, by=by, headers=headers)

    def new_key(self, name: str, role: str, **more: Any) -> dict[str, Any]:
        """{name, role, space, id, key, notilens: {token, secret}}"""
        reply = self.call("POST", "/api/keys", {"name": name, "role": role, **more})
        assert reply.status == 201, reply
        found: dict[str, Any] = reply.document
        return found

    def _socket(self, by: str) -> str:
        return str({"operate": self.operate_socket, "send": self.send_socket}[by])


def form(content: bytes, name: str) -> tuple[bytes, str]:
    """A `multipart/form-data` body with one file, as curl writes it, and its Content-Type."""
    boundary = "------------------------d74496d66958873e"
    shown = name.replace('"', "%22")
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{shown}"\r\nContent-Type: text/html\r\n\r\n'
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def _end(process: ForkedHub) -> None:
    """A test that failed before it stopped its hub leaves none behind."""
    if process.poll() is None:
        process.kill()
        process.wait()


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=30)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
