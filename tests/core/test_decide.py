"""Legal answers, as pure rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inbox_tui.core import decide, fold
from inbox_tui.core.errors import Refused
from inbox_tui.core.model import Choice, Event, Notification
from inbox_tui.core.times import SECOND

NOW = 1_700_000_000 * SECOND
CHOICES = (Choice("yes", "Yes", True), Choice("deny", "No"))


def asked(**changes: object) -> Notification:
    event = Event("input.required", "May I?", is_prompt=True, waiting=True, timeout=10.0)
    return replace(fold.first(event, "agent", "01JD0Q4N3V5W8XRZ2K7M9T6BHC", NOW), raised_rev=7, rev=7, **changes)  # type: ignore[arg-type]


def answer(row: Notification, key: str = "approve", now: int = NOW, raised_rev: int = 7) -> Notification:
    return decide.decide(row, key=key, comment="", by="ada", raised_rev=raised_rev, now=now)


def test_an_answer_reads_the_row_and_ends_it() -> None:
    row = answer(asked(seems_answered=True), now=NOW + 5)
    assert row.decision is not None
    assert (row.decision.by, row.decision.at, row.decision.delivery) == ("ada", NOW + 5, "unconfirmed")
    assert (row.read_at, row.is_open, row.needs_me, row.seems_answered) == (NOW + 5, False, False, False)
    assert decide.ask_status(row) == "decided"


@pytest.mark.parametrize(
    ("row", "now", "raised_rev", "key", "code"),
    [
        (answer(asked()), NOW, 7, "approve", "decided"),
        (asked(closed="withdrawn"), NOW, 7, "approve", "withdrawn"),
        (asked(closed="superseded"), NOW, 7, "approve", "superseded"),
        (asked(closed="answered_elsewhere"), NOW, 7, "approve", "answered_elsewhere"),
        (asked(closed="expired"), NOW, 7, "approve", "expired"),
        (asked(), NOW + 10 * SECOND, 7, "approve", "expired"),
        (asked(actionable=False), NOW, 7, "approve", "not_actionable"),
        (asked(), NOW, 6, "approve", "changed"),
        (asked(), NOW, 8, "approve", "changed"),
        (asked(), NOW, 7, "maybe", "invalid"),
        (asked(), NOW, 7, "Approve", "invalid"),
    ],
)
def test_everything_else_is_refused(row: Notification, now: int, raised_rev: int, key: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        answer(row, key, now, raised_rev)
    assert refused.value.code == code
    assert refused.value.status == (422 if code == "invalid" else 409)


def test_a_conflict_says_who_and_how() -> None:
    refused = decide.already_decided(answer(asked(), "reject"))
    assert "ada" in refused.detail
    assert "reject" in refused.detail
    assert refused.extra["decision"]["key"] == "reject"  # type: ignore[index]


@pytest.mark.parametrize(
    ("default", "may_permit", "key", "closed"),
    [
        (None, True, None, "expired"),
        ("approve", False, None, "expired"),
        ("approve", True, "approve", ""),
        ("reject", False, "reject", ""),
        ("deny", False, "deny", ""),
        ("later", False, None, "expired"),
    ],
)
def test_when_time_runs_out(default: str | None, may_permit: bool, key: str | None, closed: str) -> None:
    choices = tuple(Choice(name, name, name == default) for name in ("approve", "reject", "deny", "later"))
    row = decide.on_timeout(asked(choices=choices), may_permit=may_permit, now=NOW)
    assert (row.decision.key if row.decision else None, row.closed) == (key, closed)
    assert row.decision is None or row.decision.is_timeout_default


def test_delivery_moves_once() -> None:
    row = answer(asked())
    delivered = decide.acknowledge(row)
    unused = decide.withdraw(row)
    assert delivered.decision is not None
    assert unused.decision is not None
    assert (delivered.decision.delivery, unused.decision.delivery) == ("delivered", "unused")
    assert (row.waiting, delivered.waiting, unused.waiting, decide.sent(row).waiting) == ("here", "", "", "")
    assert decide.withdraw(delivered) is delivered
    assert decide.acknowledge(unused) is unused


def test_withdrawing_an_open_question_closes_it() -> None:
    row = decide.withdraw(asked())
    assert (row.closed, row.waiting, row.read_at, decide.ask_status(row)) == ("withdrawn", "", None, "withdrawn")
    assert decide.withdraw(row) is row
    assert decide.acknowledge(row) is row
    assert decide.ask_status(asked()) == "open"
