"""Folding, as pure rules."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_tui.core import fold
from inbox_tui.core.model import FOLD_WINDOW, OCCURRENCES, PROMPT_LIFETIME, Choice, Event, Notification
from inbox_tui.core.times import SECOND

NOW = 1_700_000_000 * SECOND


def message(**changes: object) -> Event:
    return replace(Event("message", "t"), **changes)  # type: ignore[arg-type]


def row_of(event: Event) -> Notification:
    return fold.first(event, "agent", "01JD0Q4N3V5W8XRZ2K7M9T6BHC", NOW)


@pytest.mark.parametrize(
    "event",
    [
        message(is_prompt=True),
        message(choices=(Choice("a", "A"),)),
        message(timeout=5.0),
        message(details={"attachments": [{"url": "https://example.org"}]}),
        message(details={"audio_status": "pending"}),
        message(details={"parent_id": "p"}),
    ],
)
def test_what_never_folds(event: Event) -> None:
    assert not fold.folds(event)


def test_empty_attachments_are_none() -> None:
    assert fold.folds(message(details={"attachments": [], "parent_id": ""}))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (message(), message(body="another", severity="error"), True),
        (message(), message(title="u"), False),
        (message(), message(source="s"), False),
        (message(), message(task_name="x"), False),
        (message(title="a\x1e", task_name=""), message(title="a", task_name="\x1e"), False),
        (message(kind="task.progress", run_id="r", title="1 %"), message(kind="task.error", run_id="r"), True),
        (message(kind="task.progress", run_id="r"), message(kind="task.progress", run_id="q"), False),
        (message(kind="task.progress"), message(kind="task.error"), False),
        (
            message(kind="task.failed", run_id="r", task_name="x"),
            message(kind="task.failed", run_id="q", task_name="x", title="u"),
            True,
        ),
        (message(kind="task.failed", task_name="x"), message(kind="task.timeout", task_name="x"), False),
    ],
)
def test_what_shares_a_row(one: Event, other: Event, same: bool) -> None:
    assert (fold.fold_key(one, "agent") == fold.fold_key(other, "agent")) is same
    assert fold.fold_key(one, "agent") != fold.fold_key(one, "another")


def test_the_window_slides_and_a_live_row_knows_none() -> None:
    row = row_of(message())
    assert fold.takes(row, message(), NOW + FOLD_WINDOW)
    assert not fold.takes(row, message(), NOW + FOLD_WINDOW + 1)
    again, _ = fold.repeat(row, message(), NOW + FOLD_WINDOW)
    assert fold.takes(again, message(), NOW + 2 * FOLD_WINDOW)
    live = message(kind="task.progress", run_id="r")
    assert fold.takes(row_of(live), live, NOW + 100 * FOLD_WINDOW)


def test_a_closed_row_takes_nothing() -> None:
    assert not fold.takes(replace(row_of(message()), closed="withdrawn"), message(), NOW)


def test_a_prompt_has_choices_and_an_end() -> None:
    row = row_of(message(is_prompt=True, waiting=True))
    assert [choice.key for choice in row.choices] == ["approve", "reject"]
    assert (row.actionable, row.waiting, row.expires_at) == (True, "here", NOW + PROMPT_LIFETIME)
    assert row_of(message(is_prompt=True, timeout=1.5)).expires_at == NOW + 1_500_000
    assert row_of(message(is_prompt=True)).waiting == "nobody"
    assert row_of(message(waiting=True)).waiting == ""


def test_a_repeat_takes_the_newest_words() -> None:
    row = row_of(message(body="old", details={"status": "1", "progress": 5, "open_url": "https://example.org/1", "cwd": "/a"}))
    row, raised = fold.repeat(row, message(body="new", priority=1, details={"open_url": "https://example.org/2"}), NOW + 5)
    assert raised
    assert (row.body, row.priority, row.count, row.created_at, row.last_occurred_at) == ("new", 1, 2, NOW, NOW + 5)
    assert row.details == {"open_url": "https://example.org/2", "cwd": "/a"}


def test_severity_is_the_worst_since_it_was_read() -> None:
    row = row_of(message(severity="error"))
    row, _ = fold.repeat(row, message(severity="info"), NOW)
    assert row.severity == "error"
    row, _ = fold.repeat(replace(row, read_at=NOW), message(severity="warn"), NOW)
    assert row.severity == "warn"


def test_progress_is_quiet_but_a_call_for_a_human_is_not() -> None:
    live = message(kind="task.started", run_id="r")
    row = replace(row_of(live), read_at=NOW, done_at=NOW)
    quiet, raised = fold.repeat(row, replace(live, kind="task.progress"), NOW + 9)
    assert not raised
    assert (quiet.read_at, quiet.done_at, quiet.raised_at, quiet.count) == (NOW, NOW, NOW, 2)
    loud, raised = fold.repeat(quiet, replace(live, kind="task.progress", actionable=True), NOW + 9)
    assert raised
    assert (loud.read_at, loud.done_at, loud.raised_at, loud.needs_me) == (None, None, NOW + 9, True)


def test_actionable_sticks_until_done() -> None:
    row = row_of(message(actionable=True))
    row, _ = fold.repeat(row, message(), NOW)
    assert row.actionable
    row, _ = fold.repeat(replace(row, done_at=NOW, read_at=NOW), message(), NOW)
    assert not row.actionable


def test_a_stopped_run_says_so_and_calls_for_nobody() -> None:
    """Its one row is the news: nothing of it looks as if it still ran."""
    details = {"status": "sending", "progress": 0.5}
    live = row_of(message(kind="task.waiting", run_id="r", task_name="email", actionable=True, details=details))
    stopped = Event("task.stopped", "email stopped", run_id="r", task_name="email")
    assert fold.is_live(stopped)
    row, raised = fold.repeat(live, stopped, NOW + 1)
    assert (row.kind, row.title, row.count, raised) == ("task.stopped", "email stopped", 2, True)
    assert (row.needs_me, row.actionable, row.choices, row.waiting) == (False, False, (), "")
    assert not {"status", "progress"} & set(row.details)


def test_a_snooze_holds_unless_it_gets_worse() -> None:
    row = replace(row_of(message(severity="warn")), snoozed_until=NOW + 99)
    assert fold.repeat(row, message(severity="warn"), NOW)[0].snoozed_until == NOW + 99
    assert fold.repeat(row, message(severity="error"), NOW)[0].snoozed_until is None


def test_an_outcome_finishes_the_live_row() -> None:
    row = fold.finish(row_of(message(kind="task.waiting", run_id="r", actionable=True)), NOW + 1)
    assert (row.done_at, row.read_at, row.actionable, row.choices, row.waiting) == (NOW + 1, NOW + 1, False, (), "")
    assert not row.needs_me


@given(st.lists(st.integers(-FOLD_WINDOW, FOLD_WINDOW), min_size=1, max_size=30))
def test_times_never_go_back(steps: list[int]) -> None:
    row, now = row_of(message()), NOW
    for step in steps:
        now += step
        row, _ = fold.repeat(row, message(), now)
    assert row.count == len(steps) + 1
    assert list(row.occurrences) == sorted(row.occurrences, reverse=True)
    assert len(row.occurrences) == min(OCCURRENCES, row.count)
    assert row.last_occurred_at == row.occurrences[0] >= row.created_at
