"""Moments as people write them: in their own zone, also over the nights in which the clocks change."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_tui.core.moments import EXAMPLES, parse_moment
from inbox_tui.core.times import SECOND

ZONE = ZoneInfo("Europe/Berlin")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()) * SECOND


NOW = at("2026-10-21 15:04:05")
"""A Wednesday; the clocks go back on the 25th."""


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1h", "2026-10-21 16:04:05"),
        ("2h30", "2026-10-21 17:34:05"),
        ("in 90 minutes", "2026-10-21 16:34:05"),
        ("1h 15m", "2026-10-21 16:19:05"),
        ("3d", "2026-10-24 15:04:05"),
        ("1 week", "2026-10-28 15:04:05"),
        ("18:30", "2026-10-21 18:30"),
        ("9", "2026-10-22 09:00"),
        ("6pm", "2026-10-21 18:00"),
        ("noon", "2026-10-22 12:00"),
        ("today 20", "2026-10-21 20:00"),
        ("Tomorrow", "2026-10-22 09:00"),
        ("tomorrow 9", "2026-10-22 09:00"),
        ("tomorrow at 9 pm", "2026-10-22 21:00"),
        ("fri 14:00", "2026-10-23 14:00"),
        ("wed 16", "2026-10-21 16:00"),
        ("wednesday", "2026-10-28 09:00"),
        ("next wed 16", "2026-10-28 16:00"),
        ("next week", "2026-10-26 09:00"),
        ("next month 8:15", "2026-11-01 08:15"),
        ("2026-12-01", "2026-12-01 09:00"),
        ("2026-12-01 14:00", "2026-12-01 14:00"),
        ("1 dec", "2026-12-01 09:00"),
        ("Dec 1 7:30", "2026-12-01 07:30"),
        ("2 jan", "2027-01-02 09:00"),
        ("5 may 2028", "2028-05-05 09:00"),
    ],
)
def test_what_is_written_is_what_is_meant(text: str, meant: str) -> None:
    assert parse_moment(text, NOW, ZONE) == at(meant)


def test_a_day_is_a_day_on_the_wall_and_an_hour_an_hour() -> None:
    eve = at("2026-10-24 20:00")
    assert parse_moment("tomorrow 9", eve, ZONE) - eve == 14 * 3600 * SECOND
    assert parse_moment("1d", eve, ZONE) == at("2026-10-25 20:00")
    assert parse_moment("24h", eve, ZONE) == at("2026-10-25 19:00")


def test_an_hour_that_the_night_leaves_out_is_the_moment_after_it() -> None:
    eve = at("2026-03-28 20:00")
    assert parse_moment("tomorrow 2:30", eve, ZONE) == at("2026-03-29 03:30")


@pytest.mark.parametrize("text", ["", "soon", "25:00", "13pm", "tomorrow 9 9 9", "31 feb", "2026-13-01", "0m", "-1h", "h", "fr"])
def test_what_cannot_be_read_is_told_with_what_can(text: str) -> None:
    with pytest.raises(ValueError, match="is no time that can be read") as told:
        parse_moment(text, NOW, ZONE)
    assert EXAMPLES in str(told.value)


@pytest.mark.parametrize(("text", "why"), [("today 9", "has passed"), ("2025-01-01", "has passed"), ("2040-01-01", "ten years")])
def test_what_is_no_moment_to_come_is_told(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_moment(text, NOW, ZONE)


@pytest.mark.parametrize("text", EXAMPLES.split(", "))
def test_the_examples_can_be_read(text: str) -> None:
    assert parse_moment(text, NOW, ZONE) > NOW


WORDS = st.sampled_from([*"0123456789", "tomorrow", "fri", "next", "dec", "h", "m", "d", ":", " ", "-", "2026", "pm", "in", "²"])


@given(st.lists(WORDS, max_size=9).map("".join) | st.text(max_size=20), st.integers(0, 4_000_000_000))
def test_whatever_is_written_it_is_a_moment_to_come_or_a_problem(text: str, seconds: int) -> None:
    now = seconds * SECOND + 7
    with suppress(ValueError):
        assert parse_moment(text, now, ZONE) > now
