"""The detail's text by what it is: Markdown, patches, runs, figures; nothing lost, nothing wider than its place."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import seed
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from tui_world import OpenPane, message, numbered, prompt

from inbox_tui.core.model import Notification
from inbox_tui.core.times import HOUR, MINUTE, SECOND, to_wire
from inbox_tui.tui import reading, runs
from inbox_tui.tui.cells import chop
from inbox_tui.tui.lines import Line, spread
from inbox_tui.tui.reading import Timeline
from inbox_tui.tui.sparkline import sparkline


def shown(row: Notification, width: int = 70, entries: Sequence[runs.Entry] = (), *, whole: bool = False) -> list[Line]:
    return reading.lines(row, width, seed.NOW, timeline=Timeline(entries), whole=whole)


def text(lines: list[Line]) -> str:
    return "\n".join((line.lead + line.text).rstrip() for line in lines)


def parts(lines: list[Line]) -> list[tuple[str, str]]:
    """Every piece that is no plain text, with its part."""
    return [(told, part) for line in lines for told, part in line.pieces or ((line.text, line.part),) if part != "text" and told]


def entry(kind: str, seconds: int, **members: object) -> dict[str, object]:
    return {"at": to_wire(seed.NOW - HOUR + seconds * SECOND), "kind": kind, "title": "x", **members}


def test_markdown_is_drawn_as_what_it_says() -> None:
    lines = shown(message("Review", body=seed.REVIEW, details={"open_url": "https://git.example.org/418"}), 60)
    for line in (
        "  Two things before this can go in",
        "  1. Limits are read once, at start: settings.limit does not",
        "     follow a reload.",
        "    if not limits:",
        "  • [ ] and the new ones, see the plan [2] and",
        "  │ Everything else reads well.",
        "  [2] https://wiki.example.org/limits",
    ):
        assert line in text(lines).split("\n")
    for piece in (("Two things before this can go in", "title"), ("Limits are read once", "strong"), ("fails open", "emphasis"),
                  ("settings.limit", "command"), ("the plan", "link"), ("if not limits:", "command")):  # fmt: skip
        assert piece in parts(lines)


@pytest.mark.parametrize(
    "body",
    [
        "5 * 3 * 2, snake_case_name, a*b*c, [not a link](javascript:alert(1))",
        "# a comment of a script\nrm -rf build",
        "<b>bold</b> [bold red]not markup[/] ![x](file:///etc/passwd)",
        "- one dash\nand more",
    ],
)
def test_what_may_be_no_markdown_stays_as_it_was_written(body: str) -> None:
    assert "\n".join(f"  {line}" for line in body.split("\n")) in text(shown(message("x", body=body), 100))


def test_a_link_cannot_hide_where_it_leads() -> None:
    body = "**See** [https://bank.example](https://evil.example/x) ![logo](https://t.example/p.gif) [y](http://a@b.example)"
    told = text(shown(message("x", body=body), 100))
    assert "https://bank.example [1] logo [2] y [3]" in told
    for line in ("[1] https://evil.example/x", "[2] https://t.example/p.gif", "[3] http://b.example"):
        assert line in told


def test_nothing_that_asks_is_read_as_markdown() -> None:
    command = "## **rm** -rf `pwd` [x](https://a.example)  \u202e\n- one\n- two"
    for row in (prompt("Run?", command=command), prompt("Run?", details={}, body=command)):
        told = text(shown(row, 100))
        assert "## **rm** -rf `pwd` [x](https://a.example)  ⟨U+202E⟩\n  - one\n  - two" in told


PATCH = "--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n-old\n+new\n same"


@pytest.mark.parametrize(
    "row",
    [message("x", body=PATCH), prompt("x", command=PATCH), message("x", body=f"## Patch\n```diff\n{PATCH}\n```")],
    ids=["body", "command", "fence"],
)
def test_a_patch_has_colours_and_keeps_its_signs(row: Notification) -> None:
    found = parts(shown(row))
    for piece in (("-old", "removed"), ("+new", "added"), ("@@ -1,2 +1,2 @@", "note"), ("--- a/x.py", "note")):
        assert piece in found


def test_an_edit_of_an_agent_is_a_patch_and_a_command_with_options_is_none() -> None:
    edit = prompt("x", details={"tool_name": "Edit", "command": "x.py\n-old\n+new"})
    assert ("-old", "removed") in parts(shown(edit))
    assert ("-v /:/host", "removed") not in parts(shown(prompt("x", command="docker run\n-v /:/host")))


def test_a_run_tells_where_its_time_went_as_its_events_came() -> None:
    kinds = ("queued", 0), ("started", 10), ("progress", 20), ("paused", 40), ("resumed", 50), ("completed", 100)
    entries = [entry(f"task.{kind}", at) for kind, at in kinds]
    entries[-1]["details"] = {"meta": {"pause_ms": 10400, "total_duration_ms": 90500, "pause_count": 1, "tokens_used": 18400}}
    told = text(shown(message("x", run_id="run_1"), 54, entries))
    assert f"  {'┄' * 5}{'━' * 16}{'╍' * 6}{'━' * 25}\n" in told
    assert "┄ queued 10s · ━ active 1m 20s · ╍ paused 10s\n" in told
    for line in ("  1m 30s in all", "  1 pause", "  tokens_used 18,400"):
        assert line in told


def test_shares_are_drawn_where_only_the_sender_measured() -> None:
    meta = {"queue_ms": 1000, "active_ms": 3000, "retry_count": 2, "cost_usd": 0.42, "rows": 7, "wait_ms": float("nan")}
    told = text(shown(message("x", run_id="run_1", details={"meta": meta}), 42))
    assert f"  {'┄' * 10}{'━' * 30}\n  ┄ queued 1.0s · ━ active 3.0s\n  2 retries\n  cost_usd 0.42" in told
    assert "retry_count" not in told
    assert "rows     7" in told


@given(st.lists(st.tuples(st.sampled_from([*runs.SIGNS]), st.integers(0, 10**13)), max_size=60), st.integers(4, 90))
def test_a_bar_is_as_wide_as_it_may_be_and_leaves_nothing_out(phases: list[runs.Phase], width: int) -> None:
    drawn = runs.bar(phases, width)
    took = [phase for phase, micros in phases if micros][: width // 2]
    assert len(drawn) == (width if took else 0)
    assert {runs.SIGNS[phase] for phase in took} == set(drawn)


def test_a_run_without_an_end_says_so() -> None:
    silent = message("x", 5 * 3600, run_id="run_1", kind="task.started")
    assert "began 5h ago, no end was heard" in text(shown(silent))
    for kind in ("task.completed", "task.stopped", "message"):
        assert "no end" not in text(shown(message("x", 5 * 3600, run_id="run_1", kind=kind)))
    assert "no end" not in text(shown(message("x", 60, run_id="run_1", kind="task.started")))


def test_repeats_are_drawn_over_time() -> None:
    assert sparkline([0, 1, 2, 90, 100], 4) == "▇▁▁▅"
    assert sparkline([7, 7], 4) == sparkline([], 4) == ""
    times = tuple(seed.NOW - n * n * MINUTE for n in range(10))
    assert "▇  the last 10, over 1h 21m" in text(shown(message("x", count=40, occurrences=times)))
    events = [entry("message", n) for n in range(40)]
    assert "the last 40, over 39s" in text(shown(message("x", count=40, occurrences=times), entries=events))


async def test_a_long_meta_is_folded_until_one_asks_for_more(pane: OpenPane) -> None:
    meta = {f"name_{n}": f"value-{n}" for n in range(30)} | {"name_0": "word " * 100}
    async with pane(numbered([message("x", details={"meta": meta}), message("y", 50)]), size=(100, 60)) as it:
        await it.press("j", "enter")
        await it.until(lambda: "value-6" in "".join(it.text(it.main.detail)))
        told = "\n".join(it.text(it.main.detail))
        assert "23 more" in told
        assert "name_7, name_8" in told
        assert "value-7" not in told
        assert "+ more" in it.footer
        await it.press("+")
        told = "\n".join(it.text(it.main.detail))
        assert told.count("word") == 100
        assert "value-29" in told
        await it.press("escape", "k")
        await it.until(lambda: "value-6" not in "".join(it.text(it.main.detail)))
        await it.press("j", "enter")
        await it.until(lambda: "value-6" in "".join(it.text(it.main.detail)))
        assert "value-7" not in "\n".join(it.text(it.main.detail))


SCRIPTS = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("漢字のあ👩‍🚀é́**`_#-[]() \n")), max_size=200)


@given(SCRIPTS, st.integers(24, 60))
def test_no_line_is_wider_than_its_place(written: str, width: int) -> None:
    body = f"## x\n- {written}\n- **y**\n> {written}\n```\n{written}\n```\n[a](https://a.example/{'x' * 70})"
    meta: dict[str, object] = {written or "x": written, "tokens": 10**14, "queue_ms": 1, "active_ms": 10**12}
    details = {"meta": meta, "open_url": "https://a.example/" + "y" * 200}
    for row in (message(written, body=body, details=details), prompt(written, details={"command": body, **details})):
        for line in shown(row, width, [entry("task.progress", 1, body=written)]):
            assert cell_len(line.lead + line.text) <= width, line
            assert not line.pieces or "".join(piece for piece, _ in line.pieces) == line.text


@given(SCRIPTS, st.integers(10, 40))
def test_a_command_is_shown_to_its_last_character(written: str, width: int) -> None:
    from inbox_tui.core.text import mark

    command = f"+{written}\n@@ -1 +1 @@\n-end"
    assert "".join(line.text for line in reading._shown(prompt("x"), mark(command), "command", width)) == "".join(
        chop(mark(command), width)
    )


@given(st.lists(st.tuples(SCRIPTS, st.sampled_from(["text", "link"])), max_size=6), st.integers(2, 40))
def test_wrapping_loses_nothing_but_blanks(pieces: list[tuple[str, str]], width: int) -> None:
    pieces = [(told.replace("\n", " "), part) for told, part in pieces]
    lines = [*spread(pieces, width)]
    for part in ("text", "link"):
        kept = "".join(told for line in lines for told, its in line if its == part)
        assert "".join(kept.split()) == "".join("".join(told for told, its in pieces if its == part).split())
