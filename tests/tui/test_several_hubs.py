"""One pane over hubs of different kinds: ours by its socket, ours by TCP with a key, and RunWisp daemons of two spellings."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import short_folder
from hubs import RunningHub
from several_world import SeveralPane, listening, several
from test_foreign import Daemon, row
from test_outbound import certify

from inbox_tui.cache.rows import View
from inbox_tui.client.hubs import Followed
from inbox_tui.client.target import Target, find_target
from inbox_tui.core.paths import Paths
from inbox_tui.tui.footer import NOT_THERE


@pytest.fixture
def build() -> Iterator[RunningHub]:
    """A second hub of ours, with a home of its own."""
    with short_folder() as folder:
        hub = RunningHub.start(folder)
        yield hub
        hub.stop()


def ours(hub: RunningHub) -> Followed:
    return Followed("home", find_target({}, hub.paths), "teal")


def by_key(hub: RunningHub, key: str = "") -> Followed:
    key = key or hub.new_key("pane", "operate")["key"]
    return Followed("build", Target(hub.url, key=key), "orange")


NAMES = {"taskName": "task_name", "runId": "run_id", "createdAt": "created_at", "lastOccurredAt": "last_occurred_at",
         "readAt": "read_at", "unreadCount": "unread_count", "nextCursor": "next_cursor"}  # fmt: skip


class SnakeDaemon(Daemon):
    """The other spelling, and the other name of the event that tells a count alone."""

    def say(self, event: str, data: dict[str, Any]) -> None:
        event = {"notification.unreadCountChanged": "notifications.unread_count_changed"}.get(event, event)
        super().say(event, self.spelled(data))

    def spelled(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.spelled(each) for each in value]
        if isinstance(value, dict):
            return {NAMES.get(name, name): self.spelled(each) for name, each in value.items()}
        return value

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        write = writer.write

        def spelled(data: bytes) -> None:
            _, end, body = data.partition(b"\r\n\r\n")
            if body.startswith(b"{"):
                text = json.dumps(self.spelled(json.loads(body))).encode()
                data = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close" % len(text) + end + text
            write(data)

        writer.write = spelled  # type: ignore[method-assign]
        await super().answer(reader, writer)


async def test_daemons_of_two_spellings_beside_ours_each_with_what_it_can(hub: RunningHub) -> None:
    camel = Daemon(row(1, minute=1), row(2, minute=3))
    snake = SnakeDaemon(row(1, minute=2) | {"title": "snake 1"}, row(3, minute=4) | {"title": "snake 3"})
    await asyncio.to_thread(hub.publish, title="ours")
    async with listening(camel.answer, snake.answer) as urls:
        foreign = [Followed(name, Target(url), "red") for name, url in zip(("camel", "snake"), urls, strict=True)]
        async with several(hub.paths, [ours(hub), *foreign]) as pane:
            await pane.until_live("home", "camel", "snake")
            assert [title for _, title in pane.titles()] == ["ours", "snake 3", "row 2", "snake 1", "row 1"]
            await what_it_cannot_is_not_offered(pane)
            await pane.pilot.press("m")
            await pane.until(lambda: snake.rows[row(3)["id"]]["readAt"])
            assert all(each["readAt"] is None for each in camel.rows.values())
            await many_are_split_by_what_their_hubs_can(pane)
            snake.say("notification.unreadCountChanged", {"unreadCount": 0})
            for each in snake.rows.values():
                each["readAt"] = "2023-11-14T23:00:00Z"
            await pane.until(lambda: not {hub for hub, _ in pane.titles(View.UNREAD)} & {"snake"})


async def what_it_cannot_is_not_offered(pane: SeveralPane) -> None:
    main = pane.app.main
    await pane.cursor_to("snake 3")
    await pane.until(lambda: "e done" not in pane.screen)
    names = {command.title for command in pane.app.get_system_commands(pane.app.screen)}
    assert not names & {"pin", "done", "mute", "snooze 1 hour"}
    assert {"read/unread", "hub: snake"} <= names
    for key in ("e", "p", "!"):
        await pane.pilot.press(key)
        assert NOT_THERE in pane.screen
    await pane.pilot.press("s")
    assert "snooze" not in pane.screen
    await pane.pilot.press("1")
    assert main.keyboard.prompt is None
    assert main.triaging.can_undo is False


async def many_are_split_by_what_their_hubs_can(pane: SeveralPane) -> None:
    await pane.cursor_to("ours")
    await pane.pilot.press("asterisk", "e")
    await pane.until(lambda: ("home", "ours") in pane.titles(View.DONE))
    assert "4 passed over, their hub cannot do it" in pane.screen
    await pane.pilot.press("u")
    await pane.until(lambda: pane.titles(View.DONE) == [])


async def test_a_hub_by_its_key_is_answered_triaged_and_undone_apart_from_another(hub: RunningHub, build: RunningHub) -> None:
    asked = await asyncio.to_thread(build.publish, title="deploy?", actionable=True, kind="input.required", command="./deploy")
    await asyncio.to_thread(hub.publish, title="at home")
    async with several(hub.paths, [ours(hub), by_key(build)]) as pane:
        await pane.until_live("home", "build")
        assert pane.titles() == [("build", "deploy?"), ("home", "at home")]
        for words in ("hub build", "◆build", "◆home", "● home", "● build", "● 2 hubs live"):
            await pane.until(lambda words=words: words in pane.screen)  # type: ignore[misc]
        question = pane.lists.window(View.NEEDS, 0, 1)[0]
        pane.app.link.decide(question, "approve")
        await pane.until(lambda: (now := pane.lists.row(question.id)) and now.notification.decision)
        assert build.call("GET", f"/api/notifications/{asked['id']}").document["decision"]["key"] == "approve"
        await pane.cursor_to("at home")
        await pane.pilot.press("asterisk", "e")
        await pane.until(lambda: len(pane.titles(View.DONE)) == 2)
        await pane.pilot.press("u")
        await pane.until(lambda: len(pane.titles(View.ALL)) == 2)
        await pane.until(lambda: pane.lists.undo_steps() == [])


@asynccontextmanager
async def by_tls(hub: RunningHub, context: ssl.SSLContext) -> AsyncIterator[str]:
    """What a proxy before the hub does. Answers its URL."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(*hub.listen.rsplit(":", 1))
        await asyncio.gather(pass_on(reader, inner_writer), pass_on(inner_reader, writer), return_exceptions=True)

    async with listening(answer, tls=context) as (url,):
        yield url


async def test_a_hub_behind_tls_is_believed_by_its_ca_file_alone(hub: RunningHub, build: RunningHub, tmp_path: Path) -> None:
    context = certify(tmp_path, "localhost")
    await asyncio.to_thread(build.publish, title="by tls")
    key = (await asyncio.to_thread(build.new_key, "pane", "operate"))["key"]
    async with by_tls(build, context) as url:
        url = url.replace("http://127.0.0.1", "https://localhost")
        trusting = Followed("build", Target(url, key=key, ca_file=str(tmp_path / "trusted.pem")), "orange")
        wary = Followed("wary", Target(url, key="ik_wary_x"), "red")
        lost = Followed("lost", Target(url, key="ik_lost_x", ca_file=str(tmp_path / "none.pem")), "red")
        async with several(hub.paths, [ours(hub), trusting, wary, lost]) as pane:
            await pane.until_live("home", "build")
            await pane.until(lambda: pane.state("wary").detail and pane.state("lost").detail)
            assert "certificate" in pane.state("wary").detail
            assert f"its ca_file {tmp_path}/none.pem cannot be used" in pane.state("lost").detail
            await pane.cursor_to("by tls")
            await pane.pilot.press("e")
            await pane.until(lambda: pane.titles(View.DONE) == [("build", "by tls")])


async def test_a_hub_that_is_killed_and_one_that_lets_nobody_in_leave_the_other_alone(hub: RunningHub, build: RunningHub) -> None:
    await asyncio.to_thread(build.publish, title="at build")
    stranger = Followed("locked", Target(hub.url, key="ik_none_none"), "pink")
    keyless = Followed("keyless", Target("http://127.0.0.1:1"), "lime", "its key is to be in C_KEY, which is not set")
    async with several(hub.paths, [ours(hub), by_key(build), stranger, keyless], (100, 30)) as pane:
        await pane.until_live("home", "build")
        await pane.until(lambda: pane.state("locked").words == "refused: its key")
        await asyncio.to_thread(build.kill9)
        await pane.until(lambda: not pane.state("build").is_live)
        await asyncio.to_thread(hub.publish, title="still heard")
        await pane.cursor_to("still heard")
        assert pane.titles() == [("home", "still heard"), ("build", "at build")]
        await pane.until(lambda: "1 of 4 hubs live" in pane.screen)
        assert pane.state("keyless").detail == "its key is to be in C_KEY, which is not set"
        await pane.cursor_to("at build")
        await pane.pilot.press("e")
        await pane.until(lambda: "1 wait" in pane.state("build").words)
        pane.app.link.decide(pane.lists.rows(pane.lists.ids(View.DONE, 0, 1))[0], "approve")
        await asyncio.to_thread(build.restart)


def test_a_pane_over_one_hub_reads_nothing_of_several(paths: Paths) -> None:
    code = (
        "import sys, os; from inbox_tui.core.paths import find_paths; from inbox_tui.tui.followed import find_followed;"
        "followed = find_followed({}, os.environ, find_paths()); followed.lists.close();"
        "print([name for name in sys.modules if name in "
        "('inbox_tui.cache.merged', 'inbox_tui.client.hubs', 'inbox_tui.tui.hubs')])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ))
    assert found.stdout == "[]\n"
    assert Path(paths.cache_database).exists()
