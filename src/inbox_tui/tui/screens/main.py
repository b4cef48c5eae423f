"""The one screen: header, list, detail, answer bar, footer. Its parts are beside it: what keys do (`keyboard`, `commands`),
what was written (`changes`), the words at the edges (`edges`), what is read (`details`)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.worker import Worker

from inbox_tui.cache.lists import Lists
from inbox_tui.cache.pages import Row
from inbox_tui.cache.rows import View
from inbox_tui.core.times import Clock
from inbox_tui.tui.answering import Answering
from inbox_tui.tui.aside import Aside
from inbox_tui.tui.changes import Changes
from inbox_tui.tui.commands import Commands
from inbox_tui.tui.details import Details
from inbox_tui.tui.edges import Edges, Hints
from inbox_tui.tui.files import Files
from inbox_tui.tui.filtering import Choice, Filtering
from inbox_tui.tui.grouping import Grouping
from inbox_tui.tui.hub_states import HubStates
from inbox_tui.tui.keyboard import Keyboard
from inbox_tui.tui.keymap import Keymap
from inbox_tui.tui.link import Link
from inbox_tui.tui.messages import ConnectionChanged
from inbox_tui.tui.outward import Outward
from inbox_tui.tui.playing import Playing
from inbox_tui.tui.prompts import Prompt
from inbox_tui.tui.searching import Searching
from inbox_tui.tui.sources import Rows
from inbox_tui.tui.terminal import Fence
from inbox_tui.tui.triaging import Triaging
from inbox_tui.tui.widgets.decision_bar import DecisionBar
from inbox_tui.tui.widgets.detail import Detail
from inbox_tui.tui.widgets.notification_list import NotificationList
from inbox_tui.tui.widgets.preflight_list import PreflightList
from inbox_tui.tui.widgets.question import Confirm, Question
from inbox_tui.tui.widgets.sidebar import Sidebar


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
        Sidebar { display: none; width: 24; height: 1fr; border-right: solid $inbox-rule; }
        &.-aside Sidebar { display: block; }
        Detail { display: none; width: 1fr; height: 1fr; }
        &.-wide Detail { display: block; width: 45%; border-left: solid $inbox-rule; }
        &.-wide.-aside Detail { width: 40%; }
        &.-wide.-reading Detail { border-left: solid $accent; }
        &.-narrow.-reading Detail { display: block; }
        &.-narrow.-reading NotificationList { display: none; }
        &.-empty Empty { display: block; }
        &.-empty NotificationList, &.-empty Detail { display: none; }
        &.-preflight #body { display: none; }
    }
    """

    def __init__(
        self, reader: Lists, link: Link, keymap: Keymap, fence: Fence, clock: Clock, monotonic: Callable[[], float],
        *, hints: Hints, me: str = "", hubs: Mapping[str, str] = MappingProxyType({}), confirm: Confirm = "key",
        filters: Mapping[str, str] | None = None, folded_file: Path | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.reader, self.link, self._clock = reader, link, clock
        self.hubs = HubStates(hubs)
        self.me = me
        """By what name the hub knows who sits here; "" where that is not known."""
        self.list = NotificationList(reader, clock, me=me, hubs=hubs, id="list")
        self.detail = Detail(clock, me=me, id="detail")
        self.bar = DecisionBar(fence, clock, monotonic, confirm=confirm, id="bar")
        self.preflight = PreflightList(fence, clock, monotonic, confirm=confirm, id="preflight")
        self.searching, self.grouping = Searching(self), Grouping(self)
        self.filtering = Filtering(self, filters or {})
        self.triaging, self.answering, self.keyboard = Triaging(self), Answering(self), Keyboard(self, keymap)
        self.outward, self.files, self.playing = Outward(self), Files(self), Playing(self)
        self.downloads = ""
        """The folder that files are saved in; "" is the desktop's own."""
        self._teach(keymap)
        self.commands = Commands(self)
        self.changes, self.details, self.edges = Changes(self), Details(self), Edges(self, clock, hints)
        self.aside = Aside(self, folded_file)

    def compose(self) -> ComposeResult:
        yield self.edges.header
        yield self.edges.problem
        with Container(id="body"):
            yield self.aside.widget
            yield self.list
            yield self.edges.empty
            yield self.detail
        yield self.preflight
        yield self.bar
        yield self.edges.typed
        yield self.edges.footer

    def on_mount(self) -> None:
        self.set_interval(1.0, self._tick)
        self.refresh_words()
        self.details.show()

    def _tick(self) -> None:
        self.changes.tick()
        self.list.tick()
        self.bar.tick()
        self.preflight.tick()
        self.searching.tick()
        self.aside.tick()
        self.refresh_words()

    # What the rest of the program asks of it

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.list.listing.cursor

    @property
    def reading(self) -> bool:
        return self.has_class("-reading")

    @property
    def question(self) -> Question | None:
        """What waits for an answer just now, and has every key."""
        return next((each for each in (self.bar, self.preflight) if each.is_open), None)

    def is_away(self, row: Row) -> bool:
        """Whether the hub that a row is of cannot be reached just now."""
        return not (self.hubs.is_live(row.notification.hub) if self.hubs else self.edges.heading.is_live)

    @property
    def keymap(self) -> Keymap:
        return self.keyboard.keymap

    def now(self) -> int:
        """Microseconds since 1970."""
        return self._clock()

    def refresh_words(self) -> None:
        """The words at the edges and in the sidebar."""
        if self.is_mounted:
            self.aside.refresh()
            self.edges.refresh()

    def say(self, text: str, *, about: str = "", link: str = "") -> None:
        """One sentence in the footer, until the next key. `about`: the row whose answer it tells of, and goes on telling of.
        `link`: an address to show before it, for the terminal to open."""
        self.edges.say(text, about, link)
        self.refresh_words()

    def show_hush(self, why: str) -> None:
        """Why nothing rings, in the header; "" where all rings."""
        if why != self.edges.heading.hush:
            self.edges.heading.hush = why
            self.refresh_words()

    def use_keymap(self, keymap: Keymap, hints: Hints) -> None:
        """Other keys from the next one on."""
        self.keyboard.use(keymap)
        self._teach(keymap)
        self.edges.hints = hints
        self.refresh_words()

    def _teach(self, keymap: Keymap) -> None:
        """What the widgets' words and moves go by."""
        self.bar.keymap = self.preflight.keymap = self.detail.keymap = keymap

    def connection_changed(self, change: ConnectionChanged) -> None:
        self.edges.heading.connection_changed(change)
        self.refresh_words()

    def problem(self, text: str, hub: str = "") -> None:
        """A line above the list until it is over (""). `hub`: whose it is, of several."""
        self.edges.storage[hub] = text
        self.refresh_words()

    def prompt(self, prompt: Prompt) -> None:
        """Takes every key until it is through."""
        self.keyboard.prompt = prompt
        self.refresh_words()

    def pick(self, choices: Sequence[Choice], placeholder: str) -> None:
        """A list over the screen to choose one from by its name."""
        from inbox_tui.tui.screens.palette import Palette

        self.app.push_screen(Palette.of(self, choices, placeholder))

    def show_view(self, view: View, row: str = "") -> None:
        """A whole view: no filter is on, and nothing is selected. The cursor goes to `row`, where it is in it."""
        self.list.clear_selection()
        self.filtering.forget()
        self.read(False)
        self.grouping.show(view, row)
        self.refresh_words()

    def show_rows(self, rows: Rows, *, from_top: bool) -> None:
        """What a search found, anew or in the place of what it found before."""
        if from_top:
            self.list.show_rows(rows)
            self.read(False)
        else:
            self.list.listing.source = rows
            self.list.take_changes()

    def begin(self, group: str, work: Callable[[], Coroutine[None, None, None]]) -> Worker[None]:
        """Work beside the keys, which takes the place of what its group still does."""
        return self.run_worker(work, group=group, exclusive=True, exit_on_error=False, description=group)

    def read(self, reading: bool) -> None:
        """Gives the keys to the detail, or back to the list."""
        self.set_class(reading and self.row is not None, "-reading")
        self.list.set_class(self.reading, "-reading")
        self.details.show()
        self.refresh_words()

    # What its widgets tell

    @on(NotificationList.Highlighted)
    def _on_highlighted(self) -> None:
        self.details.show_soon()
        self.refresh_words()

    @on(NotificationList.Moved)
    def _on_moved(self) -> None:
        self.refresh_words()

    @on(NotificationList.Opened)
    def _on_opened(self) -> None:
        self.aside.leave()
        self.keyboard.run("open")

    @on(NotificationList.HeadingClicked)
    def _on_heading_clicked(self, event: NotificationList.HeadingClicked) -> None:
        with self.changes.reading_cache():
            self.grouping.turn(event.heading.value)

    @on(Sidebar.Chosen)
    def _on_chosen(self, event: Sidebar.Chosen) -> None:
        with self.changes.reading_cache():
            self.aside.choose(event.number)

    def on_click(self, event: events.Click) -> None:
        if event.widget is self.list:
            self.aside.leave()

    @on(NotificationList.Unreadable)
    def _on_unreadable(self, event: NotificationList.Unreadable) -> None:
        with self.changes.reading_cache():
            raise event.error

    @on(Question.Answered)
    def _on_answered(self, event: Question.Answered) -> None:
        self.answering.send(event)

    @on(Question.Closed)
    def _on_closed(self, event: Question.Closed) -> None:
        self.answering.closed(event)

    def on_resize(self, event: events.Resize) -> None:
        self.aside.fit()
        self.refresh_words()
        self.call_after_refresh(self.details.show)
