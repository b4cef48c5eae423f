"""The metrics of a row's task: drawn and in words, at every size, from a hub that is there, away, or lies."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest
import seed
from hubs import RunningHub
from panes import opened
from tui_world import OpenPane, Pane, message

from inbox_tui.client.metrics import Metrics
from inbox_tui.client.wire import Malformed, parse
from inbox_tui.core.errors import Refused
from inbox_tui.core.times import DAY, HOUR, to_wire
from inbox_tui.tui.metrics import telling
from inbox_tui.tui.metrics.amounts import amount, median
from inbox_tui.tui.screens.metrics import NO_METRICS

ROW = message("Pipeline finished", task_name="data-pipeline", source="nightly", kind="task.completed")


def said(**changes: Any) -> dict[str, Any]:
    """As a hub says it."""
    since = seed.NOW - 7 * DAY
    points = [
        {"at": to_wire(since + n * 4 * HOUR), "mean": 4000 + n * 10, "least": 4000, "most": 4500, "count": 2} for n in range(42)
    ]
    runs = [
        {
            "run_id": f"r{n}",
            "at": to_wire(since + n * 4 * HOUR),
            "outcome": "completed",
            "total_ms": 47_000 + n,
            "active_ms": 40_000,
        }
        for n in range(42)
    ]
    document = {
        "source": "nightly", "task": "data-pipeline", "key": "rows_processed", "by": "", "since": to_wire(since),
        "until": to_wire(seed.NOW), "is_whole": True, "events": 84, "bucket_seconds": 14_400,
        "keys": [{"name": "rows_processed", "events": 84}, {"name": "cost_usd", "events": 9}],
        "labels": [{"name": "env", "events": 84}],
        "lines": [{"label": "", "points": points}],
        "runs": runs, "days": [{"day": "2026-10-27", "completed": 9, "failed": 2}],
    }  # fmt: skip
    return document | changes


def told(**changes: Any) -> Metrics:
    return Metrics.model_validate(said(**changes))


def screen(it: Pane) -> list[str]:
    return [strip.text.rstrip() for strip in it.app.screen._compositor.render_strips()]


def plot(line: str) -> str:
    """What of a line is right of the axis."""
    return re.split("[┃┫┻]", line, maxsplit=1)[-1] if re.search("[┃┫┻]", line) else ""


async def look(it: Pane, measured: Metrics, *keys: str) -> list[str]:
    """The metrics of the first row, once they are on the screen."""
    it.link.measured = measured
    await it.press("g", "t")
    await it.until(lambda: "Tab next" in screen(it)[-1])
    await it.press(*keys)
    await it.until(lambda: any(line.strip() for line in screen(it)[3:-4]))
    return screen(it)


@pytest.mark.parametrize(
    ("size", "environ"), [((80, 24), {"COLORTERM": "truecolor"}), ((60, 24), {"NO_COLOR": "1"}), ((200, 50), {"TERM": "linux"})]
)
async def test_a_number_is_drawn_over_time_with_its_axes_and_its_words(
    pane: OpenPane, size: tuple[int, int], environ: dict[str, str]
) -> None:
    async with pane([ROW], size=size, environ=environ) as it:
        lines = await look(it, told())
        await it.until(lambda: any("┗" in line or "┻" in line for line in screen(it)))
        text = "\n".join(lines := screen(it))
        assert lines[0].startswith(" data-pipeline  nightly")
        assert lines[0].endswith("7 days")
        assert "rows_processed 1 of 2" in lines[1]
        assert len(re.findall(r"\d k?┫|\dk┫|k ┫", text)) >= 2, "figures at the side"
        assert len(re.findall(r"2\d Oct", text)) >= 3, "days below, and in words"
        assert text.count("o") > 20
        assert " o rows_processed  last 4,410 · 4,000 to 4,500 · 84 values" in text
        assert "each point is the mean of 4h" in " ".join(text.split())
        assert all(len(line) <= size[0] for line in lines)


async def test_without_what_draws_the_table_stands_in_its_place_and_says_why(
    pane: OpenPane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "textual_plot", None)
    monkeypatch.delitem(sys.modules, "inbox_tui.tui.metrics.plot", raising=False)
    async with pane([ROW]) as it:
        lines = await look(it, told())
        assert any("4,410" in line or "4 410" in line or "4410" in line for line in lines)
        await it.press("t")
        await it.until(lambda: "pip install 'inbox-tui[plots]'" in screen(it)[-1])


async def test_groups_have_marks_and_durations_and_outcomes_their_own_plots(pane: OpenPane) -> None:
    at = to_wire(seed.NOW - DAY)
    later = to_wire(seed.NOW - HOUR)
    lines = [
        {"label": label, "is_rest": not label, "points": [{"at": when, "mean": n, "least": n, "most": n} for when in (at, later)]}
        for n, label in enumerate(("production", "staging", ""), 1)
    ]
    async with pane([ROW]) as it:
        await look(it, told(by="env", lines=lines))
        await it.until(lambda: all(any(mark in plot(line) for line in screen(it)) for mark in "ox+"))
        assert [line.split()[:2] for line in screen(it) if "values" in line] == [
            ["o", "production"],
            ["x", "staging"],
            ["+", "all"],
        ]
        await it.press("2")
        await it.until(lambda: any("median 47.02 s" in line for line in screen(it)))
        assert any(line.startswith(" x active  median 40 s") for line in screen(it))
        await it.press("3")
        await it.until(lambda: any("█" in line for line in screen(it)))
        drawn = "\n".join(plot(line) for line in screen(it))
        assert ("✓" in drawn, "✗" in drawn) == (True, True)
        assert any("completed 9   failed 2" in line for line in screen(it))


async def test_keys_choose_the_figure_the_group_and_the_time(pane: OpenPane) -> None:
    async with pane([ROW]) as it:
        await look(it, told())
        for keys in ("j", "b", "p", "P", "P"):
            await it.press(keys)
            await it.until(lambda: "asking" not in screen(it)[-1])
        spans = ["2026-10-21", "2026-10-21", "2026-10-21", "2026-09-28", "2026-10-21", "2026-10-27"]
        asked = [(one.get("key"), one.get("by"), one["since"][:10]) for one in it.link.asked]
        keys_asked = [None, "cost_usd", "cost_usd", "cost_usd", "cost_usd", "cost_usd"]
        assert asked == [*zip(keys_asked, [None, None, "env", "env", "env", "env"], spans, strict=True)]
        assert {one["task"] for one in it.link.asked} == {"data-pipeline"}
        await it.press("escape")
        await it.until(lambda: it.app.screen is it.main)


@pytest.mark.parametrize("size", [(58, 24), (80, 12)])
async def test_where_there_is_no_room_the_table_stands_in_its_place(pane: OpenPane, size: tuple[int, int]) -> None:
    async with pane([ROW], size=size) as it:
        lines = await look(it, told())
        assert lines[2].split() == ["time", "rows_processed", "least", "most", "of"]
        assert lines[3].split()[:5] == ["08:31:09", "4,410", "4,000", "4,500", "2"]
        await it.press("2")
        await it.until(lambda: "outcome" in screen(it)[2])
        assert screen(it)[2].split() == ["ended", "outcome", "total", "active"], "what no run tells has no column"


async def test_the_table_is_there_for_whoever_wants_it(pane: OpenPane) -> None:
    async with pane([ROW]) as it:
        await look(it, told(), "3", "t")
        await it.until(lambda: "completed" in screen(it)[2])
        assert screen(it)[3].split() == ["2026-10-27", "9", "2", "0", "0", "0"]
        await it.press("t")
        await it.until(lambda: any("█" in line for line in screen(it)))


async def test_nothing_told_and_no_answer_are_said_in_words(pane: OpenPane, monkeypatch: pytest.MonkeyPatch) -> None:
    async with pane([ROW]) as it:
        await it.press("g", "t")
        await it.until(lambda: "not connected" in screen(it)[-1])
        it.link.measured = told(lines=[], runs=[], days=[], keys=[], labels=[], key="", events=0)
        await it.press("ctrl+r")
        await it.until(lambda: any("told no figures in the last 7 days" in line for line in screen(it)))
        await it.press("b")
        assert "no texts to group by" in screen(it)[-1]
        await it.press("2")
        assert "no texts to group by" not in screen(it)[-1]
        await it.until(lambda: any("tells what it took" in line for line in screen(it)))

        async def refuse(row_id: str, asked: object) -> Metrics:
            raise Refused(404, "No such path.")

        monkeypatch.setattr(it.link, "metrics", refuse)
        await it.press("ctrl+r")
        await it.until(lambda: NO_METRICS in screen(it)[-1])


async def test_what_a_sender_calls_things_is_drawn_as_text(pane: OpenPane) -> None:
    name = "\x1b[2J[bold red]rows[/] \u202e" + "x" * 80
    hostile = told(key=name, by="[/]", keys=[{"name": name}], labels=[{"name": "[/]"}])
    hostile.lines[0].label = "[red]\x1b]52;c;AAAA\x07"
    async with pane([message("[bold]t[/]", source="\x1b[31ms")]) as it:
        await look(it, hostile)
        text = "\n".join(screen(it))
        assert "[bold]t[/]" in text
        assert "[bold red]rows[/]" in text
        assert "[red]" in text
        assert "\x1b" not in text


@pytest.mark.parametrize("value", [0, -3, 1e14, 1e300])
async def test_no_value_ends_the_pane(pane: OpenPane, value: float) -> None:
    point = {"mean": value, "least": value, "most": value}
    lines = [{"label": "", "points": [{"at": to_wire(seed.NOW - n * n), **point} for n in range(3, 0, -1)]}]
    async with pane([ROW]) as it:
        shown = "\n".join(await look(it, told(lines=lines)))
        assert f"last {amount(value, 'rows_processed')}" in shown


async def test_what_lies_beyond_the_time_is_not_drawn(pane: OpenPane) -> None:
    """A line to there, or a wall until there, would take for ever."""
    points = [
        {"at": at, "mean": n, "least": n, "most": n} for n, at in enumerate(("1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z"))
    ]
    days = [{"day": "0001-01-01", "completed": 1}, {"day": "9999-12-31", "failed": 1 << 62}]
    async with pane([ROW]) as it:
        await look(it, told(lines=[{"label": "", "points": points}], days=days))
        await it.press("3")
        await it.until(lambda: any("did not" in line for line in screen(it)))


@pytest.mark.parametrize(
    "lie",
    [
        {"lines": [{"label": "", "points": []}]},
        {"lines": [{"label": "", "points": [{"at": "yesterday", "mean": 1, "least": 1, "most": 1}]}]},
        {"days": [{"day": "2026-13-99", "completed": 1}]},
        {"days": [{"day": "2026-10-27", "completed": -1}]},
        {"until": "9999-12-31T23:59:59Z"},
        {"bucket_seconds": float("nan")},
        {"keys": "none"},
    ],
)
def test_a_hub_that_lies_is_not_believed(lie: dict[str, Any]) -> None:
    parse(Metrics, json.dumps(said()))
    with pytest.raises(Malformed):
        parse(Metrics, json.dumps(said(**lie)))


def test_figures_are_read_in_the_unit_that_their_name_tells() -> None:
    assert [amount(value, "total_duration_ms") for value in (340, 4_200, 200_000, 1e7)] == [
        "340 ms",
        "4.2 s",
        "3.333 min",
        "2.778 h",
    ]
    assert amount(90, "wait_seconds") == "90 s"
    assert amount(96.2, "used_percent") == "96.2 %"
    assert amount(3 << 30, "heap.bytes") == "3 GiB"
    assert [amount(value, "rows") for value in (4218, 421_800, -7, 0.25, 1e18)] == ["4,218", "421.8k", "-7", "0.25", "1e+18"]
    assert amount(None, "rows") == "–"
    assert [median([]), median([3]), median([1, 4, 2]), median([1, 2])] == [None, 3, 2, 1.5]


def test_every_line_of_a_plot_has_a_mark_of_its_own() -> None:
    assert len(set(telling.MARKS)) == len(telling.MARKS) >= 6


def test_plots_are_paid_for_by_whoever_looks_at_them() -> None:
    imports = "import sys, inbox_tui.tui.app, inbox_tui.tui.screens.metrics"
    code = f"{imports}; print({{'numpy', 'textual_plot', 'pydantic'}} & {{*sys.modules}})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60).stdout == "set()\n"


def test_in_a_terminal_from_a_hub_that_goes_away_meanwhile(hub: RunningHub) -> None:
    for n in range(5):
        meta = {"rows_processed": 4000 + n, "total_duration_ms": 42_000}
        hub.publish(
            title="Pipeline finished", kind="task.completed", source="nightly", task_name="load", run_id=f"r{n}", meta=meta
        )
    with opened(hub.home, "Pipeline finished", size=(80, 24), COLORTERM="truecolor") as terminal:
        terminal.wait_for("caught up")
        terminal.press("g")
        terminal.press("t")
        terminal.wait_for("5 values")
        since = len(terminal.output)
        terminal.press("\t")
        terminal.wait_for("median 42 s", since=since)
        hub.stop()
        since = len(terminal.output)
        terminal.press("\x12")
        terminal.wait_for("not running", since=since)
    hub.restart()


def test_one_event_is_one() -> None:
    assert [telling.of_events(count) for count in (1, 2, 1200)] == ["1 event", "2 events", "1,200 events"]
