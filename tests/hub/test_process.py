"""The hub as a process: one a user, ready when it says so, gone when told, and nothing that it acknowledged is ever lost."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from following import follow
from hubs import HubDied, Reply, RunningHub

NOBODY = 65534
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="root only can start a hub as somebody else")


def titles(hub: RunningHub) -> Counter[str]:
    """Title → how many times it is there, over every page."""
    found: Counter[str] = Counter()
    path = "/api/notifications?limit=500"
    while True:
        document = hub.call("GET", path).document
        for item in document["items"]:
            found[item["title"]] += item["count"]
        if not document["next_cursor"]:
            return found
        path = f"/api/notifications?limit=500&before={document['next_cursor']}"


def test_what_was_acknowledged_survives_kill_9_exactly_once(home: Path) -> None:
    hub = RunningHub.start(home)
    acknowledged: list[str] = []
    enough = threading.Event()

    def load(thread: int) -> None:
        with suppress(OSError):
            for number in range(10_000):
                title = f"{thread}/{number}"
                hub.publish(title=title)
                acknowledged.append(title)
                if len(acknowledged) > 300:
                    enough.set()

    threads = [threading.Thread(target=load, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    assert enough.wait(30)
    hub.kill9()
    for thread in threads:
        thread.join()
    hub.restart()
    found = titles(hub)
    assert not [title for title in acknowledged if found[title] != 1]
    # One event of each sender may have been stored without its sender having heard so.
    assert len(acknowledged) <= len(found) <= len(acknowledged) + len(threads)
    assert hub.stop() == 0


def test_a_retry_over_a_kill_is_not_a_second_event(hub: RunningHub) -> None:
    headers = {"Idempotency-Key": "once"}
    first = hub.call("POST", "/api/events", {"title": "x"}, by="send", headers=headers)
    hub.kill9()
    hub.restart()
    again = hub.call("POST", "/api/events", {"title": "x"}, by="send", headers=headers)
    assert first.document == again.document
    assert titles(hub) == {"x": 1}


def test_a_second_hub_says_that_one_is_running(hub: RunningHub) -> None:
    for _ in range(2):
        with pytest.raises(HubDied, match=f"A hub is running already: .*{hub.process.pid}"):
            RunningHub.start(hub.home)
    assert hub.publish(title="the first goes on")


def test_of_many_that_start_at_once_one_becomes_the_hub(home: Path) -> None:
    started: list[RunningHub] = []

    def start() -> None:
        with suppress(HubDied):
            started.append(RunningHub.start(home))

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(started) == 1
    assert started[0].publish(title="one")
    assert started[0].stop() == 0


def test_a_hub_waits_for_the_end_of_the_one_before(hub: RunningHub) -> None:
    assert hub.call("POST", "/api/hub/stop").status == 202
    after = RunningHub.start(hub.home)
    assert hub.wait()[0] == 0
    assert after.publish(title="one")
    assert after.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_and_leaves_no_socket(hub: RunningHub, number: signal.Signals) -> None:
    hub.publish(title="one")
    hub.process.send_signal(number)
    code, said = hub.wait()
    assert (code, said) == (0, "")
    assert {path.name for path in hub.paths.runtime.iterdir()} == {"hub.lock"}
    with sqlite3.connect(hub.paths.hub_database) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


def test_a_long_poll_does_not_hold_up_the_end(hub: RunningHub) -> None:
    headers = {"Idempotency-Key": "k"}
    hub.call("POST", "/api/events", {"title": "?", "is_prompt": True, "waiting": True}, by="send", headers=headers)
    replies = []
    waiter = threading.Thread(target=lambda: replies.append(hub.call("GET", "/api/asks/k?wait=60", by="send")))
    waiter.start()
    while not hub.call("GET", "/api/notifications?needs_me=true").document["items"]:
        pass
    assert hub.stop() == 0
    waiter.join(10)
    assert [reply.status for reply in replies] in ([503], [])


def test_stale_sockets_of_a_killed_hub_are_replaced(hub: RunningHub) -> None:
    hub.kill9()
    assert hub.operate_socket.exists()
    hub.restart()
    assert stat.S_IMODE(hub.operate_socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(hub.paths.runtime.stat().st_mode) == 0o700
    assert hub.publish(title="one")


@pytest.fixture
def taken() -> Iterator[str]:
    """The address of somebody else's server."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_an_address_that_was_asked_for_is_used_or_refused(home: Path, taken: str) -> None:
    with pytest.raises(HubDied, match=f"Cannot listen on {taken}: Address already in use"):
        RunningHub.start(home, listen=taken)
    with pytest.raises(HubDied, match="--listen takes HOST:PORT"):
        RunningHub.start(home, listen="nonsense")


def test_where_the_usual_port_is_taken_another_is_used_and_said(home: Path) -> None:
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(socket.create_server(("127.0.0.1", 9477)))
        hub = RunningHub.start(home, listen="")
    assert hub.listen != "127.0.0.1:9477"
    assert hub.call("GET", "/api/health", by="tcp").document["live"]
    assert hub.call("GET", "/api/hub").document["listen"] == hub.listen
    hub.process.terminate()
    assert "Port 9477 is taken: the hub listens on http://127.0.0.1:" in hub.wait()[1]


async def test_a_full_disk_is_told_to_the_sender_and_to_every_pane(hub: RunningHub) -> None:
    hub.publish(title="before")
    async with follow(hub) as (_, reader):
        hub.limit_files(hub.paths.hub_database.stat().st_size)
        stored = 0
        while (reply := await asyncio.to_thread(_publish_big, hub, stored)).status == 202:
            stored += 1
        assert (reply.status, reply.document["code"]) == (507, "storage")
        while not (frame := await reader.next(pings=True)).data.get("state", {}).get("storage"):
            pass
        assert frame.event == "ping"
        health = hub.call("GET", "/api/health").document
        assert (health["live"], health["ready"], health["storage"] != "") == (True, False, True)
        assert hub.call("GET", "/api/notifications").status == 200
        hub.limit_files()
        hub.publish(title="after")
        while (await reader.next(pings=True)).data.get("state", {"storage": "?"})["storage"]:
            pass
    assert sum(titles(hub).values()) == stored + 2


def _publish_big(hub: RunningHub, number: int) -> Reply:
    return hub.call("POST", "/api/events", {"title": f"big {number}", "body": "x" * 100_000}, by="send")


@pytest.fixture
def nobodys() -> Iterator[Path]:
    """A home that only `nobody` can use."""
    folder = Path(tempfile.mkdtemp(prefix="inbox-", dir="/tmp"))
    os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


@needs_root
def test_a_folder_that_cannot_be_written(nobodys: Path) -> None:
    nobodys.chmod(0o500)
    with pytest.raises(HubDied, match=r"^inbox: Cannot \w+ the folder .*Permission denied\.\s*$"):
        RunningHub.start(nobodys, user=NOBODY)


@needs_root
def test_a_database_that_cannot_be_written(nobodys: Path) -> None:
    (nobodys / "hub.sqlite3").touch(0o600)
    with pytest.raises(HubDied, match=r"^inbox: Cannot open the hub's database .*Permission denied"):
        RunningHub.start(nobodys, user=NOBODY)


@needs_root
def test_a_runtime_folder_of_somebody_elses_is_not_used(nobodys: Path) -> None:
    (nobodys / "run").mkdir(mode=0o777)
    with pytest.raises(HubDied, match="is not a folder of this user's"):
        RunningHub.start(nobodys, user=NOBODY)


def test_a_database_of_a_newer_version_is_left_alone(home: Path) -> None:
    hub = RunningHub.start(home)
    hub.stop()
    with sqlite3.connect(hub.paths.hub_database) as database:
        assert database.execute("UPDATE schema_version SET version = 999").rowcount == 1
    database.close()
    with pytest.raises(HubDied, match="newer"):
        hub.restart()


def test_a_file_that_is_no_database_is_one_line(home: Path) -> None:
    (home / "hub.sqlite3").write_bytes(b"not a database at all" * 100)
    with pytest.raises(HubDied, match=r"^inbox: Cannot open the hub's database .*not a database\.\s*$"):
        RunningHub.start(home)


def test_the_command_line_starts_it_and_says_what_went_wrong(hub: RunningHub) -> None:
    environ = os.environ | {"INBOX_HOME": str(hub.home)}
    again = subprocess.run(
        [sys.executable, "-m", "inbox_tui", "serve", "--listen", "127.0.0.1:0"],
        env=environ,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (again.returncode, "running already" in again.stderr, "Traceback" in again.stderr) == (5, True, False)


def test_a_new_inbox_teaches_once(home: Path) -> None:
    hub = RunningHub.start(home, is_welcoming=True)
    items = hub.call("GET", "/api/notifications").document["items"]
    assert len(items) == 3
    assert {item["sender"] for item in items} == {"inbox"}
    asks = [item for item in items if item.get("is_prompt")]
    assert [item["title"] for item in asks] == ["Approve this: press a, then y"]
    hub.stop()
    hub.restart()
    assert sum(titles(hub).values()) == 3
    assert hub.stop() == 0


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
async def test_curl_follows_the_stream(hub: RunningHub) -> None:
    curl = await asyncio.create_subprocess_exec(
        "curl",
        "-sN",
        "--unix-socket",
        str(hub.operate_socket),
        "http://localhost/api/notifications/stream",
        stdout=asyncio.subprocess.PIPE,
    )
    assert curl.stdout is not None
    lines = [(await curl.stdout.readline()).decode() for _ in range(3)]
    assert (lines[0], lines[2]) == ("retry: 2000\n", "event: resync\n")
    hub.publish(title="seen by curl")
    while "seen by curl" not in (await curl.stdout.readline()).decode():
        pass
    hub.stop()
    assert await curl.wait() == 0
