"""Files: brought by senders, fetched by whoever has a key of their space, or a link that the hub signed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from urllib.parse import quote

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from inbox_tui.core.errors import Refused
from inbox_tui.hub.access import Door, base_url
from inbox_tui.hub.endpoints import EITHER, SEND, Answering, Call, Endpoint
from inbox_tui.hub.media import Kept
from inbox_tui.hub.multipart import MOST_AROUND, FormFile
from inbox_tui.hub.wire_agent_notifier import AttachmentItem, LinkQuery

_MEDIA_ID = 26


async def upload(call: Call) -> Response:
    media, caller, request, settings = call.hub.service.media, call.caller, call.request, call.hub.settings
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > media.limits.file_bytes + MOST_AROUND:
        raise media.refuse_too_long()
    form = FormFile(request, settings.send_seconds)
    await form.open()
    kept = await media.keep(caller.space, caller.name, form.name or "", form.chunks())
    return JSONResponse(await media.attachment(base_url(request, settings), caller.space, kept), 201)


async def download(call: Call) -> Answering:
    media, caller, name = call.hub.service.media, call.caller, call.path("name")
    kept = await media.find(caller.space, call.row_id, name)
    return _Download(kept, media.pieces(caller.space, kept), call.hub.settings.send_seconds)


class _Download:
    """An ASGI response, sent as fast as its reader takes it. One that takes nothing is hung up on, and where the file went
    meanwhile so is its reader: it sees that the length is wrong."""

    def __init__(self, kept: Kept, pieces: AsyncGenerator[bytes], patience: float) -> None:
        self._kept, self._pieces, self._patience = kept, pieces, patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _headers(self._kept)})
        try:
            async for piece in self._pieces:
                async with asyncio.timeout(self._patience):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (Refused, TimeoutError):
            if callable(abort := scope.get("inbox.abort")):
                abort()
        finally:
            with suppress(RuntimeError):
                await self._pieces.aclose()


def _headers(kept: Kept) -> list[tuple[bytes, bytes]]:
    """What no browser runs, whatever it holds: saved, of no guessed type, and in a sandbox if shown at all."""
    charset = "; charset=utf-8" if kept.mime_type.startswith("text/") else ""
    headers = {
        "content-type": kept.mime_type + charset,
        "content-length": str(kept.size),
        "content-disposition": f"attachment; filename*=UTF-8''{quote(kept.name, safe='')}",
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "cache-control": "private, max-age=3600, immutable",
    }
    return [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]


ENDPOINTS = [
    Endpoint(
        "POST", "/media", "upload_media", "Keep a file, to be attached to messages", upload,
        roles=SEND, status=201, takes_file=True, answer=AttachmentItem, refusals=(400, 408, 415, 429, 503, 507),
    ),
    Endpoint(
        "GET", "/media/{id}/{name}", "get_media", "A kept file, to be saved", download,
        door=Door.LINK, roles=EITHER, query=LinkQuery, media_type="*/*", refusals=(404, 503),
    ),
]  # fmt: skip
