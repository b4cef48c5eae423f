"""A load of HTTP posts over kept connections, as cheap for the shared cores as Python allows: raw bytes, no client library."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What a load saw: answers a second, latencies in milliseconds, and how many answers were not the status asked for."""

    per_second: float
    p50: float
    p99: float
    wrong: int


class _Connection(asyncio.Protocol):
    def __init__(self, request: Callable[[], bytes], status: bytes, latencies: list[float], deadline: float) -> None:
        self.request, self.status, self.latencies, self.deadline = request, status, latencies, deadline
        self.wrong, self.buffer = 0, b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.send()

    def send(self) -> None:
        self.at = time.perf_counter()
        self.transport.write(self.request())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self.latencies.append(time.perf_counter() - self.at)
        self.wrong += not head.startswith(b"HTTP/1.1 " + self.status)
        self.buffer = b""
        if time.perf_counter() > self.deadline:
            self.transport.close()
        else:
            self.send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


def request(method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def post(
    host: str, port: int, make: Callable[[], bytes], *, connections: int, seconds: float, status: bytes = b"202"
) -> Load:
    """Keeps `connections` requests in flight for so many seconds. Bounded: it ends by itself."""
    loop = asyncio.get_running_loop()
    latencies: list[float] = []
    start = time.perf_counter()
    made = [
        (await loop.create_connection(lambda: _Connection(make, status, latencies, start + seconds), host, port))[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(connection.done for connection in made))
    took = time.perf_counter() - start
    cuts = statistics.quantiles(latencies, n=100)
    return Load(len(latencies) / took, cuts[49] * 1e3, cuts[98] * 1e3, sum(connection.wrong for connection in made))


async def pace(host: str, port: int, make: Callable[[], bytes], *, a_second: int, seconds: float, status: bytes) -> Load:
    """So many requests a second, over as many connections as a twentieth of them; a latency counts from when the request was due,
    so that one that waited for another shows it."""
    connections = max(1, a_second // 20)
    start = time.perf_counter() + 0.1
    latencies: list[float] = []

    async def one(number: int) -> int:
        reader, writer = await asyncio.open_connection(host, port)
        wrong = 0
        for turn in range(int(a_second * seconds) // connections):
            due = start + (turn * connections + number) / a_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            writer.write(make())
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_length(head))
            latencies.append(time.perf_counter() - due)
            wrong += not head.startswith(b"HTTP/1.1 " + status)
        writer.close()
        return wrong

    wrong = sum(await asyncio.gather(*(one(number) for number in range(connections))))
    cuts = statistics.quantiles(latencies, n=100)
    return Load(len(latencies) / (time.perf_counter() - start), cuts[49] * 1e3, cuts[98] * 1e3, wrong)
