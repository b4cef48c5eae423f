"""The list: one line a row or two, drawn from cached strips, over pages of the cache. Knows rows and cells; decides nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from inbox_tui.cache.lists import Lists
from inbox_tui.cache.pages import Row
from inbox_tui.cache.rows import View
from inbox_tui.core.times import Clock
from inbox_tui.core.triage import state_of
from inbox_tui.tui import words
from inbox_tui.tui.headings import Branch, Heading, Line, render_heading
from inbox_tui.tui.listing import Listing
from inbox_tui.tui.rows import BAR, RowStyles, placeholder, render_row
from inbox_tui.tui.selection import MOST, Selection
from inbox_tui.tui.sources import Rows, ViewRows
from inbox_tui.tui.theme import STRIPES

AGES_KEPT = 2000
TONES = ("ask", "error", "warn", "success", "info")


class NotificationList(ScrollView, can_focus=False, inherit_bindings=False):
    """Moves by method; tells by message. `notes` says, by id, what this pane knows of a row before the row tells it."""

    DEFAULT_CSS = """
    NotificationList {
        scrollbar-size-vertical: 1; overflow-x: hidden;
        scrollbar-color: $inbox-rule; scrollbar-color-hover: $inbox-faint; scrollbar-color-active: $inbox-faint;
        scrollbar-background: $background; scrollbar-background-hover: $background; scrollbar-background-active: $background;
        & > .list--text { color: $foreground; }
        & > .list--dim { color: $inbox-dim; }
        & > .list--bar { color: $accent; text-style: bold; }
        & > .list--ask { color: $inbox-ask; text-style: bold; }
        & > .list--error { color: $error; text-style: bold; }
        & > .list--warn { color: $warning; text-style: bold; }
        & > .list--success { color: $success; }
        & > .list--info { color: $inbox-dim; }
        & > .list--cursor { background: $inbox-cursor; }
        &.-reading > .list--bar { color: $inbox-faint; }
        &:ansi > .list--dim { text-style: dim; }
        &:ansi > .list--cursor { text-style: reverse; }
        &.-reading:ansi > .list--cursor { text-style: underline; }
    }
    """ + "".join(f"NotificationList > .list--{name} {{ color: $inbox-{name}; }}\n" for name in STRIPES)
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--text",
        "list--dim",
        "list--bar",
        "list--cursor",
        *(f"list--{name}" for name in (*TONES, *STRIPES)),
    }

    @dataclass
    class Highlighted(Message):
        """The cursor is on another row, or its row has changed."""

        row: Row | None

    class Moved(Message):
        """Position, number of rows or of unseen arrivals changed."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, NotificationList.Moved)

    @dataclass
    class Unreadable(Message):
        """Rows could not be read from the cache; their lines stay as they were."""

        error: sqlite3.Error

    class Opened(Message):
        """The row under the cursor was clicked once more."""

    @dataclass
    class HeadingClicked(Message):
        heading: Heading

    def __init__(
        self, reader: Lists, clock: Clock,
        *, me: str = "", hubs: Mapping[str, str] = MappingProxyType({}), id: str | None = None,  # noqa: A002
    ) -> None:  # fmt: skip
        super().__init__(id=id)
        self.listing, self._reader = Listing(ViewRows(reader, View.ALL)), reader
        self.notes: dict[str, str] = {}
        self.selection = Selection()
        self.arrived = 0
        """Rows that came in above the screen since its top was last seen."""
        self.density = 1
        """Lines a row; all rows have as many, so that a line's row is known without looking at those above."""
        self.touched = False
        """Whether a person has pressed a key: until then the list follows its top."""
        self._clock, self._me, self._hubs = clock, me, hubs
        self._strips: LRUCache[tuple[object, ...], list[Strip]] = LRUCache(512)
        """By row and look: its lines."""
        self._styles: RowStyles | None = None
        self._ages: dict[str, str] = {}
        """By id: the age that was drawn last."""

    # What it shows

    def on_mount(self) -> None:
        self._resize_content()

    def show(self, view: View) -> None:
        """Another view, from its top."""
        self.show_rows(ViewRows(self._reader, view))

    def show_rows(self, source: Rows) -> None:
        """Other rows, from their top."""
        self.listing.show_rows(source)
        self.arrived = 0
        self._resize_content()
        self._scroll(0)
        self.refresh()
        self._tell()

    def use_density(self, density: int) -> None:
        """One line a row, or two; the cursor's row stays on the screen."""
        if density != self.density:
            top = self._top
            self.density = density
            self._resize_content()
            self._scroll(top)
            self.scroll_to_cursor()
            self.refresh()

    def take_changes(self, *, arrivals: bool = True) -> None:
        """The list has changed: same cursor, same place under the eye. Draws only lines that show another row. `arrivals`: what
        is above the screen now has come, and was not merely found."""
        top, old, before = self.scroll_offset.y, self.listing.cursor, self._shown()
        moved = self.listing.follow() * self.density
        if not self.touched:
            self.listing.move(0)
            moved = -top
        self._resize_content()
        if moved:
            self._scroll_unseen(top + moved)
            come = (self.scroll_offset.y - top) // self.density
            self.arrived = max(0, self.arrived + come * arrivals) if self.scroll_offset.y else 0
        self._load()
        for line, (was, now) in enumerate(zip(before, self._shown(), strict=False)):
            if was != now:
                self.refresh(Region(0, line, self.size.width, 1))
        if self.listing.cursor != old:
            self.post_message(self.Highlighted(self.listing.cursor))
        self.post_message(self.Moved())

    def _shown(self) -> list[tuple[Line | None, bool]]:
        """What each line of the screen shows, and whether the cursor is there."""
        top, cursor = self.scroll_offset.y, self.listing.cursor_y
        lines = range(top, top + self.scrollable_content_region.height)
        return [(self.listing.line(y), y == cursor) for y in (line // self.density for line in lines)]

    def tick(self) -> None:
        """Time went by: draws again the lines whose age reads differently."""
        now = self._clock()
        for y in range(self._top, self._top + self.lines + 1):
            row = self.listing.row(y)
            if row is not None and words.age(now - row.notification.last_occurred_at) != self._ages.get(row.id):
                self._draw(y)

    def selection_changed(self) -> None:
        """Draws the signs anew; tells how many there are."""
        self._stretch()
        self.refresh()
        self.post_message(self.Moved())

    def clear_selection(self) -> None:
        if len(self.selection):
            self.selection.clear()
            self.selection_changed()

    def _stretch(self) -> None:
        """A range that is being drawn goes from where it began to the cursor."""
        listing, begun = self.listing, self.selection.anchor
        if not begun or listing.cursor_y is None:
            return
        y = listing.place_of(begun)
        if y is None:
            self.selection.settle()
            return
        first, last = sorted((y, listing.cursor_y))
        self.selection.stretch(listing.source.ids(first, min(last - first + 1, MOST)))

    def note(self, id_: str, text: str) -> None:
        """Puts words in the place of a row's state; "" takes them away."""
        if text:
            self.notes[id_] = text
        else:
            self.notes.pop(id_, None)
        self.refresh()

    def note_of(self, row: Row) -> str:
        """What this pane knows of a row: until the row itself tells of its decision."""
        return self.notes.get(row.id, "") if row.notification.decision is None else ""

    # Moving

    @property
    def lines(self) -> int:
        """Rows that are whole on the screen."""
        return max(1, self.scrollable_content_region.height // self.density)

    @property
    def _top(self) -> int:
        """The row that the screen begins with."""
        return self.scroll_offset.y // self.density

    def _draw(self, y: int) -> None:
        """The row at `y` again."""
        self.refresh_lines(y * self.density, self.density)

    def move_by(self, rows: int) -> None:
        if self.listing.cursor_y is not None:
            self.move_to(self.listing.cursor_y + rows)

    def move_to(self, y: int, *, towards: int = 0) -> None:
        """The cursor to the row at `y`, scrolling as little as shows it. `towards`: see `Listing.move`; 0: as it goes."""
        old = self.listing.cursor_y
        self.listing.move(y, towards=towards or (-1 if y < (old or 0) else 1))
        new = self.listing.cursor_y
        if new is None:
            return
        if old is not None:
            self._draw(old)
        self._draw(new)
        self.scroll_to_cursor()
        if self.selection.anchor:
            self.selection_changed()
        self._tell()

    def scroll_to_cursor(self) -> None:
        y, top = self.listing.cursor_y, self._top
        if y is not None:
            self._scroll(min(max(top, y - self.lines + 1), y - self.listing.is_above_group(y)))

    def show_at_top(self, y: int) -> None:
        """The cursor to the row at `y`, which the screen then begins with, under its heading where it has one."""
        self.move_to(y, towards=1)
        y = self.listing.cursor_y or 0
        self._scroll(y - self.listing.is_above_group(y))

    def settle(self) -> None:
        """After lines were folded or opened: the cursor on what may have it, and in sight."""
        if (y := self.listing.cursor_y) is not None:
            self.move_to(y, towards=1)

    def _scroll(self, top: int) -> None:
        """The row at `top` to the first line, as far as there are rows below it."""
        self.scroll_to(y=max(0, top) * self.density, animate=False, force=True)
        if self.scroll_offset.y == 0:
            self.arrived = 0

    def _scroll_unseen(self, top: int) -> None:
        """To another line, where mostly the same rows are shown: what differs is drawn by the caller."""
        top = min(max(0, top), max(0, self.virtual_size.height - self.scrollable_content_region.height))
        self.set_reactive(NotificationList.scroll_y, float(top))
        self.set_reactive(NotificationList.scroll_target_y, float(top))
        self.vertical_scrollbar.position = top

    def _resize_content(self) -> None:
        size = Size(0, self.listing.count * self.density)
        if self.virtual_size == size:
            return
        if self.show_vertical_scrollbar and size.height > self.scrollable_content_region.height:
            # A layout of the whole screen for one more row would cost more than all else.
            self.set_reactive(NotificationList.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = size.height
        else:
            self.virtual_size = size

    def _tell(self) -> None:
        self.post_message(self.Highlighted(self.listing.cursor))
        self.post_message(self.Moved())

    # Drawing

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._load()
            self.post_message(self.Moved())

    def on_resize(self) -> None:
        self._strips.grow(max(512, self.size.height * 4))
        self._load()
        self.scroll_to_cursor()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()
        self._styles = None

    def _load(self) -> None:
        if len(self._ages) > AGES_KEPT:
            self._ages.clear()
        self._read(self._top, self._top + self.lines + 1)

    def _load_late(self, y: int) -> None:
        # Drawing it again without its page would ask for the page again, for ever.
        if self._read(y, y):
            self._draw(y)

    def _read(self, first: int, last: int) -> bool:
        try:
            self.listing.load(first, last)
        except sqlite3.Error as error:
            self.post_message(self.Unreadable(error))
            return False
        return True

    def render_line(self, y: int) -> Strip:
        y, part = divmod(y + self.scroll_offset.y, self.density)
        width = self.scrollable_content_region.width
        styles = self._styles = self._styles or self._build_styles()
        if y >= self.listing.count:
            return Strip.blank(width, styles.plain["text"])
        line = self.listing.line(y)
        if line is None:
            self.call_later(self._load_late, y)
            return placeholder(width, styles)
        if isinstance(line, Heading):
            return self._heading(line, y, width, styles)[part]
        return self._strip(line, y, part, width, styles)

    def _heading(self, heading: Heading, y: int, width: int, styles: RowStyles) -> list[Strip]:
        is_cursor = y == self.listing.cursor_y
        style = styles.cursor if is_cursor else styles.plain
        drawn = render_heading(heading, width, style, lines=self.density, cursor=BAR if is_cursor else " ")
        return [strip.apply_meta({"id": heading.id}) for strip in drawn]

    def _strip(self, row: Row, y: int, part: int, width: int, styles: RowStyles) -> Strip:
        shown = row.notification
        age = self._ages[row.id] = words.age(self._clock() - shown.last_occurred_at)
        cursor = y == self.listing.cursor_y
        note = self.note_of(row)
        state, reading, selected = state_of(shown), self.has_class("-reading"), row.id in self.selection
        marks = words.marks(shown, self._clock())
        branch = row if isinstance(row, Branch) else None
        lead, marks = (branch.lead, f"{branch.mark} {marks}".strip()) if branch is not None else ("", marks)
        look = (self.density, width, cursor, reading, selected, age, note, marks, lead)
        key = (row.id, row.rev, row.overlay, state, shown.muted, *look)
        strips = self._strips.get(key)
        if strips is None:
            drawn = render_row(
                shown, width, styles, lines=self.density, cursor=cursor, selected=selected, age=age, note=note, marks=marks,
                me=self._me, hub=self._hubs.get(shown.hub, ""), lead=lead,
            )  # fmt: skip
            strips = self._strips[key] = [strip.apply_meta({"id": row.id}) for strip in drawn]
        return strips[part]

    def _build_styles(self) -> RowStyles:
        parts = ("text", "dim", "bar", *TONES, *(() if self.app.no_color else STRIPES))
        plain = {part: self.get_component_rich_style(f"list--{part}") for part in parts}
        over = self.get_component_rich_style("list--cursor", partial=True)
        return RowStyles(plain, _over(plain, over))

    # The mouse

    def on_click(self, event: events.Click) -> None:
        y = (event.y + self.scroll_offset.y) // self.density
        if y >= self.listing.count:
            return
        self.touched = True
        again = y == self.listing.cursor_y
        if self._read(y, y):
            if isinstance(heading := self.listing.line(y), Heading):
                self.post_message(self.HeadingClicked(heading))
                return
            self.move_to(y)
            if again:
                self.post_message(self.Opened())


def _over(styles: Mapping[str, Style], over: Style) -> dict[str, Style]:
    return {part: style + over for part, style in styles.items()}
