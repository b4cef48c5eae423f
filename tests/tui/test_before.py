"""What a question tells of its like."""

from __future__ import annotations

from typing import Any

import pytest

from inbox_tui.core.model import Notification
from inbox_tui.core.times import SECOND, to_wire
from inbox_tui.tui.before import asked_before
from inbox_tui.tui.clocktime import moment
from inbox_tui.tui.reading import lines

NOW = 1_700_000_000 * SECOND
LAST = {"key": "approve", "label": "approve", "by": "ada", "at": to_wire(NOW - 60 * SECOND)}


def question(told: Any) -> Notification:
    details = {"asked_before": told}
    return Notification("1", "input.required", "May I?", NOW, NOW, actionable=True, is_prompt=True, details=details)


def test_the_detail_says_how_often_and_what_became_of_it() -> None:
    row = question({"count": 3, "decisions": {"approve": 2, "reject": 1}, "last": LAST})
    told = f"asked before: 3 times, approved 2 times, rejected once (last: approved, {moment(NOW - 60 * SECOND, NOW)})"
    assert asked_before(row, NOW) == told
    assert told in [line.text.strip() for line in lines(row, 120, NOW)]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (None, ""),
        ("x", ""),
        ({"count": "many"}, ""),
        ({"count": 1, "decisions": {}}, "asked before: once; never answered"),
        ({"count": 2, "decisions": {"always-1": 1}, "last": {"key": "\x1b[2J"}}, "asked before: 2 times, answered always-1 once "
         "(last: answered )"),
    ],
)  # fmt: skip
def test_what_a_hub_tells_otherwise_breaks_nothing(told: Any, said: str) -> None:
    assert asked_before(question(told), NOW) == said
