"""What a hub may send us at most. A hub is somebody else's program: it must not be able to fill this process's memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx

EVENT_MOST = 8 << 20
"""Bytes of one event of a stream."""
BODY_MOST = 64 << 20
"""Bytes of any other answer,"""
FILE_MOST = 4 << 30
"""but for a file, which is written away as it comes. A request says so by its extension `inbox.most`."""


class TooMuch(httpx.RemoteProtocolError):
    """The hub sent more than anything we ask for can be."""


class BoundedTransport(httpx.AsyncBaseTransport):
    """Passes calls on; ends answers that are too long, or compressed though nobody asked for that."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._transport.handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.stream.aclose()
            raise TooMuch("the answer is compressed, which was not asked for", request=request)
        # As we asked, not as the hub says: what is read whole may not grow by calling itself a stream.
        is_stream = request.headers.get("accept") == "text/event-stream" and response.status_code < 300
        most = EVENT_MOST if is_stream else request.extensions.get("inbox.most", BODY_MOST)
        response.stream = _Bounded(response.stream, most, is_stream, request)
        return response

    async def aclose(self) -> None:
        await self._transport.aclose()


class _Bounded(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, most: int, is_stream: bool, request: httpx.Request) -> None:
        self._stream, self._most, self._is_stream, self._request = stream, most, is_stream, request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        held = 0
        async for chunk in self._stream:
            held += len(chunk)
            if self._is_stream:
                # An event ends with an empty line; what stands after the last one is still held by the decoder.
                end = max(chunk.rfind(b"\n\n"), chunk.rfind(b"\r\n\r\n"))
                held = held if end < 0 else len(chunk) - end
            if held > self._most:
                raise TooMuch(f"more than {self._most >> 20} MiB in one piece", request=self._request)
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
