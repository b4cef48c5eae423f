"""Times inside and on the wire."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_tui.core import times
from inbox_tui.core.times import SECOND, from_sender, from_wire, to_wire

AT = 1_700_000_000 * SECOND + 123_456


@given(st.integers(-62_135_596_800 * SECOND, 253_402_300_799 * SECOND))
def test_there_and_back(at: int) -> None:
    assert from_wire(to_wire(at)) == at


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2023-11-14T22:13:20.123456Z", AT),
        ("2023-11-14T23:13:20.123456+01:00", AT),
        ("2023-11-14T22:13:20.123456", AT),
        ("2023-11-14T22:13:20Z", AT - 123_456),
        ("2023-11-14T22:13:20.123Z", AT - 456),
        ("", None),
        (None, None),
    ],
)
def test_what_is_taken(text: str | None, at: int | None) -> None:
    assert from_wire(text) == at


def test_nothing_is_nothing() -> None:
    assert to_wire(None) is None
    assert to_wire(AT) == "2023-11-14T22:13:20.123456Z"
    with pytest.raises(ValueError, match="Invalid"):
        from_wire("yesterday")


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_what_could_not_be_written_again_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="out of the years"):
        from_wire(text)


@pytest.mark.parametrize(
    ("ts", "at"),
    [
        (1_700_000_000, 1_700_000_000 * SECOND),
        (1_700_000_000.5, 1_700_000_000 * SECOND + 500_000),
        (1_700_000_000_123, 1_700_000_000 * SECOND + 123_000),
        (None, None),
        (0, None),
        (-5, None),
        (float("nan"), None),
        (float("inf"), None),
        (1e30, None),
    ],
)
def test_a_senders_time_is_seconds_or_milliseconds(ts: float | None, at: int | None) -> None:
    assert from_sender(ts) == at


def test_the_clock_counts_microseconds() -> None:
    assert times.now() > AT
