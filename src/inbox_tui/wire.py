"""One HTTP call to a hub, over its socket or TCP. Standard library only: it is on the path of `send`, `ask`, `status` and hooks.

Every call has its own connection, so an answer can never be read by another caller, and a hub that restarted is met anew.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from inbox_tui.core.errors import ConfigError, FieldError, HubUnreachable, Refused
from inbox_tui.core.paths import find_paths

TIMEOUT = 10.0
_ANSWER_LIMIT = 64 * 1024 * 1024
_GATEWAY = (502, 504)
"""A proxy in front of the hub says that the hub is not there."""


class NotConnected(HubUnreachable):
    """No connection was made, so the hub has not heard a word of it."""


@dataclass(frozen=True, slots=True)
class Address:
    """A hub: this user's own by a socket's path, or one at an http(s) URL with a key."""

    socket: str = ""
    url: str = ""
    key: str = ""

    def __str__(self) -> str:
        return self.url or "local"

    def __repr__(self) -> str:
        return f"Address({self})"


@dataclass(frozen=True, slots=True)
class Reply:
    """`document` is the decoded JSON body, None where there is none; `headers` by lower-case name."""

    status: int
    headers: Mapping[str, str]
    document: Any


def find_hub(environ: Mapping[str, str] | None = None, *, operate: bool = False) -> Address:
    """`INBOX_HUB` with `INBOX_KEY`, else this user's own hub: its operator's socket, or the one that only sends.

    Raises ConfigError for an INBOX_HUB that is no URL.
    """
    environ = os.environ if environ is None else environ
    url = environ.get("INBOX_HUB", "")
    if url in ("", "local"):
        paths = find_paths(dict(environ))
        return Address(socket=str(paths.operate_socket if operate else paths.send_socket))
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise ConfigError(
            "INBOX_HUB: not the address of a hub; it looks like http://127.0.0.1:9477, and its key goes into INBOX_KEY"
        )
    return Address(url=url.rstrip("/"), key=environ.get("INBOX_KEY", ""))


def call(
    address: Address,
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    idempotency_key: str = "",
    timeout: float = TIMEOUT,
) -> Reply:
    """One request and its answer. `timeout` is seconds for each read and write.

    Raises NotConnected, HubUnreachable where no complete answer came (it may have been carried out all the same), Refused for a
    hub's "no".
    """
    headers = {"Accept": "application/json", "Connection": "close"}
    payload = None
    if body is not None:
        payload = json.dumps(body, separators=(",", ":")).encode()
        headers["Content-Type"] = "application/json"
    if address.key:
        headers["Authorization"] = f"Bearer {address.key}"
    if idempotency_key:
        headers["Idempotency-Key"] = idempotency_key
    prefix = urlsplit(address.url).path if address.url else ""
    connection = _connection(address, timeout)
    try:
        connection.connect()
    except OSError as problem:
        connection.close()
        raise NotConnected(_why(address, problem)) from problem
    try:
        connection.request(method, prefix + path, body=payload, headers=headers)
        response = connection.getresponse()
        text = response.read(_ANSWER_LIMIT)
        document = json.loads(text) if text else None
    except (OSError, http.client.HTTPException) as problem:
        raise HubUnreachable(_why(address, problem)) from problem
    except ValueError as problem:
        if response.status < 400:
            raise HubUnreachable(f"The hub at {address} did not answer in JSON. Is something else listening there?") from problem
        document = None
    finally:
        connection.close()
    if response.status in _GATEWAY:
        raise HubUnreachable(f"The hub at {address} is out of reach: {response.status} from the proxy before it.")
    if response.status >= 300:
        raise _refused(response, document)
    return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, document)


class _SocketConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _connection(address: Address, timeout: float) -> http.client.HTTPConnection:
    if address.socket:
        return _SocketConnection(address.socket, timeout)
    parts = urlsplit(address.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=timeout)


def _why(address: Address, problem: Exception) -> str:
    if address.socket and isinstance(problem, FileNotFoundError | ConnectionRefusedError):
        return "No hub is running here. `inbox` starts one, and so does `inbox serve`."
    reason = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
    return f"The hub at {address} is out of reach: {reason[0].lower() + reason[1:]}."


def _refused(response: http.client.HTTPResponse, document: Any) -> Refused:
    """A problem document as an exception. Members that it should have and has not are done without."""
    problem = document if isinstance(document, dict) else {}
    known = {"$schema", "type", "title", "status", "detail", "instance", "errors", "code"}
    errors = [
        FieldError(str(error.get("location", "")), str(error.get("message", "")), str(error.get("value", "")))
        for error in problem.get("errors") or ()
        if isinstance(error, dict)
    ]
    retry_after = response.getheader("Retry-After", "")
    return Refused(
        response.status,
        str(problem.get("detail") or problem.get("title") or f"{response.status} {response.reason}"),
        *errors,
        code=str(problem.get("code", "")),
        extra={name: value for name, value in problem.items() if name not in known},
        retry_after=int(retry_after) if retry_after.isdigit() else None,
    )
