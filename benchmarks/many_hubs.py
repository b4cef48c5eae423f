"""Hubs on one PostgreSQL that keeps what it commits, beside one hub on SQLite: posts, readers, bytes, neighbours of a busy space.

Load, hubs and PostgreSQL share the machine's cores: what more hubs would give on machines of their own is not to be seen here.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psycopg

from benchmarks.fanout import follow
from benchmarks.ingest import CONNECTIONS, SECONDS, bodies
from benchmarks.load import post
from benchmarks.report import Figure
from inbox_tui.core.model import Event
from inbox_tui.hub.store.store import Begin, Store
from inbox_tui.hub.values import Sender
from inbox_tui.hub.verbs.publish import Publish
from tests.hubs import RunningHub
from tests.postgres import Cluster

ROUNDS, HUBS, SPREAD = 3, (1, 2, 4), 16
ROWS = 20_000
SPACES, QUIET_RATE, QUIET_SECONDS, HOT_CONNECTIONS = 1_000, 50, 8.0, 32
_NUMBERS = itertools.count(1)


def run() -> list[Figure]:
    cluster = Cluster(is_durable=True)
    try:
        return [*_posts(cluster), *_readers(cluster), *_bytes(cluster), *_neighbours(cluster)]
    finally:
        cluster.remove()


@contextmanager
def _hubs(cluster: Cluster | None, count: int = 1) -> Iterator[list[RunningHub]]:
    """So many on a new database; None: one on SQLite."""
    with ExitStack() as stack:
        options = {"database": _database(cluster)} if cluster is not None else {}
        hubs = []
        for _ in range(count):
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            hub = RunningHub.start(Path(folder), **options)
            stack.callback(hub.stop)
            hubs.append(hub)
        yield hubs


def _database(cluster: Cluster) -> str:
    name = f"bench_{next(_NUMBERS)}"
    with psycopg.connect(cluster.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return cluster.dsn(name)


def _port(hub: RunningHub) -> int:
    return int(hub.listen.rpartition(":")[2])


def _sender(hub: RunningHub, space: str) -> Callable[[], bytes]:
    """What makes posts to a space."""
    notilens = hub.new_key("bench", "send", space=space)["notilens"]
    return bodies({"X-NOTILENS-KEY": notilens["secret"]}, notilens["token"])


def _senders(hub: RunningHub, count: int) -> list[Callable[[], bytes]]:
    """For so many spaces; where it is one, the space that is there already."""

    def sender(number: int) -> Callable[[], bytes]:
        assert hub.call("POST", "/api/spaces", {"name": f"space-{number}"}).status == 201
        return _sender(hub, f"space-{number}")

    if count == 1:
        return [_sender(hub, "default")]
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(sender, range(count)))


# ---- posts ----


def _posts(cluster: Cluster) -> list[Figure]:
    rates: dict[tuple[int, int], list[float]] = {}
    for _ in range(ROUNDS):
        for spaces in (1, SPREAD):
            for count in (0, *HUBS):
                with _hubs(cluster if count else None, count or 1) as hubs:
                    rates.setdefault((spaces, count), []).append(asyncio.run(_rate(hubs, _senders(hubs[0], spaces))))
    figures = []
    for (spaces, count), found in rates.items():
        where = "one space" if spaces == 1 else f"{spaces} spaces"
        if count:
            what = f"durable 202, {count} hub{'s' * (count > 1)} on PostgreSQL, {where}"
            figures.append(Figure(what, "one hub, SQLite", "/s", found, rates[spaces, 0]))
    return figures


async def _rate(hubs: Sequence[RunningHub], makes: Sequence[Callable[[], bytes]]) -> float:
    """Posts a second by 64 connections, shared out to the hubs; every one to the next space."""
    turns = itertools.cycle(makes)
    each = CONNECTIONS // len(hubs)
    loads = [post("127.0.0.1", _port(hub), lambda: next(turns)(), connections=each, seconds=SECONDS) for hub in hubs]
    done = await asyncio.gather(*loads)
    assert not sum(load.wrong for load in done)
    return sum(load.per_second for load in done)


# ---- readers ----


def _readers(cluster: Cluster) -> list[Figure]:
    """Of one hub, while 25 events a second come in."""
    figures = []
    for readers in (1_000, 2_000):
        late: dict[bool, float] = {}
        note = ""
        for is_shared in (False, True):
            with _hubs(cluster if is_shared else None) as (hub,):
                notilens = hub.new_key("bench", "send")["notilens"]
                reading = {"Authorization": f"Bearer {hub.new_key('reader', 'operate')['key']}"}
                made = asyncio.run(follow(_port(hub), notilens["token"], notilens["secret"], reading, readers, 25, 10))
            cuts = statistics.quantiles(made[0].late, n=100)
            late[is_shared] = cuts[49]
            note = f"{sum(len(reader.seen) == 250 for reader in made)} of {readers} have all 250; p99 {cuts[98]:.0f} ms"
        what = f"{readers:,} readers of one hub on PostgreSQL, 25 events/s, p50"
        figures.append(Figure(what, "one hub, SQLite", "ms", [late[True]], [late[False]], note=note))
    return figures


# ---- bytes ----


def _bytes(cluster: Cluster) -> list[Figure]:
    """Of rows that have one event each, with the indexes of both."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hub.sqlite3"
        _fill(path)
        with closing(sqlite3.connect(path)) as lite:
            lite_size = lite.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0]
    dsn = _database(cluster)
    _fill(dsn)
    with psycopg.connect(dsn) as shared:
        found = shared.execute("SELECT pg_total_relation_size('notification'), pg_total_relation_size('event')").fetchone()
    assert found is not None
    row, event = found
    note = f"of PostgreSQL's, {event / ROWS:.0f} are the event's; a title and {len(_BODY)} characters"
    return [Figure("bytes a row and its event, PostgreSQL", "SQLite", "B", [(row + event) / ROWS], [lite_size / ROWS], note=note)]


_BODY = "Database connection timed out after 3 retries. " * 3


def _fill(place: Path | str) -> None:
    store = Store.open(place)
    store.apply("default", [Begin()])
    for first in range(0, ROWS, 250):
        said = (Event("task.failed", f"my-app | job | step {n}", _BODY, source="my-app") for n in range(first, first + 250))
        store.apply("default", [Publish(Sender("bench"), event) for event in said])
    store.close()


# ---- neighbours ----


def _neighbours(cluster: Cluster) -> list[Figure]:
    """A thousand spaces, of which one posts as fast as it can: what the others wait for an answer."""
    figures = []
    for engine, shared, count in (("SQLite", None, 1), ("PostgreSQL", cluster, 1), ("PostgreSQL, two hubs", cluster, 2)):
        quiet: list[list[float]] = []
        beside: list[list[float]] = []
        hot = 0.0
        with _hubs(shared, count) as hubs:
            makes = _senders(hubs[0], SPACES)
            for _ in range(ROUNDS):
                quiet.append(asyncio.run(_waited(_port(hubs[-1]), makes[1:])))
                found, hot = asyncio.run(_beside(_port(hubs[0]), makes[0], _port(hubs[-1]), makes[1:]))
                beside.append(found)
        for place, name in ((49, "p50"), (98, "p99")):
            ours = [statistics.quantiles(late, n=100)[place] for late in beside]
            base = [statistics.quantiles(late, n=100)[place] for late in quiet]
            what = f"post to one of 999 quiet spaces beside a hot one, {engine}, {name}"
            figures.append(Figure(what, "none is hot", "ms", ours, base, note=f"the hot one: {hot:.0f} /s"))
    return figures


async def _beside(
    hot_port: int, hot: Callable[[], bytes], port: int, makes: Sequence[Callable[[], bytes]]
) -> tuple[list[float], float]:
    load = asyncio.create_task(post("127.0.0.1", hot_port, hot, connections=HOT_CONNECTIONS, seconds=QUIET_SECONDS + 1))
    await asyncio.sleep(0.5)
    late = await _waited(port, makes)
    return late, (await load).per_second


async def _waited(port: int, makes: Sequence[Callable[[], bytes]], connections: int = 10) -> list[float]:
    """Milliseconds that each of 50 posts a second took, each to any of the spaces."""
    late: list[float] = []
    end = time.perf_counter() + QUIET_SECONDS

    async def post_now_and_then() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            await asyncio.sleep(random.expovariate(QUIET_RATE / connections))
            begun = time.perf_counter()
            writer.write(random.choice(makes)())
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
            assert head.startswith(b"HTTP/1.1 202"), head
            late.append((time.perf_counter() - begun) * 1e3)
        writer.close()

    await asyncio.gather(*(post_now_and_then() for _ in range(connections)))
    return late
