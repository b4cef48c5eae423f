"""Files by real HTTP: what is taken, what is refused early, what a cut or slow call leaves, and how it is served."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hubs import Reply, RunningHub, form

from inbox_tui.core.text import clean

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
WAV = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\0\0\0\0" + b"\0" * 16_000
LARGE = bytes(range(256)) * 3000


def fetch(hub: RunningHub, url: str, *, key: str = "", by: str = "tcp") -> tuple[int, dict[str, str], bytes]:
    connection = hub.connect(by)
    try:
        parts = urlsplit(url)
        connection.request("GET", f"{parts.path}?{parts.query}", headers={"X-API-Key": key} if key else {})
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def kept(hub: RunningHub, what: str = "media WHERE space = 'default' AND hash <> ''") -> int:
    database = sqlite3.connect(f"file:{hub.paths.hub_database}?mode=ro", uri=True)
    try:
        return int(database.execute(f"SELECT count(*) FROM {what}").fetchone()[0])
    finally:
        database.close()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    home = tmp_path_factory.mktemp("hub")
    (home / "config.toml").write_text("[media]\nfile_mib = 1\nspace_mib = 8\n")
    hub = RunningHub.start(home, send_seconds=1.0)
    yield hub
    hub.stop()


@pytest.mark.parametrize("prefix", ["/api/v1", "/v1"])
def test_what_was_brought_is_a_structured_attachment(hub: RunningHub, prefix: str) -> None:
    reply = hub.upload(PNG, "build chart.png", path=f"{prefix}/media")
    assert reply.status == 201
    url = reply.document.pop("url")
    assert reply.document == {"kind": "image", "mime_type": "image/png", "size_bytes": len(PNG), "file_name": "build chart.png"}
    assert url.startswith(f"http://{hub.listen}/api/v1/media/")
    status, headers, content = fetch(hub, url)
    assert (status, content) == (200, PNG)
    assert headers["content-type"] == "image/png"
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''build%20chart.png"
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]


def test_a_key_of_its_space_opens_it_in_either_role_and_no_other(hub: RunningHub) -> None:
    hub.call("POST", "/api/spaces", {"name": "team"})
    keys = {(space, role): hub.new_key(f"{space} {role}", role, space=space)["key"] for space in ("team", "default")
            for role in ("send", "operate")}  # fmt: skip
    reply = hub.upload(LARGE, by="tcp", key=keys["team", "send"])
    url, _, link = reply.document["url"].partition("?link=")
    for role in ("send", "operate"):
        assert fetch(hub, url, key=keys["team", role])[2] == LARGE
        assert fetch(hub, url, key=keys["default", role])[0] == 404
        assert fetch(hub, f"{url}?link={link}", key=keys["default", role])[0] == 404, "a key that is given counts"
    assert fetch(hub, url)[0] == 401
    assert fetch(hub, url, by="operate")[0] == 404
    assert fetch(hub, f"{url}?link={link[:-1]}x")[0] == 401
    assert fetch(hub, f"{url}?link={link}")[2] == LARGE
    assert hub.upload(b"x", by="tcp", key=keys["team", "operate"]).status == 403
    assert hub.upload(b"x", by="tcp").status == 401
    hub.call("DELETE", "/api/spaces/team?confirm=team")
    assert fetch(hub, f"{url}?link={link}")[0] == 404


@pytest.mark.parametrize(
    ("content", "name", "kind", "mime_type"),
    [
        (b"GIF89a<script>alert(1)</script>", "x.html", "image", "image/gif"),
        (b"\x89PNG\r\n\x1a\n<svg onload=x>", "x.svg", "image", "image/png"),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><script>", "x.png", "file", "application/octet-stream"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "x.png", "file", "application/octet-stream"),
        (b"plain words, then <ScRiPt>alert(1)</script>", "x.txt", "file", "application/octet-stream"),
        (b"# Notes\n", "notes.md", "file", "text/markdown"),
        (b"a,b\n1,2\n", "a.csv", "file", "text/csv"),
        ("größer".encode("utf-16"), "x.txt", "file", "application/octet-stream"),
        (WAV, "a.wav", "audio", "audio/wav"),
        (b"ID3\4\0", "a.mp3", "audio", "audio/mpeg"),
        (b"\0\0\0\x18ftypmp42", "a.mp4", "video", "video/mp4"),
        (b"RIFF\0\0\0\0XXXX", "a.wav", "file", "application/octet-stream"),
        (b"%PDF-1.7 <html>", "a.html", "file", "application/pdf"),
    ],
)  # fmt: skip
def test_a_type_is_what_the_content_is(hub: RunningHub, content: bytes, name: str, kind: str, mime_type: str) -> None:
    """The form says text/html of each."""
    reply = hub.upload(content, name)
    assert (reply.document["kind"], reply.document["mime_type"]) == (kind, mime_type)
    assert reply.document.get("duration_ms") == (1000 if name == "a.wav" and kind == "audio" else None)
    _, headers, served = fetch(hub, reply.document["url"])
    assert headers["content-type"].partition(";")[0] == mime_type
    assert headers["content-disposition"].startswith("attachment;")
    assert served == content


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/", "file"),
        ("..", "file"),
        (".bashrc", "bashrc"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("a\x1b[31mb.txt", "ab.txt"),
        ("x" * 400 + ".tar.gz", "x" * 177 + ".gz"),
        ("日本語 %2e%2e%2f.png", "日本語 _2e_2e_2f.png"),
        ("a\"b;c'.txt", "a_22b;c'.txt"),
        ("ghp_" + "a" * 36 + ".txt", "[redacted].txt"),
    ],
)
def test_a_name_is_a_name_and_no_path(hub: RunningHub, name: str, cleaned: str) -> None:
    reply = hub.upload(b"content", name)
    told = reply.document["file_name"]
    assert told == cleaned
    assert clean(told, lines=False) == told
    status, headers, content = fetch(hub, reply.document["url"])
    assert (status, content) == (200, b"content")
    assert "\r" not in headers["content-disposition"]


def test_what_is_too_long_is_refused_before_it_has_come(hub: RunningHub) -> None:
    body, kind = form(b"x" * (2 << 20), "f")
    early = _raw(hub, f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n", b"")
    assert " 413 " in early
    body, kind = form(b"x" * ((1 << 20) + 1), "f")
    counted = f"{len(body):x}\r\n".encode() + body  # whose end never comes
    assert " 413 " in _raw(hub, f"Content-Type: {kind}\r\nTransfer-Encoding: chunked\r\n", counted)
    flood = form(b"x" * 70_000, "f")[0].replace(b'filename="f"', b"x=y")
    assert " 413 " in _raw(hub, f"Content-Type: {kind}\r\nContent-Length: {len(flood)}\r\n", flood)


def _raw(hub: RunningHub, headers: str, body: bytes, *, ends: bool = False) -> str:
    """One upload by hand, over the send socket; what it was answered. `ends`: nothing more comes, and the caller listens."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(str(hub.send_socket))
        head = f"POST /api/v1/media HTTP/1.1\r\nHost: inbox\r\nConnection: close\r\n{headers}\r\n"
        answer = b""
        with suppress(BrokenPipeError):  # refused before all of it was sent
            connection.sendall(head.encode() + body)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):
            while part := connection.recv(65_536):
                answer += part
        return answer.decode(errors="replace")


def test_a_call_that_ends_too_soon_or_lies_leaves_nothing(hub: RunningHub) -> None:
    body, kind = form(LARGE + b"cut", "f")
    before = kept(hub)
    _raw(hub, f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n", body[:-2000], ends=True)
    lying = _raw(hub, f"Content-Type: {kind}\r\nContent-Length: {len(body) - 1000}\r\n", body)
    assert " 400 " in lying
    slow = _raw(hub, f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n", body[:-2000])
    assert " 408 " in slow
    assert kept(hub) == before


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("", b"", 415),
        ("multipart/form-data", b"", 400),
        ("multipart/form-data; boundary=x", b"", 400),
        ("multipart/form-data; boundary=x", b"nothing of the kind", 400),
        ("multipart/form-data; boundary=x", b"--x--\r\n", 422),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n', 422),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; filename="a"\r\n\r\n\r\n--x--\r\n', 422),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; filename="a"\r\n\r\nb\r\n' * 2 + b"--x--\r\n",
            422,
        ),
        ("multipart/form-data; boundary=" + "x" * 300, b"", 400),
    ],
)
def test_what_is_no_form_with_a_file_is_refused_with_its_reason(hub: RunningHub, kind: str, body: bytes, status: int) -> None:
    reply: Reply = hub.call("POST", "/api/v1/media", raw=body, by="send", headers={"Content-Type": kind})
    assert reply.status == status, reply
    assert reply.document["detail"]


def test_a_space_that_is_full_says_so(hub: RunningHub) -> None:
    hub.call("POST", "/api/spaces", {"name": "small"})
    key = hub.new_key("filler", "send", space="small")["key"]
    for n in range(8):
        assert hub.upload(b"%d" % n * (1 << 20), by="tcp", key=key).status == 201
    reply = hub.upload(b"one more", by="tcp", key=key)
    assert (reply.status, reply.document["code"]) == (507, "media_full")
    assert "8 MiB" in reply.document["detail"]
    assert hub.upload(b"another space").status == 201


def test_a_hub_that_is_killed_in_the_middle_has_whole_files_only(tmp_path: Path) -> None:
    hub = RunningHub.start(tmp_path / "hub")
    url = hub.upload(LARGE, "whole.bin").document["url"]
    body, kind = form(b"y" * (1 << 20), "cut.bin")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(hub.send_socket))
        head = f"POST /api/v1/media HTTP/1.1\r\nHost: inbox\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body[:-10])
        while kept(hub, "media_piece") < 5:
            pass
        hub.kill9()
    hub.restart()
    assert kept(hub) == 1
    parts = urlsplit(url)
    assert fetch(hub, f"{parts.path}?{parts.query}")[2] == LARGE, "its link holds as well"
    again = hub.upload(b"y" * (1 << 20), "cut.bin")
    assert fetch(hub, again.document["url"])[2] == b"y" * (1 << 20)
    assert hub.stop() == 0


def test_what_one_hub_took_every_hub_has(dsn: str, tmp_path: Path) -> None:
    hubs = [RunningHub.start(tmp_path / name, database=dsn) for name in ("one", "other")]
    key = hubs[0].new_key("ci", "send")["key"]
    url = hubs[0].upload(LARGE, "f.bin", by="tcp", key=key).document["url"]
    parts = urlsplit(url)
    for path in (f"{parts.path}?{parts.query}", parts.path):
        assert fetch(hubs[1], path, key="" if parts.query in path else key)[2] == LARGE
    assert hubs[1].upload(LARGE, "f.bin", by="tcp", key=key).document["url"].split("/")[-2] == url.split("/")[-2]
    published = hubs[1].publish(title="done", attachments=[{"kind": "file", "url": url, "file_name": "f.bin"}])
    row = hubs[0].call("GET", f"/api/notifications/{published['id']}").document
    assert row["attachments"][0]["url"] == url
    hubs[0].stop()
    assert fetch(hubs[1], f"{parts.path}?{parts.query}")[2] == LARGE
    hubs[1].stop()


def test_links_lead_to_where_the_configuration_says(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[hub]\npublic_url = "https://inbox.example.org/"\n')
    hub = RunningHub.start(tmp_path)
    url = hub.upload(b"x", "x.txt").document["url"]
    assert url.startswith("https://inbox.example.org/api/v1/media/")
    hub.stop()
