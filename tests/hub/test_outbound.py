"""Calling out: to the very address that was judged, and never longer, further or to more than the rules say."""

from __future__ import annotations

import asyncio
import datetime
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from receiver import Receiver

from inbox_tui.hub.addresses import Allowed, is_public
from inbox_tui.hub.outbound import Forbidden, Outbound, Unanswered

LOCAL = Allowed(["127.0.0.1"])
OK = b"HTTP/1.1 200 OK\r\n"
Talk = Callable[[asyncio.StreamWriter], Awaitable[None]]


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),  # translated to 8.8.8.8
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),  # where clouds tell a machine its secrets
        ("192.0.2.1", False),
        ("192.168.0.1", False),
        ("224.0.1.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::7f00:1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),  # translated to 127.0.0.1
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b:1::a00:1", False),
        ("2001:0:1::", False),
        ("2002:7f00:1::", False),
        ("2001:db8::1", False),
        ("5f00::1", False),
        ("fd00::1", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("2606:4700::1111%eth0", False),
        ("fec0::1", False),
        ("ff0e::1", False),
    ],
)
def test_what_the_public_internet_is(text: str, public: bool) -> None:
    assert is_public(ip_address(text)) is public


@pytest.mark.parametrize(
    ("host", "addresses", "refused"),
    [
        ("public.example", ["8.8.8.8", "2606:4700::1111"], None),
        ("mixed.example", ["8.8.8.8", "127.0.0.9"], "127.0.0.9"),
        ("inside.example", ["10.1.2.3"], None),
        ("inside.example", ["::ffff:10.1.2.3"], None),
        ("beside.example", ["11.1.2.3", "192.168.0.1"], "192.168.0.1"),
        ("Hooks.Internal.", ["192.168.0.1", "fd00::1"], None),
        ("x.hooks.internal", ["192.168.0.1"], "192.168.0.1"),
    ],
)
def test_exceptions_are_addresses_networks_and_names(host: str, addresses: list[str], refused: str | None) -> None:
    allowed = Allowed(["10.0.0.0/8", "hooks.internal"])
    found = allowed.refused(host, [ip_address(text) for text in addresses])
    assert (str(found) if found else None) == refused


@pytest.mark.parametrize("host", ["0177.0.0.1", "0x7f.1", "127.1", "2130706433", "0", "localhost", "[::1]", "[::ffff:7f00:1]"])
async def test_this_machine_however_it_is_spelt(host: str) -> None:
    with Receiver() as receiver:
        with pytest.raises(Forbidden):
            await Outbound(Allowed()).post(f"http://{host}:{receiver.port}/", b"{}", {})
        assert receiver.got == []


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[str]:
    """A server that reads a request's head and then does as it likes; its URL."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await talk(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def silence(writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def a_head_without_end(writer: asyncio.StreamWriter) -> None:
    writer.write(OK)
    while True:
        writer.write(b"X-More: and more\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("talk", [silence, a_head_without_end])
async def test_all_of_it_takes_no_longer_than_it_may(talk: Talk) -> None:
    async with talking(talk) as url:
        with pytest.raises(Unanswered, match="took longer than"):
            await Outbound(LOCAL, 0.3).post(url, b"{}", {})


async def test_an_answer_that_goes_on_for_ever_is_cut() -> None:
    cut = asyncio.Event()

    async def flood(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"Transfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
                await writer.drain()
        finally:
            cut.set()

    async with talking(flood) as url:
        assert (await Outbound(LOCAL).post(url, b"{}", {})).status == 200
        await asyncio.wait_for(cut.wait(), 5)


async def test_what_was_answered_counts_whatever_becomes_of_the_rest() -> None:
    async def head_alone(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"Content-Length: 10\r\n\r\n")
        await asyncio.Event().wait()

    async with talking(head_alone) as url:
        assert (await Outbound(LOCAL, 0.3).post(url, b"{}", {})).status == 200


@pytest.mark.parametrize("said", [b"+OK private greeting\r\n\r\n", OK + b"X: " + b"private" * 40_000, b""])
async def test_what_is_not_http_is_no_answer_and_not_repeated(said: bytes) -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()

    async with talking(talk) as url:
        with pytest.raises(Unanswered) as problem:
            await Outbound(LOCAL).post(f"{url}?private", b"{}", {})
        assert "private" not in str(problem.value)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("5", 5), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("soon", 0), ("-1", 0), ("٣", 0)],
)
async def test_how_long_the_other_side_wants_to_be_left_alone(header: str, seconds: float) -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 503 Busy\r\nRetry-After: {header}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()

    async with talking(talk) as url:
        assert await Outbound(LOCAL).post(url, b"{}", {}) == (503, seconds)


async def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with Receiver() as receiver:
        assert (await Outbound(LOCAL).post(receiver.url(), b"{}", {})).status == 200


def resolve(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """From now on names of this loop resolve so, one answer a question. Answers the names that were asked for."""
    loop, asked, left = asyncio.get_running_loop(), list[str](), list(answers)

    async def getaddrinfo(host: str, port: int, **_: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in left.pop(0)]

    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
    return asked


async def test_a_name_is_asked_for_once_and_its_judged_address_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolve(monkeypatch, ["127.0.0.1"])
    with Receiver() as receiver:
        assert (await Outbound(LOCAL).post(receiver.url(host="hooks.example"), b"{}", {})).status == 200
        assert asked == ["hooks.example"]
        assert receiver.got[0].headers["host"] == f"hooks.example:{receiver.port}"


async def test_one_bad_address_spoils_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, ["8.8.8.8", "127.0.0.1"])
    with Receiver() as receiver:
        with pytest.raises(Forbidden, match="is not on the public internet"):
            await Outbound(Allowed()).post(receiver.url(host="hooks.example"), b"{}", {})
        assert receiver.got == []


async def test_where_one_address_is_dead_the_next_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, ["127.0.0.2", "127.0.0.1"])
    with Receiver() as receiver:
        assert (await Outbound(Allowed(["127.0.0.0/8"])).post(receiver.url(host="hooks.example"), b"{}", {})).status == 200


def certify(folder: Path, name: str) -> ssl.SSLContext:
    """A server's TLS for a name; `trusted.pem` in the folder is who vouches for it."""
    key, day = ec.generate_private_key(ec.SECP256R1()), datetime.timedelta(days=1)
    subject, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), now - day, now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "trusted.pem").write_bytes(public)
    (folder / "server.pem").write_bytes(key.private_bytes(*form) + public)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


@pytest.mark.parametrize("name", ["hooks.example", "other.example"])
async def test_a_certificate_is_the_names_not_the_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    resolve(monkeypatch, ["127.0.0.1"])
    with Receiver(tls=certify(tmp_path, name)) as receiver:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
        call = Outbound(LOCAL).post(f"https://hooks.example:{receiver.port}/", b"{}", {})
        if name == "hooks.example":
            assert (await call).status == 200
        else:
            with pytest.raises(Unanswered, match="has no good certificate: Hostname mismatch"):
                await call


async def test_a_certificate_that_nobody_vouches_for_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, ["127.0.0.1"])
    with Receiver(tls=certify(tmp_path, "hooks.example")) as receiver:
        with pytest.raises(Unanswered, match="has no good certificate: self-signed"):
            await Outbound(LOCAL).post(f"https://hooks.example:{receiver.port}/", b"{}", {})
        assert receiver.got == []
