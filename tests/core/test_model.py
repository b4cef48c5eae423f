"""A row and its wire shape, and the small tables beside it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_tui.core import lifecycle, triage
from inbox_tui.core.model import (
    DETAIL_FIELDS,
    SEVERITIES,
    Choice,
    Closed,
    Decision,
    Delivery,
    Notification,
    Waiting,
    decode,
    encode,
    to_document,
)

TIME = st.integers(0, 4_000_000_000_000_000)
SOMETIMES = st.none() | TIME
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
CHOICES = st.lists(st.builds(Choice, TEXT, TEXT, st.booleans()), max_size=3).map(tuple)
DECISION = st.builds(Decision, TEXT, TEXT, TEXT, TIME, TEXT, st.booleans(), st.sampled_from(get_args(Delivery)))
ROWS = st.builds(
    Notification,
    id=TEXT, kind=TEXT, title=TEXT, created_at=TIME, last_occurred_at=TIME, fingerprint=TEXT,
    severity=st.sampled_from(SEVERITIES), task_name=TEXT, run_id=TEXT, body=TEXT, count=st.integers(1, 9**9),
    occurrences=st.lists(TIME, max_size=10).map(tuple), read_at=SOMETIMES, rev=TIME, created_rev=TIME, raised_rev=TIME,
    raised_at=TIME.filter(bool), sender=TEXT, source=TEXT, dialect=TEXT, priority=st.integers(-1, 2), actionable=st.booleans(),
    is_prompt=st.booleans(), choices=CHOICES, decision=st.none() | DECISION, waiting=st.sampled_from(get_args(Waiting)),
    closed=st.sampled_from(get_args(Closed)), seems_answered=st.booleans(), expires_at=SOMETIMES, snoozed_until=SOMETIMES,
    done_at=SOMETIMES, muted=st.booleans(), pinned=st.booleans(),
    details=st.dictionaries(st.sampled_from(DETAIL_FIELDS), TEXT | st.integers(-5, 5) | st.lists(TEXT, max_size=2)),
)  # fmt: skip
ROW = Notification(id="x", kind="message", title="t", created_at=1, last_occurred_at=1, raised_at=1)


@given(ROWS)
def test_there_and_back(row: Notification) -> None:
    assert decode(encode(row)) == row
    assert decode(encode(row).encode()) == row


def test_required_members_are_always_there_and_ours_where_they_say_something() -> None:
    document = to_document(ROW)
    assert set(document) == {
        "id", "fingerprint", "kind", "severity", "task_name", "run_id", "title", "body", "count", "occurrences", "created_at",
        "last_occurred_at", "read_at", "rev", "created_rev", "raised_rev", "raised_at",
    }  # fmt: skip
    assert (document["read_at"], document["occurrences"], document["task_name"]) == (None, [], "")


def test_the_text_is_one_line_and_compact() -> None:
    text = encode(replace(ROW, body="a\nb ü"))
    assert "\n" not in text
    assert "ü" in text
    assert text == json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"id":"x"}', "null"])
def test_no_other_shape_is_taken(text: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        decode(text)


@pytest.mark.parametrize(
    ("changes", "needs_me"),
    [
        ({}, True),
        ({"actionable": False}, False),
        ({"decision": Decision("a", "A", "ada", 1)}, False),
        ({"closed": "expired"}, False),
        ({"seems_answered": True}, False),
        ({"done_at": 5}, False),
        ({"snoozed_until": 5}, False),
        ({"read_at": 5}, True),
        ({"waiting": "gone"}, True),
    ],
)
def test_needs_me(changes: dict[str, Any], needs_me: bool) -> None:
    assert replace(ROW, **({"actionable": True} | changes)).needs_me is needs_me


@given(ROWS, st.sampled_from(triage.BULK))
def test_a_verb_twice_is_once_and_its_undo_brings_back_what_it_was(row: Notification, verb: triage.Verb) -> None:
    before = triage.state_of(row)
    once = triage.apply(verb, row, 7, until=70)
    assert triage.apply(verb, once, 9, until=70) is once
    undone = once
    for step in triage.undo(verb, before):
        undone = triage.apply(step.verb, undone, 9, step.until)
    assert triage.state_of(undone) == before


@given(ROWS)
def test_done_reads_as_well(row: Notification) -> None:
    done = triage.apply("done", row, 7)
    assert (done.read_at is None, done.done_at is None) == (False, False)


@given(ROWS)
def test_what_is_muted_calls_for_nobody_and_no_question_ever_is(row: Notification) -> None:
    muted = triage.apply("mute", row, 7)
    assert muted.muted == (not row.is_prompt and row.waiting != "here")
    assert not (muted.muted and (muted.needs_me or muted.is_unread))
    assert triage.apply("unmute", muted, 8) == replace(row, muted=False)


@given(st.lists(ROWS, max_size=8))
def test_lists_run_from_what_needs_me_over_what_is_pinned_to_the_rest(rows: list[Notification]) -> None:
    rows.sort(key=lambda row: row.place, reverse=True)
    groups = [2 if row.needs_me else 1 if row.pinned and row.done_at is row.snoozed_until is None else 0 for row in rows]
    assert groups == sorted(groups, reverse=True)


def test_the_vocabulary_is_whole() -> None:
    assert len(lifecycle.TYPE_OF_EVENT) == 20
    assert set(lifecycle.TYPE_OF_EVENT.values()) == set(lifecycle.SEVERITY_OF_TYPE)
    assert not lifecycle.LIVE & lifecycle.OUTCOMES
    assert {kind for kind in lifecycle.TYPE_OF_EVENT if kind.startswith("task.")} == lifecycle.LIVE | lifecycle.OUTCOMES
    assert lifecycle.severity_of("task.failed") == "error"
    assert lifecycle.severity_of("task.failed", "info") == "info", "the sender's type wins"
    assert lifecycle.severity_of("anything", "nonsense") == "info"
    assert lifecycle.is_success("task.completed")
    assert not lifecycle.is_success("message")


def test_a_raise_at_the_beginning_of_time_is_one() -> None:
    row = Notification(id="01HF7YAT003QW74S82DPFEQTXT", kind="k", title="t", created_at=5, last_occurred_at=5, raised_at=0)
    assert decode(encode(row)).raised_at == 0
