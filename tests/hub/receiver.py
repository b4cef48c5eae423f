"""Somebody who is called back: a plain web server on this machine that keeps what it was sent and answers as it was told."""

from __future__ import annotations

import json
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True, slots=True)
class Got:
    """One call. Header names are lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


def status(code: int, **headers: str) -> Reply:
    """An answer without a body; `retry_after` is the header Retry-After."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-").title(), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return reply


def hold(until: threading.Event) -> Reply:
    """Says nothing until the event is set, and then hangs up."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        until.wait(30)
        handler.close_connection = True

    return reply


class Receiver:
    """`with Receiver() as receiver:`. `answers`: by path, what the next calls get; then, and elsewhere, 200."""

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.got: list[Got] = []
        self.answers: defaultdict[str, list[Reply]] = defaultdict(list)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def at(self, path: str) -> list[Got]:
        return [got for got in self.got if got.path == path]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                answers = receiver.answers[self.path]
                reply = answers.pop(0) if answers else status(200)
                receiver.got.append(Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                reply(self)

            def log_message(self, *_: object) -> None:
                pass

        return Handler
