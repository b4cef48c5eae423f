"""The primary dies and its standby takes over: what a synchronous one keeps, and what is to be done after an asynchronous one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from signal import SIGKILL, SIGQUIT, Signals

import psycopg
import pytest
from commands import decide, eventually, inbox, row
from following import follow
from hubs import RunningHub
from postgres import Cluster
from senders import Load, stored


class Pair:
    """Two servers, and who of them is which; a database on both once one follows the other."""

    def __init__(self) -> None:
        with ThreadPoolExecutor(2) as pool:
            self.primary, self.standby = pool.map(lambda _: Cluster(is_durable=True), range(2))
        folders = sorted(str(cluster.folder) for cluster in (self.primary, self.standby))
        self.dsn = f"postgresql://postgres@/hub?host={','.join(folders)}"
        """Of either: a hub takes the one that writes."""

    def follow(self, *, is_synchronous: bool) -> None:
        self.standby.follow(self.primary, is_synchronous=is_synchronous)

    def promote(self) -> None:
        """The standby takes the place of a primary that is gone."""
        self.standby.promote()
        self.primary, self.standby = self.standby, self.primary


@pytest.fixture(scope="module")
def servers() -> Iterator[Pair]:
    pair = Pair()
    yield pair
    pair.primary.remove()
    pair.standby.remove()


@pytest.fixture
def pair(servers: Pair) -> Iterator[Pair]:
    """With an empty database."""
    with psycopg.connect(servers.primary.dsn("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE hub")
    yield servers
    with psycopg.connect(servers.primary.dsn("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE hub WITH (FORCE)")


@pytest.mark.parametrize(("number", "failovers"), [(SIGKILL, 1), pytest.param(SIGQUIT, 20, marks=pytest.mark.soak)])
def test_a_synchronous_standby_keeps_every_2xx(pair: Pair, home: Path, number: Signals, failovers: int) -> None:
    pair.follow(is_synchronous=True)
    hub = RunningHub.start(home, database=pair.dsn)
    with Load([hub]) as load:
        for left in reversed(range(failovers)):
            load.more(50)
            pair.primary.stop(number)
            pair.promote()
            load.more(50)
            if left:
                pair.follow(is_synchronous=True)
    assert {reply.status for reply in load.replies} <= {202, 503}
    assert stored(pair.primary.dsn("hub")) == Counter(load.taken)
    assert hub.stop() == 0, hub.paths.hub_log.read_text()


async def test_after_an_asynchronous_one_a_new_epoch_lets_nobody_take_the_new_for_the_lost(pair: Pair, home: Path) -> None:
    pair.follow(is_synchronous=False)
    hub = RunningHub.start(home, database=pair.dsn, ping_seconds=0.2)
    asked = row(hub, hub.publish(title="Deploy?", is_prompt=True)["id"])
    cut_off(pair)
    lost = hub.publish(title="never heard of")
    decide(hub, asked, "reject")
    pair.primary.stop(SIGQUIT)
    assert hub.stop() == 0
    pair.promote()

    refused = inbox("hub", "new-epoch", "--database", pair.dsn)
    assert (refused.returncode, "say --yes" in refused.stderr) == (2, True)
    done = inbox("hub", "new-epoch", "--yes", "--database", pair.dsn)
    assert (done.returncode, done.stdout) == (0, "1 space has a new epoch.\n"), done.stderr

    hub.restart()
    after = row(hub, asked["id"])
    assert ("decision" in after, after["closed"]) == (False, "expired")
    body = {"key": "approve", "raised_rev": asked["raised_rev"], "epoch": lost["epoch"], "attempt": "attempt-1"}
    assert hub.call("POST", f"/api/notifications/{asked['id']}/decision", body).document["code"] == "unknown_id"
    async with follow(hub, lost["rev"]) as (opening, _):
        assert opening.event == "resync"
    assert hub.publish(title="after")["epoch"] > lost["rev"] + 1000
    assert hub.stop() == 0


def cut_off(pair: Pair) -> None:
    """The standby hears nothing more, once it has heard all that there is."""
    with psycopg.connect(pair.primary.dsn("postgres"), autocommit=True) as connection:
        (head,) = connection.execute("SELECT pg_current_wal_lsn()::text").fetchone() or ("",)
    with psycopg.connect(pair.standby.dsn("postgres"), autocommit=True) as connection:
        eventually(lambda: connection.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [head]).fetchone() == (True,))
        connection.execute("ALTER SYSTEM SET primary_conninfo = ''")
        connection.execute("SELECT pg_reload_conf()")
        eventually(lambda: connection.execute("SELECT count(*) FROM pg_stat_wal_receiver").fetchone() == (0,))
