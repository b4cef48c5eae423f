"""How a wrapped command's end and its lines are understood."""

from __future__ import annotations

import re
import signal

import pytest

from inbox_tui.cli.heard import LINE_MOST, TAIL_BYTES, Heard
from inbox_tui.cli.story import outcome


@pytest.mark.parametrize(
    ("code", "passed_on", "has_timed_out", "verb"),
    [
        (0, 0, False, "complete"),
        (1, 0, False, "fail"),
        (130, 0, False, "cancel"),
        (2, signal.SIGINT, False, "cancel"),
        (0, signal.SIGINT, False, "complete"),
        (143, 0, False, "terminate"),
        (129, 0, False, "terminate"),
        (137, 0, False, "terminate"),
        (1, signal.SIGTERM, False, "terminate"),
        (139, 0, False, "fail"),
        (255, 0, False, "fail"),
        (143, 0, True, "timeout"),
        (0, 0, True, "timeout"),
    ],
)
def test_how_it_ended(code: int, passed_on: int, has_timed_out: bool, verb: str) -> None:
    assert outcome(code, passed_on, has_timed_out)[0] == verb


@pytest.mark.parametrize(
    ("pattern", "printed", "step"),
    [
        (r"(\d+)%", b"at 40%\n", ("at 40%", 0.4)),
        (r"(\d+)%", b"at 40%\rat 41%\r", ("at 41%", 0.41)),
        (r"(\d+)/(\d+)", b"3/4\nnothing\n", ("3/4", 0.75)),
        (r"([\d,]+) of ([\d,]+)", b"1,000 of 4,000\n", ("1,000 of 4,000", 0.25)),
        (r"(\d+)/(\d+)", b"3/0\n", ("3/0", None)),
        (r"step", b"\x1b[32mstep\x1b[0m one\n", ("step one", None)),
        (r"step", b"step without an end", None),
    ],
)
def test_progress_in_a_line(pattern: str, printed: bytes, step: tuple[str, float | None] | None) -> None:
    whole, pieces = Heard(re.compile(pattern)), Heard(re.compile(pattern))
    whole.hear(printed)
    for n in range(len(printed)):
        pieces.hear(printed[n : n + 1])
    assert whole.step == pieces.step == step


@pytest.mark.parametrize(
    ("printed", "lines"),
    [
        (b"", ""),
        (b"one\ntwo", "one\ntwo"),
        (b"one\r\n\r\n\ntwo\r\n", "one\ntwo"),
        (b"10%\r99%\rdone\n", "done"),
        (b"\x1b]0;title\x07\x1b[1mbold\x1b[0m\x00\n", "bold"),
        (b"\xff\xfe ok\n", "\ufffd\ufffd ok"),
        (b"password=hunter2hunter2\n", "password=[redacted]"),
    ],
)
def test_the_last_lines_as_a_person_saw_them(printed: bytes, lines: str) -> None:
    heard = Heard()
    heard.hear(printed)
    assert heard.last_lines() == lines


def test_only_the_end_is_remembered() -> None:
    heard = Heard(re.compile("x"))
    for _ in range(100):
        heard.hear(b"y" * TAIL_BYTES)
    heard.hear(b"\nend")
    assert heard.last_lines().endswith("end")
    assert len(heard.last_lines()) <= LINE_MOST + 10
    assert len(heard._tail) == TAIL_BYTES
    assert len(heard._line) <= LINE_MOST
