"""Colours as bytes in a real terminal: none under NO_COLOR, sixteen where it has no more, and the sender's stripe."""

from __future__ import annotations

import re

import pytest
from hubs import RunningHub
from panes import opened

_SGR = re.compile(rb"\x1b\[([0-9;]*)m")
_COLOUR = re.compile(rb"[34]8;5;\d+|[34]8;2;\d+;\d+;\d+|\b(?:3[0-7]|4[0-7]|9[0-7]|10[0-7])\b")


@pytest.fixture
def hub(hub: RunningHub) -> RunningHub:
    hub.publish(title="Disk is filling", severity="error", color="teal")
    return hub


def painted(hub: RunningHub, **env: str) -> tuple[list[bytes], str]:
    """Every colour that was set (`31`, `48;5;2`, `38;2;…`) and all text, over the list, the detail and the themes."""
    with opened(hub.home, "Disk is filling", size=(100, 24), **env) as terminal:
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


def test_no_color_is_no_colour_at_all(hub: RunningHub) -> None:
    colours, text = painted(hub, NO_COLOR="1")
    assert colours == []
    assert "▎" not in text, "a stripe without its colour says nothing"


@pytest.mark.parametrize("env", [{"TERM": "xterm", "COLORTERM": ""}, {"TERM": "screen-16color", "COLORTERM": ""}])
def test_a_terminal_of_sixteen_colours_is_sent_no_other(hub: RunningHub, env: dict[str, str]) -> None:
    colours, _ = painted(hub, **env)
    assert colours
    assert not [code for code in colours if b";" in code]
    assert b"36" in colours or b"46" in colours, "teal, of sixteen"


def test_where_there_are_all_colours_the_theme_is_drawn_as_it_is_written(hub: RunningHub) -> None:
    colours, _ = painted(hub)
    assert any(code.startswith(b"48;2;47;191;165") for code in colours), "the stripe beside the cursor"
