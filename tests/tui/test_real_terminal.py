"""The answer bar in a real terminal, against a real hub: what the keys do when they go through a tty and back."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from commands import INBOX, eventually, running
from hubs import RunningHub
from terminal import Terminal

GUARD = 0.45
"""A little more than what the bar waits where its terminal replies at once."""
CALM = 1.3
"""Long enough on a busy machine too."""


@pytest.fixture
def hub(home: Path) -> Iterator[RunningHub]:
    hub = RunningHub.start(home)
    yield hub
    assert hub.stop() == 0


@pytest.fixture
def asker(hub: RunningHub) -> Iterator[subprocess.Popen[str]]:
    with running("ask", "Deploy to production?", "--timeout", "50", INBOX_HOME=str(hub.home)) as process:
        yield process


@contextmanager
def pane(home: Path, lag: float | None) -> Iterator[Terminal]:
    with Terminal(INBOX, env={"INBOX_HOME": str(home), "HOME": str(home)}, size=(100, 30), lag=lag) as terminal:
        terminal.wait_for("Deploy to production?")
        yield terminal


def open_bar(terminal: Terminal, key: str = "a") -> int:
    """Presses `a` and waits for the bar. Answers where in the output that was."""
    since = len(terminal.output)
    terminal.press(key)
    terminal.wait_for("not now", since=since)
    return since


@pytest.mark.parametrize(("a", "y"), [("a", "y"), ("\x1b[97u", "\x1b[121u")], ids=["legacy", "kitty"])
def test_two_calm_keys_approve_and_the_asker_hears_it(hub: RunningHub, asker: subprocess.Popen[str], a: str, y: str) -> None:
    with pane(hub.home, 0.0) as terminal:
        open_bar(terminal, a)
        terminal.pump(CALM)
        terminal.press(y)
        terminal.wait_for("delivered")
        assert asker.wait(20) == 0


def test_keys_typed_ahead_answer_nothing(hub: RunningHub, asker: subprocess.Popen[str]) -> None:
    with pane(hub.home, 0.0) as terminal:
        since = len(terminal.output)
        terminal.press("ay")
        terminal.wait_for("too quick", since=since)
        terminal.press("ayayayyyyyyy")
        terminal.pump(1.0)
        assert asker.poll() is None


def test_over_a_slow_link_the_reply_starts_the_guard(hub: RunningHub, asker: subprocess.Popen[str]) -> None:
    with pane(hub.home, 0.7) as terminal:
        since = open_bar(terminal)
        terminal.pump(GUARD)
        terminal.press("y")
        terminal.wait_for("too quick", since=since)
        assert asker.poll() is None
        open_bar(terminal)
        terminal.pump(1.4 + CALM)
        terminal.press("y")
        assert asker.wait(20) == 0


def test_a_terminal_that_never_replies_is_told_of_and_approves_nothing(hub: RunningHub, asker: subprocess.Popen[str]) -> None:
    with pane(hub.home, None) as terminal:
        since = open_bar(terminal)
        terminal.wait_for('confirm = "digit"', since=since)
        terminal.press("y")
        terminal.wait_for("nothing answered", since=since)
        assert asker.poll() is None


@pytest.fixture
def tmux(home: Path) -> Iterator[Callable[..., str]]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not on the PATH")

    def run(*arguments: str) -> str:
        command = ["tmux", "-S", str(home / "tmux.sock"), "-f", "/dev/null", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout

    yield run
    subprocess.run(["tmux", "-S", str(home / "tmux.sock"), "kill-server"], capture_output=True, timeout=20)


@pytest.mark.tmux
def test_in_tmux_the_whole_way(hub: RunningHub, asker: subprocess.Popen[str], tmux: Callable[..., str]) -> None:
    tmux("new-session", "-d", "-x", "100", "-y", "30", f"env INBOX_HOME={hub.home} {' '.join(INBOX)}")

    def painted(text: str) -> bool:
        return text in tmux("capture-pane", "-p")

    eventually(lambda: painted("Deploy to production?"))
    tmux("send-keys", "a")
    eventually(lambda: painted("y approve"))
    shown_at = time.monotonic()
    eventually(lambda: time.monotonic() > shown_at + CALM)
    tmux("send-keys", "y")
    assert asker.wait(20) == 0
    eventually(lambda: painted("approved by"))
    tmux("send-keys", "q")
