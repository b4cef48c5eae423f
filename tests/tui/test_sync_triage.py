"""Triage on its way to a real hub: queued offline, replayed in order, and refused with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from hubs import RunningHub
from sync_world import silent_pane

from inbox_tui.cache.rows import View
from inbox_tui.client.target import Target
from inbox_tui.core.times import HOUR, now
from inbox_tui.tui import outbox
from inbox_tui.tui.messages import TriageDone, TriageRefused


async def test_what_is_put_off_offline_is_so_at_once_and_at_the_hub_later(hub: RunningHub, target: Target, home: Path) -> None:
    later, noisy, kept = (hub.publish(title=title) for title in ("later", "noisy", "kept"))
    until = now() + HOUR
    async with silent_pane(home / "cache.sqlite3", target) as pane:
        await pane.until_caught_up()
        hub.kill9()
        await pane.until_offline()
        shown = {row.notification.title: row for row in pane.reader.window(View.ALL, 0, 3)}
        for title in ("later", "noisy"):
            await pane.sync.triage("snooze", shown[title], until=until)
        await pane.sync.triage("pin", shown["kept"])
        assert [row_id for row_id, _ in pane.rows()] == [kept["id"]]
        assert [row_id for row_id, _ in pane.rows(View.SNOOZED)] == [noisy["id"], later["id"]]
        hub.restart()
        hub.publish(title="noisy")
        pane.sync.reconnect()
        await pane.until(lambda: pane.connection.waiting == 0 and pane.heard(TriageRefused))
        await pane.until_caught_up()
        assert [row_id for row_id, _ in pane.rows(View.SNOOZED)] == [later["id"]]
        assert [row_id for row_id, _ in pane.rows()] == [kept["id"], noisy["id"]]
        (refused,) = pane.heard(TriageRefused)
        assert (refused.ids, refused.code, "called again" in refused.reason) == ((noisy["id"],), "changed", True)


async def test_many_go_in_calls_of_a_commit_and_what_is_passed_over_is_told(
    hub: RunningHub, target: Target, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "ROWS_A_CALL", 4)
    waits = hub.publish(title="may I?", is_prompt=True, waiting=True)
    published = [hub.publish(title=f"row {number}") for number in range(6)]
    seen = {one["id"]: one["rev"] for one in (waits, *published)}
    seen[published[0]["id"]] -= 1  # shown before it called
    async with silent_pane(home / "cache.sqlite3", target) as pane:
        await pane.until_caught_up()
        await pane.sync.triage_rows("done", seen)
        await pane.until(lambda: len(pane.heard(TriageDone)) == 2)
        told = pane.heard(TriageDone)
        assert [sum(getattr(one, name) for one in told) for name in ("changed", "skipped", "raised")] == [5, 1, 1]
        assert len({one.call for one in told}) == 1
        await pane.until_caught_up()
        assert {row_id for row_id, _ in pane.rows()} == {waits["id"], published[0]["id"]}


async def test_a_mute_reaches_what_comes_and_its_undo_what_came(hub: RunningHub, target: Target, home: Path) -> None:
    hub.publish(title="a", source="ci")
    async with silent_pane(home / "cache.sqlite3", target) as pane:
        await pane.until_caught_up()
        (row,) = pane.reader.window(View.ALL, 0, 1)
        await pane.sync.triage("mute", row, scope="source")
        await pane.until(lambda: pane.connection.waiting == 0)
        hub.publish(title="b", source="ci")
        await pane.until_caught_up()
        assert (len(pane.rows()), pane.rows(View.UNREAD), pane.raised) == (2, [], [])
        ((rule),) = await pane.hub.mutes()
        assert (rule["scope"], rule["label"]) == ("source", "ci")
        await pane.sync.triage("unmute", row, scope="source")
        await pane.until(lambda: pane.connection.waiting == 0)
        await pane.until_caught_up()
        assert len(pane.rows(View.UNREAD)) == 2
        await pane.hub.make_mute(rule)
        await pane.until_caught_up()
        assert pane.rows(View.UNREAD) == []
        await pane.hub.lift_mute((await pane.hub.mutes())[0]["id"])
        assert await pane.hub.mutes() == []
