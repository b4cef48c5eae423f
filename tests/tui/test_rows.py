"""One row as one line: what it says, in exactly its width, whatever the sender wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from tui_world import message, prompt

from inbox_tui.core.model import Decision, Notification
from inbox_tui.core.times import DAY, HOUR, MINUTE, SECOND
from inbox_tui.tui import asked, reading, words
from inbox_tui.tui.cells import chop, cut, fit, wrap
from inbox_tui.tui.rows import RowStyles, render_row

PARTS = ("text", "dim", "bar", "ask", "error", "warn", "success", "info")
STYLES = RowStyles({part: Style(color="red") for part in PARTS}, {part: Style(reverse=True) for part in PARTS})


def line(row: Notification, width: int = 70, **more: object) -> str:
    return render_row(row, width, STYLES, age="3m", **more)[0].text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (message("Report", body="24 pages"), "· Report  24 pages"),
        (message("Broken", severity="error", count=5), "✗ Broken ×5"),
        (message("Careful", severity="warn"), "▲ Careful"),
        (message("Ok", kind="task.completed"), "✓ Ok"),
        (prompt("Run?", command="rm -rf x"), "? Run?  rm -rf x"),
        (message("", kind="disk.full"), "· disk.full"),
        (message("Deploy", details={"status": "running", "progress": 0.72}), "· Deploy  running 72%"),
        (message("x" * 60), "· " + "x" * 49 + "…"),
        (message("x" * 60, count=7), "· " + "x" * 46 + "… ×7"),
    ],
)
def test_a_row_reads_at_a_glance(row: Notification, expected: str) -> None:
    assert line(row) == f" {expected:<52} {'tests':<10}   3m "


def test_unread_is_bold_and_the_cursor_has_a_bar() -> None:
    unread, read = message("one"), message("one", read_at=1)
    bold = {segment.text: bool(segment.style and segment.style.bold) for segment in render_row(unread, 60, STYLES)[0]}
    dim = {segment.text: bool(segment.style and segment.style.bold) for segment in render_row(read, 60, STYLES)[0]}
    assert bold["one"]
    assert not dim["one"]
    assert line(unread, cursor=True).startswith("▌")


@pytest.mark.parametrize(
    ("delivery", "expected"),
    [
        ("unconfirmed", "approved by eve, not confirmed"),
        ("delivered", "approved by eve, delivered"),
        ("sent", "approved by eve, sent"),
        ("unused", "approved by eve, asker had given up"),
    ],
)
def test_an_answered_row_tells_the_truth(delivery: str, expected: str) -> None:
    decision = Decision("approve", "approve", "eve", 1, delivery=delivery)  # type: ignore[arg-type]
    assert expected in line(prompt("Run?", decision=decision), 100)
    assert expected.replace("eve", "you") in line(prompt("Run?", decision=decision), 100, me="eve")


@pytest.mark.parametrize("closed", ["expired", "withdrawn", "superseded", "answered_elsewhere"])
def test_a_closed_question_says_why_and_asks_no_more(closed: str) -> None:
    row = prompt("Run?", closed=closed)
    assert closed.partition("_")[0] in line(row, 100)
    assert words.tone(row) != "ask"


def test_what_asks_is_marked_and_what_tells_is_stripped() -> None:
    hostile = "a\x1b]52;c;x\x07b\u202ec\x00"
    assert line(message(hostile)).startswith(" · abc")
    assert "a␛]52;c;x␇b⟨U+202E⟩c␀" in line(prompt(hostile), 100)


@given(title=st.text(), body=st.text(), who=st.text(), width=st.integers(24, 200), asks=st.booleans(), cursor=st.booleans())
def test_a_row_is_exactly_as_wide_as_asked_and_holds_no_control(
    title: str, body: str, who: str, width: int, asks: bool, cursor: bool
) -> None:
    row = (prompt if asks else message)(title, source=who, body=body, count=3)
    strip, under = render_row(row, width, STYLES, lines=2, cursor=cursor, age="12m")
    assert under.cell_length == cell_len(under.text) == width
    assert strip.cell_length == width == cell_len(strip.text)
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2066\u200b" for c in strip.text)


def test_a_name_that_draws_double_width_lines_up() -> None:
    wide, narrow = line(message("データベース", source="夜間ジョブ")), line(message("database", source="nightjob"))
    assert cell_len(wide) == cell_len(narrow)
    assert cell_len(wide[: wide.index("夜")]) == cell_len(narrow[: narrow.index("nightjob")])


@pytest.mark.parametrize(
    ("sent", "drawn"),
    [
        ("👩\u200d👧 👍🏽 ⚠\ufe0f", "👩👧 👍 ⚠"),
        ("🏳\ufe0f\u200d🌈", "🏳🌈"),
        ("می\u200cخواهم क\u094d\u200dष", "می\u200cخواهم क\u094d\u200dष"),
    ],
)
def test_nothing_is_drawn_whose_width_terminals_differ_over(sent: str, drawn: str) -> None:
    row = message(sent, source=sent)
    assert words.one_line(row, sent) == words.full_text(row, sent) == words.who(row) == drawn


@pytest.mark.parametrize("progress", [pytest.param(10**400, id="huge"), -1, float("nan"), float("inf"), True])
def test_a_progress_that_is_no_share_is_no_harm(progress: object) -> None:
    assert "%" not in words.activity(message("x", details={"progress": progress}))


def test_what_a_timeline_leaves_out_is_marked() -> None:
    long, short = ({"kind": "k", "title": " ".join(["word"] * count)} for count in (40, 3))
    shown = [line.text for line in reading.lines(message("x"), 60, 0, timeline=reading.Timeline((long, short)))]
    assert shown[-2].endswith("…")
    assert shown[-1] == "word word word"


def test_a_timeline_that_lies_about_times_is_drawn_without_them() -> None:
    entries = ({"at": "yesterday", "kind": "task.started", "title": "began"}, {"at": 7, "kind": None})
    shown = reading.lines(message("x"), 60, 0, timeline=reading.Timeline(entries))
    assert any("began" in line.text for line in shown)


@pytest.mark.parametrize(
    ("ago", "expected"),
    [(0, "now"), (7 * SECOND, "5s"), (59 * SECOND, "55s"), (MINUTE, "1m"), (59 * MINUTE, "59m"), (HOUR, "1h"), (DAY, "1d"),
     (99 * DAY, "99d"), (700 * DAY, "100w"), (-5 * SECOND, "now"), (9000 * DAY, "old")],
)  # fmt: skip
def test_ages_have_at_most_four_cells(ago: int, expected: str) -> None:
    assert words.age(ago) == expected
    assert len(expected) <= 4


@given(text=st.text(), width=st.integers(2, 60))
def test_chopping_loses_nothing(text: str, width: int) -> None:
    text = words.full_text(prompt("x"), text)
    assert "".join(chop(text, width)) == text.replace("\n", "")
    assert all(cell_len(line) <= width for line in chop(text, width))


@given(text=st.text(alphabet="ab 日\n"), width=st.integers(2, 20))
def test_wrapping_keeps_every_word(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cell_len(line) <= width for line in lines)


@given(text=st.text(alphabet="ab日🎉e\u0301"), width=st.integers(0, 20))
def test_cutting_and_fitting(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= width
    assert cell_len(fit(text, width)) == width


def test_the_question_is_told_once_and_whole() -> None:
    row = replace(prompt("Run?", command="make"), body="Run?", details={"prompt": "why not", "command": "make", "redacted": 2})
    assert [line.text for line in asked.lines(row, 40)] == [
        "Run?",
        "  why not",
        "  make",
        "  2 key-like runs in it were redacted by the hub",
    ]


def test_repeats_are_drawn_where_there_is_room() -> None:
    row = message("Broken", count=5, occurrences=(100, 90, 2, 1, 0))
    assert line(row, 90).startswith(" · Broken ×5 ▇▁▁▁▅ ")
    assert "▇" not in line(row, 40)
    assert "▇" not in line(message("Broken " * 9, count=5, occurrences=(100, 90, 2, 1, 0)), 90)


def test_on_two_lines_the_second_has_the_command() -> None:
    title, under = render_row(prompt("Run?", command="rm -rf x\nls"), 40, STYLES, lines=2, cursor=True)
    assert title.text.startswith("▌? Run?  ")
    assert under.text.rstrip() == "▌  rm -rf x ⏎ ls"


def test_what_one_line_leaves_out_of_a_title_is_on_the_other() -> None:
    words_ = [f"word{n}" for n in range(12)]
    title, under = render_row(message(" ".join(words_)), 60, STYLES, lines=2)
    joined = title.text[3:].partition("…")[0] + under.text.partition("…")[2].rstrip()
    assert joined.split() == words_


def test_on_two_lines_repeats_are_drawn_on_the_second() -> None:
    row = message("Broken", count=5, occurrences=(100, 90, 2, 1, 0), body="why")
    title, under = render_row(row, 60, STYLES, lines=2)
    assert (title.text[:12].rstrip(), under.text.rstrip()) == (" · Broken ×5", "   ▇▁▁▁▅  why")
