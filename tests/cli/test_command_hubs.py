"""`--hub NAME`, and what the doctor says of the hubs that the configuration names."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import inbox
from conftest import short_folder
from hubs import RunningHub
from several_world import listening
from test_foreign import Daemon, row


@pytest.fixture
def here() -> Iterator[Path]:
    """The home of a person who names hubs, and runs none."""
    with short_folder() as folder:
        yield folder


def name_hubs(folder: Path, **urls: str) -> None:
    tables = [f'[hubs.{name}]\nurl = "{url}"\nkey_file = "{name}.key"\n' for name, url in urls.items()]
    (folder / "config.toml").write_text("".join(tables))
    for name in urls:
        (folder / f"{name}.key").touch(0o600)


def test_what_a_person_does_at_a_hub_they_may_do_at_one_by_its_name(hub: RunningHub, here: Path) -> None:
    home = str(here)
    name_hubs(here, build=hub.url)
    (here / "build.key").write_text(hub.new_key("dana", "operate")["key"])
    asked = hub.publish(title="deploy?", actionable=True, kind="input.required")
    listed = inbox("list", "--hub", "build", "--view", "needs", INBOX_HOME=home).stdout
    assert listed.startswith(f"{asked['id']}@")
    assert inbox("status", "--hub", "build", INBOX_HOME=home).stdout.startswith("1 needs you")
    done = inbox("approve", listed.split()[0], "--hub", "build", INBOX_HOME=home)
    assert (done.returncode, "dana" in done.stdout) == (0, True)
    assert inbox("done", "--hub=build", asked["id"], INBOX_HOME=home).returncode == 0
    assert hub.call("GET", f"/api/notifications/{asked['id']}").document["done_at"]
    unknown = inbox("list", "--hub", "biuld", INBOX_HOME=home)
    assert (unknown.returncode, "did you mean build?" in unknown.stderr) == (2, True)
    (here / "build.key").chmod(0o644)
    assert "chmod 600" in inbox("list", "--hub", "build", INBOX_HOME=home).stderr


async def test_a_daemon_is_listed_in_our_words_and_each_hub_is_looked_at(hub: RunningHub, here: Path) -> None:
    daemon = Daemon(row(1), row(2), row(3))
    async with listening(daemon.answer) as (url,):
        name_hubs(here, cron=url, locked=hub.url, dead="http://127.0.0.1:1", home="local")
        listed = await asyncio.to_thread(inbox, "list", "--hub", "cron", INBOX_HOME=str(here))
        assert [line.split(" ✗ ")[1].split("  ")[0] for line in listed.stdout.splitlines()] == ["row 3", "row 2", "row 1"]
        told = await asyncio.to_thread(inbox, "doctor", "--json", INBOX_HOME=str(here))
    findings = [each for each in json.loads(told.stdout)["findings"] if each["check"] == "hubs"]
    assert [(each["level"], each["said"].partition(":")[0]) for each in findings] == [
        ("fine", "cron"), ("wrong", "locked"), ("wrong", "dead"), ("wrong", "home")
    ]  # fmt: skip
    assert "RunWisp" in findings[0]["said"]
    assert "inbox key new locked --role operate" in findings[1]["fix"]
