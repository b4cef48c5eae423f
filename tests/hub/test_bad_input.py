"""Whatever arrives, the hub answers with a problem that names it, never with a 5xx, and goes on."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
from hubs import Reply, RunningHub
from notilens_seed import LOOP

DEEP = 10_000
TITLE = b'{"title": '
BODIES: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 400, "body"),
    "a list": (b"[]", 422, "body"),
    "a string": (b'"x"', 422, "body"),
    "half of JSON": (b'{"title": "x', 400, "body"),
    "not UTF-8": (TITLE + b'"\xc3\x28"}', 400, "body"),
    "deep": (b'{"meta":' * DEEP + b"1" + b"}" * DEEP, 422, "body"),
    "a long integer": (TITLE + b'"x", "meta": {"n": ' + b"1" * 5000 + b"}}", 422, "body.meta.n"),
    "beyond 64 bits": (TITLE + b'"x", "priority": 36893488147419103232}', 422, "body.priority"),
    "NaN": (TITLE + b'"x", "timeout": NaN}', 422, "body.timeout"),
    "NUL": (TITLE + b'"a\\u0000"}', 422, "body.title"),
    "half a pair": (TITLE + b'"\\udfff"}', 422, "body.title"),
    "an echo": (b'{"title": "x", "severity": "\x7f\\u001b]52;c;"}', 422, "body.severity"),
}


@pytest.mark.parametrize(("raw", "status", "location"), BODIES.values(), ids=BODIES)
def test_bodies(shared_hub: RunningHub, raw: bytes, status: int, location: str) -> None:
    for path in ("/api/events", "/webhook/local/send"):
        reply = shared_hub.call("POST", path, raw=raw, by="send")
        expected = (status, "application/problem+json")
        assert (reply.status, reply.headers["content-type"]) == expected
        assert path != "/api/events" or reply.document["errors"][0]["location"] == location
        assert json.dumps(reply.document).isascii()
    assert shared_hub.publish(title="still here")


def test_a_body_of_a_mebibyte_and_no_more(shared_hub: RunningHub) -> None:
    rest = b'{"title": "x", "ignored": ["' + b"y" * (1 << 20)
    fits = rest[: (1 << 20) - 3] + b'"]}'
    assert shared_hub.call("POST", "/api/events", raw=fits, by="send").status == 202
    assert is_too_long(shared_hub.call("POST", "/api/events", raw=fits + b" ", by="send"))


def is_too_long(reply: Reply) -> bool:
    return reply.status == 413 and reply.document["code"] == "too_long"


@pytest.mark.parametrize("until", ["soon", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_nobody_could_be_told_again(shared_hub: RunningHub, until: str) -> None:
    reply = shared_hub.call("POST", "/api/mutes", {"scope": "source", "subject": "nobody", "until": until})
    assert (reply.status, reply.document["errors"][0]["location"]) == (422, "body.until")
    assert shared_hub.call("GET", "/api/mutes").status == 200


def test_a_body_without_a_length_is_counted_as_it_comes(shared_hub: RunningHub) -> None:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(10)
        caller.connect(str(shared_hub.send_socket))
        caller.sendall(b"POST /api/events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(17):
            caller.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        assert caller.recv(100).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("start", [b"\x00\x01\x02", b"GET\r\n\r\n", b"POST /api/events HTTP/1.1\r\nContent-Length: x\r\n\r\n"])
def test_what_is_not_http(shared_hub: RunningHub, start: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(10)
        caller.connect(str(shared_hub.send_socket))
        caller.sendall(start + b"\r\n\r\n")
        assert caller.recv(100).startswith(b"HTTP/1.1 400")
    assert shared_hub.publish(title="still here")


def test_a_caller_that_leaves_in_the_middle(shared_hub: RunningHub) -> None:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(shared_hub.send_socket))
        caller.sendall(b"POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
    assert shared_hub.publish(title="still here")


PATHS = [
    "/api/notifications/%00",
    "/api/notifications/%FF%FE",
    "/api/notifications/" + "x" * 600,
    "/api/notifications/01JD0Q4N3V5W8XRZ2K7M9T6BHC",
    "/api/notifications/01JD0Q4N3V5W8XRZ2K7M9T6BHC/events",
    "/api/notifications/",
    "/schemas/Nothing.json",
    "/schemas/..%2F..%2Fetc%2Fpasswd",
    "/",
    "//",
]


@pytest.mark.parametrize("path", PATHS)
def test_paths_that_lead_nowhere(shared_hub: RunningHub, path: str) -> None:
    reply = shared_hub.call("GET", path)
    assert (reply.status, reply.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/api/events"), ("HEAD", "/api/notifications/stream"), ("POST", "/api/hub")]
)
def test_methods_that_are_none(shared_hub: RunningHub, method: str, path: str) -> None:
    assert shared_hub.call(method, path).status == 405


TRIAGE: dict[str, tuple[str, Any, str]] = {
    "seen": ("x/read", {"seen": "now"}, "body.seen"),
    "a negative rev": ("x/done", {"seen": -1}, "body.seen"),
    "a rev beyond 64 bits": ("x/done", {"seen": 1 << 63}, "body.seen"),
    "up_to": ("read", {"up_to": [1]}, "body.up_to"),
    "a decision without a key": ("x/decision", {"raised_rev": 1, "epoch": 1, "attempt": "a"}, "body.key"),
    "a decision without a rev": ("x/decision", {"key": "approve", "epoch": 1, "attempt": "a"}, "body.raised_rev"),
}


@pytest.mark.parametrize(("path", "body", "location"), TRIAGE.values(), ids=TRIAGE)
def test_triage_bodies(shared_hub: RunningHub, path: str, body: Any, location: str) -> None:
    reply = shared_hub.call("POST", f"/api/notifications/{path}", body)
    assert (reply.status, reply.document["errors"][0]["location"]) == (422, location)


def test_idempotency_keys_are_short_and_visible(shared_hub: RunningHub) -> None:
    for key in ("x" * 201, "\u00e9", "a\tb"):
        reply = shared_hub.call("POST", "/api/events", {"title": "x"}, by="send", headers={"Idempotency-Key": key})
        assert (reply.status, reply.document["errors"][0]["location"]) == (422, "header.Idempotency-Key")


def test_a_problem_names_every_wrong_field_and_where_its_shape_is_described(shared_hub: RunningHub) -> None:
    wrong = LOOP | {"type": "loud", "title": "", "open_url": "x"}
    reply = shared_hub.call("POST", "/webhook/local/send", wrong, by="send")
    assert {error["location"] for error in reply.document["errors"]} == {"body.type", "body.title", "body.open_url"}
    assert (reply.document["title"], reply.document["type"]) == ("Unprocessable Entity", "about:blank")
    assert reply.document["$schema"] == "http://localhost/schemas/ErrorModel.json"
