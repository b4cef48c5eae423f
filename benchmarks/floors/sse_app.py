"""POST → SSE without a hub: what comes in is parsed, and goes out at once to whoever reads; nothing is kept.

python -m benchmarks.floors.sse_app
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from inbox_tui.dialects.fields import parse, validate
from inbox_tui.dialects.notilens import NotiLensEvent, to_event


async def serve() -> None:
    frames: list[bytes] = []
    more = asyncio.Event()

    async def send(request: Request) -> Response:
        nonlocal more
        event = to_event(validate(NotiLensEvent, parse(await request.body())))
        data = json.dumps({"notification": {"title": event.title, "body": event.body, "kind": event.kind}})
        frames.append(f"id: {len(frames)}\nevent: notification.created\ndata: {data}\n\n".encode())
        more.set()
        more = asyncio.Event()
        return Response(b'{"id":"0"}', status_code=202, media_type="application/json")

    async def follow() -> AsyncIterator[bytes]:
        at = len(frames)
        yield b"event: ping\ndata: {}\n\n"
        while True:
            if at == len(frames):
                await more.wait()
            ready, at = b"".join(frames[at:]), len(frames)
            yield ready

    async def stream(request: Request) -> Response:
        return StreamingResponse(follow(), media_type="text/event-stream")

    app = Starlette(
        routes=[
            Route("/webhook/{token}/send", send, methods=["POST"]),
            Route("/api/notifications/stream", stream),
        ]
    )
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(app, log_level="error", access_log=False, loop="uvloop", timeout_graceful_shutdown=0)
    await uvicorn.Server(config).serve([listener])


if __name__ == "__main__":
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())
