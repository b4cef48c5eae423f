"""The answer bar in a real terminal, against a real hub: what the keys do when they go through a tty and back."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest
from commands import INBOX, eventually, running
from hubs import RunningHub
from panes import CALM, open_bar, opened

ASKED = "Deploy to production?"
GUARD = 0.45
"""A little more than what the bar waits where its terminal replies at once."""


@pytest.fixture
def asker(hub: RunningHub) -> Iterator[subprocess.Popen[str]]:
    with running("ask", ASKED, "--timeout", "50", INBOX_HOME=str(hub.home)) as process:
        yield process


@pytest.mark.parametrize(("a", "y"), [("a", "y"), ("\x1b[97u", "\x1b[121u")], ids=["legacy", "kitty"])
def test_two_calm_keys_approve_and_the_asker_hears_it(hub: RunningHub, asker: subprocess.Popen[str], a: str, y: str) -> None:
    with opened(hub.home, ASKED) as terminal:
        open_bar(terminal, a, reading=CALM)
        terminal.press(y)
        terminal.wait_for("delivered")
        assert asker.wait(20) == 0


def test_keys_typed_ahead_answer_nothing(hub: RunningHub, asker: subprocess.Popen[str]) -> None:
    with opened(hub.home, ASKED) as terminal:
        since = len(terminal.output)
        terminal.press("ay")
        terminal.wait_for("too quick", since=since)
        terminal.press("ayayayyyyyyy")
        terminal.pump(1.0)
        assert asker.poll() is None


def test_over_a_slow_link_the_reply_starts_the_guard(hub: RunningHub, asker: subprocess.Popen[str]) -> None:
    with opened(hub.home, ASKED, lag=0.7) as terminal:
        since = open_bar(terminal, reading=GUARD)
        terminal.press("y")
        terminal.wait_for("too quick", since=since)
        assert asker.poll() is None
        open_bar(terminal, reading=1.4 + CALM)
        terminal.press("y")
        assert asker.wait(20) == 0


def test_a_terminal_that_never_replies_is_told_of_and_approves_nothing(hub: RunningHub, asker: subprocess.Popen[str]) -> None:
    with opened(hub.home, ASKED, lag=None) as terminal:
        since = open_bar(terminal)
        terminal.wait_for('confirm = "digit"', since=since)
        terminal.press("y")
        terminal.wait_for("nothing answered", since=since)
        assert asker.poll() is None


def test_a_pane_ends_with_its_terminal_also_where_no_signal_tells(hub: RunningHub) -> None:
    with opened(hub.home, "live") as terminal:
        os.close(terminal._master)
        terminal._master = os.open(os.devnull, os.O_RDONLY)
        assert terminal.process.wait(20) == -signal.SIGHUP


@pytest.mark.tmux
def test_in_tmux_the_whole_way(hub: RunningHub, asker: subprocess.Popen[str], tmux: Callable[..., str]) -> None:
    tmux("new-session", "-d", "-x", "100", "-y", "30", f"env INBOX_HOME={hub.home} {' '.join(INBOX)}")

    def painted(text: str) -> bool:
        return text in tmux("capture-pane", "-p")

    eventually(lambda: painted(ASKED))
    tmux("send-keys", "a")
    eventually(lambda: painted("y approve"))
    shown_at = time.monotonic()
    eventually(lambda: time.monotonic() > shown_at + CALM)
    tmux("send-keys", "y")
    assert asker.wait(20) == 0
    eventually(lambda: painted("approved by"))
    tmux("send-keys", "q")
