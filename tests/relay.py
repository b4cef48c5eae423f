"""A TCP relay in front of a real hub that can hold calls back, lose answers, and lie: what a network and a forged hub do."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    idempotency_key: str
    body: dict[str, Any]

    @property
    def what(self) -> str:
        """post | poll | ack | withdraw | other"""
        if self.path == "/api/events":
            return "post"
        last = self.path.partition("?")[0].rpartition("/")[2]
        return last if last in ("ack", "withdraw") else "poll" if self.path.startswith("/api/asks/") else "other"


class Relay:
    """`before` is called with each call before it goes on to the hub, `after` with the hub's answer; True loses the answer.
    `stop_before` True answers 503 in the hub's place, as one that is stopping does. `forge` may change the decoded answer."""

    def __init__(self, hub: str) -> None:
        self.hub = hub
        self.calls: list[Call] = []
        self.before: Callable[[Call], bool] = lambda call: False
        self.after: Callable[[Call], bool] = lambda call: False
        self.stop_before: Callable[[Call], bool] = lambda call: False
        self.forge: Callable[[Call, Any], Any] = lambda call, document: document
        self.url = ""

    def seen(self, what: str) -> list[Call]:
        return [call for call in self.calls if call.what == what]


@contextmanager
def relay(hub: str) -> Iterator[Relay]:
    """A relay on a free port, to the hub at HOST:PORT."""
    state = Relay(hub)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            _pass_on(self, state)

        do_GET = do_POST  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _pass_on(handler: BaseHTTPRequestHandler, state: Relay) -> None:
    length = int(handler.headers.get("Content-Length", 0))
    payload = handler.rfile.read(length)
    key = handler.headers.get("Idempotency-Key", "")
    call = Call(handler.command, handler.path, key, json.loads(payload) if payload else {})
    state.calls.append(call)
    handler.close_connection = True
    if state.before(call):
        return
    if state.stop_before(call):
        handler.send_error(503)
        return
    headers = {name: value for name, value in handler.headers.items() if name.lower() not in ("host", "connection")}
    connection = http.client.HTTPConnection(state.hub, timeout=60)
    try:
        connection.request(call.method, call.path, payload or None, headers)
        response = connection.getresponse()
        text = response.read()
    except OSError:
        return
    finally:
        connection.close()
    if state.after(call):
        return
    if text and response.status < 300:
        text = json.dumps(state.forge(call, json.loads(text))).encode()
    try:
        handler.send_response(response.status)
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)
    except OSError:
        return
