"""A hub that is away, hangs, loses its answers or comes back: what is said arrives in order and once, and holds nobody."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import DEADLINE, INBOX, eventually, inbox, key_variables, rows
from hubs import RunningHub
from relay import Relay, relay

from inbox_tui.core.errors import HubUnreachable, Refused
from inbox_tui.core.paths import find_paths
from inbox_tui.sdk import send
from inbox_tui.sdk.spool import Spool, spool_of
from inbox_tui.wire import find_hub

HELD_AT_MOST = 2.0

MANY = """
import os, sys
from inbox_tui.sdk import send
for n in range(int(sys.argv[2])):
    send(f"{sys.argv[1]} {n:03}", tell=lambda text: sys.exit(text))
    print(n, flush=True)
"""


@pytest.fixture
def away(hub: RunningHub) -> RunningHub:
    """A hub that was here, and is not just now."""
    hub.kill9()
    return hub


@pytest.fixture
def between(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    with relay(hub.listen) as state:
        monkeypatch.setenv("INBOX_HUB", state.url)
        monkeypatch.setenv("INBOX_KEY", key_variables(hub)["INBOX_KEY"])
        yield state


def spool() -> Spool:
    return spool_of(find_hub(), find_paths())


def said(hub: RunningHub) -> list[str]:
    """The titles, oldest first: each as often as it was written."""
    return [row["title"] for row in reversed(rows(hub)) for _ in range(row["count"])]


def script(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", MANY, *arguments], stdout=subprocess.PIPE, text=True)


def test_what_a_hub_misses_arrives_in_order_and_once_when_it_is_back(away: RunningHub) -> None:
    for n in range(3):
        done = inbox("send", f"message {n}")
        assert (done.returncode, done.stdout) == (0, "")
        assert "kept until the hub is back" in done.stderr
    away.restart()
    done = inbox("send", "message 3", "--json")
    assert (done.returncode, done.stderr, '"kept": false' in done.stdout) == (0, "", True)
    assert said(away) == [f"message {n}" for n in range(4)]
    assert spool().pending() == []


def test_it_says_when_it_was_said(away: RunningHub) -> None:
    began = time.time()
    send("late")
    away.restart()
    send("behind it")
    send("now")
    late, _, now = reversed(rows(away))
    assert abs(time.mktime(time.strptime(late["sent_at"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone - began) < 60
    assert "sent_at" not in now


def test_an_absent_hub_holds_nobody(away: RunningHub) -> None:
    began = time.monotonic()
    assert all(send(f"message {n}").kept for n in range(50))
    assert time.monotonic() - began < HELD_AT_MOST


def test_a_hub_that_hangs_holds_a_message_for_a_moment_and_the_next_hardly(hub: RunningHub) -> None:
    hub.process.send_signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert send("one").kept
        first = time.monotonic() - began
        assert all(send(f"more {n}").kept for n in range(5))
        assert (first < HELD_AT_MOST, time.monotonic() - began < HELD_AT_MOST + 1) == (True, True)
    finally:
        hub.process.send_signal(signal.SIGCONT)
    eventually(lambda: not send("last").kept)
    assert list(dict.fromkeys(said(hub))) == ["one", *(f"more {n}" for n in range(5)), "last"]


def test_a_name_that_cannot_be_looked_up_holds_nobody(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INBOX_HUB", "http://no-such-host.invalid:9477")
    began = time.monotonic()
    assert send("hello").kept
    assert time.monotonic() - began < HELD_AT_MOST


def test_an_answer_that_is_lost_for_good_is_one_row(hub: RunningHub, between: Relay) -> None:
    """The hub has it and cannot say so; what is sent again is the same, word for word."""
    between.after = lambda call: len(between.seen("post")) <= 12
    assert send("one").kept
    assert send("two", idempotency_key="of-my-own").kept
    between.after = lambda call: False
    eventually(lambda: not send("three").kept)
    assert said(hub)[:3] == ["one", "two", "three"]
    assert (said(hub).count("one"), said(hub).count("two")) == (1, 1)


def test_a_kept_message_that_the_hub_refuses_stands_in_nobodys_way(away: RunningHub) -> None:
    assert send("x" * 5_000).kept
    assert send("fine").kept
    away.restart()
    done = inbox("send", "after")
    assert (done.returncode, done.stderr.count("put aside")) == (0, 1)
    assert said(away) == ["fine", "after"]
    assert inbox("send", "again").stderr == ""


def test_a_refusal_is_told_to_whom_it_belongs(away: RunningHub) -> None:
    assert send("first").kept
    away.restart()
    with pytest.raises(Refused) as refusal:
        send("x" * 5_000)
    assert refusal.value.status == 422
    assert said(away) == ["first"]
    assert not (spool().folder / "aside").exists()


def test_a_key_that_is_revoked_keeps_what_waits_and_says_so(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in key_variables(hub).items():
        monkeypatch.setenv(name, value)
    listen = hub.listen
    hub.kill9()
    assert send("waits").kept
    hub.options["listen"] = listen
    hub.restart()
    for key in hub.call("GET", "/api/keys").document["items"]:
        hub.call("DELETE", f"/api/keys/{key['id']}")
    with pytest.raises(Refused) as refusal:
        send("refused")
    assert refusal.value.status == 401
    assert len(spool().pending()) == 1


def test_without_keeping_nothing_is_kept(away: RunningHub) -> None:
    with pytest.raises(HubUnreachable):
        send("hello", keep=False, patience=0)
    assert not spool().pending()


def test_what_can_neither_be_sent_nor_kept_is_no_success(home: Path) -> None:
    (home / "spool").write_text("in the way")
    done = inbox("send", "hello")
    assert (done.returncode, "could not be kept" in done.stderr) == (3, True)


def test_what_is_no_hub_gets_nothing_and_loses_nothing(hub: RunningHub, between: Relay) -> None:
    between.before = lambda call: True
    assert send("one").kept
    between.before = lambda call: False
    between.forge = lambda call, document: {}
    assert send("two").kept
    assert len(spool().pending()) == 2


def test_a_script_that_is_killed_while_it_keeps_leaves_whole_messages_only(away: RunningHub) -> None:
    with script("killed", "100000") as process:
        assert process.stdout is not None
        for _ in range(40):
            process.stdout.readline()
        process.kill()
        claimed = 40 + len(process.stdout.read().splitlines())
    away.restart()
    told: list[str] = []
    send("after", tell=told.append)
    eventually(lambda: spool().pending() == [] or (send("again", tell=told.append) and None))
    arrived = [title for title in said(away) if title.startswith("killed")]
    assert arrived == [f"killed {n:03}" for n in range(len(arrived))]
    # Between a message and its number on stdout the kill may fall, and one more may have been kept.
    assert claimed <= len(arrived) <= claimed + 1
    assert told == []


def test_a_script_that_is_killed_while_it_delivers_repeats_nothing(away: RunningHub) -> None:
    for n in range(200):
        send(f"kept {n:03}")
    away.restart()
    with script("more", "1") as process:
        eventually(lambda: rows(away))
        process.kill()
    eventually(lambda: not send("last").kept)
    arrived = [title for title in said(away) if title.startswith("kept")]
    assert arrived == [f"kept {n:03}" for n in range(200)]


def test_two_scripts_at_once_each_in_its_own_order_and_once(away: RunningHub) -> None:
    """The hub comes back in the middle of both."""
    both = [script("a", "150"), script("b", "150")]
    for process in both:
        assert process.stdout is not None
        for _ in range(20):
            process.stdout.readline()
    away.restart()
    for process in both:
        with process:
            process.communicate(timeout=DEADLINE)
        assert process.returncode == 0
    eventually(lambda: not send("last").kept and not spool().pending())
    titles = said(away)
    for name in ("a", "b"):
        assert [title for title in titles if title.startswith(name)] == [f"{name} {n:03}" for n in range(150)]


def test_a_hub_that_starts_here_fetches_what_waits(home: Path) -> None:
    (home / "config.toml").write_text('[hub]\nlisten = "127.0.0.1:0"\n')
    assert inbox("send", "from last night").returncode == 0
    with subprocess.Popen([*INBOX, "serve", "--no-welcome"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as hub:
        try:
            eventually(lambda: inbox("status").returncode == 0)
            eventually(lambda: "from last night" in inbox("list").stdout)
            assert not spool().pending()
        finally:
            hub.terminate()


def test_ask_keeps_nothing(home: Path) -> None:
    done = inbox("ask", "Deploy?", "--timeout", "0.3")
    assert (done.returncode, done.stdout) == (3, "")
    assert not (home / "spool").exists()


def test_what_is_posted_is_what_was_said(hub: RunningHub, between: Relay) -> None:
    fields: dict[str, Any] = {"source": "backup", "severity": "warn", "meta": {"rows": 3}}
    send("done", "4,218 files", **fields)
    (call,) = between.seen("post")
    assert call.body == {"title": "done", "body": "4,218 files", **fields}
