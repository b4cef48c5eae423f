"""Calling out: one POST to an address that a stranger named, under rules that no such address can bend.

The name is resolved once and every address that it has must be allowed; the connection goes to one of those very addresses,
while Host header, TLS server name and certificate are the name's. No redirect is followed, no proxy or credential of the
environment is used, and all of it together takes 10 seconds at most. Of the answer 64 KiB at most are read, and only its status
and `Retry-After` are looked at.

Importing this module loads httpx: it is to be done off the loop, and only where there is something to send.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import httpx

from inbox_tui import __version__
from inbox_tui.core.errors import InboxError
from inbox_tui.hub.addresses import Address, Allowed, parsed

SECONDS = 10.0
CONNECT_SECONDS = 4.0
"""So that an address that swallows everything leaves time for the next one of the same name."""
MOST_BYTES = 65_536


class Answer(NamedTuple):
    status: int
    retry_after: float
    """Seconds; 0 where nothing was said."""


class Unanswered(InboxError):
    """It may work another time. The message goes on from the host's name, and holds nothing of the URL or of an answer."""


class Forbidden(InboxError):
    """It must not be called. The message is like that of Unanswered."""


class Outbound:
    """`seconds`: for everything, from the name to the end of the answer."""

    def __init__(self, allowed: Allowed, seconds: float = SECONDS) -> None:
        self._allowed, self._seconds = allowed, seconds
        # The certificates that httpx brings, and those of the machine: a company's own hosts are known there.
        self._tls = httpx.create_ssl_context(trust_env=False)
        self._tls.load_default_certs()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The other side's answer, whatever it says. Raises Unanswered, Forbidden."""
        deadline = asyncio.get_running_loop().time() + self._seconds
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout_at(deadline):
                    response = await self._send(stack, url, body, headers)
            except TimeoutError:
                raise Unanswered(f"took longer than {self._seconds:g} s") from None
            except httpx.InvalidURL:
                raise Forbidden("is no address that can be called") from None
            except httpx.HTTPError as error:
                raise Unanswered(_words(error)) from None
            # What it said is known by now; the rest is only taken politely, and however that ends changes nothing.
            with suppress(TimeoutError, httpx.HTTPError):
                async with asyncio.timeout_at(deadline):
                    await _drain(response)
            return Answer(response.status_code, _retry_after(response.headers.get("retry-after", "")))

    async def _send(self, stack: AsyncExitStack, url: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """The head of the answer; the connection is closed with the stack."""
        target = httpx.URL(url)
        host = target.raw_host.decode("ascii")
        addresses = await _resolve(host, target.port or (443 if target.scheme == "https" else 80))
        if (refused := self._allowed.refused(host, addresses)) is not None:
            raise Forbidden(f"is not on the public internet ({refused})")
        own = {
            "Host": target.netloc.decode("ascii"),
            "User-Agent": f"inbox/{__version__}",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        transport = await stack.enter_async_context(httpx.AsyncHTTPTransport(verify=self._tls, trust_env=False))
        for left, address in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
            request = httpx.Request(
                "POST",
                target.copy_with(host=str(address), fragment=None),
                content=body,
                headers={**own, **headers},
                extensions={"sni_hostname": host, "timeout": {"connect": CONNECT_SECONDS}},
            )
            try:
                response = await transport.handle_async_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if not left:
                    raise
            else:
                stack.push_async_callback(response.aclose)
                return response
        raise Unanswered("has no address")


async def _drain(response: httpx.Response) -> None:
    left = MOST_BYTES
    async for part in response.aiter_raw():
        left -= len(part)
        if left <= 0:
            return


async def _resolve(host: str, port: int) -> list[Address]:
    """In the order in which this machine would try them. Raises Unanswered."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unanswered("cannot be resolved") from None
    return list(dict.fromkeys(parsed(str(where[4][0])) for where in found))


def _words(error: httpx.HTTPError) -> str:
    """Ours, not the library's: its own may quote what the other side sent."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"has no good certificate: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return f"speaks no TLS that we do: {(cause.reason or 'unknown').lower().replace('_', ' ')}"
        if isinstance(cause, OSError) and cause.strerror:
            return f"could not be reached: {cause.strerror}"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.ConnectTimeout):
        return "could not be reached in time"
    return "gave no answer that is HTTP" if isinstance(error, httpx.RemoteProtocolError) else "could not be reached"


def _retry_after(text: str) -> float:
    """Seconds, or a date; 0 for anything else."""
    if text.strip().isascii() and text.strip().isdecimal():
        return float(text)
    with suppress(ValueError, TypeError, OverflowError):
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    return 0.0
