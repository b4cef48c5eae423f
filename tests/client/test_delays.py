"""When a hub that is out of reach is tried again."""

from __future__ import annotations

import pytest

from inbox_tui.client.delays import FIRST_DELAY, LAST_DELAY, delay_after


@pytest.mark.parametrize(
    ("failures", "most"), [(0, FIRST_DELAY), (3, 8 * FIRST_DELAY), (8, LAST_DELAY), (2_000, LAST_DELAY), (1 << 30, LAST_DELAY)]
)
def test_it_is_tried_for_as_long_as_it_takes(failures: int, most: float) -> None:
    assert most / 2 <= delay_after(failures) <= most
