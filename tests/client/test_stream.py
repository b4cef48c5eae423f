"""The stream as bytes: what is skipped, what ends it, and with which words."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest
from forgery import STREAM, Says, forged, saying

from inbox_tui.client import limits
from inbox_tui.client.api import Hub
from inbox_tui.client.stream import Frame, follow
from inbox_tui.core.errors import HubUnreachable, Refused
from inbox_tui.wire import NotConnected


async def heard(says: Says, **more: float) -> tuple[list[Frame], Exception]:
    """All frames, and what ended them."""
    frames: list[Frame] = []
    async with forged(says) as hub, aclosing(follow(hub, 7, **more)) as stream:
        try:
            async for frame in stream:
                frames.append(frame)
        except (HubUnreachable, Refused) as error:
            return frames, error
    raise AssertionError("a stream ends by raising")


async def test_keep_alives_are_no_events() -> None:
    says = saying(b'retry: 2000\nid: 7\nevent: ping\ndata: {}\n\n: still here\n\n: still here\n\nid: 8\ndata: {"a":1}\n\n')
    frames, error = await heard(says)
    assert frames == [Frame("ping", "7", "{}"), Frame("message", "8", '{"a":1}')]
    assert str(error).endswith("it ended the stream")


async def test_the_cursor_and_the_key_are_sent() -> None:
    heads: list[bytes] = []

    async def says(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head.lower())
        writer.write(STREAM)

    await heard(says)
    assert b"last-event-id: 7\r\n" in heads[0]
    assert b"authorization: bearer ik_a_b\r\n" in heads[0]
    assert b"accept-encoding: identity\r\n" in heads[0]


async def test_silence_is_the_end() -> None:
    hold = asyncio.Event()

    async def says(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM + b"id: 7\nevent: ping\ndata: {}\n\n")
        await writer.drain()
        await hold.wait()

    async with forged(says) as hub, aclosing(follow(hub, None, read_seconds=0.05)) as stream:
        assert (await anext(stream)).event == "ping"
        with pytest.raises(HubUnreachable, match="it fell silent"):
            await anext(stream)
        hold.set()


async def test_no_event_may_be_endless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EVENT_MOST", 2 << 20)
    small = b'id: 8\ndata: {"a":1}\n\n' * 1000
    _, error = await heard(saying(small + b"data: " + b"x" * (3 << 20)))
    assert "more than 2 MiB in one piece" in str(error)
    frames, error = await heard(saying(small * 200))
    assert len(frames) == 200_000
    assert "ended the stream" in str(error)


async def test_compressed_answers_are_not_taken() -> None:
    head = STREAM.replace(b"Connection", b"Content-Encoding: gzip\r\nConnection")
    _, error = await heard(saying(b"\x1f\x8b", head=head))
    assert "compressed" in str(error)


async def test_a_web_page_is_no_hub() -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
    _, error = await heard(saying(b"<html>", head=page))
    assert str(error).endswith("answers, but not as a hub")


async def test_a_refusal_says_why() -> None:
    head = b"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/problem+json\r\nConnection: close\r\n\r\n"
    _, error = await heard(saying(b'{"detail":"This key was revoked.","code":"unauthorized"}', head=head))
    assert isinstance(error, Refused)
    assert (error.status, error.code, str(error)) == (401, "unauthorized", "This key was revoked.")


async def test_nobody_listens() -> None:
    async with forged(saying(b"")) as hub:
        target = hub.target
    async with Hub(target) as hub:
        with pytest.raises(HubUnreachable, match="connection refused"):
            await anext(follow(hub, None))
        with pytest.raises(NotConnected, match="connection refused"):
            await hub.unread_count()
