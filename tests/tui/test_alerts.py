"""Which rows ring, how often, and in which words: rules and sequences without a terminal."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tui_world import message, prompt

from inbox_tui.core.config import AlertsSection
from inbox_tui.core.model import Notification
from inbox_tui.core.quiet import minute_of_day, parse_quiet
from inbox_tui.core.times import MINUTE, SECOND
from inbox_tui.tui.alerts import sequences
from inbox_tui.tui.alerts.rules import FIRST_GAP, HELD_MOST, LAST_GAP, Alert, Alerts, Hush, rings

SILENT_HOURS = ("do not disturb", "quiet hours")
PLAIN = message("Backup done", id="1")
ERROR = message("Backup failed", id="2", severity="error")
URGENT = message("Disk full", id="3", priority=2)
QUESTION = prompt("Deploy?", id="4")


@pytest.mark.parametrize(
    ("row", "which", "expected"),
    [
        (PLAIN, "all", True),
        (PLAIN, "warnings", False),
        (ERROR, "warnings", True),
        (replace(PLAIN, priority=1), "warnings", True),
        (ERROR, "needs", False),
        (QUESTION, "needs", True),
        (QUESTION, "warnings", True),
        (replace(QUESTION, priority=-1), "all", False),
        (replace(ERROR, muted=True), "all", False),
        (replace(ERROR, snoozed_until=1), "all", False),
        (replace(ERROR, done_at=1), "all", False),
    ],
)
def test_what_rings(row: Notification, which: str, expected: bool) -> None:
    assert rings(row, AlertsSection(which=which)) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize("hush", SILENT_HOURS)
@pytest.mark.parametrize(
    ("row", "breaks", "expected"),
    [
        (ERROR, ("urgent", "questions"), False),
        (URGENT, ("urgent",), True),
        (URGENT, ("questions",), False),
        (QUESTION, ("urgent",), False),
        (QUESTION, ("questions",), True),
        (replace(URGENT, muted=True), ("urgent",), False),
        (replace(QUESTION, priority=-1), ("questions",), False),
    ],
)
def test_what_breaks_through(row: Notification, breaks: tuple[str, ...], hush: Hush, expected: bool) -> None:
    assert rings(row, AlertsSection(break_through=breaks), hush) is expected  # type: ignore[arg-type]


def test_a_row_that_repeats_rings_once_in_a_while_and_a_question_each_time() -> None:
    alerts = Alerts(AlertsSection(repeat_minutes=5))
    told = []
    for minute in range(12):
        alerts.take([replace(ERROR, count=minute + 1)], minute * MINUTE)
        if (alert := alerts.due(minute * MINUTE)) is not None:
            told.append((minute, alert.row.count))
    assert told == [(0, 1), (5, 6), (10, 11)]
    for second in (0, 60):
        alerts.take([QUESTION], 20 * MINUTE + second * SECOND)
        assert alerts.due(20 * MINUTE + second * SECOND) == Alert(QUESTION)


def test_a_burst_is_one_alert_of_what_matters_most() -> None:
    alerts = Alerts(AlertsSection())
    alerts.take([PLAIN], 0)
    assert alerts.due(0) == Alert(PLAIN)
    alerts.take([replace(PLAIN, id=f"p{n}") for n in range(36)], SECOND)
    alerts.take([QUESTION, ERROR], SECOND)
    assert alerts.due(SECOND) is None
    assert alerts.due(FIRST_GAP) == Alert(QUESTION, 37)
    assert alerts.due(MINUTE) is None


def test_a_burst_of_any_size_is_counted_and_not_kept() -> None:
    alerts = Alerts(AlertsSection())
    alerts.take([replace(PLAIN, id=f"p{n}") for n in range(HELD_MOST)] + [QUESTION], 0, more=400)
    assert len(alerts._held) == HELD_MOST
    assert alerts.due(0) == Alert(QUESTION, HELD_MOST + 400)


def test_what_somebody_dealt_with_meanwhile_does_not_ring() -> None:
    alerts = Alerts(AlertsSection(), is_still=lambda row: row is not QUESTION)
    alerts.take([QUESTION], 0)
    assert alerts.due(0) is None
    alerts.take([ERROR, QUESTION], SECOND)
    assert alerts.due(SECOND) == Alert(ERROR)


@given(st.lists(st.tuples(st.integers(0, 8 * SECOND), st.sampled_from("abcdefgh"), st.booleans()), max_size=80))
def test_never_more_often_than_the_rate_and_every_row_is_told_or_counted(calls: list[tuple[int, str, bool]]) -> None:
    alerts, at, told, accepted = Alerts(AlertsSection(repeat_minutes=0)), 0, [], 0
    for wait, id_, is_prompt in calls:
        at += wait
        alerts.take([replace(PLAIN, id=id_, is_prompt=is_prompt)], at)
        accepted += 1
        if (alert := alerts.due(at)) is not None:
            told.append((at, alert))
    if (alert := alerts.due(at + LAST_GAP)) is not None:
        told.append((at + LAST_GAP, alert))
    times = [at for at, _ in told]
    assert all(later - earlier >= FIRST_GAP for earlier, later in pairwise(times))
    assert sum(1 + alert.more for _, alert in told) == accepted


def test_a_storm_that_does_not_end_rings_ever_more_rarely() -> None:
    alerts, told = Alerts(AlertsSection()), []
    for second in range(200):
        alerts.take([replace(PLAIN, id=str(second))], second * SECOND)
        if alerts.due(second * SECOND) is not None:
            told.append(second)
    assert told[:4] == [0, 3, 9, 21]
    assert {later - earlier for earlier, later in pairwise(told[4:])} == {LAST_GAP // SECOND}


@pytest.mark.parametrize(
    ("text", "quiet", "loud"),
    [
        ("22:00-07:30", ["22:00", "23:59", "00:00", "07:29"], ["07:30", "12:00", "21:59"]),
        ("12:00-13:00", ["12:00", "12:59"], ["11:59", "13:00", "00:00"]),
        ("0:00 - 6:00", ["00:00", "05:59"], ["06:00", "23:59"]),
    ],
)
def test_quiet_hours_may_go_over_midnight(text: str, quiet: list[str], loud: list[str]) -> None:
    span = parse_quiet(text)
    assert span is not None
    for times, expected in ((quiet, True), (loud, False)):
        for clock in times:
            hour, minute = map(int, clock.split(":"))
            assert span.holds_at(hour * 60 + minute) is expected, clock


def test_quiet_hours_are_of_the_local_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        monkeypatch.setitem(os.environ, "TZ", "Asia/Kathmandu")
        time.tzset()
        assert minute_of_day(0) == 5 * 60 + 30
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("text", ["22-7", "24:00-07:00", "22:00", "22:60-23:00", "9:00-9:00"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        parse_quiet(text)


@pytest.mark.parametrize(
    ("environ", "way"),
    [
        ({"TERM": "xterm-kitty"}, "osc99"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "osc99"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "osc9"),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, "osc9"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "osc777"),
        ({"TERM": "xterm-ghostty"}, "osc777"),
        ({"TERM": "foot"}, "osc777"),
        ({"TERM": "rxvt-unicode-256color"}, "osc777"),
        ({"TERM": "xterm-256color"}, "off"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode", "KITTY_WINDOW_ID": "1"}, "off"),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "KITTY_WINDOW_ID": "1"}, "osc99"),
        ({}, "off"),
    ],
)
def test_the_way_to_the_desktop(environ: dict[str, str], way: str) -> None:
    assert sequences.desktop_of(environ) == way


@pytest.mark.parametrize(
    ("environ", "between"),
    [
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux-0/default,1,0"}, "tmux"),
        ({"TERM": "tmux-256color"}, "tmux"),
        ({"TERM": "screen"}, "screen"),
        ({"TERM": "xterm-256color", "STY": "1.pts-0"}, "screen"),
        ({"TERM": "xterm-256color"}, ""),
    ],
)
def test_what_stands_between(environ: dict[str, str], between: str) -> None:
    assert sequences.multiplexer(environ) == between


ALERT = Alert(replace(QUESTION, title="Deploy; now?", source="ci"), 37)


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("osc9", "\x1b]9;inbox · ci: ? Deploy, now? (+37 more)\x07"),
        ("osc777", "\x1b]777;notify;inbox · ci;? Deploy, now? (+37 more)\x07"),
        ("osc99", "\x1b]99;i=inbox5:d=0:u=2;inbox · ci\x07\x1b]99;i=inbox5:p=body;? Deploy, now? (+37 more)\x07"),
        ("off", ""),
    ],
)
def test_the_sequence_of_each_way(way: sequences.Desktop, expected: str) -> None:
    assert sequences.notification(way, ALERT, 5) == expected


def test_wrapped_for_tmux_and_screen() -> None:
    inner = "\x1b]9;hello\x07"
    assert sequences.passed_through(inner, "tmux") == "\x1bPtmux;\x1b\x1b]9;hello\x07\x1b\\"
    assert sequences.passed_through(inner, "screen") == "\x1bP\x1b]9;hello\x07\x1b\\"
    long = sequences.passed_through("\x1b]9;" + "ä" * 300 + "\x07", "screen")
    assert all(len(chunk.encode()) <= sequences.SCREEN_BYTES + 2 for chunk in long.split("\x1b\\"))
    assert long.replace("\x1bP", "").replace("\x1b\\", "") == "\x1b]9;" + "ä" * 300 + "\x07"


@given(st.text(max_size=400), st.text(max_size=100), st.booleans(), st.sampled_from(["osc9", "osc99", "osc777"]))
def test_no_text_of_a_sender_steers_the_terminal_or_grows(
    title: str, source: str, is_prompt: bool, way: sequences.Desktop
) -> None:
    row = message(title, id="1", source=source, is_prompt=is_prompt, actionable=is_prompt)
    written = sequences.notification(way, Alert(row, 3), 1)
    inside = (
        written.replace("\x1b]99;i=inbox1:p=body;", "")
        .removeprefix("\x1b]")
        .removesuffix("\x07")
        .replace("\x07", "", way == "osc99")
    )
    assert not [c for c in inside if ord(c) < 32 or 127 <= ord(c) < 160]
    assert len(written) < 1000
    assert "(+3 more)" in written
