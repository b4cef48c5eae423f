"""The words at the edges of the screen: header, problem, footer, the line that is typed, and what an empty list says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from inbox_tui.cache.rows import View
from inbox_tui.core.times import Clock
from inbox_tui.tui import footer, words
from inbox_tui.tui.heading import Heading
from inbox_tui.tui.widgets.empty import Empty
from inbox_tui.tui.widgets.filter_line import FilterLine
from inbox_tui.tui.widgets.line import Line, Piece, cells

if TYPE_CHECKING:
    from inbox_tui.tui.screens.main import MainScreen

Hints = Callable[[View, bool], list[Piece]]
"""What an empty view says, given whether the hub is connected."""


class Edges:
    """Over one main screen. `storage`: what a hub cannot keep, for as long as that lasts; by its name, "" where there is one."""

    def __init__(self, screen: MainScreen, clock: Clock, hints: Hints) -> None:
        self._screen, self.hints = screen, hints
        self.header, self.problem, self.footer = Line(id="header"), Line(id="problem"), Line(id="footer")
        self.empty, self.typed = Empty(id="empty"), FilterLine(id="filter")
        self.heading = Heading(clock, screen.hubs)
        self.storage: dict[str, str] = {}
        self._message = self._about = self._link = ""

    # What the footer tells

    def say(self, text: str, about: str, link: str) -> None:
        """Until the next key."""
        self._message, self._about, self._link = text, about, link

    def forget(self) -> None:
        """A key was pressed."""
        self._message = ""

    def say_what_became(self) -> None:
        """The footer tells of an answer what the row now tells."""
        row = self._screen.reader.row(self._about) if self._about and self._message else None
        if row is not None and row.notification.decision is not None:
            self._message = words.state(row.notification, self._screen.me)

    # Drawing

    def refresh(self) -> None:
        screen, width = self._screen, self._screen.size.width
        views = self._views(width - 3)
        told, unsaid = self.heading.pieces(width - cells(views) - 4)
        self.header.show(views, told)
        self._show_problem(unsaid)
        is_empty = not screen.list.listing.count
        screen.set_class(is_empty, "-empty")
        if is_empty:
            self.empty.say(self._why_empty())
        typed = screen.keyboard.typed(width)
        screen.set_class(typed is not None, "-typing")
        if typed is None:
            self.footer.show(*self._foot(width))
        else:
            self.typed.show(*typed[:2])
            self.footer.show(typed[2])

    def _views(self, width: int) -> list[Piece]:
        screen = self._screen
        grouped = footer.grouped(screen.grouping.name, screen.searching.found_out)
        width -= cells(grouped)
        if screen.filtering.is_on:
            return [*screen.filtering.header(screen.reader.count(View.NEEDS), width), *grouped]
        counts = {view: screen.reader.count(view) for view in View}
        if screen.aside.is_shown:
            return [*footer.header_view(screen.list.listing.view, counts), *grouped]
        return [*footer.header_views(screen.list.listing.view, counts, width), *grouped]

    def _show_problem(self, unsaid: str) -> None:
        full = (f"{hub}: {text}" if hub else text for hub, text in self.storage.items() if text)
        unsaid = "" if self.heading.hubs and self._screen.aside.is_shown else unsaid
        text = " · ".join(part for part in (*full, self._screen.changes.unreadable, unsaid) if part)
        self.problem.show([(" ▲ ", "warn"), (text, "text")])
        self._screen.set_class(bool(text), "-problem")

    def _why_empty(self) -> list[Piece]:
        screen = self._screen
        if screen.filtering.is_on:
            return screen.filtering.nothing(screen.keymap.shown("back"))
        return self.hints(screen.list.listing.view, self.heading.is_live)

    def _foot(self, width: int) -> tuple[list[Piece], list[Piece]]:
        screen, listing = self._screen, self._screen.list.listing
        right = footer.position(*listing.place, screen.list.arrived, len(screen.list.selection))
        room = width - cells(right) - 1
        if screen.question is not None and not screen.preflight.is_answered:
            return [(" any other key closes this, nothing answered", "dim")], right
        if self._message:
            return [(" ", "text"), (self._link, "link"), (f" {self._message}" if self._link else self._message, "text")], right
        if screen.keyboard.pending:
            return footer.chord(screen.keyboard.pending, screen.keymap, screen.commands.context, room), right
        return footer.keys(screen.commands.context, screen.keymap, room), right
