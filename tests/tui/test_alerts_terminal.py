"""Alerts as bytes: in a pseudo-terminal, through a real tmux, and never for what is replayed."""

from __future__ import annotations

import os
import shutil
import signal

import pytest
from commands import INBOX
from hubs import RunningHub
from panes import opened
from terminal import Terminal
from tui_world import OpenPane, message, numbered, prompt

from inbox_tui.core.config import AlertsSection
from inbox_tui.tui.messages import Raised

TITLE = b"\x1b]2;"


def bells(terminal: Terminal) -> int:
    """Every BEL that ends no sequence, with what still comes now: titles and alerts end in one as well."""
    terminal.pump(0.05)
    plain, inside = 0, False
    for before, byte in zip(b"\0" + terminal.output, terminal.output, strict=False):
        inside = inside or (before == 0x1B and byte == ord("]"))
        if byte == 0x07:
            plain += not inside
            inside = False
    return plain


def test_what_comes_rings_once_and_what_was_there_never(hub: RunningHub) -> None:
    for n in range(3):
        hub.publish(title=f"old {n}", kind="message")
    hub.publish(title="old question?", choices=[{"key": "approve", "label": "yes"}, {"key": "reject", "label": "no"}])
    with opened(hub.home, TERM="xterm-kitty") as terminal:
        terminal.wait_for(b"\x1b]2;inbox (1)\x07")
        assert terminal.output.index(b"\x1b[22;2t") < terminal.output.index(TITLE)
        hub.publish(title="fresh \x1b]52;c;AAAA\x07 news", kind="message", source="ci")
        terminal.wait_for(b"\x1b]99;i=inbox1:d=0:u=1;inbox \xc2\xb7 ci\x07\x1b]99;i=inbox1:p=body;\xc2\xb7 fresh news\x07\x07")
        assert bells(terminal) == 1
        assert b"]52;" not in terminal.output
        assert b";? old" not in terminal.output
        terminal.press("q")
        terminal.wait_for(b"\x1b]2;\x07\x1b[23;2t")


def test_what_came_while_the_hub_was_away_is_shown_and_does_not_ring(hub: RunningHub) -> None:
    hub.options["listen"] = hub.listen
    with opened(hub.home, TERM="xterm-kitty") as terminal:
        os.kill(terminal.process.pid, signal.SIGSTOP)
        hub.stop()
        hub.restart()
        hub.publish(title="first of the new life", kind="message")
        os.kill(terminal.process.pid, signal.SIGCONT)
        terminal.wait_for("first of the new life")
        hub.publish(title="told aloud", kind="message")
        terminal.wait_for(b"told aloud\x07\x07")
        assert b"p=body;\xc2\xb7 first of" not in terminal.output
        assert bells(terminal) == 1


def test_do_not_disturb_is_shown_kept_and_holds_the_bell(hub: RunningHub) -> None:
    with opened(hub.home, TERM="xterm-kitty") as terminal:
        terminal.press("D")
        terminal.wait_for("☾ do not disturb")
    with opened(hub.home, TERM="xterm-kitty") as terminal:
        terminal.wait_for("☾ do not disturb")
        hub.publish(title="quietly", kind="message")
        terminal.wait_for("quietly")
        hub.publish(title="the house burns", kind="message", priority=2)
        terminal.wait_for(b"the house burns\x07\x07")
        assert bells(terminal) == 1
        assert b"p=body;\xc2\xb7 quietly" not in terminal.output


def test_wrapped_for_screen(hub: RunningHub) -> None:
    with opened(hub.home, TERM="screen", STY="1.pts-0", INBOX_ALERTS_DESKTOP="osc9", COLORTERM="") as terminal:
        hub.publish(title="news", kind="message", source="ci")
        terminal.wait_for("\x1bP\x1b]9;inbox · ci: · news\x07\x1b\\\x07".encode())


@pytest.mark.tmux
def test_through_a_real_tmux_the_terminal_outside_gets_it_in_its_own_way(hub: RunningHub) -> None:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not on the PATH")
    configuration = hub.home / "tmux.conf"
    configuration.write_text("set -g allow-passthrough on\nset -g default-terminal screen-256color\n")
    tmux = ["tmux", "-S", str(hub.home / "tmux.sock"), "-f", str(configuration)]
    pane = [*tmux, "new-session", "-s", "work", *INBOX]
    # A server that was started in a kitty; the terminal that is attached is another.
    with opened(hub.home, command=pane, TERM="rxvt-unicode", KITTY_WINDOW_ID="1") as terminal:
        hub.publish(title="news", kind="message", source="ci")
        terminal.wait_for("\x1b]777;notify;inbox · ci;· news\x07".encode())
        terminal.press("q")
        terminal.pump(5.0)


async def test_in_the_pane_a_burst_is_one_line(pane: OpenPane) -> None:
    written: list[str] = []
    async with pane([]) as it:
        it.app.alerter._write = written.append
        it.app.alerter.configure(AlertsSection(desktop="osc9", bell=False))
        rows = numbered([message(f"m{n}", 100 - n) for n in range(30)] + [prompt("Deploy?", 1)])
        await it.arrive(*rows)
        await it.tell(Raised(tuple(rows), more=7))
        await it.until(lambda: any("Deploy?" in text for text in written))
        assert [text for text in written if "]9;" in text] == ["\x1b]9;inbox · tests: ? Deploy? (+37 more)\x07"]
