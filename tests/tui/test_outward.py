"""What reaches past the screen: links, the clipboard, tmux. Bytes in real terminals, panes of a real tmux."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from commands import INBOX, eventually
from hubs import RunningHub
from panes import opened
from tui_world import OpenPane, message, numbered

from inbox_tui.tui.copying import COPY_MOST, clipboard, copy
from inbox_tui.tui.jump import jump, pane_of
from inbox_tui.tui.outward import links_of

URL = "https://ci.example/run/7?x=1"
COPIED = clipboard(URL).encode()
SHOWN = b";" + URL.encode() + b"\x1b\\"
WIDE = (140, 30)


def test_over_ssh_a_link_is_copied_and_shown_to_click(hub: RunningHub) -> None:
    hub.publish(title="build", kind="message", open_url=URL)
    with opened(hub.home, size=WIDE, SSH_CONNECTION="1 2 3 4") as terminal:
        terminal.press("o")
        terminal.wait_for(COPIED)
        terminal.wait_for(SHOWN)
        terminal.wait_for("does not confirm it")
        since = len(terminal.output)
        terminal.press("Y")
        terminal.wait_for("as JSON, sent", since=since)
        encoded = bytes(terminal.output[since:]).split(b"\x1b]52;c;")[1].split(b"\x07")[0]
        assert json.loads(base64.b64decode(encoded))["open_url"] == URL


def test_the_browser_that_is_named_is_used_over_ssh_too(hub: RunningHub) -> None:
    hub.publish(title="build", kind="message", open_url=URL)
    seen = hub.home / "seen"
    browser = hub.home / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {seen}.new && mv {seen}.new {seen}\n')
    browser.chmod(0o755)
    with opened(hub.home, size=WIDE, SSH_CONNECTION="1 2 3 4", BROWSER=str(browser)) as terminal:
        terminal.press("o")
        terminal.wait_for("opened ci.example")
        assert eventually(seen.exists)
        assert seen.read_text() == URL
        assert b"]52;" not in terminal.output


@pytest.mark.parametrize(
    ("environ", "written", "said"),
    [
        ({"TERM": "xterm"}, "\x1b]52;c;aGk=\x07", "x sent to the clipboard (2 bytes); the terminal does not confirm it"),
        ({"TERM": "tmux-256color"}, "\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\", "it needs allow-passthrough"),
        ({"TERM": "screen"}, "\x1bP\x1b]52;c;aGk=\x07\x1b\\", "does not confirm"),
    ],
)
def test_copying_is_wrapped_and_says_what_it_did(environ: dict[str, str], written: str, said: str) -> None:
    wrote: list[str] = []
    assert said in copy("x", "hi", wrote.append, environ)
    assert wrote == [written]


def test_what_terminals_would_drop_is_not_sent() -> None:
    wrote: list[str] = []
    assert "not copied" in copy("x", "ä" * (COPY_MOST // 2 + 1), wrote.append, {})
    assert wrote == []


def test_links_are_only_those_that_are_safe() -> None:
    row = message("x", details={"open_url": "javascript:alert(1)", "download_url": "https://a.example/x", "image_url": URL})
    assert [(name, link.host) for name, link in links_of(row).items()] == [("download", "a.example"), ("image", "ci.example")]


async def test_among_several_links_one_is_chosen(pane: OpenPane) -> None:
    row = message("x", details={"open_url": URL, "download_url": "https://a.example/x"})
    async with pane(numbered([row, message("none", 100)])) as it:
        await it.press("O")
        await it.until(lambda: it.app.screen is not it.main)
        await it.pilot.press("escape")
        await it.press("j", "o")
        assert "no link here" in it.footer


HERE = socket.gethostname()


@pytest.mark.parametrize(
    ("details", "pane", "why"),
    [
        ({"tmux_pane": "%3", "host": HERE}, "%3", ""),
        ({"tmux_pane": "%3", "host": f"{HERE}.example.org"}, "%3", ""),
        ({"tmux_pane": "%3"}, "%3", ""),
        ({"tmux_pane": "%3", "host": "elsewhere"}, "", "it runs on elsewhere, not here"),
        ({"tmux_pane": "-t evil"}, "", "no tmux pane"),
        ({"tmux_pane": "%3; kill-server"}, "", "no tmux pane"),
        ({}, "", "did not say"),
    ],
)
def test_which_pane(details: dict[str, str], pane: str, why: str) -> None:
    found, said = pane_of(replace(message("x"), details=details))
    assert found == pane
    assert why in said


@pytest.mark.tmux
def test_in_tmux_it_goes_to_the_sender_s_pane_and_copies_to_its_buffer(hub: RunningHub, tmux: Callable[..., str]) -> None:
    server = ["tmux", "-S", str(hub.home / "tmux.sock"), "-f", "/dev/null"]
    with opened(hub.home, command=[*server, "new-session", "-s", "mine", *INBOX], size=WIDE) as terminal:
        tmux("set", "-g", "allow-passthrough", "on")
        theirs = tmux("new-session", "-d", "-s", "theirs", "-P", "-F", "#{pane_id}", "sleep 60")
        hub.publish(title="turn is over", kind="message", tmux_pane=theirs, host=HERE, open_url=URL)
        terminal.wait_for("turn is over")
        terminal.press("y")
        terminal.wait_for(COPIED)
        assert eventually(lambda: "copied to tmux" in tmux("capture-pane", "-p", "-t", "mine"))
        assert tmux("show-buffer") == URL
        terminal.press("t")
        assert eventually(lambda: tmux("display-message", "-p", "#{client_session}") == "theirs")


@pytest.mark.tmux
def test_from_outside_it_brings_the_pane_to_the_front(
    tmux: Callable[..., str], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    first = tmux("new-session", "-d", "-s", "work", "-P", "-F", "#{pane_id}", "sleep 60")
    tmux("new-window", "-t", "work", "sleep 60")
    monkeypatch.setenv("TMUX", f"{home}/tmux.sock,1,0")  # for finding the server alone
    row = replace(message("x"), details={"tmux_pane": first, "host": HERE})
    assert jump(row, {}) == f"{first} is in front: tmux attach -t work"
    assert tmux("display-message", "-p", "-t", "work", "#{pane_id}") == first
    assert "tmux cannot show %99" in jump(replace(row, details={"tmux_pane": "%99"}), {})
