"""Who may do what, by which way in; and that nothing secret is written down."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from typing import Any

import pytest
from following import STREAM, follow
from hubs import Reply, RunningHub
from notilens_seed import LOOP

EVENT = {"title": "hello"}


@pytest.fixture(scope="module")
def keys(shared_hub: RunningHub) -> dict[str, dict[str, Any]]:
    return {role: shared_hub.new_key(f"a {role} key", role) for role in ("send", "operate")}


def bearer(key: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {key['key']}"}


def is_problem(reply: Reply, status: int) -> bool:
    assert reply.headers["content-type"] == "application/problem+json"
    return reply.status == reply.document["status"] == status


SEND_ONLY = [("POST", "/api/events", EVENT), ("GET", "/api/asks/k1", None), ("POST", "/api/asks/k1/withdraw", {})]
OPERATE_ONLY = [
    ("GET", "/api/notifications", None),
    ("GET", STREAM, None),
    ("GET", "/api/notifications/unread-count", None),
    ("POST", "/api/notifications/read", None),
    ("POST", "/api/notifications/01JD0Q4N3V5W8XRZ2K7M9T6BHC/done", None),
    ("POST", "/api/notifications/01JD0Q4N3V5W8XRZ2K7M9T6BHC/decision", {}),
    ("GET", "/api/notifications/01JD0Q4N3V5W8XRZ2K7M9T6BHC/events", None),
    ("GET", "/api/runs/r1", None),
    ("POST", "/api/stream-token", None),
]
MACHINE_ONLY = [
    ("GET", "/api/keys", None),
    ("POST", "/api/keys", {"name": "more", "role": "operate"}),
    ("DELETE", "/api/keys/x", None),
    ("POST", "/api/hub/stop", None),
]


@pytest.mark.parametrize(("method", "path", "body"), SEND_ONLY)
def test_an_operator_posts_nothing(shared_hub: RunningHub, keys: dict[str, Any], method: str, path: str, body: Any) -> None:
    assert is_problem(shared_hub.call(method, path, body), 403)
    assert is_problem(shared_hub.call(method, path, body, by="tcp", headers=bearer(keys["operate"])), 403)


@pytest.mark.parametrize(("method", "path", "body"), OPERATE_ONLY)
def test_a_sender_reads_and_answers_nothing(
    shared_hub: RunningHub, keys: dict[str, Any], method: str, path: str, body: Any
) -> None:
    assert is_problem(shared_hub.call(method, path, body, by="send"), 403)
    assert is_problem(shared_hub.call(method, path, body, by="tcp", headers=bearer(keys["send"])), 403)


@pytest.mark.parametrize(("method", "path", "body"), SEND_ONLY + OPERATE_ONLY)
def test_tcp_always_needs_a_key(shared_hub: RunningHub, method: str, path: str, body: Any) -> None:
    for headers in ({}, {"X-API-Key": "ik_x_y"}, {"Authorization": "Basic aWs6eA=="}, {"Authorization": "Bearer \u00ff"}):
        reply = shared_hub.call(method, path, body, by="tcp", headers=headers)
        assert is_problem(reply, 401)
        assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path", "body"), MACHINE_ONLY)
def test_keys_and_the_end_are_for_the_machine_itself(
    shared_hub: RunningHub, keys: dict[str, Any], method: str, path: str, body: Any
) -> None:
    for reply in (
        shared_hub.call(method, path, body, by="tcp", headers=bearer(keys["operate"])),
        shared_hub.call(method, path, body, by="send"),
    ):
        assert is_problem(reply, 403)
    assert shared_hub.call("GET", "/api/health", by="tcp").document["ready"]


def test_both_ways_to_give_a_key(shared_hub: RunningHub, keys: dict[str, Any]) -> None:
    for headers in (bearer(keys["send"]), {"X-API-Key": keys["send"]["key"]}, {"authorization": f"bearer {keys['send']['key']}"}):
        assert shared_hub.call("POST", "/api/events", EVENT, by="tcp", headers=headers).status == 202


def test_a_sender_is_its_keys_name_whatever_it_claims(shared_hub: RunningHub, keys: dict[str, Any]) -> None:
    claims = {"title": "mine", "source": "somebody else", "sender": "root"}
    made = shared_hub.call("POST", "/api/events", claims, by="tcp", headers=bearer(keys["send"])).document
    row = shared_hub.call("GET", f"/api/notifications/{made['id']}").document
    assert (row["sender"], row["source"]) == ("a send key", "somebody else")


def test_a_sender_sees_what_became_of_its_own_posts_only(shared_hub: RunningHub, keys: dict[str, Any]) -> None:
    mine = shared_hub.call(
        "POST", "/api/events", {"title": "?", "is_prompt": True}, by="tcp", headers=bearer(keys["send"])
    ).document
    foreign = shared_hub.publish(title="not yours", is_prompt=True)
    told = shared_hub.call("GET", f"/api/notifications/{mine['id']}", by="tcp", headers=bearer(keys["send"]))
    assert (told.status, told.document["status"], told.document["decision"]) == (200, "open", None)
    assert "title" not in told.document
    path = f"/api/notifications/{foreign['id']}"
    assert is_problem(shared_hub.call("GET", path, by="tcp", headers=bearer(keys["send"])), 404)


def test_a_webhook_needs_its_own_secret(shared_hub: RunningHub, keys: dict[str, Any]) -> None:
    token, secret = keys["send"]["notilens"].values()
    path = f"/webhook/{token}/send"
    assert shared_hub.call("POST", path, LOOP, by="tcp", headers={"X-NOTILENS-KEY": secret}).status == 202
    for headers in ({}, {"X-NOTILENS-KEY": ""}, {"X-NOTILENS-KEY": secret[:-1]}, bearer(keys["send"])):
        assert is_problem(shared_hub.call("POST", path, LOOP, by="tcp", headers=headers), 401)
    other = keys["operate"]["notilens"]
    headers = {"X-NOTILENS-KEY": other["secret"]}
    assert is_problem(shared_hub.call("POST", f"/webhook/{other['token']}/send", LOOP, by="tcp", headers=headers), 403)


def test_a_refused_caller_is_refused_before_its_body_is_looked_at(shared_hub: RunningHub) -> None:
    assert is_problem(shared_hub.call("POST", "/api/events", by="tcp", raw=b"\xff{{{"), 401)


async def test_a_revoked_key_hears_nothing_more(hub: RunningHub) -> None:
    key = hub.new_key("gone", "operate")
    async with follow(hub, url=hub.url + STREAM, headers=bearer(key)) as (_, reader):
        assert hub.call("DELETE", f"/api/keys/{key['id']}").status == 204
        with pytest.raises(EOFError):
            await reader.next()
    assert is_problem(hub.call("GET", "/api/notifications", by="tcp", headers=bearer(key)), 401)
    assert [found["name"] for found in hub.call("GET", "/api/keys").document["items"]] == []


def token_of(hub: RunningHub, **how: Any) -> str:
    reply = hub.call("POST", "/api/stream-token", **how)
    assert reply.status == 200
    token: str = reply.document["token"]
    return token


async def test_a_stream_token_is_good_for_the_stream_alone(hub: RunningHub) -> None:
    token = token_of(hub)
    async with follow(hub, url=f"{hub.url}{STREAM}?token={token}") as (opening, reader):
        assert opening.event == "resync"
        hub.publish(title="heard")
        assert (await reader.next()).data["notification"]["title"] == "heard"
    for path in (f"/api/notifications?token={token}", f"/api/hub?token={token}"):
        assert is_problem(hub.call("GET", path, by="tcp"), 401)
    assert is_problem(hub.call("GET", "/api/notifications", by="tcp", headers={"X-API-Key": token}), 401)
    for wrong in (token[:-1], token + "x", "st_.", "x", "st_W10.é"):
        assert is_problem(hub.call("GET", f"{STREAM}?token={_quoted(wrong)}", by="tcp"), 401)


async def test_a_stream_token_outlives_a_restart_but_not_its_key(hub: RunningHub) -> None:
    key = hub.new_key("browser", "operate")
    token = token_of(hub, by="tcp", headers=bearer(key))
    hub.kill9()
    hub.restart()
    async with follow(hub, url=f"{hub.url}{STREAM}?token={token}") as (opening, _):
        assert opening.event == "resync"
    hub.call("DELETE", f"/api/keys/{key['id']}")
    assert is_problem(hub.call("GET", f"{STREAM}?token={token}", by="tcp"), 401)


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text)


HOSTS = {
    "localhost": 200,
    "localhost:9477": 200,
    "127.0.0.1": 200,
    "[::1]:80": 200,
    "LOCALHOST.": 200,
    "evil.example": 421,
    "localhost.evil.example": 421,
    "127.0.0.1.evil.example:80": 421,
    "": 421,
    "[::1": 200,
    "@localhost": 421,
}


@pytest.mark.parametrize(("host", "status"), HOSTS.items())
def test_only_our_own_names_are_answered(shared_hub: RunningHub, host: str, status: int) -> None:
    assert shared_hub.call("GET", "/api/health", by="tcp", headers={"Host": host}).status == status


def test_a_hub_on_all_addresses_is_addressed_by_any_of_them(home: Path) -> None:
    hub = RunningHub.start(home, listen="0.0.0.0:0")
    hub.listen = hub.listen.replace("0.0.0.0", "127.0.0.1")
    for host, status in (("192.0.2.7:9477", 200), ("[2001:db8::1]", 200), ("evil.example", 421), ("192.0.2", 421)):
        assert hub.call("GET", "/api/health", by="tcp", headers={"Host": host}).status == status
    assert hub.stop() == 0


def test_no_page_of_another_origin_is_let_in(shared_hub: RunningHub) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for method, path in (("OPTIONS", "/api/events"), ("GET", "/api/health")):
        reply = shared_hub.call(method, path, by="tcp", headers=asked)
        assert not [name for name in reply.headers if name.startswith("access-control")]


def test_the_log_holds_no_secret_and_no_text(shared_hub: RunningHub, keys: dict[str, Any]) -> None:
    token, secret = keys["send"]["notilens"].values()
    marker = "a-title-that-nobody-may-log"
    shared_hub.call("POST", f"/webhook/{token}/send", LOOP | {"title": marker}, by="tcp", headers={"X-NOTILENS-KEY": secret})
    shared_hub.call("POST", f"/webhook/{token}/send", raw=marker.encode(), by="tcp", headers={"X-NOTILENS-KEY": secret})
    shared_hub.call("GET", f"{STREAM}?token={marker}", by="tcp")
    logged = shared_hub.paths.hub_log.read_text()
    assert not [word for word in (token, secret, marker, keys["operate"]["key"]) if word in logged]


def test_files_are_this_users_alone(shared_hub: RunningHub) -> None:
    modes = {path: path.stat().st_mode & 0o777 for path in _all(shared_hub.home)}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if not path.is_dir()} == {0o600}


def _all(folder: Path) -> list[Path]:
    return [folder, *folder.rglob("*")]


def test_a_connection_carries_many_calls(shared_hub: RunningHub) -> None:
    connection = http.client.HTTPConnection(shared_hub.listen)
    for path, status in (("/api/health", 200), ("/nowhere", 404), ("/api/notifications", 401), ("/api/health", 200)):
        connection.request("GET", path)
        response = connection.getresponse()
        assert (response.status, json.loads(response.read()) is not None) == (status, True)
    connection.close()
