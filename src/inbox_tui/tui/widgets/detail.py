"""The detail: one notification whole, beside the list or over it. Scrolls; asks nobody for anything."""

from __future__ import annotations

from itertools import zip_longest
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from inbox_tui.core.model import Notification
from inbox_tui.core.times import Clock
from inbox_tui.tui import reading
from inbox_tui.tui.keymap import our_keymap
from inbox_tui.tui.lines import Line
from inbox_tui.tui.reading import NOTHING, Timeline


class Detail(ScrollView, can_focus=False, inherit_bindings=False):
    """Keeps its place while the same row changes; begins at the top with another."""

    DEFAULT_CSS = """
    Detail {
        padding: 0 1; scrollbar-size-vertical: 1; overflow-x: hidden;
        scrollbar-color: $inbox-rule; scrollbar-color-hover: $inbox-faint; scrollbar-color-active: $inbox-faint;
        scrollbar-background: $background; scrollbar-background-hover: $background; scrollbar-background-active: $background;
        & > .detail--text { color: $foreground; }
        & > .detail--title { color: $foreground; text-style: bold; }
        & > .detail--command { color: $inbox-ask; }
        & > .detail--note { color: $inbox-dim; }
        & > .detail--rule { color: $inbox-faint; }
        & > .detail--strong { color: $foreground; text-style: bold; }
        & > .detail--emphasis { color: $foreground; text-style: italic; }
        & > .detail--link { color: $accent; text-style: underline; }
        & > .detail--added { color: $success; }
        & > .detail--removed { color: $error; }
        & > .detail--ask { color: $inbox-ask; text-style: bold; }
        & > .detail--error { color: $error; text-style: bold; }
        & > .detail--warn { color: $warning; text-style: bold; }
        & > .detail--success { color: $success; }
        & > .detail--info { color: $inbox-dim; }
        &:ansi > .detail--note, &:ansi > .detail--rule { text-style: dim; }
    }
    """
    PARTS: ClassVar[tuple[str, ...]] = (
        *("text", "title", "strong", "emphasis", "link", "command", "note", "rule", "added", "removed"),
        *("ask", "error", "warn", "success", "info"),
    )
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"detail--{part}" for part in PARTS}

    def __init__(self, clock: Clock, *, me: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._clock, self._me = clock, me
        self.keymap = our_keymap()
        self._row: Notification | None = None
        self._timeline, self._note = NOTHING, ""
        self._lines: list[Line] = []
        self._whole = False

    def show(self, row: Notification | None, timeline: Timeline = NOTHING, note: str = "") -> None:
        """`note`: what this pane knows of the row before the row tells it."""
        same = row is not None and self._row is not None and row.id == self._row.id
        self._row, self._timeline, self._note = row, timeline, note
        self._whole = self._whole and same
        self._compose_lines()
        if not same:
            self.scroll_to(y=0, animate=False, force=True)

    def unfold(self) -> None:
        """All of it, or again without what is folded; of another row, folded."""
        self._whole = not self._whole
        self._compose_lines()

    def scroll_lines(self, lines: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False, force=True)

    @property
    def page(self) -> int:
        return max(1, self.scrollable_content_region.height - 1)

    def on_resize(self) -> None:
        self._compose_lines()

    def _compose_lines(self) -> None:
        """Draws only what reads differently: over a slow link, a cursor's move should not cost a screen."""
        before = self._lines
        self._lines = self._new_lines()
        height = max(len(self._lines), self.scrollable_content_region.height)
        if self.virtual_size.height != height:
            self.virtual_size = Size(0, height)
        for y, (old, new) in enumerate(zip_longest(before, self._lines)):
            if old != new:
                self.refresh_line(y)

    def _new_lines(self) -> list[Line]:
        width = self.scrollable_content_region.width - 1
        if self._row is None or width < 8:
            return []
        return reading.lines(
            self._row,
            width,
            self._clock(),
            timeline=self._timeline,
            me=self._me,
            note=self._note,
            whole=self._whole,
            keymap=self.keymap,
        )

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        y += self.scroll_offset.y
        text = self.get_component_rich_style("detail--text")
        if y >= len(self._lines):
            return Strip.blank(width, text)
        line = self._lines[y]
        pieces = [(line.lead, line.lead_part), *(line.pieces or ((line.text, line.part),))]
        segments = [Segment(text, self.get_component_rich_style(f"detail--{part}")) for text, part in pieces]
        return Strip(segments).adjust_cell_length(width, text)
