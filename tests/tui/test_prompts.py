"""What the footer asks has room in every pane: words are left out, never cut in two."""

from __future__ import annotations

import pytest

from inbox_tui.core.moments import EXAMPLES
from inbox_tui.core.mutes import Scope
from inbox_tui.tui.prompts import Moment, Muted, MuteMenu
from inbox_tui.tui.widgets.line import Piece, cells


def said(pieces: list[Piece]) -> str:
    return "".join(text for text, _ in pieces)


def refused(text: str) -> int:
    raise ValueError(f"{text!r} is no time that can be read; write {EXAMPLES}")


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_time_is_taught_by_whole_examples(width: int) -> None:
    asked = Moment("snooze until", refused, lambda: 0, lambda at: None)
    taught = said(asked.lines(width)[2])
    for key in "noon":
        asked.take(key)
    asked.take("enter")
    problem = said(asked.lines(width)[2])
    for line in (taught, problem):
        assert len(line) <= width
        examples = line[line.index("2h30") :].removesuffix(", …").split(", ")
        assert examples == EXAMPLES.split(", ")[: len(examples)]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_every_span_of_a_mute_is_told(width: int) -> None:
    scopes: list[tuple[str, Scope]] = [("n", "notification"), ("k", "task"), ("s", "source")]
    menu = MuteMenu([Muted(key, scope, scope * 3) for key, scope in scopes], lambda *_: None, lambda: None, "notification")
    what, _, how = menu.lines(width)
    assert cells(what) <= width
    assert cells(how) <= width
    assert all(words in said(how) for words in ("1 1", "4 4", "t tomorrow", "w next week", "e for ever", "l list"))
