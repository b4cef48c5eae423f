"""What a task tells in figures, in words: the legend under a plot, the table in its place, what either is made of. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from rich.cells import cell_len

from inbox_tui.core.text import clean
from inbox_tui.core.times import DAY, HOUR, SECOND
from inbox_tui.tui.cells import cut, fit
from inbox_tui.tui.clocktime import lasting, moment
from inbox_tui.tui.metrics.amounts import NONE, amount, median
from inbox_tui.tui.widgets.line import Piece

if TYPE_CHECKING:
    from inbox_tui.client.metrics import Ended, Line, Metrics

Part = Literal["figures", "durations", "outcomes"]
PARTS: tuple[Part, ...] = ("figures", "durations", "outcomes")
PERIODS = {"1 hour": HOUR, "24 hours": DAY, "7 days": 7 * DAY, "30 days": 30 * DAY}
PERIOD = "7 days"
MARKS = "ox+*#~"
"""One a line, in its order: what tells lines apart where there is no colour."""
COLORS = ("key", "warn", "good", "error", "strong", "dim")
"""The part of a `Line` that has a mark's colour: what `plot.MetricsPlot` draws it in."""
SPANS = ("total", "active", "queued", "paused", "waited")
WELL, ILL = "✓", "✗"
OUTCOMES = ("completed", "failed", "timeout", "cancelled", "terminated")
LABEL_CELLS = 24


class Drawn(NamedTuple):
    """A line of a plot: what it is called, its mark, and its points (moment in microseconds, value), in the order of time."""

    name: str
    mark: str
    points: Sequence[tuple[int, float]]


def of_events(count: int) -> str:
    return f"{count:,} {'event' if count == 1 else 'events'}"


def figures(told: Metrics) -> list[Drawn]:
    """A line for each group."""
    return [
        Drawn(group(told, line), mark, [(point.at, point.mean) for point in line.points])
        for mark, line in zip(MARKS, told.lines, strict=False)
    ]


def durations(told: Metrics) -> list[Drawn]:
    """Milliseconds: a line for each kind of time that any run tells."""
    drawn = []
    for mark, span in zip(MARKS, SPANS, strict=False):
        points = [(run.at, ms) for run in told.runs if (ms := _span(run, span)) is not None]
        if any(ms for _, ms in points):
            drawn.append(Drawn(span, mark, points))
    return drawn


def group(told: Metrics, line: Line) -> str:
    """What a line is of."""
    if line.is_rest:
        return "all others"
    return said(line.label) if line.label else f"without {said(told.by)}" if told.by else said(told.key)


def said(text: str) -> str:
    """A sender's word, cleaned and cut."""
    return cut(clean(text, lines=False), LABEL_CELLS)


def legend(told: Metrics, part: Part, now: int) -> list[list[Piece]]:
    """A line of words for each line of the plot."""
    match part:
        case "figures":
            return [_of_line(told, line, mark, now) for mark, line in zip(MARKS, told.lines, strict=False)]
        case "durations":
            return [_of_span(drawn) for drawn in durations(told)]
        case "outcomes":
            counts = [(name, sum(getattr(day, name) for day in told.days)) for name in OUTCOMES]
            words = "   ".join(f"{name} {count:,}" for name, count in counts if count)
            key = [(f" {WELL}", "good"), (" completed   ", "dim"), (ILL, "error"), (" did not   ", "dim"), (words, "text")]
            return [key] if words else []


def _of_line(told: Metrics, line: Line, mark: str, now: int) -> list[Piece]:
    count = sum(point.count for point in line.points)
    last = line.points[-1]
    least, most = min(point.least for point in line.points), max(point.most for point in line.points)
    words = f"last {amount(last.mean, told.key)} · {amount(least, told.key)} to {amount(most, told.key)} · {count:,} values"
    return [
        (f" {mark} ", _color(mark)),
        (f"{group(told, line)}  ", "strong"),
        (f"{words} · last at {moment(last.at, now)}", "text"),
    ]


def _of_span(drawn: Drawn) -> list[Piece]:
    values = [value for _, value in drawn.points]
    words = f"median {amount(median(values), 'ms')} · {amount(min(values), 'ms')} to {amount(max(values), 'ms')}"
    return [(f" {drawn.mark} ", _color(drawn.mark)), (f"{drawn.name:<8}", "strong"), (f"{words} · {len(values):,} runs", "text")]


def _color(mark: str) -> str:
    return COLORS[MARKS.index(mark)]


def note(told: Metrics, part: Part, now: int) -> str:
    """What the plot is made of."""
    if not told.events:
        return ""
    made = [f"{of_events(told.events)} since {moment(told.since, now)}"]
    if not told.is_whole:
        made.append("earlier ones are more than is read at once")
    if part == "figures" and told.bucket_seconds:
        made.append(f"each point is the mean of {lasting(round(told.bucket_seconds * SECOND))}")
    if part == "durations" and told.runs_left_out:
        made.append(f"the newest {len(told.runs):,} runs; {told.runs_left_out:,} before them are not shown")
    return " · ".join(made)


def nothing(told: Metrics, part: Part, period: str) -> str:
    """Why there is nothing to draw; "" where there is."""
    match part:
        case "figures" if not told.lines:
            return f"It told no figures in the last {period}: numbers in `meta` are what is drawn here."
        case "durations" if not durations(told):
            return f"No run of it that ended in the last {period} tells what it took."
        case "outcomes" if not told.days:
            return f"None of its runs ended in the last {period}."
    return ""


def table(told: Metrics, part: Part, now: int, width: int) -> list[str]:
    """The same figures as lines, the newest first, below a line of heads. What no line tells has no column."""
    rows = list({"figures": _figure_rows, "durations": _run_rows, "outcomes": _day_rows}[part](told, now))
    columns = [n for n in range(len(rows[0])) if n == 0 or any(row[n] not in ("", NONE) for row in rows[1:])]
    widths = [max(cell_len(row[n]) for row in rows) for n in columns]
    gap = "  " if sum(widths) + 2 * len(widths) <= width else " "
    return [gap.join(fit(row[n], cells) for n, cells in zip(columns, widths, strict=True)).rstrip() for row in rows]


def _figure_rows(told: Metrics, now: int) -> Iterator[tuple[str, ...]]:
    key = told.key
    yield "time", said(key), "least", "most", "of", said(told.by)
    points = [(point, line) for line in told.lines for point in line.points]
    for point, line in sorted(points, key=lambda each: each[0].at, reverse=True):
        numbers = (amount(number, key) for number in (point.mean, point.least, point.most))
        yield moment(point.at, now), *numbers, f"{point.count:,}", group(told, line) if told.by else ""


def _run_rows(told: Metrics, now: int) -> Iterator[tuple[str, ...]]:
    yield "ended", "outcome", *SPANS
    for run in reversed(told.runs):
        yield moment(run.at, now), said(run.outcome), *(amount(_span(run, span), "ms") for span in SPANS)


def _day_rows(told: Metrics, now: int) -> Iterator[tuple[str, ...]]:
    yield "day", *OUTCOMES
    for day in reversed(told.days):
        yield day.day, *(f"{getattr(day, name):,}" for name in OUTCOMES)


def _span(run: Ended, span: str) -> float | None:
    ms: float | None = getattr(run, f"{span}_ms")
    return ms
