"""One HTTP call to a hub, over its socket or TCP. Standard library only, and little of it: `status`, `send` and hooks wait for
this module to load, and `http.client` with what it imports would take as long as everything else that they do.

Every call has its own connection, so an answer can never be read by another caller, and a hub that restarted is met anew.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import IO, Any, BinaryIO, NamedTuple
from urllib.parse import urlsplit

from inbox_tui.core.errors import ConfigError, FieldError, HubUnreachable, Refused
from inbox_tui.core.paths import find_paths

TIMEOUT = 10.0
_LINE, _HEADERS, _BODY = 1 << 16, 100, 64 << 20
"""The longest line, the most headers and the largest body that an answer may have."""
_PIECE = 1 << 16
_GATEWAY = (502, 504)
"""A proxy in front of the hub says that the hub is not there."""


class NotConnected(HubUnreachable):
    """No connection was made, so the hub has not heard a word of it."""


class Address(NamedTuple):
    """A hub: this user's own by a socket's path, or one at an http(s) URL with a key. `ca_file`: whose certificates are believed
    in place of the system's."""

    socket: str = ""
    url: str = ""
    key: str = ""
    ca_file: str = ""

    def __str__(self) -> str:
        return self.url or "local"

    def __repr__(self) -> str:
        return f"Address({self})"


class Reply(NamedTuple):
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
    if not _is_address(url):
        raise ConfigError(
            "INBOX_HUB: not the address of a hub; it looks like http://127.0.0.1:9477, and its key goes into INBOX_KEY"
        )
    return Address(url=url.rstrip("/"), key=environ.get("INBOX_KEY", "").strip())


def own_hub() -> Address:
    """This user's own by its operator's socket, whatever INBOX_HUB names: no key from elsewhere makes keys or spaces."""
    return Address(socket=str(find_paths().operate_socket))


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_plain = url.isascii() and url.isprintable() and not set(" ?#@") & set(url)
    return parts.scheme in ("http", "https") and has_host and is_plain


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
    return _exchanged(address, [_request(address, method, path, body, idempotency_key)], timeout)


def upload(address: Address, path: str, file: BinaryIO, name: str, *, timeout: float = TIMEOUT) -> Reply:
    """One file as `multipart/form-data`, a piece at a time: the rest of `file` as it is now, by `name`. Raises as `call`, and
    what reading raises."""
    at = file.tell()
    size = file.seek(0, os.SEEK_END) - at
    file.seek(at)
    boundary = os.urandom(16).hex()
    shown = name.replace('"', "%22").replace("\r", "").replace("\n", "")
    opening = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{shown}"\r\n\r\n'
    first, last = opening.encode(errors="surrogateescape"), f"\r\n--{boundary}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    head = _head(address, "POST", path, kind | {"Content-Length": str(len(first) + size + len(last))})
    return _exchanged(address, chain([head + first], _pieces(file, size), [last]), timeout)


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    """Exactly so many bytes, were the file to grow; where it shrinks, too few, and nothing is kept of them."""
    while size and (piece := file.read(min(size, _PIECE))):
        size -= len(piece)
        yield piece


def _exchanged(address: Address, request: Iterable[bytes], timeout: float) -> Reply:
    try:
        connection = _connect(address, timeout)
    except OSError as problem:
        raise NotConnected(_why(address, problem)) from problem
    try:
        with connection, connection.makefile("rb") as answer:
            _send(connection, request)
            status, headers, text = _read(answer)
        document = _decoded(status, text)
    except OSError as problem:
        raise HubUnreachable(_why(address, problem)) from problem
    except ValueError as problem:
        raise HubUnreachable(f"What answers at {address} does not speak as a hub does: {problem}.") from problem
    if status in _GATEWAY:
        raise HubUnreachable(f"The hub at {address} is out of reach: {status} from the proxy before it.")
    if status >= 300:
        raise _refused(status, headers, document)
    return Reply(status, headers, document)


def _request(address: Address, method: str, path: str, body: Mapping[str, Any] | None, idempotency_key: str) -> bytes:
    headers: dict[str, str] = {}
    payload = b""
    if body is not None:
        payload = json.dumps(body, separators=(",", ":")).encode()
        headers["Content-Type"] = "application/json"
    if method != "GET":
        headers["Content-Length"] = str(len(payload))
    if idempotency_key:
        headers["Idempotency-Key"] = idempotency_key
    return _head(address, method, path, headers) + payload


def _head(address: Address, method: str, path: str, more: Mapping[str, str]) -> bytes:
    parts = urlsplit(address.url)
    headers = {"Host": parts.netloc or "localhost", "Accept": "application/json", "Connection": "close", **more}
    if address.key:
        headers["Authorization"] = f"Bearer {address.key}"
    lines = [f"{method} {parts.path}{path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if not all(line.isascii() and line.isprintable() for line in lines):
        raise ConfigError("A key may have printable ASCII characters only.")
    return "\r\n".join([*lines, "", ""]).encode()


def _connect(address: Address, timeout: float) -> socket.socket:
    if address.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(timeout)
            connection.connect(address.socket)
        except BaseException:
            connection.close()
            raise
        return connection
    parts = urlsplit(address.url)
    is_tls = parts.scheme == "https"
    connection = socket.create_connection((parts.hostname or "", parts.port or (443 if is_tls else 80)), timeout)
    if not is_tls:
        return connection
    import ssl

    try:
        trusted = ssl.create_default_context(cafile=address.ca_file or None)
        return trusted.wrap_socket(connection, server_hostname=parts.hostname)
    except BaseException:
        connection.close()
        raise


def _send(connection: socket.socket, request: Iterable[bytes]) -> None:
    """A hub that refuses what is too large answers and hangs up before it has read it all: its answer is worth reading."""
    try:
        for piece in request:
            connection.sendall(piece)
    except (BrokenPipeError, ConnectionResetError):
        return


def _read(answer: IO[bytes]) -> tuple[int, dict[str, str], bytes]:
    """Status, headers by lower-case name, and body. Raises ConnectionError for half an answer, ValueError for what is no HTTP."""
    while True:
        protocol, _, rest = _line(answer).partition(b" ")
        if not protocol.startswith(b"HTTP/1."):
            raise ValueError("not HTTP/1")
        status = int(rest[:3])
        headers = _headers(answer)
        if status >= 200:
            break
    if status in (204, 304):
        return status, headers, b""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return status, headers, _chunks(answer)
    if "content-length" in headers:
        return status, headers, _exactly(answer, int(headers["content-length"]))
    return status, headers, answer.read(_BODY)


def _headers(answer: IO[bytes]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for _ in range(_HEADERS):
        line = _line(answer)
        if not line:
            return headers
        name, _separator, value = line.partition(b":")
        headers[name.decode("latin-1").lower()] = value.strip().decode("latin-1")
    raise ValueError("too many headers")


def _line(answer: IO[bytes]) -> bytes:
    line = answer.readline(_LINE)
    if not line.endswith(b"\n"):
        raise ConnectionError("it hung up in the middle of an answer")
    return line.rstrip(b"\r\n")


def _exactly(answer: IO[bytes], size: int) -> bytes:
    if not 0 <= size <= _BODY:
        raise ValueError("too large")
    body = answer.read(size)
    if len(body) < size:
        raise ConnectionError("it hung up in the middle of an answer")
    return body


def _chunks(answer: IO[bytes]) -> bytes:
    body = bytearray()
    while size := int(_line(answer).partition(b";")[0], 16):
        body += _exactly(answer, size)
        _line(answer)
        if len(body) > _BODY:
            raise ValueError("too large")
    while _line(answer):
        pass
    return bytes(body)


def _decoded(status: int, text: bytes) -> Any:
    """The JSON of an answer. A refusal may come from a proxy in words of its own; anything else must be a hub's."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError) as fault:
        if status >= 300:
            return None
        raise ValueError(fault) from fault


def _why(address: Address, problem: OSError) -> str:
    if address.socket and isinstance(problem, FileNotFoundError | ConnectionRefusedError):
        return "No hub is running here. `inbox` starts one, and so does `inbox serve`."
    reason = problem.strerror or str(problem) or type(problem).__name__
    return f"The hub at {address} is out of reach: {reason[0].lower() + reason[1:]}."


def _refused(status: int, headers: Mapping[str, str], document: Any) -> Refused:
    """A problem document as an exception. Members that it should have and has not are done without."""
    problem = document if isinstance(document, dict) else {}
    known = {"$schema", "type", "title", "status", "detail", "instance", "errors", "code"}
    told = problem.get("errors")
    errors = [
        FieldError(str(error.get("location", "")), str(error.get("message", "")), str(error.get("value", "")))
        for error in (told if isinstance(told, list) else ())
        if isinstance(error, dict)
    ]
    retry_after = headers.get("retry-after", "")
    is_seconds = retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 10
    return Refused(
        status,
        str(problem.get("detail") or problem.get("title") or f"The hub refused it: {status}."),
        *errors,
        code=str(problem.get("code", "")),
        extra={name: value for name, value in problem.items() if name not in known},
        retry_after=int(retry_after) if is_seconds else None,
    )
