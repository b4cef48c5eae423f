"""The one HTTP call, against everything that may answer: real hubs, proxies, and what is no hub at all."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hubs import RunningHub

from inbox_tui.core.errors import ConfigError, HubUnreachable, InboxError, Refused
from inbox_tui.wire import Address, NotConnected, call, find_hub


@contextmanager
def answering(answer: bytes, piece: int = 1) -> Iterator[Address]:
    """A listener that reads one request's head, says these bytes piece by piece, and hangs up."""

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            heard = b""
            while b"\r\n\r\n" not in heard and (more := connection.recv(65536)):
                heard += more
            with suppress(OSError):
                for at in range(0, len(answer), piece):
                    connection.sendall(answer[at : at + piece])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield Address(url=f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            thread.join(30)


@pytest.mark.parametrize(
    "answer",
    [
        b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"a": 1}',
        b'HTTP/1.0 200 OK\r\n\r\n{"a": 1}',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n5;x=y\r\n": 1}\r\n0\r\nTrailer: x\r\n\r\n',
        b'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n{"a": 1}',
    ],
)
def test_every_way_of_ending_a_body_is_understood(answer: bytes) -> None:
    with answering(answer) as address:
        assert call(address, "GET", "/").document == {"a": 1}


def test_an_answer_without_a_body_is_one() -> None:
    with answering(b"HTTP/1.1 204 No Content\r\nX-Inbox-Rev: 7\r\n\r\n") as address:
        reply = call(address, "POST", "/")
    assert (reply.document, reply.headers["x-inbox-rev"]) == (None, "7")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"a": 1}',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"a": 1}\r\n',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n{"a": 1}\r\n0\r\n\r\n',
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n<html>",
        b"HTTP/1.1 OK\r\n\r\n{}",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n{}",
        b"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>",
        b"HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_half_an_answer_and_no_answer_are_out_of_reach(answer: bytes) -> None:
    with answering(answer) as address, pytest.raises(HubUnreachable):
        call(address, "GET", "/")


def test_a_proxy_may_refuse_in_words_of_its_own() -> None:
    with answering(b"HTTP/1.1 401 Unauthorized\r\n\r\n<html>") as address, pytest.raises(Refused) as refusal:
        call(address, "GET", "/")
    assert refusal.value.status == 401


@pytest.mark.parametrize("errors", ["5", '"x"', "[5, null]", "{}", "[" * 100_000])
@pytest.mark.parametrize("retry_after", ["\xb2", "-1", "1" * 5000, "soon"])
def test_a_refusal_is_one_whatever_it_holds(errors: str, retry_after: str) -> None:
    head = f"HTTP/1.1 422 No\r\nRetry-After: {retry_after}\r\n\r\n".encode("latin-1")
    body = f'{{"detail": "no", "errors": {errors}}}'.encode()
    with answering(head + body, piece=4096) as address, pytest.raises(Refused) as refusal:
        call(address, "GET", "/")
    assert (refusal.value.status, refusal.value.errors, refusal.value.retry_after) == (422, (), None)


def test_redirects_are_not_followed() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n\r\n"
    with answering(answer) as address, pytest.raises(Refused):
        call(address, "GET", "/")


def test_silence_ends(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Address(url=f"http://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(HubUnreachable) as problem:
            call(address, "GET", "/", timeout=0.1)
    assert not isinstance(problem.value, NotConnected)
    with pytest.raises(NotConnected):
        call(address, "GET", "/")
    with pytest.raises(NotConnected):
        call(find_hub(), "GET", "/")


def test_a_refusal_of_what_is_too_large_is_heard(home: Path) -> None:
    """The hub hangs up before it has read it all."""
    hub = RunningHub.start(home)
    try:
        with pytest.raises(InboxError) as problem:
            call(find_hub(), "POST", "/api/events", {"title": "x", "body": "y" * 30_000_000})
    finally:
        hub.stop()
    assert isinstance(problem.value, Refused)
    assert problem.value.status == 413


@pytest.mark.parametrize("key", ["ik_a\r\nX-Evil: 1", "ik_a\nb", "ik_\x7f", "schlüssel"])
def test_a_key_is_never_more_than_a_key(key: str) -> None:
    with pytest.raises(ConfigError):
        call(Address(url="http://127.0.0.1:1", key=key), "GET", "/")
    with pytest.raises(ConfigError):
        call(Address(url="http://127.0.0.1:1"), "POST", "/", {}, idempotency_key=key)


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:9477",
        "ftp://x",
        "http://",
        "http://a:b@c",
        "http://x:port",
        "http://x y",
        "http://x\r\ny",
        "http://x/?q",
        "http://x:99999",
    ],
)
def test_what_is_no_address_is_said_to_be_none(url: str) -> None:
    with pytest.raises(ConfigError) as problem:
        find_hub({"INBOX_HUB": url})
    assert "b@" not in str(problem.value)


def test_where_the_hub_is(home: Path) -> None:
    run = home / "run"
    environ = {"INBOX_HOME": str(home)}
    assert find_hub(environ) == Address(socket=str(run / "send.sock"))
    assert find_hub(environ | {"INBOX_HUB": "local"}, operate=True) == Address(socket=str(run / "operate.sock"))
    remote = find_hub(environ | {"INBOX_HUB": "https://inbox.example.com/team/", "INBOX_KEY": "ik_a_b\n"})
    assert remote == Address(url="https://inbox.example.com/team", key="ik_a_b")
    assert "ik_a_b" not in f"{remote!r} {remote}"
