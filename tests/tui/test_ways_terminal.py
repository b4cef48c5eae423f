"""Every way into the terminal and out of it, as bytes in a real one: what the pane may write, that it undoes what it set, and
that no sender, nor a hub that cleans nothing, can write anything of its own."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hubs import RunningHub
from panes import CALM, open_bar, opened
from tui_world import message, numbered, prompt

from inbox_tui.cache import schema, steps
from inbox_tui.core.config import AlertsSection
from inbox_tui.core.feed import Opening, Page, item_of
from inbox_tui.core.model import Notification, encode
from inbox_tui.core.paths import find_paths
from inbox_tui.core.times import now
from inbox_tui.tui.alerts.rules import Alert, rings
from inbox_tui.tui.alerts.sequences import Desktop, notification

_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]P^_X].*?(?:\x07|\x1b\\)|\x1b.?", re.DOTALL)
_OWN = re.compile(
    r"\x1b\[[\d;]*m|\x1b\[\d+;\d+H"  # what is drawn: colours and places
    r"|\x1b\[\?(?:1049|25|1000|1003|1004|1006|1015|2004|7)[hl]|\x1b\[\?20(?:26|48)\$p|\x1b\[>\d+u|\x1b\[<u|\x1b\[6n"
    r"|\x1b\[2[23];2t|\x1b\]2;(?:inbox(?: \([\d,]+\))?)?\x07|\x1b\]22;default\x07"
    r"|\x1b\]8;id=\d+;https?://[!-~]+\x1b\\|\x1b\]8;;\x1b\\"
    r"|\x1b\]52;c;[A-Za-z0-9+/=]*\x07"
)
"""All that a pane writes which rings nothing."""
_DESKTOP: dict[Desktop, str] = {
    "osc9": r"\x1b]9;inbox[^\0-\x1f\x7f-\x9f;]*\x07",
    "osc777": r"\x1b]777;notify;inbox[^\0-\x1f\x7f-\x9f;]*;[^\0-\x1f\x7f-\x9f;]+\x07",
    "osc99": r"(?:\x1b]99;i=inbox1:[a-z0-9:=]+;[^\0-\x1f\x7f-\x9f;]+\x07){2}",
}
_PIECES = (
    "\x1b]52;c;cm0=\x07", "\x1b]0;owned\x07", "\x1b]8;;http://evil.example\x1b\\", "\x1bPtmux;\x1b\x1b]9;x\x07\x1b\\", "\x1b[2J",
    "\x1b[?1049l", "\x1b[6n", "\x1b[201~", "\x1b_Ga=T\x1b\\", "\x1bc", "\x9b2J", "\x9d52;c;cm0=\x9c", "\x90q\x9c", "\x07",
    "\x08\x7f", "\r\n", "\x0e", "\x1b", "\u202e", "\u200b",
    "[bold]", "[link=http://evil.example]", ";", "日本", "e\u0301", "a", " ok ",
)  # fmt: skip


def _hostile(chance: random.Random) -> Notification:
    def said() -> str:
        return "".join(chance.choices(_PIECES, k=chance.randrange(1, 8)))

    details = {name: said() for name in ("status", "progress", "command", "prompt", "tool_name", "color", "cwd", "host", "repo",
                                         "branch", "tmux_pane", "url_title", "session_id")}  # fmt: skip
    details |= {"open_url": f"https://a.example/{said()}", "image_url": said(), "download_url": said()}
    more = {"tags": [said(), said()], "meta": {said(): said(), "n": 1}, "file_paths": [said()]}
    make = prompt if chance.random() < 0.3 else message
    return make(said(), body=said(), source=said(), task_name=said(), details=details | more)


def _keep(home: Path, rows: list[Notification]) -> None:
    """In the cache, as a hub would have said it that cleans nothing."""
    path = find_paths({"INBOX_HOME": str(home)}).cache_database
    path.parent.mkdir(parents=True, exist_ok=True)
    schema.prepare(path)
    db = schema.connect(path)
    try:
        steps.begin(db, "http://127.0.0.1:9", None, Opening(1, 1, 1, 0, True), now())
        steps.merge(db, "http://127.0.0.1:9", Page(1, len(rows) + 1, "", tuple(item_of(row, encode(row)) for row in rows), ""))
    finally:
        db.close()


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.soak) for n in range(2, 40))])
def test_no_sender_and_no_hub_writes_anything_of_its_own(home: Path, seed: int) -> None:
    chance = random.Random(seed)
    _keep(home, numbered([_hostile(chance) for _ in range(30)]))
    with opened(home, "of 30", size=(150, 40), INBOX_HUB="http://127.0.0.1:9", SSH_CONNECTION="1 2 3 4") as terminal:
        for keys in ("o", "Y", "t", "\r", "+", "\x1b", "v", *("j", "y", "o", "O", "\x1b") * 4, "/", "evil\r", "\x1b", "=s", "G"):
            terminal.press(keys)
            terminal.pump(0.15 if keys == "\x1b" else 0.06)
        terminal.press("q")
        assert not terminal.pump(20), "it leaves, so that nothing is cut off in its middle"
        written = bytes(terminal.output).decode()
    found = _SEQUENCE.findall(written)
    assert [sequence for sequence in found if not _OWN.fullmatch(sequence)] == []
    assert sum(sequence.startswith("\x1b]52;") for sequence in found) > 3
    drawn = _SEQUENCE.sub("", written)
    assert not set(drawn) & {*map(chr, (*range(10), 11, 12, *range(14, 32), *range(0x7F, 0xA0))), "\u202e", "\u200b"}


@pytest.mark.parametrize("way", [*_DESKTOP])
def test_what_a_desktop_is_told_stays_inside_its_sequence(way: Desktop) -> None:
    chance = random.Random(5)
    for _ in range(300):
        row = _hostile(chance)
        assert rings(row, AlertsSection())
        assert re.fullmatch(_DESKTOP[way], notification(way, Alert(row), 1))


@pytest.mark.parametrize(
    ("program", "sequence"),
    [("iTerm.app", "\x1b]9;inbox · ci: · news\x07\x07"), ("WezTerm", "\x1b]777;notify;inbox · ci;· news\x07\x07")],
)
def test_a_terminal_is_rung_in_its_own_way(hub: RunningHub, program: str, sequence: str) -> None:
    with opened(hub.home, TERM_PROGRAM=program) as terminal:
        hub.publish(title="news", kind="message", source="ci")
        terminal.wait_for(sequence.encode())


def test_screen_hands_the_clipboard_on(hub: RunningHub) -> None:
    hub.publish(title="build", kind="message", open_url="https://ci.example/7")
    with opened(hub.home, TERM="screen-256color", STY="1.pts-0", SSH_CONNECTION="1 2 3 4") as terminal:
        terminal.press("y")
        terminal.wait_for(b"\x1bP\x1b]52;c;aHR0cHM6Ly9jaS5leGFtcGxlLzc=\x07\x1b\\")


def test_what_was_set_is_set_back(hub: RunningHub) -> None:
    with opened(hub.home) as terminal:
        terminal.press("q")
        terminal.wait_for(b"\x1b[?1049l")
        terminal.pump(2)
        written = bytes(terminal.output).decode()
    modes: dict[str, str] = dict(re.findall(r"\x1b\[\?(\d+)([hl])", written))
    assert modes == {"1049": "l", "25": "h", "7": "h", **dict.fromkeys(("1000", "1003", "1004", "1006", "1015", "2004"), "l")}
    assert written.count("\x1b[>25u") == written.count("\x1b[<u") == 1


@pytest.fixture
def asked(hub: RunningHub) -> str:
    hub.publish(title="Deploy?", choices=[{"key": "approve", "label": "yes"}, {"key": "reject", "label": "no"}])
    return "Deploy?"


@pytest.mark.parametrize("said", ["\x1b[O", "\x1b[200~y\x1b[201~"], ids=["focus lost", "pasted"])
def test_what_is_no_key_closes_the_question(hub: RunningHub, asked: str, said: str) -> None:
    with opened(hub.home, asked) as terminal:
        since = open_bar(terminal, reading=CALM)
        terminal.press(said)
        terminal.wait_for("not answered", since=since)
    assert "decision" not in hub.call("GET", "/api/notifications?limit=1").document["items"][0]
