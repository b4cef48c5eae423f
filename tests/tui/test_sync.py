"""The pane's connection, against a real hub in its own process: gaps, kills, two panes, queued triage, answers."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hubs import RunningHub
from relay import relay
from sync_world import SilentPane, hub_rows, silent_pane

from inbox_tui.cache.rows import View
from inbox_tui.client.target import Target, find_target
from inbox_tui.core.model import Event
from inbox_tui.tui.messages import (
    CacheChanged,
    ConnectionChanged,
    DecisionChanged,
    StorageProblem,
    SyncMessage,
    TriageDone,
    TriageRefused,
)


@pytest.fixture
def file(home: Path) -> Path:
    return home / "cache.sqlite3"


async def equal(pane: SilentPane) -> None:
    """The pane shows what the hub has, row by row."""
    theirs = await hub_rows(pane.hub)
    assert dict(pane.rows() + pane.rows(View.DONE)) == {item.id: item.rev for item in theirs.values()}
    assert pane.reader.unread_count() == await pane.hub.unread_count()


def decisions(pane: SilentPane) -> list[tuple[str, str]]:
    return [(message.state, message.code) for message in pane.heard(DecisionChanged)]


async def test_a_first_start_fetches_all_and_rings_for_nothing_old(hub: RunningHub, target: Target, file: Path) -> None:
    for number in range(12):
        hub.publish(title=f"row {number}", is_prompt=number % 4 == 0)
    async with silent_pane(file, target) as pane:
        await pane.until_caught_up()
        await equal(pane)
        assert pane.reader.count(View.NEEDS) == 3
        assert pane.raised == []
        new = hub.publish(title="now")
        await pane.until(lambda: pane.raised)
        assert pane.raised == [(new["id"], new["rev"])]
        await pane.until_caught_up()
        await equal(pane)


async def test_a_killed_hub_is_found_again_and_nothing_is_missed(hub: RunningHub, target: Target, file: Path) -> None:
    hub.publish(title="before")
    async with silent_pane(file, target) as pane:
        await pane.until_caught_up()
        for round_ in range(3):
            hub.kill9()
            await pane.until_offline()
            assert "hub" in pane.connection.detail
            hub.restart()
            for number in range(5):
                hub.publish(title=f"{round_}.{number}")
            pane.sync.reconnect()
            await pane.until_caught_up()
            await equal(pane)
        assert len(pane.raised) == len(set(pane.raised))


async def test_a_hub_that_can_write_again_after_a_restart_is_no_problem_any_more(
    hub: RunningHub, target: Target, file: Path
) -> None:
    async with silent_pane(file, target) as pane:
        await pane.until_caught_up()
        hub.limit_files(1)
        assert hub.call("POST", "/api/events", {"title": "lost"}, by="send").status in (503, 507)
        await pane.until(lambda: [told for told in pane.told if isinstance(told, StorageProblem) and told.text])
        hub.kill9()
        await pane.until_offline()
        hub.restart()
        pane.sync.reconnect()
        await pane.until_caught_up()
        assert [told.text for told in pane.told if isinstance(told, StorageProblem)][-1] == ""


async def test_two_panes_on_one_file_agree(hub: RunningHub, target: Target, file: Path) -> None:
    for number in range(30):
        hub.publish(title=f"row {number}")
    async with silent_pane(file, target) as one, silent_pane(file, target) as two:
        await asyncio.gather(one.until_caught_up(), two.until_caught_up())
        row = one.reader.window(View.ALL, 4, 1)[0]
        await one.sync.triage("done", row)
        await two.until(lambda: row.id in dict(two.rows(View.DONE)))
        await two.until_caught_up()
        await one.until_caught_up()
        assert one.rows() == two.rows()
        new = hub.publish(title="new")
        await asyncio.gather(one.until_caught_up(), two.until_caught_up())
        await equal(one)
        await equal(two)
        assert one.raised == two.raised == [(new["id"], new["rev"])]


async def test_triage_made_offline_is_sent_later_and_never_hides_a_later_raise(
    hub: RunningHub, target: Target, file: Path
) -> None:
    quiet, noisy = hub.publish(title="quiet"), hub.publish(title="noisy")
    async with silent_pane(file, target) as pane:
        await pane.until_caught_up()
        hub.kill9()
        await pane.until_offline()
        for row in pane.reader.window(View.ALL, 0, 2):
            await pane.sync.triage("done", row)
        assert pane.rows() == []
        assert pane.connection.waiting == 2
        assert {row.overlay for row in pane.reader.window(View.DONE, 0, 2)} == {"queued"}
        hub.restart()
        again = hub.publish(title="noisy")
        assert again["id"] == noisy["id"]
        pane.sync.reconnect()
        await pane.until(lambda: pane.heard(TriageRefused))
        await pane.until(lambda: pane.connection.waiting == 0)
        await pane.until_caught_up()
        await equal(pane)
        (refused,) = pane.heard(TriageRefused)
        assert (refused.ids, refused.verb, refused.code) == ((noisy["id"],), "done", "changed")
        assert [row_id for row_id, _ in pane.rows(View.DONE)] == [quiet["id"]]


async def test_a_bulk_verb_spares_who_waits(hub: RunningHub, target: Target, file: Path) -> None:
    waits = hub.publish(title="may I?", is_prompt=True, waiting=True)
    for number in range(5):
        hub.publish(title=f"row {number}")
    async with silent_pane(file, target) as pane:
        await pane.until_caught_up()
        await pane.sync.triage_all("done", View.ALL)
        assert [row_id for row_id, _ in pane.rows()] == [waits["id"]]
        await pane.until(lambda: pane.heard(TriageDone))
        assert pane.heard(TriageDone) == [TriageDone("done", 5, 1)]
        await pane.until_caught_up()
        await equal(pane)


async def test_an_answer_and_what_the_second_is_told(hub: RunningHub, target: Target, file: Path) -> None:
    hub.publish(title="deploy?", is_prompt=True)
    async with silent_pane(file, target) as pane, silent_pane(file.with_name("other.sqlite3"), target) as other:
        await asyncio.gather(pane.until_caught_up(), other.until_caught_up())
        (row,) = pane.reader.window(View.NEEDS, 0, 1)
        await pane.sync.decide(row, "approve", "go on")
        assert decisions(pane) == [("sending", ""), ("decided", "")]
        assert pane.rows(View.NEEDS) == []
        await other.sync.decide(row, "reject")
        assert decisions(other) == [("sending", ""), ("refused", "decided")]
        theirs = other.heard(DecisionChanged)[-1].decision
        assert theirs is not None
        assert (theirs.key, theirs.comment) == ("approve", "go on")


async def test_an_answer_whose_reply_is_lost_is_sent_again_and_given_once(hub: RunningHub, file: Path) -> None:
    posted = hub.publish(title="deploy?", is_prompt=True)
    key = hub.new_key("me", "operate")["key"]
    async with silent_pane(file, find_target({}, hub.paths)) as pane:
        await pane.until_caught_up()
        (row,) = pane.reader.window(View.NEEDS, 0, 1)
        with relay(hub.listen) as between:
            lost: list[str] = []
            between.after = lambda call: (
                call.path.endswith("/decision") and len(lost) < 2 and not lost.append(call.body["attempt"])
            )
            async with silent_pane(file.with_name("far.sqlite3"), Target(between.url, key=key)) as far:
                await far.sync.decide(row, "approve")
                assert decisions(far) == [("sending", ""), ("decided", "")]
        attempts = [call.body["attempt"] for call in between.calls if call.path.endswith("/decision")]
        assert len(attempts) == 3
        assert len(set(attempts)) == 1
        assert posted["id"] == row.id


async def test_an_answer_without_any_reply_is_unknown_until_the_row_tells(hub: RunningHub, target: Target, file: Path) -> None:
    hub.publish(title="deploy?", is_prompt=True)
    key = hub.new_key("me", "operate")["key"]
    with relay(hub.listen) as between:
        between.before = lambda call: call.path.endswith("/decision")
        async with silent_pane(file, target, retry_seconds=0.5) as pane:
            await pane.until_caught_up()
            (row,) = pane.reader.window(View.NEEDS, 0, 1)
            pane.sync.hub = far = SilentPane(file, Target(between.url, key=key)).hub
            await pane.sync.decide(row, "approve")
            assert decisions(pane) == [("sending", ""), ("unknown", "")]
            await pane.hub.decide(
                row.id, key="approve", comment="", raised_rev=row.rev, epoch=row.epoch, attempt="of somebody else"
            )
            await pane.until(lambda: len(decisions(pane)) == 3)
            assert decisions(pane)[-1] == ("decided", "")
            await far.aclose()


async def test_an_answer_that_reached_nobody_is_no_answer(hub: RunningHub, target: Target, file: Path) -> None:
    hub.publish(title="deploy?", is_prompt=True)
    async with silent_pane(file, target, retry_seconds=0.4) as pane:
        await pane.until_caught_up()
        (row,) = pane.reader.window(View.NEEDS, 0, 1)
        hub.kill9()
        await pane.sync.decide(row, "approve")
        assert decisions(pane) == [("sending", ""), ("refused", "offline")]


async def test_a_wrong_key_is_said_plainly(hub: RunningHub, file: Path) -> None:
    async with silent_pane(file, Target(hub.url, key="ik_wrong_key")) as pane:
        await pane.until_offline()
        assert pane.connection.refused
        assert pane.connection.detail


async def test_a_restored_hub_begins_a_new_life(hub: RunningHub, target: Target, file: Path) -> None:
    kept = hub.publish(title="kept")
    hub.stop()
    backup = hub.paths.hub_database.with_name("backup.sqlite3")
    shutil.copy(hub.paths.hub_database, backup)
    hub.restart()
    async with silent_pane(file, target) as pane:
        hub.publish(title="lost")
        await pane.until_caught_up()
        first_life = (await pane.cache.state()).epoch
        hub.stop()
        await pane.until_offline()
        restore(backup, hub.paths.hub_database)
        hub.restart()
        pane.sync.reconnect()
        await pane.until(lambda: [row_id for row_id, _ in pane.rows()] == [kept["id"]])
        await pane.until_caught_up()
        await equal(pane)
        assert (await pane.cache.state()).epoch > first_life


def restore(backup: Path, database: Path) -> None:
    from inbox_tui.core import times
    from inbox_tui.hub.store.store import Store

    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    shutil.copy(backup, database)
    store = Store.open(database)
    store.restore_epoch("default", times.now)
    store.close()


async def test_many_pages_are_caught_up_with(home: Path, file: Path) -> None:
    from inbox_tui.core import times
    from inbox_tui.core.paths import find_paths
    from inbox_tui.hub.service import Sender, Service
    from inbox_tui.hub.store.store import Store

    store = Store.open(find_paths({"INBOX_HOME": str(home)}).hub_database)
    service = Service(store, clock=times.now)
    await service.start()
    for first in range(0, 5_000, 500):
        await asyncio.gather(
            *(service.publish("default", Sender("me"), Event("message", f"row {n}", "x" * 200), idempotency_key=f"{n}")
              for n in range(first, first + 500))
        )  # fmt: skip
    await service.close()
    hub = RunningHub.start(home, ping_seconds=0.2)
    try:
        async with silent_pane(file, find_target({}, hub.paths)) as pane:
            await pane.until_caught_up()
            pane.reader.refresh()
            assert pane.reader.count(View.ALL) == 5_000
            await pane.sync.triage_all("read", View.ALL)
            await pane.until(lambda: pane.heard(TriageDone))
            await pane.until_caught_up()
            pane.reader.refresh()
            assert pane.reader.count(View.UNREAD) == 0
            await equal(pane)
    finally:
        hub.stop()


def test_importing_it_costs_no_network_stack() -> None:
    heavy = {"httpx", "httpx_sse", "pydantic", "aiosqlite"}
    modules = "inbox_tui.tui.sync, inbox_tui.tui.messages, inbox_tui.cache.pages, inbox_tui.client.target, inbox_tui.client.local"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {modules}; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    assert not heavy & set(done.stdout.split())


class PaintingPane(SilentPane):
    """Counts its rows when it is told to paint, as a screen does; remembers what was painted at each claim to be caught up."""

    painted = 0

    def _post(self, message: SyncMessage) -> None:
        if isinstance(message, CacheChanged):
            self.reader.refresh()
            self.painted = self.reader.count(View.ALL)
        elif isinstance(message, ConnectionChanged) and message.caught_up_at:
            self.claims = [*getattr(self, "claims", []), self.painted]
        super()._post(message)


async def test_what_it_claims_to_have_caught_up_with_is_painted_first(hub: RunningHub, target: Target, file: Path) -> None:
    for n in range(3):
        hub.publish(title=f"row {n}")
    pane = PaintingPane(file, target)
    await pane.start()
    try:
        await pane.until_caught_up()
        assert set(pane.claims) == {3}
    finally:
        await pane.stop()
