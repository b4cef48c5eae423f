"""The plots, drawn by textual-plot. Imported when the metrics are opened and not before: it brings numpy along."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual.reactive import reactive
from textual_hires_canvas import HiResMode
from textual_plot import AxisFormatter, NumericAxisFormatter, PlotWidget

from inbox_tui.core.times import SECOND
from inbox_tui.tui.metrics import telling
from inbox_tui.tui.metrics.amounts import Unit, unit_for
from inbox_tui.tui.metrics.telling import Drawn, Part

if TYPE_CHECKING:
    from inbox_tui.client.metrics import Metrics

LARGEST = 1e15
"""Beyond it nothing is drawn: the axis could not tell one value from the next."""
MARKED = 60
"""So many points of a line have its mark; where there are more, every second, or third, has."""
_STEPS = (1, 5, 15, 30, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86_400, 2 * 86_400, 5 * 86_400, 10 * 86_400)
LEAST_DAYS = 6
"""So many days before the last are shown, if not more: one alone would be a wall."""
_LABEL_CELLS = 9


class Moments(AxisFormatter):
    """An axis of seconds since 1970, told by the clock and the days of the machine's zone."""

    def __init__(self, cells: int) -> None:
        self._most, self._right = max(2, cells // _LABEL_CELLS), _LABEL_CELLS / 2 / cells
        """How many labels fit, and the share of the axis at its right where half of one does not."""

    def get_ticks(self, min_: float, max_: float, max_ticks: int = 8) -> list[float]:
        step = next((step for step in _STEPS if (max_ - min_) / step <= self._most), _STEPS[-1])
        midnight = time.mktime((*time.localtime(min_)[:3], 0, 0, 0, 0, 0, -1))
        end = max_ - (max_ - min_) * self._right
        tick = midnight + (min_ - midnight) // step * step
        return [tick + n * step for n in range(self._most + 2) if min_ <= tick + n * step <= end]

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        return [_moment(time.localtime(tick)) for tick in ticks]


class Amounts(AxisFormatter):
    """An axis of figures in one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit, self._plain = unit, NumericAxisFormatter()

    def get_ticks(self, min_: float, max_: float, max_ticks: int = 8) -> list[float]:
        size = self._unit.size
        return [tick * size for tick in self._plain.get_ticks(min_ / size, max_ / size, max_ticks)]

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        labels = self._plain.get_labels_for_ticks([tick / self._unit.size for tick in ticks])
        return [f"{label}{self._unit.sign}" for label in labels]


class Days(AxisFormatter):
    """An axis of days, counted from the first."""

    def __init__(self, first: date, cells: int) -> None:
        self._first, self._most = first, max(2, cells // _LABEL_CELLS)

    def get_ticks(self, min_: float, max_: float, max_ticks: int = 8) -> list[float]:
        step = max(1, -(-int(max_ - min_) // self._most))
        return [float(day) for day in range(0, int(max_) + 1, step)]

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        return [(self._first + timedelta(days=int(tick))).strftime("%d %b") for tick in ticks]


class MetricsPlot(PlotWidget, can_focus=False):
    """Draws one part of what was told. Colours are the theme's; each line has a mark of its own besides."""

    DEFAULT_CSS = """
    MetricsPlot {
        & > .plot--axis { color: $inbox-faint; }
        & > .plot--tick { color: $inbox-dim; text-style: none; }
        & > .plot--0 { color: $accent; }
        & > .plot--1 { color: $warning; }
        & > .plot--2 { color: $success; }
        & > .plot--3 { color: $error; }
        & > .plot--4 { color: $foreground; }
        & > .plot--5 { color: $inbox-dim; }
        & > .plot--good { color: $success; }
        & > .plot--bad { color: $error; }
        Canvas { background: $background; }
    }
    """
    margin_top = reactive(1)
    margin_bottom = reactive(1)
    margin_left = reactive(11)
    COMPONENT_CLASSES: ClassVar[set[str]] = {*(f"plot--{n}" for n in range(len(telling.MARKS))), "plot--good", "plot--bad"}

    def __init__(self) -> None:
        super().__init__(allow_pan_and_zoom=False)
        self._shown: tuple[Metrics, Part] | None = None

    def show(self, told: Metrics, part: Part) -> None:
        """In place of what it showed before."""
        self._shown = told, part
        self.clear()
        if part == "outcomes":
            self._draw_outcomes(told)
        else:
            drawn, key = (telling.figures(told), told.key) if part == "figures" else (telling.durations(told), "ms")
            self._draw_lines(told, drawn, key)

    def notify_style_update(self) -> None:
        """Another theme: lines hold their colours themselves."""
        super().notify_style_update()
        if self._shown is not None:
            self.show(*self._shown)

    def _style(self, name: str | int) -> str:
        color = self.get_component_rich_style(f"plot--{name}", partial=True).color
        return color.name if color is not None else "default"

    def _draw_lines(self, told: Metrics, lines: Sequence[Drawn], key: str) -> None:
        drawn = [
            (telling.MARKS.index(mark), mark, [(at / SECOND, value) for at, value in points if _is_drawn(told, at, value)])
            for _, mark, points in lines
        ]
        values = [value for _, _, points in drawn for _, value in points]
        if not values:
            return
        least, most = _range(values)
        first, last = min(x for _, _, points in drawn for x, _ in points), max(told.until, told.since + SECOND) / SECOND
        # Where it began to be told of in the midst of the time, nothing is left empty before.
        self.set_xlimits(max(told.since / SECOND, first - (last - first + 1) / 50), last)
        self.set_ylimits(least, most)
        self.set_x_formatter(Moments(self._cells))
        self.set_y_formatter(Amounts(unit_for(key, max(abs(least), abs(most)))))
        for n, mark, points in drawn:
            style, (x, y) = self._style(n), zip(*points, strict=True) if points else ((), ())
            self.plot(x, y, line_style=style, hires_mode=HiResMode.BRAILLE)
            step = -(-len(points) // MARKED) or 1
            self.scatter(x[::step], y[::step], marker=mark, marker_style=style)

    def _draw_outcomes(self, told: Metrics) -> None:
        last = _day_of(told.until)
        began = min((date.fromisoformat(day.day) for day in told.days), default=last)
        first = max(_day_of(told.since), min(began, last - timedelta(days=LEAST_DAYS)))
        counts = [(float((date.fromisoformat(day.day) - first).days), day) for day in told.days]
        counts = [(x, day) for x, day in counts if 0 <= x <= (last - first).days]
        well = [(x - 0.22, day.completed) for x, day in counts if day.completed]
        ill = [(x + 0.22, sum(getattr(day, name) for name in telling.OUTCOMES[1:])) for x, day in counts]
        ill = [(x, count) for x, count in ill if count]
        most = max((count for _, count in [*well, *ill]), default=1)
        self.set_xlimits(-0.7, (last - first).days + 0.7)
        self.set_ylimits(0, most * 1.2)
        self.set_x_formatter(Days(first, self._cells))
        self.set_y_formatter(Amounts(Unit(1, "")))
        for name, sign, bars in (("good", telling.WELL, well), ("bad", telling.ILL, ill)):
            if bars:
                (x, y), style = zip(*bars, strict=True), self._style(name)
                self.bar(x, y, width=0.4, bar_style=style)
                self.scatter(x, [height + most / 10 for height in y], marker=sign, marker_style=style)

    @property
    def _cells(self) -> int:
        return max(20, self.size.width - self.margin_left)


def _is_drawn(told: Metrics, at: int, value: float) -> bool:
    """A hub that lies has no line drawn to where it takes for ever."""
    return told.since <= at <= told.until and abs(value) < LARGEST


def _range(values: Sequence[float]) -> tuple[float, float]:
    """From zero where that is not far off; with a little room above, and below where it does not begin at zero."""
    least, most = min(values), max(values)
    room = (most - least or abs(most) or 1.0) / 16
    return (0.0 if 0 <= least <= most / 2 or least == most >= 0 else least - room), most + room


def _moment(then: time.struct_time) -> str:
    """`21 Nov` where a day begins; else the time of that day."""
    return time.strftime("%d %b" if then[3:6] == (0, 0, 0) else "%H:%M:%S" if then.tm_sec else "%H:%M", then)


def _day_of(at: int) -> date:
    return date(*time.localtime(at // SECOND)[:3])
