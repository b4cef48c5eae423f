"""What the actions of the registry do, each a method by its action's id. Decides; draws nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from inbox_tui.cache.pages import Row
from inbox_tui.cache.rows import View
from inbox_tui.core.text import clean
from inbox_tui.core.triage import Verb
from inbox_tui.tui import words
from inbox_tui.tui.actions import show_key
from inbox_tui.tui.browser import can_open, open_link
from inbox_tui.tui.links import safe_link

if TYPE_CHECKING:
    from inbox_tui.tui.screens.main import MainScreen

WAITS_HERE = "somebody waits here for your answer: a answers it"
UNDO: dict[Verb, Verb] = {"read": "unread", "unread": "read", "done": "undone", "undone": "done"}
UNDO_MOST = 200
"""Rows of one bulk action that undo can bring back, each by its own call."""
BACK: dict[Verb, str] = {"done": "back in the inbox", "undone": "done again", "read": "unread again", "unread": "read again"}
"""What undoing a verb comes to."""


class Commands:
    """Over one main screen. `run` answers False for an action that is the app's own."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._undo: list[tuple[Verb, list[str]]] = []

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    def run(self, action_id: str) -> bool:
        command: Callable[[], None] | None = getattr(self, action_id, None)
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
        self._end(1 << 40)

    def _step(self, by: int) -> None:
        if self._screen.reading:
            self._screen.detail.scroll_lines(by)
        else:
            self._screen.list.move_by(by)

    def _page(self, direction: int, parts: int) -> None:
        if self._screen.reading:
            self._screen.detail.scroll_lines(direction * max(1, self._screen.detail.page // parts))
        else:
            self._screen.list.move_by(direction * max(1, self._screen.list.lines // parts))

    def _end(self, y: int) -> None:
        if self._screen.reading:
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
            shown_by = self._screen.keymap.key_of("go_needs" if among is View.NEEDS else "go_unread")
            self._screen.say(f"none in this view: {show_key(shown_by)} shows them")
        else:
            self._screen.say("nothing needs you" if among is View.NEEDS else "nothing is unread")

    # Views

    def go_needs(self) -> None:
        self._screen.show_view(View.NEEDS)

    def go_unread(self) -> None:
        self._screen.show_view(View.UNREAD)

    def go_all(self) -> None:
        self._screen.show_view(View.ALL)

    def go_done(self) -> None:
        self._screen.show_view(View.DONE)

    def filter(self) -> None:
        self._screen.filtering.open()

    def saved_filters(self) -> None:
        if not self._screen.filtering.choose():
            self._screen.say("no filters are saved: name them under [filters] in config.toml")

    # The screen

    def open(self) -> None:
        row = self._screen.row
        if row is None:
            return
        self._screen.read(True)
        if row.notification.read_at is None:
            self._screen.link.triage("read", row)

    def back(self) -> None:
        if self._screen.reading:
            self._screen.read(False)
        else:
            self._screen.filtering.drop()

    def open_url(self) -> None:
        row = self._screen.row
        link = None if row is None else safe_link(words.detail(row.notification, "open_url"))
        if link is None:
            self._screen.say("no link here that can be opened")
        elif can_open(os.environ) and open_link(link):
            self._screen.say(f"opened {link.host}")
        else:
            self._screen.app.copy_to_clipboard(link.url)
            self._screen.say(f"{link.url}  (copied, where the terminal allows it)")

    def refresh(self) -> None:
        self._screen.link.reconnect()

    # Triage

    def done(self) -> None:
        row = self._screen.row
        if row is not None and row.notification.is_open and row.notification.waiting == "here":
            # The hub would refuse it, and the row would be gone for a moment and come back without the cursor.
            self._screen.say(WAITS_HERE)
            return
        verb: Verb = "undone" if self._screen.list.listing.view is View.DONE else "done"
        self._triage(verb, "back in the inbox" if verb == "undone" else "done")
        self._screen.read(False)

    def toggle_read(self) -> None:
        row = self._screen.row
        if row is not None:
            is_read = row.notification.read_at is not None
            self._triage("unread" if is_read else "read", "unread" if is_read else "read")

    def _triage(self, verb: Verb, told: str) -> None:
        row = self._screen.row
        if row is None:
            return
        self._screen.link.triage(verb, row)
        self._undo.append((verb, [row.id]))
        self._screen.say(f"{told}: {clean(row.notification.title, lines=False)}")

    def read_all(self) -> None:
        if self._screen.filtering.is_on:
            self._read_found()
            return
        listing = self._screen.list.listing
        rows = self._screen.reader.window(View.UNREAD, 0, UNDO_MOST + 1)
        marked = [row.id for row in rows if listing.view is not View.NEEDS or row.notification.needs_me]
        if listing.view is View.DONE or not marked:
            self._screen.say("nothing is unread here" if rows else "nothing is unread")
            return
        self._screen.link.triage_all("read", listing.view)
        if len(rows) <= UNDO_MOST:
            self._undo.append(("read", marked))
            self._screen.say(f"{len(marked):,} marked read")
        else:
            self._undo.append(("read", []))
            self._screen.say("all marked read; so many cannot be undone")

    def _read_found(self) -> None:
        """What a filter shows, row by row: no hub knows the filter, so it cannot mark them at once."""
        found = self._screen.filtering.matches
        ids = found.unread_ids() if found is not None else []
        if not ids:
            self._screen.say("nothing is unread here")
        elif len(ids) > UNDO_MOST:
            self._screen.say(f"{len(ids):,} are unread here; at most {UNDO_MOST} are marked at once: narrow the filter")
        else:
            for row in self._screen.reader.rows(ids):
                self._screen.link.triage("read", row)
            self._undo.append(("read", ids))
            self._screen.say(f"{len(ids):,} marked read")

    def refused(self, verb: Verb, row_id: str) -> None:
        """The hub did not take it, so there is nothing of it to undo. `row_id` "": a bulk verb."""
        for at in range(len(self._undo) - 1, -1, -1):
            done, ids = self._undo[at]
            if done == verb and (row_id in ids or (not row_id and len(ids) != 1)):
                left = [id_ for id_ in ids if row_id and id_ != row_id]
                self._undo[at : at + 1] = [(verb, left)] if left else []
                return

    def undo(self) -> None:
        if not self._undo:
            self._screen.say("nothing to undo")
            return
        verb, ids = self._undo.pop()
        if not ids:
            self._screen.say("so many marked read cannot be undone; once more undoes what was before")
            return
        rows = [row for id_ in ids if (row := self._screen.reader.row(id_)) is not None]
        for row in rows:
            self._screen.link.triage(UNDO[verb], row)
        what = BACK[verb] if len(ids) == 1 else f"{BACK[verb]}: {len(ids):,} rows"
        self._screen.say(what)

    # Answering

    def answer(self) -> None:
        row = self._screen.row
        if row is None:
            return
        current: Row | None = self._screen.reader.row(row.id)
        if current is None or not current.notification.is_open:
            state = words.state(current.notification, self._screen.me) if current is not None else ""
            self._screen.say(state or "this asks nothing")
        elif current.id in self._screen.answering:
            self._screen.say("your answer is on its way")
        else:
            self._screen.bar.ask(current)
