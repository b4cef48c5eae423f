"""When a key may answer, against the executable specification of the answer bar."""

from __future__ import annotations

from itertools import islice, product

import pytest
from models.keys_spec import GUARD, KEYS, KINDS, SETS, run, sequences

from inbox_tui.tui.guard import GUARD_SECONDS, Guard


def approves_blindly(keys: tuple[tuple[str, str, int], ...], lag: int) -> bool:
    """The specification's world, in milliseconds, with our guard in it."""
    pressed = read = handled = 0
    guard: Guard | None = None
    seen = 0
    for letter, kind, stall in keys:
        after, delay = KINDS[kind]
        pressed += after
        read = max(read, pressed) + delay
        handled = max(handled, read) + stall
        if guard is None:
            if letter == "a":
                guard, seen = Guard(), handled + lag
                guard.shown(handled / 1000)
            continue
        if pressed >= seen:
            guard.replied(seen / 1000)
        if letter == "y" and not guard.is_early(read / 1000):
            return pressed < seen or kind == "auto-repeat"
        guard = None
    return False


def test_our_guard_is_the_specification_s() -> None:
    assert GUARD_SECONDS * 1000 == GUARD


@pytest.mark.parametrize("every", [pytest.param(7, id="one-in-seven")])
def test_no_sequence_of_keys_approves_what_was_not_seen(every: int) -> None:
    tried = 0
    for lag, keys in islice(sequences(), 0, None, every):
        tried += 1
        assert not approves_blindly(keys, lag), (lag, keys)
    assert tried > 10_000


def test_it_answers_exactly_where_the_specification_does() -> None:
    """Not only never blind: also never deaf. A calm `a`, then a calm `y`, approves."""
    for lag, keys in ((lag, keys) for lag in (0, 600) for keys in product(KEYS, repeat=2)):
        assert approves_blindly(keys, lag) == bool(run(SETS[-1], keys, lag))


def test_a_reply_before_the_frame_means_nothing() -> None:
    guard = Guard()
    guard.replied(1.0)
    guard.shown(2.0)
    assert guard.armed_at is None
    guard.replied(2.5)
    assert guard.armed_at == pytest.approx(2.9)
    guard.replied(9.0)
    assert guard.armed_at == pytest.approx(2.9), "the first reply counts"


def test_a_restart_unarms_it() -> None:
    guard = Guard()
    guard.shown(1.0)
    guard.replied(1.0)
    assert not guard.is_early(1.5)
    guard.restart()
    assert guard.is_early(99.0)


def test_with_a_digit_to_read_no_reply_is_needed() -> None:
    guard = Guard(needs_reply=False)
    guard.shown(1.0)
    assert guard.is_early(1.3)
    assert not guard.is_early(1.4)
    assert not guard.waits_in_vain(99.0)
