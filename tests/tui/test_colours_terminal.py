"""Colours as bytes in a real terminal: none under NO_COLOR, sixteen where it has no more, and the sender's stripe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import INBOX
from hubs import RunningHub
from terminal import Terminal

_SGR = re.compile(rb"\x1b\[([0-9;]*)m")
_COLOUR = re.compile(rb"[34]8;5;\d+|[34]8;2;\d+;\d+;\d+|\b(?:3[0-7]|4[0-7]|9[0-7]|10[0-7])\b")


@pytest.fixture
def home(home: Path) -> Iterator[Path]:
    hub = RunningHub.start(home)
    hub.publish(title="Disk is filling", severity="error", color="teal")
    yield home
    assert hub.stop() == 0


def painted(home: Path, **env: str) -> tuple[list[bytes], str]:
    """Every colour that was set (`31`, `48;5;2`, `38;2;…`) and all text, over the list, the detail and the themes."""
    with Terminal(INBOX, env={"INBOX_HOME": str(home), "HOME": str(home), **env}, size=(100, 24)) as terminal:
        terminal.wait_for("Disk is filling")
        since = len(terminal.output)
        terminal.press("T")
        terminal.wait_for("as before", since=since)
        terminal.press("j")
        for _ in range(80):  # back from the themes with one, out with the next
            if terminal.process.poll() is not None:
                break
            terminal.press("q")
            terminal.pump(0.25)
        terminal.process.wait(10)
        return _COLOUR.findall(b" ".join(_SGR.findall(bytes(terminal.output)))), terminal.text()


def test_no_color_is_no_colour_at_all(home: Path) -> None:
    colours, text = painted(home, NO_COLOR="1")
    assert colours == []
    assert "▎" not in text, "a stripe without its colour says nothing"


@pytest.mark.parametrize("env", [{"TERM": "xterm", "COLORTERM": ""}, {"TERM": "screen-16color", "COLORTERM": ""}])
def test_a_terminal_of_sixteen_colours_is_sent_no_other(home: Path, env: dict[str, str]) -> None:
    colours, _ = painted(home, **env)
    assert colours
    assert not [code for code in colours if b";" in code]
    assert b"36" in colours or b"46" in colours, "teal, of sixteen"


def test_where_there_are_all_colours_the_theme_is_drawn_as_it_is_written(home: Path) -> None:
    colours, _ = painted(home)
    assert any(code.startswith(b"48;2;47;191;165") for code in colours), "the stripe beside the cursor"
