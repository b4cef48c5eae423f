"""PostgreSQL stopped, killed and cut off under load, and hubs killed too: what they acknowledged is there, and there once."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from signal import SIGINT, SIGQUIT, Signals

import psycopg
import pytest
from commands import eventually
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
        with Load([hub]) as load:
            load.more(50)
            durable.stop(number)
            load.until(lambda: any(reply.status == 503 for reply in load.replies))
            health = hub.call("GET", "/api/health").document
            assert (health["live"], health["ready"]) == (True, False)
            assert "out of reach" in health["storage"]
            assert up(hub) == "0"
            assert hub.call("GET", "/api/notifications").document["code"] == "unavailable"
            while "out of reach" not in (await reader.next(pings=True)).data.get("state", {}).get("storage", ""):
                pass
            durable.start()
            load.more(50)
        while (await reader.next(pings=True)).data.get("state", {"storage": "?"})["storage"]:
            pass
    assert {reply.status for reply in load.replies} == {202, 503}
    assert {reply.headers["retry-after"] for reply in load.replies if reply.status == 503} == {"1"}
    assert stored(durable.dsn("hub")) == Counter(load.taken)
    assert hub.call("GET", "/api/health").document["ready"]
    eventually(lambda: up(hub) == "1")


def up(hub: RunningHub) -> str:
    """What `/metrics` says of the database."""
    return hub.call("GET", "/metrics", by="tcp").text.partition("\ninbox_database_up ")[2].partition("\n")[0]


def test_connections_that_are_killed_come_back(durable: Cluster, hub: RunningHub) -> None:
    with Load([hub]) as load, psycopg.connect(durable.dsn("postgres"), autocommit=True) as connection:
        for _ in range(10):
            load.more(20)
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'hub'")
    assert {reply.status for reply in load.replies} <= {202, 503}
    assert stored(durable.dsn("hub")) == Counter(load.taken)


def test_what_rested_while_its_connections_were_cut_does_not_notice(durable: Cluster, hub: RunningHub) -> None:
    hub.publish(title="before")
    for _ in range(3):
        with psycopg.connect(durable.dsn("postgres"), autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'hub'")
        assert hub.call("GET", "/api/notifications").status == 200
        assert hub.publish(title="after")


LONG = pytest.param(random.Random(1).choices(range(6), k=120), marks=[pytest.mark.soak, pytest.mark.timeout(1800)])


@pytest.mark.parametrize("faults", [[1, 2, 4], LONG], ids=["short", "long"])
def test_a_team_of_hubs_loses_nothing_whatever_fails(durable: Cluster, hub: RunningHub, faults: list[int]) -> None:
    with ThreadPoolExecutor(2) as pool:
        others = list(pool.map(lambda _: beside(durable), range(2)))
    hubs = [hub, *others]
    with Load(hubs) as load:
        for fault in faults:
            load.more(20)
            disturb(durable, hubs, fault)
        load.more(20)
    assert {reply.status for reply in load.replies} <= {202, 503}
    assert {reply.headers.get("retry-after") for reply in load.replies if reply.status == 503} <= {"1"}
    assert stored(durable.dsn("hub")) == Counter(load.taken)
    for one in others:
        assert one.stop() == 0, one.paths.hub_log.read_text()
        shutil.rmtree(one.home)


def beside(durable: Cluster) -> RunningHub:
    return RunningHub.start(Path(tempfile.mkdtemp(prefix="inbox-")), database=durable.dsn("hub"))


def disturb(durable: Cluster, hubs: list[RunningHub], fault: int) -> None:
    """0 and 1: the database is stopped, or killed. 2 and 3: half of the connections to it are cut, or all. 4 and 5: one hub is
    killed, or two."""
    if fault < 2:
        durable.stop((SIGINT, SIGQUIT)[fault])
        durable.start()
    elif fault < 4:
        killed = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'hub' AND random() < %s"
        with psycopg.connect(durable.dsn("postgres"), autocommit=True) as connection:
            connection.execute(killed, [(fault - 1) / 2])
    else:
        for hub in random.sample(hubs, fault - 3):
            hub.kill9()
            hub.restart()
