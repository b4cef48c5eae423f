"""From POST to each of a hundred readers of the stream, at 100 events a second; and a thousand readers, who must end equal."""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.load import request
from benchmarks.memory import resident
from benchmarks.report import Figure
from tests.hubs import RunningHub

_SENT = re.compile(rb"sent (\d+) at (\d+)")
ROUNDS = 3


@dataclass
class Reader(asyncio.Protocol):
    """One subscriber: remembers which events came, and how late each was, in milliseconds."""

    head: bytes
    late: list[float]
    total: int
    seen: set[int] = field(default_factory=set)
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    has_all: asyncio.Event = field(default_factory=asyncio.Event)
    rest: bytes = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.head)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        self.is_open.set()
        lines = (self.rest + data).split(b"\n")
        self.rest = lines.pop()
        for line in lines:
            if line.startswith(b"data:") and (found := _SENT.search(line)):
                self.seen.add(int(found[1]))
                self.late.append((now - int(found[2])) / 1e6)
        if len(self.seen) == self.total:
            self.has_all.set()


class Sender(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        pass


async def follow(
    port: int, token: str, secret: str, reading: dict[str, str], readers: int, rate: int, seconds: float
) -> list[Reader]:
    """So many readers while `rate` events a second are posted; answers the readers once all have everything, or after 20 s."""
    loop = asyncio.get_running_loop()
    late: list[float] = []
    total = round(rate * seconds)
    head = request("GET", "/api/notifications/stream", b"", reading)
    made = []
    for _ in range(readers):
        _, reader = await loop.create_connection(lambda: Reader(head, late, total), "127.0.0.1", port)
        made.append(reader)
    await asyncio.gather(*(reader.is_open.wait() for reader in made))
    transport, _ = await loop.create_connection(Sender, "127.0.0.1", port)
    start = time.perf_counter()
    for n in range(total):
        await asyncio.sleep(max(0.0, start + n / rate - time.perf_counter()))
        body = {
            "event": "order.placed",
            "title": f"sent {n} at {time.monotonic_ns()}",
            "message": "x" * 300,
            "type": "info",
            "agent": "a",
        }
        transport.write(request("POST", f"/webhook/{token}/send", json.dumps(body).encode(), {"X-NOTILENS-KEY": secret}))
    with suppress(TimeoutError):
        async with asyncio.timeout(20):
            await asyncio.gather(*(reader.has_all.wait() for reader in made))
    for reader in made:
        reader.transport.close()
    transport.close()
    return made


@contextmanager
def _hub() -> Iterator[tuple[int, str, str, dict[str, str], int]]:
    with tempfile.TemporaryDirectory() as folder:
        hub = RunningHub.start(Path(folder))
        try:
            notilens = hub.new_key("bench", "send")["notilens"]
            reading = {"Authorization": f"Bearer {hub.new_key('reader', 'operate')['key']}"}
            yield int(hub.listen.rpartition(":")[2]), notilens["token"], notilens["secret"], reading, hub.process.pid
        finally:
            hub.stop()


@contextmanager
def _floor() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-m", "benchmarks.floors.sse_app"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def run() -> list[Figure]:
    ours, base, middles = [], [], []
    for _ in range(ROUNDS):
        with _floor() as port:
            readers = asyncio.run(follow(port, "any", "any", {}, 100, 100, 4))
            base.append(statistics.quantiles(readers[0].late, n=100)[98])
        with _hub() as (port, token, secret, reading, _):
            readers = asyncio.run(follow(port, token, secret, reading, 100, 100, 4))
            cuts = statistics.quantiles(readers[0].late, n=100)
            ours.append(cuts[98])
            middles.append(cuts[49])
    note = f"p50 {statistics.median(middles):.1f} ms"
    figures = [Figure("POST → SSE, 100 readers, 100 events/s, p99", "nothing kept", "ms", ours, base, 2.0, note=note)]
    for rate, seconds in ((25, 20), (100, 10)):
        with _hub() as (port, token, secret, reading, pid):
            before = resident(pid)
            readers = asyncio.run(follow(port, token, secret, reading, 1000, rate, seconds))
            grown = resident(pid) - before
        equal = sum(len(reader.seen) == round(rate * seconds) for reader in readers)
        cuts = statistics.quantiles(readers[0].late, n=100)
        note = f"{equal} of 1,000 readers have all {round(rate * seconds)}; p99 {cuts[98]:.0f} ms; hub grew by {grown:.0f} MiB"
        figures.append(Figure(f"1,000 readers, {rate} events/s for {seconds} s, p50", "–", "ms", [cuts[49]], note=note))
    return figures
