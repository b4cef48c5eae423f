"""PostgreSQL stopped, killed and cut off under load: a hub says so, loses nothing that it acknowledged, and needs no restart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from signal import SIGINT, SIGQUIT, Signals

import psycopg
import pytest
from following import follow
from hubs import RunningHub
from postgres import Cluster
from senders import Load, stored


@pytest.fixture(scope="module")
def durable() -> Iterator[Cluster]:
    cluster = Cluster(is_durable=True)
    yield cluster
    cluster.remove()


@pytest.fixture
def hub(durable: Cluster, home: Path) -> Iterator[RunningHub]:
    with psycopg.connect(durable.dsn("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE hub")
    hub = RunningHub.start(home, database=durable.dsn("hub"), ping_seconds=0.2)
    yield hub
    assert hub.stop() == 0, hub.paths.hub_log.read_text()
    with psycopg.connect(durable.dsn("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE hub WITH (FORCE)")


@pytest.mark.parametrize("number", [SIGINT, SIGQUIT], ids=["stopped", "killed"])
async def test_a_hub_outlives_its_database(durable: Cluster, hub: RunningHub, number: Signals) -> None:
    async with follow(hub) as (_, reader):
        load = Load([hub])
        load.until(lambda: len(load.taken) > 50)
        durable.stop(number)
        load.until(lambda: any(reply.status == 503 for reply in load.replies))
        health = hub.call("GET", "/api/health").document
        assert (health["live"], health["ready"]) == (True, False)
        assert "out of reach" in health["storage"]
        assert hub.call("GET", "/api/notifications").document["code"] == "unavailable"
        while "out of reach" not in (await reader.next(pings=True)).data.get("state", {}).get("storage", ""):
            pass
        before = len(load.taken)
        durable.start()
        load.until(lambda: len(load.taken) > before + 50)
        load.end()
        while (await reader.next(pings=True)).data.get("state", {"storage": "?"})["storage"]:
            pass
    assert {reply.status for reply in load.replies} == {202, 503}
    assert {reply.headers["retry-after"] for reply in load.replies if reply.status == 503} == {"1"}
    assert stored(durable.dsn("hub")) == Counter(load.taken)
    assert hub.call("GET", "/api/health").document["ready"]


def test_connections_that_are_killed_come_back(durable: Cluster, hub: RunningHub) -> None:
    load = Load([hub])
    with psycopg.connect(durable.dsn("postgres"), autocommit=True) as connection:
        for turn in range(1, 11):
            load.until(lambda turn=turn: len(load.taken) > 20 * turn)  # type: ignore[misc]
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'hub'")
    load.end()
    assert {reply.status for reply in load.replies} <= {202, 503}
    assert stored(durable.dsn("hub")) == Counter(load.taken)


def test_what_rested_while_its_connections_were_cut_does_not_notice(durable: Cluster, hub: RunningHub) -> None:
    hub.publish(title="before")
    for _ in range(3):
        with psycopg.connect(durable.dsn("postgres"), autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'hub'")
        assert hub.call("GET", "/api/notifications").status == 200
        assert hub.publish(title="after")
