"""What a task tells in figures: a number of its `meta` over time, what its runs took, how they ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.screen import ModalScreen

from inbox_tui.core.errors import InboxError
from inbox_tui.core.text import clean
from inbox_tui.core.times import SECOND, to_wire
from inbox_tui.tui.cells import wrap
from inbox_tui.tui.link import Link
from inbox_tui.tui.metrics import telling
from inbox_tui.tui.metrics.telling import PARTS, PERIOD, PERIODS
from inbox_tui.tui.screens.closing import ClosesOnce
from inbox_tui.tui.screens.listed import trouble
from inbox_tui.tui.screens.palette import Palette
from inbox_tui.tui.widgets.line import Line, Piece

if TYPE_CHECKING:
    from inbox_tui.client.metrics import Metrics
    from inbox_tui.tui.metrics.plot import MetricsPlot

PLOT_SIZE = 60, 14
"""Columns and lines of a screen that has room for a plot. On a smaller one the table stands in its place."""
TABLE_LINES = 400
NO_PLOTS = "plots are not installed: pip install 'inbox-tui[plots]'"
NO_METRICS = "This hub tells no metrics: it is not one of ours, or an older one."


class MetricsScreen(ClosesOnce, ModalScreen[None]):
    """Of the task of one row: `row_id` tells which hub is asked."""

    DEFAULT_CSS = """
    MetricsScreen {
        background: $background; layout: vertical;
        #metrics-head { background: $surface; }
        #metrics-plot { height: 1fr; }
        VerticalScroll {
            height: 1fr; padding: 0 1; background: $background; scrollbar-size-vertical: 1;
            scrollbar-color: $inbox-rule; scrollbar-background: $background;
        }
        #metrics-legend { height: auto; }
        #metrics-plot, VerticalScroll { display: none; }
        &.-plot #metrics-plot { display: block; }
        &.-table VerticalScroll { display: block; }
        #metrics-foot { dock: bottom; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,h,left", "dismiss", "back"),
        Binding("tab,l,right", "part(1)", "next part"),
        Binding("shift+tab", "part(-1)", "previous part", show=False),
        Binding("1", "part_at(0)", "figures", show=False),
        Binding("2", "part_at(1)", "durations", show=False),
        Binding("3", "part_at(2)", "outcomes", show=False),
        Binding("j,down", "figure(1)", "next figure"),
        Binding("k,up", "figure(-1)", "previous figure", show=False),
        Binding("enter,slash", "choose_figure", "choose a figure", show=False),
        Binding("b", "group(1)", "group by"),
        Binding("p", "period(1)", "period"),
        Binding("P,shift+p", "period(-1)", "shorter period", show=False),
        Binding("t", "table", "table"),
        Binding("o", "choose_task", "other task", show=False),
        Binding("ctrl+r", "ask", "ask again", show=False),
        Binding("pagedown,ctrl+d,space", "scroll(1)", "page down", show=False),
        Binding("pageup,ctrl+u", "scroll(-1)", "page up", show=False),
    ]

    def __init__(self, link: Link, row_id: str, source: str, task: str, now: Callable[[], int]) -> None:
        super().__init__()
        self._link, self._row_id, self._of, self._now = link, row_id, (source, task), now
        self._part, self._period = PARTS[0], PERIOD
        self._key = self._by = ""
        self._told: Metrics | None = None
        self._plot: MetricsPlot | None = None
        self._wants_table = False
        self._no_plots = ""
        """Why there are none."""
        self._said = ""

    def compose(self) -> ComposeResult:
        yield Line(id="metrics-head")
        yield Line(id="metrics-parts")
        yield Container(id="metrics-plot")
        yield VerticalScroll(can_focus=False)
        yield Container(id="metrics-legend")
        yield Line(id="metrics-foot")

    def on_mount(self) -> None:
        self.action_ask()

    def on_resize(self) -> None:
        self._show()

    # What keys do

    def action_part(self, step: int) -> None:
        self.action_part_at((PARTS.index(self._part) + step) % len(PARTS))

    def action_part_at(self, place: int) -> None:
        self._part = PARTS[place]
        self._show_anew()

    def action_figure(self, step: int) -> None:
        told = self._told
        names = [key.name for key in told.keys] if told is not None else []
        if told is not None and told.key in names and self._part == "figures":
            self._ask_for(key=names[(names.index(told.key) + step) % len(names)])

    def action_group(self, step: int) -> None:
        names = ["", *(label.name for label in self._told.labels)] if self._told is not None else [""]
        if len(names) == 1:
            self._say("it tells no texts to group by")
        else:
            self._ask_for(by=names[(names.index(self._by) + step) % len(names)] if self._by in names else "")

    def action_period(self, step: int) -> None:
        names = [*PERIODS]
        self._ask_for(period=names[(names.index(self._period) + step) % len(names)])

    def action_table(self) -> None:
        if self._no_plots:
            self._say(self._no_plots)
            return
        self._wants_table = not self._wants_table
        self._show_anew()

    def action_scroll(self, pages: int) -> None:
        table = self.query_one(VerticalScroll)
        table.scroll_relative(y=pages * max(1, table.size.height - 1), animate=False)

    def action_choose_figure(self) -> None:
        if self._told is not None:
            named = [
                (telling.said(key.name), partial(self._ask_for, key=key.name), telling.of_events(key.events))
                for key in self._told.keys
            ]
            self.app.push_screen(Palette.of(self, named, "Figures…"))

    @work(group="metrics tasks", exclusive=True, exit_on_error=False, description="list measured tasks")
    async def action_choose_task(self) -> None:
        try:
            tasks = await self._link.measured_tasks(self._row_id)
        except InboxError as error:
            self._say(trouble(error, NO_METRICS))
            return
        named = [(f"{telling.said(one.task)} · {telling.said(one.source)}", one) for one in tasks]
        choices = [(name, partial(self._turn_to, one.source, one.task), telling.of_events(one.events)) for name, one in named]
        self.app.push_screen(Palette.of(self, choices, "Tasks…"))

    def _turn_to(self, source: str, task: str) -> None:
        self._of, self._told = (source, task), None
        self._ask_for(key="", by="")

    # Asking the hub

    def _ask_for(self, *, key: str | None = None, by: str | None = None, period: str | None = None) -> None:
        self._key = self._key if key is None else key
        self._by = self._by if by is None else by
        self._period = self._period if period is None else period
        self.action_ask()

    def action_ask(self) -> None:
        self._said = "asking the hub…"
        self._show()
        self._ask()

    @work(group="metrics", exclusive=True, exit_on_error=False, description="ask for metrics")
    async def _ask(self) -> None:
        asked = self._parameters()
        try:
            self._told = await self._link.metrics(self._row_id, asked)
            self._said = ""
        except InboxError as error:
            self._told, self._said = None, trouble(error, NO_METRICS)
        if self._plot is None and self._told is not None and not self._no_plots:
            try:
                await asyncio.to_thread(_import_the_plot)
            except ImportError:
                self._wants_table, self._no_plots = True, NO_PLOTS
            else:
                await self._mount_plot()
        self._show()

    def _parameters(self) -> dict[str, str]:
        """Of the hub's call. Days begin where they do on this machine."""
        (source, task), until = self._of, self._now()
        asked = {
            "source": source,
            "task": task,
            "key": self._key,
            "by": self._by,
            "since": to_wire(until - PERIODS[self._period]) or "",
            "until": to_wire(until) or "",
            "utc_offset": str(time.localtime(until // SECOND).tm_gmtoff // 60),
            "points": str(min(500, max(20, self.app.size.width))),
        }
        return {name: text for name, text in asked.items() if text}

    async def _mount_plot(self) -> None:
        from inbox_tui.tui.metrics.plot import MetricsPlot

        plot = MetricsPlot()
        await self.query_one("#metrics-plot").mount(plot)
        self._plot = plot

    # Drawing

    def _say(self, text: str) -> None:
        self._said = text
        self._show_words()

    def _show_anew(self) -> None:
        """What was said is over, but for why nothing is known."""
        if self._told is not None:
            self._said = ""
        self._show()

    def _show(self) -> None:
        if not self.is_mounted:
            return
        self._show_words()
        told, now = self._told, self._now()
        words = telling.nothing(told, self._part, self._period) if told is not None else ""
        is_table = self._wants_table or self.app.size.width < PLOT_SIZE[0] or self.app.size.height < PLOT_SIZE[1]
        self.set_class(told is not None and not words and is_table, "-table")
        self.set_class(told is not None and not words and not is_table and self._plot is not None, "-plot")
        legend: list[list[Piece]] = [[(f" {line}", "text")] for line in wrap(words, self.app.size.width - 2)] if words else []
        if told is not None and not words:
            legend = telling.legend(told, self._part, now)
            if is_table:
                self._fill_table(told)
            elif self._plot is not None:
                self.call_after_refresh(self._plot.show, told, self._part)
        noted = telling.note(told, self._part, now) if told is not None else ""
        self._show_legend([*legend, *([(f" {line}", "dim")] for line in wrap(noted, self.app.size.width - 2) if line)])

    def _fill_table(self, told: Metrics) -> None:
        head, *rows = telling.table(told, self._part, self._now(), self.app.size.width - 3)
        table = self.query_one(VerticalScroll)
        shown: list[list[Piece]] = [[(head, "dim")], *([(row, "text")] for row in rows[:TABLE_LINES])]
        table.remove_children()
        lines = [Line() for _ in shown]
        table.mount_all(lines)
        for line, pieces in zip(lines, shown, strict=True):
            line.show(pieces)

    def _show_legend(self, shown: list[list[Piece]]) -> None:
        legend = self.query_one("#metrics-legend")
        lines = [*legend.query(Line)]
        for line in lines[len(shown) :]:
            line.remove()
        more = [Line() for _ in shown[len(lines) :]]
        if more:
            legend.mount_all(more)
        for line, pieces in zip([*lines[: len(shown)], *more], shown, strict=True):
            line.show(pieces)

    def _show_words(self) -> None:
        told = self._told
        source, task = (clean(text, lines=False) for text in self._of)
        self.query_one("#metrics-head", Line).show(
            [(f" {task}", "strong"), (f"  {source}", "dim")], [(f"{self._period} ", "text")]
        )
        parts: list[Piece] = []
        for part in PARTS:
            parts += [(" ", "dim"), (part, "view" if part == self._part else "dim"), (" ", "dim")]
        if told is not None and told.key and self._part == "figures":
            names = [key.name for key in told.keys]
            place = f" {names.index(told.key) + 1} of {len(names)}" if told.key in names else ""
            parts += [("   ", "dim"), (telling.said(told.key), "strong"), (place, "dim")]
            parts += [(f"   by {telling.said(told.by)}", "text")] if told.by else []
        self.query_one("#metrics-parts", Line).show(parts)
        self.query_one("#metrics-foot", Line).show(self._foot(), [("Esc", "key"), (" back ", "dim")])

    def _foot(self) -> list[Piece]:
        if self._said:
            return [(f" {self._said}", "text")]
        keys = [("Tab", "next")]
        keys += [("j", "figure"), ("b", "group")] if self._part == "figures" else []
        keys += [("p", "period"), ("t", "plot" if self._wants_table else "table"), ("o", "task")]
        pieces: list[Piece] = []
        for key, label in keys:
            pieces += [(" ", "dim"), (key, "key"), (f" {label}  ", "dim")]
        return pieces


def _import_the_plot() -> None:
    """Off the loop: it takes longer than several frames. Raises ImportError where what draws is not installed."""
    import inbox_tui.tui.metrics.plot  # noqa: F401
