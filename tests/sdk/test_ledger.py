"""Times and counters of a run, as tables of what happened when and what the end then says. No clock but the table's."""

from __future__ import annotations

import math

import pytest

from inbox_tui.sdk.ledger import COUNTERS, METRICS_MOST, TIMINGS, Ledger

Steps = list[tuple[int, str]]


def figures(steps: Steps) -> dict[str, int]:
    """The phases that a run enters at these milliseconds → what is known at the last of them."""
    ledger = Ledger()
    for at, phase in steps:
        ledger.enter(phase, at)
    return ledger.meta(steps[-1][0])


def spent(total: int, active: int, **more: int) -> dict[str, int]:
    return {"total_duration_ms": total, "active_ms": active, **more}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([(1000, "running"), (48_200, "ended")], spent(47_200, 47_200)),
        ([(0, "queued"), (1240, "running"), (48_440, "ended")], spent(47_200, 47_200, queue_ms=1240)),
        ([(0, "running"), (100, "paused"), (130, "running"), (200, "ended")], spent(200, 170, pause_ms=30)),
        ([(0, "running"), (100, "waiting"), (140, "running"), (200, "ended")], spent(200, 160, wait_ms=40)),
        ([(0, "running"), (10, "paused"), (30, "waiting"), (60, "ended")], spent(60, 10, pause_ms=20, wait_ms=30)),
        (
            [(0, "running"), (10, "waiting"), (30, "paused"), (60, "running"), (70, "ended")],
            spent(70, 20, pause_ms=30, wait_ms=20),
        ),
        (
            [(0, "running"), (1, "paused"), (3, "running"), (10, "paused"), (15, "running"), (20, "ended")],
            spent(20, 13, pause_ms=7),
        ),
        ([(0, "running"), (10, "paused"), (20, "paused"), (30, "running"), (30, "ended")], spent(30, 10, pause_ms=20)),
        ([(500, "queued"), (900, "ended")], spent(0, 0, queue_ms=400)),
        ([(500, "ended")], spent(0, 0)),
        ([(100, "running"), (50, "paused"), (40, "running"), (30, "ended")], spent(0, 0)),
        ([(1000, "running"), (1100, "paused"), (900, "running"), (1300, "ended")], spent(300, 300)),
    ],
)
def test_what_an_end_says_of_time(steps: Steps, expected: dict[str, int]) -> None:
    assert figures(steps) == expected


@pytest.mark.parametrize(
    ("steps", "now", "expected"),
    [
        ([(0, "queued")], 70, {"queue_ms": 70}),
        ([(0, "queued"), (70, "running")], 100, {"queue_ms": 70}),
        ([(0, "running"), (10, "paused")], 35, {"pause_ms": 25}),
        ([(0, "running"), (10, "waiting")], 35, {"wait_ms": 25}),
        ([(0, "running")], 35, {}),
    ],
)
def test_what_is_said_on_the_way(steps: Steps, now: int, expected: dict[str, int]) -> None:
    """An open stretch counts up to now; how long it took is said at the end only."""
    ledger = Ledger()
    for at, phase in steps:
        ledger.enter(phase, at)
    assert ledger.meta(now) == expected


def test_time_stands_still_after_the_end() -> None:
    ledger = Ledger()
    ledger.enter("running", 0)
    ledger.enter("ended", 50)
    assert ledger.meta(9_999) == spent(50, 50)
    assert ledger.duration(9_999) == 50


def test_counters_are_said_once_they_are_something() -> None:
    ledger = Ledger()
    ledger.enter("running", 0)
    for counter in ("retry_count", "retry_count", "loop_count"):
        ledger.count(counter)
    assert ledger.meta(1) == {"retry_count": 2, "loop_count": 1}


@pytest.mark.parametrize(
    ("values", "expected"),
    [([512, 88], 600), ([0.5, 0.25], 0.75), ([1, 0.5], 1.5), (["a", "b"], "b"), ([3, "a"], "a"), (["a", 3], 3), ([True, 2], 2)],
)
def test_numbers_add_up_and_texts_replace(values: list[int | float | str], expected: int | float | str) -> None:
    ledger = Ledger()
    for value in values:
        ledger.metric("it", value)
    assert ledger.meta(0) == {"it": expected}


@pytest.mark.parametrize("name", [*TIMINGS, *COUNTERS, "", "x" * 101])
def test_names_that_are_no_metric(name: str) -> None:
    with pytest.raises(ValueError, match=r"metric's name|counted by itself"):
        Ledger().metric(name, 1)


@pytest.mark.parametrize("value", [math.nan, math.inf, 1 << 63, None, [1]])
def test_values_that_no_hub_takes(value: float) -> None:
    with pytest.raises(ValueError, match="finite number"):
        Ledger().metric("it", value)


def test_a_sum_that_no_hub_takes_leaves_what_was() -> None:
    ledger = Ledger()
    ledger.metric("it", (1 << 63) - 1)
    with pytest.raises(ValueError, match="finite number"):
        ledger.metric("it", 1)
    assert ledger.metrics == {"it": (1 << 63) - 1}


def test_there_are_only_so_many_metrics() -> None:
    ledger = Ledger()
    for n in range(METRICS_MOST):
        ledger.metric(f"m{n}", 1)
    ledger.metric("m0", 1)
    with pytest.raises(ValueError, match="at most"):
        ledger.metric("one more", 1)
