"""`inbox hub new-epoch`, for a database that was put back by other means than `inbox hub restore`."""

from __future__ import annotations

from pathlib import Path

from commands import inbox, row
from following import follow
from hubs import RunningHub


async def test_readers_begin_anew_once_the_hub_is_stopped(hub: RunningHub) -> None:
    asked = hub.publish(title="Deploy?", is_prompt=True)
    refused = inbox("hub", "new-epoch", "--yes")
    assert (refused.returncode, "is running already" in refused.stderr) == (5, True), refused
    assert hub.stop() == 0
    done = inbox("hub", "new-epoch", "--yes")
    assert (done.returncode, done.stdout) == (0, "1 space has a new epoch.\n"), done
    hub.restart()
    assert row(hub, asked["id"])["closed"] == "expired"
    async with follow(hub, asked["rev"]) as (opening, _):
        assert (opening.event, opening.data["epoch"] > asked["rev"]) == ("resync", True)


def test_there_must_be_something_to_begin_anew(home: Path) -> None:
    done = inbox("hub", "new-epoch", "--yes")
    assert (done.returncode, "There is no database" in done.stderr) == (5, True), done
    assert not (home / "hub.sqlite3").exists()
