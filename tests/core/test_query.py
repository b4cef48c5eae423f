"""The filter language: what is read, what is refused and where, and what a row has to have."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from query_world import NOW, queries

from inbox_tui.core.errors import Exit
from inbox_tui.core.model import APPROVE, REJECT, Decision, Notification
from inbox_tui.core.query.language import FIELDS, STATES, filter_table_markdown
from inbox_tui.core.query.match import matches
from inbox_tui.core.query.parse import LONGEST, MOST_TERMS, QueryError, complaint, parse, write
from inbox_tui.core.query.tree import Ago, Is, Level, Like, Number, Pattern, Query, Term, When, Words
from inbox_tui.core.times import DAY, HOUR, MINUTE

ROW = Notification(
    id="01JD0Q4N3V5W8XRZ2K7M9T6BHC", kind="task.failed", title="Database connection timed-out", created_at=NOW - 3 * HOUR,
    last_occurred_at=NOW - 3 * HOUR, raised_at=NOW - 3 * HOUR, severity="error", task_name="nightly backup", source="ci",
    sender="my-app", body="データベース接続が切れました", count=12, run_id="run_1_a3f2",
    details={"tags": ["prod", "EU"], "meta": {"env": "production", "rows": 83, "ok": True, "share": 0.5}, "progress": 0.72,
             "branch": "main", "command": "rm -rf x"},
)  # fmt: skip


@pytest.fixture
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def found(text: str, row: Notification = ROW) -> bool:
    return matches(parse(text), row, NOW)


def error_in(text: str) -> QueryError | None:
    try:
        parse(text)
    except QueryError as error:
        return error
    return None


def test_a_filter_is_read_as_it_is_meant() -> None:
    text = 'is:unread severity>=warn source:ci task:"nightly *" before:2h -tag:prod meta.rows>10 "timed out" x'
    assert parse(text) == Query(
        (
            Term(Is("unread")),
            Term(Level(">=", "warn")),
            Term(Like("source", Pattern(("ci",)))),
            Term(Like("task", Pattern(("nightly ", "")))),
            Term(When("before", Ago(2, "h"))),
            Term(Like("tag", Pattern(("prod",))), negated=True),
            Term(Number("meta.rows", ">", 10)),
            Term(Words("timed out")),
            Term(Words("x")),
        )
    )
    assert parse("severity:>=warn count:>=3") == parse("severity>=warn count>=3")
    assert parse("severity=warn count=3") == parse("severity:warn count:3")
    assert parse("  ") == Query()


@given(queries)
def test_what_is_written_is_read_as_the_same(query: Query) -> None:
    assert parse(write(query)) == query


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from([*'":<>=-*\\ a1.', "is:", "meta."]), max_size=14).map("".join)))
def test_any_text_is_a_filter_or_is_pointed_at(text: str) -> None:
    error = error_in(text)
    if error is None:
        assert parse(write(parse(text))) == parse(text)
    else:
        assert 0 <= error.offset < error.offset + error.length <= len(text) + 1
        assert str(error)


@pytest.mark.parametrize(
    ("text", "pointed", "said"),
    [
        ("is:unread sevrity:error", "sevrity", "did you mean severity?"),
        ("is:unred", "unred", "did you mean unread?"),
        ("is:", "", "there are unread, read, needs"),
        ("severity>wran", "wran", "did you mean warn?"),
        ("source:", "", "source:ci"),
        ('source:""', '""', "-source:*"),
        ("source>ci", "source>", "source:ci"),
        ("meta.env:", "", "-meta.env:*"),
        ("meta.:x", "meta.", "meta.env:production"),
        ("before:soon", "soon", "before:2h, 3d, today"),
        ("after:2026-13-40", "2026-13-40", "2026-11-03"),
        ("count>many", "many", "count>10"),
        ("count>1e999", "1e999", "no number"),
        ("count>9223372036854775808", "9223372036854775808", "no number"),
        ('one "two', '"two', 'add "'),
        ('"one"two', "t", "a blank has to follow"),
        ("*out", "*", "title:*out*"),
        ("one !!!", "!!!", "no letter"),
        ("https://x.org", "https", "in quotes"),
        ("x" * (LONGEST + 1), "x", "at most 1,000"),
        ("x " * MOST_TERMS + "last", "last", "at most 40"),
    ],
)
def test_what_is_wrong_is_pointed_at(text: str, pointed: str, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    error = caught.value
    assert text[error.offset : error.offset + error.length] == pointed
    assert said in str(error)
    assert error.exit_code is Exit.USAGE
    said_, shown, mark = complaint(text).split("\n")
    assert (said_, shown) == (str(error), f"    {text}")
    assert mark.find("^") == 4 + error.offset


@pytest.mark.parametrize(
    "text",
    [
        "is:unread", "-is:read",
        "-is:done", "severity:error", "severity>warn", "source:CI", "source:c*", "task:*ly*up",
        "tag:eu", "tag:p*", "kind:task.*", "sender:my-*", "run:*a3f2", "branch:main", "text:*切れ*", "text:rm*", "host",
        "-host:*", "meta.env:prod*", "meta.rows:83", "meta.rows>10", "meta.rows<=83.0", "meta.ok:true", "meta.share<1",
        "-meta.none:*",
        "count>=12", "progress>=70%", "before:2h", "after:4h", "-after:2h", "timed", "time", "TIMED out", '"timed out"', "-zebra",
        "接続", "データ", "-接切", "production", "nightly back", "id:01jd*",
    ],
)  # fmt: skip
def test_a_row_is_found(text: str) -> None:
    row = replace(ROW, details={**ROW.details, "tool_name": "host"}) if text == "host" else ROW
    assert found(text, row)
    inverse = Query(tuple(replace(term, negated=not term.negated) for term in parse(text).terms[:1]))
    assert not matches(inverse, row, NOW)


@pytest.mark.parametrize(
    "text",
    ["is:read", "is:done", "is:needs", "source:cin", "source:i", "task:nightly", "tag:pro", "meta.rows:8", "meta.env>3",
     '"connection out"', "imed", "before:3h", "after:2h", "count>12", "severity<error", "branch:*x*", "host:*", "データベ接"],
)  # fmt: skip
def test_a_row_is_not_found(text: str) -> None:
    assert not found(text)


def test_states_are_those_of_the_row() -> None:
    question = replace(ROW, actionable=True, is_prompt=True, choices=(APPROVE, REJECT))
    assert found("is:needs is:prompt is:open -is:answered", question)
    answered = replace(question, decision=Decision("approve", "approve", "dana", NOW))
    assert found("is:answered -is:open -is:needs", answered)
    assert found("is:done is:read", replace(ROW, done_at=NOW, read_at=NOW))
    assert (parse("is:done").home, parse("is:snoozed x").home, parse("is:done is:snoozed").home) == ("done", "snoozed", "done")
    assert (parse("-is:done").home, parse("-is:snoozed").home, parse("x").home) == ("", "", "")


@pytest.mark.usefixtures("in_utc")
def test_days_begin_at_midnight() -> None:
    today = replace(ROW, last_occurred_at=NOW // DAY * DAY)
    assert found("after:today -before:today after:yesterday after:2026-10-28", today)
    before = replace(ROW, last_occurred_at=NOW // DAY * DAY - MINUTE)
    assert found("-after:today before:today after:yesterday before:2026-10-28T00:00", before)
    assert parse("after:today").moves_with_time
    assert not parse("after:2026-10-28").moves_with_time


def test_the_documents_show_the_table() -> None:
    table = filter_table_markdown()
    assert table in (Path(__file__).parents[2] / "docs" / "filters.md").read_text(encoding="utf-8")
    for each in (*FIELDS, *STATES):
        assert each.help in table
    for field in FIELDS:
        parse(field.example)
