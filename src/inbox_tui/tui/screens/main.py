"""The one screen: header, list, detail, answer bar, footer. Puts what is known onto widgets; what keys do is in `commands`."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.timer import Timer

from inbox_tui.cache.pages import Reader, Row
from inbox_tui.cache.rows import View
from inbox_tui.core.times import Clock
from inbox_tui.tui import footer, words
from inbox_tui.tui.commands import Commands
from inbox_tui.tui.filtering import Filtering
from inbox_tui.tui.heading import Heading
from inbox_tui.tui.keymap import Chord, Keymap
from inbox_tui.tui.link import Link
from inbox_tui.tui.messages import ConnectionChanged
from inbox_tui.tui.prompts import Prompt, TypedLines
from inbox_tui.tui.reading import NOTHING
from inbox_tui.tui.sources import Rows
from inbox_tui.tui.terminal import Fence
from inbox_tui.tui.timelines import Timelines
from inbox_tui.tui.triaging import Triaging
from inbox_tui.tui.widgets.decision_bar import Confirm, DecisionBar
from inbox_tui.tui.widgets.detail import Detail
from inbox_tui.tui.widgets.empty import Empty
from inbox_tui.tui.widgets.filter_line import FilterLine
from inbox_tui.tui.widgets.line import Line, Piece, cells
from inbox_tui.tui.widgets.notification_list import NotificationList

DETAIL_DELAY = 0.03
"""The detail follows the cursor this long after it rests: a held key moves the list alone."""
Hints = Callable[[View, bool], list[Piece]]
"""What an empty view says, given whether the hub is connected."""


class MainScreen(Screen[None]):
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    MainScreen {
        layout: vertical; background: $background;
        #header, #footer { background: $surface; }
        #problem, #filter { display: none; background: $background; }
        &.-typing #filter { display: block; }
        &.-problem #problem { display: block; }
        #body { height: 1fr; layout: horizontal; }
        NotificationList, Empty { width: 1fr; height: 1fr; }
        Empty { display: none; }
        Detail { display: none; width: 1fr; height: 1fr; }
        &.-wide Detail { display: block; width: 45%; border-left: solid $inbox-rule; }
        &.-wide.-reading Detail { border-left: solid $accent; }
        &.-narrow.-reading Detail { display: block; }
        &.-narrow.-reading NotificationList { display: none; }
        &.-empty Empty { display: block; }
        &.-empty NotificationList, &.-empty Detail { display: none; }
    }
    """

    def __init__(
        self, reader: Reader, link: Link, keymap: Keymap, fence: Fence, clock: Clock, monotonic: Callable[[], float],
        *, hints: Hints, me: str = "", confirm: Confirm = "key", filters: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.reader, self.link, self.keymap = reader, link, keymap
        self.answering: set[str] = set()
        """Rows whose answer is on its way."""
        self.list = NotificationList(reader, clock, me=me, id="list")
        self.detail = Detail(clock, me=me, id="detail")
        self.bar = DecisionBar(fence, clock, monotonic, confirm=confirm, id="bar")
        self._header, self._problem, self._footer = Line(id="header"), Line(id="problem"), Line(id="footer")
        self._empty, self._typed = Empty(id="empty"), FilterLine(id="filter")
        self.filtering = Filtering(self, filters or {})
        self._clock, self._hints = clock, hints
        self.commands, self.triaging, self._chord = Commands(self), Triaging(self), Chord(keymap)
        self._prompt: Prompt | None = None
        self._prefix_timer: Timer | None = None
        self._message = self._about = self._storage = self._unreadable = self._link = ""
        self.me = me
        """By what name the hub knows who sits here; "" where that is not known."""
        self._heading, self._timelines = Heading(clock), Timelines()
        self._detail_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._problem
        with Container(id="body"):
            yield self.list
            yield self._empty
            yield self.detail
        yield self.bar
        yield self._typed
        yield self._footer

    def on_mount(self) -> None:
        self.set_interval(1.0, self._tick)
        self.refresh_words()
        self._show_detail()

    # What the rest of the program asks of it

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.list.listing.cursor

    @property
    def reading(self) -> bool:
        return self.has_class("-reading")

    def say(self, text: str, *, about: str = "", link: str = "") -> None:
        """One sentence in the footer, until the next key. `about`: the row whose answer it tells of, and goes on telling of.
        `link`: an address to show before it, for the terminal to open."""
        self._message, self._about, self._link = text, about, link
        self.refresh_words()

    def _say_what_became(self) -> None:
        """The footer tells of an answer what the row now tells."""
        row = self.reader.row(self._about) if self._about and self._message else None
        if row is not None and row.notification.decision is not None:
            self._message = words.state(row.notification, self.me)

    def show_hush(self, why: str) -> None:
        """Why nothing rings, in the header; "" where all rings."""
        self._heading.hush = why
        self.refresh_words()

    def use_keymap(self, keymap: Keymap, hints: Hints) -> None:
        """Other keys from the next one on."""
        self.keymap, self._chord, self._hints = keymap, Chord(keymap), hints
        self.refresh_words()

    def now(self) -> int:
        """Microseconds since 1970."""
        return self._clock()

    def show_view(self, view: View) -> None:
        """A whole view: no filter is on, and nothing is selected."""
        self.list.clear_selection()
        self.filtering.forget()
        self.read(False)
        self.list.show(view)
        self.index()
        self.refresh_words()

    def prompt(self, prompt: Prompt) -> None:
        """Takes every key until it is through."""
        self._prompt = prompt
        self.refresh_words()

    def show_rows(self, rows: Rows, *, from_top: bool) -> None:
        """What a filter found, anew or in the place of what it found before."""
        if from_top:
            self.list.show_rows(rows)
            self.read(False)
        else:
            self.list.listing.source = rows
            self.list.take_changes()

    def read(self, reading: bool) -> None:
        """Gives the keys to the detail, or back to the list."""
        self.set_class(reading and self.row is not None, "-reading")
        self.list.set_class(self.reading, "-reading")
        self._show_detail()
        self.refresh_words()

    def take_key(self, key: str, read_at: float) -> str | None:
        """One key, in the order they were read. Answers an action for the app; "" when it is dealt with; None: not ours."""
        if self.bar.is_open:
            self.bar.take(key, read_at)
            return ""
        if self.bar.swallows(read_at):
            return ""
        self.list.touched = True
        if (prompt := self._prompt) is not None:
            self._message = ""
            with self.reading_cache():
                self._prompt = None if prompt.take(key) and self._prompt is prompt else self._prompt
            self.refresh_words()
            return ""
        if self.filtering.editor is not None:
            with self.reading_cache():
                taken = self.filtering.take(key)
            self.refresh_words()
            return "" if taken else None
        was_pending, self._message = self._chord.pending, ""
        action = self._chord.press(key, read_at)
        if action == "":
            self._wait_for_chord()
        elif action is None:
            action = "" if was_pending or len(key) == 1 else None
        else:
            with self.reading_cache():
                action = "" if self.commands.run(action) else action
        self.refresh_words()
        return action

    def _wait_for_chord(self) -> None:
        if self._prefix_timer is not None:
            self._prefix_timer.stop()
        self._prefix_timer = self.set_timer(self.keymap.patience(self._chord.pending), self._drop_prefix)

    def paste(self, text: str) -> bool:
        """Whether something is being typed, which takes it."""
        if self._prompt is not None:
            self._prompt.paste(text)
            self.refresh_words()
            return True
        if self.filtering.editor is None:
            return False
        with self.reading_cache():
            self.filtering.paste(text)
        self.refresh_words()
        return True

    def run_action_by_id(self, action_id: str) -> bool:
        """For the palette. False: the action is the app's own."""
        with self.reading_cache():
            return self.commands.run(action_id)
        return True

    def _drop_prefix(self) -> None:
        self._chord.pending = ""
        self.refresh_words()

    # What has changed

    def cache_changed(self) -> None:
        """Takes in what was written."""
        with self.reading_cache():
            self._take_in()
            self._unreadable = ""
        self.refresh_words()

    @contextmanager
    def reading_cache(self) -> Iterator[None]:
        """A cache that cannot be read just now is told, each second tried again, and ends nothing."""
        try:
            yield
        except sqlite3.Error as error:
            self._unreadable = f"the cache cannot be read: {error}"
            self.refresh_words()

    def _take_in(self) -> None:
        if self.reader.refresh() or self._unreadable:
            self.filtering.cache_changed()
            self.list.take_changes()
            self._say_what_became()
            if self.bar.row is not None:
                self.bar.follow(self.reader.row(self.bar.row.id))
            self._show_detail()

    def connection_changed(self, change: ConnectionChanged) -> None:
        self._heading.connection_changed(change)
        self.refresh_words()

    def problem(self, text: str) -> None:
        """A line above the list until it is over ("")."""
        self._storage = text
        self.refresh_words()

    def _show_problem(self, unsaid: str) -> None:
        text = " · ".join(part for part in (self._storage, self._unreadable, unsaid) if part)
        self._problem.show([(" ▲ ", "warn"), (text, "text")])
        self.set_class(bool(text), "-problem")

    def index(self) -> None:
        """Makes deep places of a long list quick to read, off the loop."""
        view = self.list.listing.view
        if self.reader.wants_index(view):
            self._index(view)

    @work(group="index", exclusive=True, exit_on_error=False, description="index a view")
    async def _index(self, view: View) -> None:
        self.reader.adopt(view, await asyncio.to_thread(self.reader.build_index, view))

    @work(group="filter", exclusive=True, exit_on_error=False, description="search the cache")
    async def search(self, search: Callable[[], Awaitable[None]]) -> None:
        """For the filter: the newest search alone."""
        await search()

    def _tick(self) -> None:
        if self._unreadable:
            self.cache_changed()
        self.list.tick()
        self.bar.tick()
        self.filtering.tick()
        self.refresh_words()

    # Words at the edges

    def refresh_words(self) -> None:
        """Header, footer and the words of an empty view."""
        if not self.is_mounted:
            return
        width, listing = self.size.width, self.list.listing
        if self.filtering.is_on:
            views = self.filtering.header(self.reader.count(View.NEEDS), width - 3)
        else:
            counts = {view: self.reader.count(view) for view in View}
            views = footer.header_views(listing.view, counts, width - 3)
        told, unsaid = self._heading.pieces(width - cells(views) - 4)
        self._header.show(views, told)
        self._show_problem(unsaid)
        self.set_class(not listing.count, "-empty")
        if not listing.count:
            self._empty.say(self._why_empty())
        typed = self._typed_lines(width)
        self.set_class(typed is not None, "-typing")
        if typed is None:
            self._footer.show(*self._foot(width))
        else:
            self._typed.show(*typed[:2])
            self._footer.show(typed[2])

    def _typed_lines(self, width: int) -> TypedLines | None:
        if self._prompt is not None:
            return self._prompt.lines(width)
        return self.filtering.line(width) if self.filtering.editor is not None else None

    def _why_empty(self) -> list[Piece]:
        if self.filtering.is_on:
            return self.filtering.nothing(self.keymap.key_of("back"))
        return self._hints(self.list.listing.view, self._heading.is_live)

    def _foot(self, width: int) -> tuple[list[Piece], list[Piece]]:
        listing = self.list.listing
        right = footer.position(listing.cursor_y, listing.count, self.list.arrived, len(self.list.selection))
        if self.bar.is_open:
            return [(" any other key closes this, nothing answered", "dim")], right
        if self._message:
            return [(" ", "text"), (self._link, "link"), (f" {self._message}" if self._link else self._message, "text")], right
        if self._chord.pending:
            return footer.chord(self._chord.pending, self.keymap), right
        return footer.keys(self.commands.context, self.keymap, width - cells(right) - 1), right

    # The detail

    def _show_detail(self) -> None:
        row = self.row
        if row is None:
            self.set_class(False, "-reading")
            self.detail.show(None)
            return
        if not self.detail.display:
            return
        self.detail.show(row.notification, self._timelines.of(row) or NOTHING, self.list.note_of(row))
        if self._timelines.is_worth_asking(row):
            self._fetch(row)

    @work(group="timeline", exclusive=True, exit_on_error=False, description="fetch a timeline")
    async def _fetch(self, row: Row) -> None:
        timeline = await self._timelines.fetch(row, self.link.timeline)
        if self.row is not None and self.row.id == row.id:
            self.detail.show(self.row.notification, timeline, self.list.note_of(self.row))

    @on(NotificationList.Highlighted)
    def _on_highlighted(self) -> None:
        if self._detail_timer is not None:
            self._detail_timer.stop()
        self._detail_timer = self.set_timer(DETAIL_DELAY, self._show_detail)
        self.refresh_words()

    @on(NotificationList.Moved)
    def _on_moved(self) -> None:
        self.refresh_words()

    @on(NotificationList.Opened)
    def _on_opened(self) -> None:
        self.run_action_by_id("open")

    @on(NotificationList.Unreadable)
    def _on_unreadable(self, event: NotificationList.Unreadable) -> None:
        with self.reading_cache():
            raise event.error

    # The answer bar

    @on(DecisionBar.Answered)
    def _on_answered(self, event: DecisionBar.Answered) -> None:
        self.answering.add(event.row.id)
        self.list.note(event.row.id, "sending…")
        self.say("sending…", about=event.row.id)
        self.link.decide(event.row, event.choice.key)

    @on(DecisionBar.Closed)
    def _on_closed(self, event: DecisionBar.Closed) -> None:
        self.say(event.reason)

    def on_resize(self, event: events.Resize) -> None:
        self.refresh_words()
        self.call_after_refresh(self._show_detail)
