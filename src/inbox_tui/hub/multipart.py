"""One file out of a `multipart/form-data` body, as it comes: by python-multipart's parser, which holds no more than a header."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from inbox_tui.core.errors import FieldError, Refused, invalid

MOST_AROUND = 64 * 1024
"""Bytes of a body besides its file."""
_BOUNDARY = 200


class FormFile:
    """The body's file: the first part with a file name, whatever its field is called. Other fields are passed over.

    `open` reads as far as its name; then `chunks` are its bytes. Raises Refused: 400 for a body that is no form or ends too soon,
    408 where `patience` seconds bring nothing, 415 for another kind of body, 422 without a file or with a second one.
    """

    def __init__(self, request: Request, patience: float) -> None:
        self._patience = patience
        kind, options = parse_options_header(request.headers.get("content-type"))
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data":
            raise Refused(415, "The body must be multipart/form-data, with the file in one of its parts.", code="form")
        if not 0 < len(boundary) <= _BOUNDARY:
            raise _malformed("names no boundary in its Content-Type")
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._add(self._field, data, start, end),
                "on_header_value": lambda data, start, end: self._add(self._value, data, start, end),
                "on_header_end": self._header,
                "on_headers_finished": self._headers,
                "on_part_data": self._data,
                "on_end": self._end,
            },
        )
        self.name: str | None = None
        self._field, self._value = bytearray(), bytearray()
        self._disposition = b""
        self._is_file = self._is_whole = False
        self._files = self._around = 0
        self._ready = deque[bytes]()
        self._body = request.stream()

    async def open(self) -> None:
        while self.name is None and await self._feed():
            pass
        if self.name is None:
            if self._is_whole:
                raise invalid("body", "has no file: one part must have a filename")
            raise _malformed("ends in the middle")

    async def chunks(self) -> AsyncIterator[bytes]:
        while True:
            while self._ready:
                yield self._ready.popleft()
            if not await self._feed():
                break
        if not self._is_whole:
            raise _malformed("ends in the middle")

    async def _feed(self) -> bool:
        """Whether there was more."""
        try:
            async with asyncio.timeout(self._patience):
                part = await anext(self._body, b"")
        except TimeoutError:
            raise Refused(408, f"Nothing came for {self._patience:.0f} seconds: send it again.", code="too_slow") from None
        try:
            self._parser.write(part)
        except MultipartParseError as error:
            raise _malformed(f"is no form: {error}") from None
        if self._around > MOST_AROUND:
            raise Refused(413, f"body: has more than {MOST_AROUND >> 10} KiB besides its file", code="too_long")
        if self._files > 1:
            raise invalid("body", "has more than one file: send each by itself")
        return bool(part)

    # What the parser calls

    def _begin(self) -> None:
        self._disposition, self._is_file = b"", False

    def _add(self, to: bytearray, data: bytes, start: int, end: int) -> None:
        to += data[start:end]
        self._around += end - start

    def _header(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._field.clear()
        self._value.clear()

    def _headers(self) -> None:
        name = parse_options_header(self._disposition)[1].get(b"filename")
        if name is not None:
            self._is_file = True
            self._files += 1
            self.name = name.decode("utf-8", "replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._ready.append(data[start:end])
        else:
            self._around += end - start

    def _end(self) -> None:
        self._is_whole = True


def _malformed(message: str) -> Refused:
    return Refused(400, f"body: {message}", FieldError("body", message), code="malformed")
