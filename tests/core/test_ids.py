"""Identifiers that never go back."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_tui.core import ids

NUMBERS = st.integers(0, (1 << 128) - 1)


@given(NUMBERS, NUMBERS)
def test_their_order_is_the_order_of_numbers(one: int, other: int) -> None:
    assert ids.decode(ids.encode(one)) == ids.decode(ids.encode(one).lower()) == one
    assert (ids.encode(one) < ids.encode(other)) == (one < other)


@given(NUMBERS)
def test_a_uuid_has_the_same_bits(number: int) -> None:
    spelt = ids.to_uuid(ids.encode(number))
    assert UUID(spelt).int == number
    assert ids.from_uuid(spelt) == ids.from_uuid(spelt.upper()) == ids.encode(number)


@pytest.mark.parametrize("text", ["", "0" * 32, "{" + "0" * 8 + "-0000" * 3 + "-" + "0" * 12 + "}", "0" * 8 + "-0000" * 3])
def test_what_is_no_uuid(text: str) -> None:
    with pytest.raises(ValueError, match="not a UUID"):
        ids.from_uuid(text)


@given(st.lists(st.integers(0, 1 << 55), max_size=20))
def test_they_grow_whatever_the_clock_does(times: list[int]) -> None:
    last, made = "", []
    for now in times:
        last = ids.next_ulid(last, now)
        made.append(last)
    assert made == sorted(set(made))


def test_the_time_is_in_them() -> None:
    assert ids.decode(ids.next_ulid("", 1_700_000_000_000_000)) >> 80 == 1_700_000_000_000


@pytest.mark.parametrize(
    "text", ["", "0" * 25, "0" * 27, "8" + "0" * 25, "U" * 26, "0" * 25 + "I", "0" * 25 + "\n", "0" * 25 + "٣"]
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="not a ULID"):
        ids.decode(text)


def test_the_fingerprint_is_fnv_1a() -> None:
    assert ids.fingerprint("") == "cbf29ce484222325"
    assert ids.fingerprint("a") == "af63dc4c8601ec8c"
    assert ids.fingerprint("foobar") == "85944171f73967e8"


def test_names_of_runs_and_keys() -> None:
    assert re.fullmatch(r"run_\d{13}_[0-9a-f]{4}", ids.new_run_id())
    assert re.fullmatch(r"[0-9a-f]{32}", ids.new_idempotency_key())
    assert ids.new_idempotency_key() != ids.new_idempotency_key()
