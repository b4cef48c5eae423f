"""What the actions of the registry do, each a method by its action's id. Decides; draws nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from inbox_tui.cache.rows import View
from inbox_tui.tui import aside
from inbox_tui.tui.actions import BY_ID, Context, is_offered
from inbox_tui.tui.footer import NOT_THERE
from inbox_tui.tui.relatives import Relatives
from inbox_tui.tui.working import Working

if TYPE_CHECKING:
    from inbox_tui.tui.screens.main import MainScreen
ENTRIES = 5
"""A page of the sidebar."""
END = 1 << 40
"""Beyond every end."""


class Commands:
    """Over one main screen. `run` answers False for an action that is the app's own."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._others = (
            screen.triaging, screen.answering, screen.grouping, screen.outward, screen.files, screen.playing, Relatives(screen),
            Working(screen),
        )  # fmt: skip

    @property
    def context(self) -> Context:
        """What the person is looking at."""
        screen = self._screen
        return Context(
            None if screen.row is None or screen.aside.has_keys else screen.row.notification,
            screen.reading,
            can_undo=screen.triaging.can_undo,
            needs=screen.reader.count(View.NEEDS),
            filtered=screen.filtering.is_on,
            selected=len(screen.list.selection),
            grouped=screen.grouping.by is not None and not screen.reading,
            aside=screen.aside.has_keys,
            is_foreign=screen.triaging.is_all_foreign,
        )

    def run(self, action_id: str) -> bool:
        if self._screen.aside.has_keys and action_id not in aside.KEYS:
            self._screen.aside.leave()
            if BY_ID[action_id].group in ("triage", "answer"):
                # Who looks at the sidebar does not see which row it would be done to.
                self._screen.say("the list has the keys again")
                return True
        if not is_offered(action_id, self.context):
            self._screen.say(NOT_THERE)
            return True
        ways = (getattr(each, action_id, None) for each in (self, *self._others))
        command: Callable[[], None] | None = next((way for way in ways if way is not None), None)
        if command is None:
            return False
        command()
        return True

    # Moving: the detail scrolls while it has the keys

    def down(self) -> None:
        self._step(1)

    def up(self) -> None:
        self._step(-1)

    def half_down(self) -> None:
        self._page(1, 2)

    def half_up(self) -> None:
        self._page(-1, 2)

    def page_down(self) -> None:
        self._page(1, 1)

    def page_up(self) -> None:
        self._page(-1, 1)

    def top(self) -> None:
        self._end(0)

    def bottom(self) -> None:
        self._end(END)

    def _step(self, by: int) -> None:
        if self._screen.aside.has_keys:
            self._screen.aside.move(by)
        elif self._screen.reading:
            self._screen.detail.scroll_lines(by)
        else:
            self._screen.list.move_by(by)

    def _page(self, direction: int, parts: int) -> None:
        if self._screen.aside.has_keys:
            self._screen.aside.move(direction * ENTRIES)
        elif self._screen.reading:
            self._screen.detail.scroll_lines(direction * max(1, self._screen.detail.page // parts))
        else:
            self._screen.list.move_by(direction * max(1, self._screen.list.lines // parts))

    def _end(self, y: int) -> None:
        if self._screen.aside.has_keys:
            self._screen.aside.move(y or -END)
        elif self._screen.reading:
            self._screen.detail.scroll_to(y=min(y, self._screen.detail.virtual_size.height), animate=False, force=True)
        else:
            self._screen.list.move_to(y)

    def next_needs(self) -> None:
        self._neighbour(View.NEEDS, 1)

    def previous_needs(self) -> None:
        self._neighbour(View.NEEDS, -1)

    def next_unread(self) -> None:
        self._neighbour(View.UNREAD, 1)

    def previous_unread(self) -> None:
        self._neighbour(View.UNREAD, -1)

    def _neighbour(self, among: View, step: int) -> None:
        y = self._screen.list.listing.neighbour(among, step)
        if y is not None:
            self._screen.list.move_to(y)
        elif self._screen.reader.count(among):
            key = self._screen.keymap.shown("go_needs" if among is View.NEEDS else "go_unread")
            self._screen.say(f"none in this view: {key} shows them")
        else:
            self._screen.say("nothing needs you" if among is View.NEEDS else "nothing is unread")

    # Views

    def go_needs(self) -> None:
        self._screen.show_view(View.NEEDS)

    def go_unread(self) -> None:
        self._screen.show_view(View.UNREAD)

    def go_all(self) -> None:
        self._screen.show_view(View.ALL)

    def go_snoozed(self) -> None:
        self._screen.show_view(View.SNOOZED)

    def go_done(self) -> None:
        self._screen.show_view(View.DONE)

    def filter(self) -> None:
        self._screen.filtering.open()

    def saved_filters(self) -> None:
        if not self._screen.filtering.choose():
            self._screen.say("no filters are saved: name them under [filters] in config.toml")

    # The screen

    def open(self) -> None:
        if self._screen.aside.has_keys:
            self._screen.aside.choose()
            return
        row, heading = self._screen.row, self._screen.list.listing.heading
        if heading is not None:
            self._screen.grouping.turn(heading.value)
        if row is None:
            return
        self._screen.read(True)
        if row.notification.read_at is None:
            self._screen.link.triage("read", row)

    def density(self) -> None:
        self._screen.list.use_density(3 - self._screen.list.density)

    def unfold(self) -> None:
        if not self._screen.detail.display:
            self.open()
        self._screen.detail.unfold()

    def back(self) -> None:
        if self._screen.aside.has_keys:
            self._screen.aside.leave()
        elif self._screen.reading:
            self._screen.read(False)
        elif len(self._screen.list.selection):
            self._screen.list.clear_selection()
        else:
            self._screen.filtering.widen()

    def left(self) -> None:
        if self._screen.reading or not self._screen.aside.take_keys():
            self.back()

    def right(self) -> None:
        self.open()

    def sidebar(self) -> None:
        width = self._screen.size.width
        if width < aside.BROAD:
            self._screen.say(f"the sidebar needs {aside.BROAD} columns; here are {width}")
            return
        try:
            self._screen.aside.fold()
        except OSError as error:
            self._screen.say(f"that is not remembered: {error}")

    def refresh(self) -> None:
        self._screen.link.reconnect()
