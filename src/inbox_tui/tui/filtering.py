"""A filter over the list: typed or saved, searched off the loop, followed as the cache changes. Decides; draws nothing.

A filtered list is what a search found: at most the first ten thousand places (`cache.matches`), read a page at a time as every
other list. While somebody types, each change searches anew, once the keys rest for a moment, and what is superseded is
interrupted; the first screen shows after the first step. From then on the cache's journal tells which rows changed, and
these alone are judged again. Where too much has changed, or time itself changes what is found, the search is repeated behind
the list that stands there.

The language and the search are imported with the first filter: nothing of them stands before the first frame.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from inbox_tui.cache.rows import View
from inbox_tui.core.text import clean
from inbox_tui.tui import filter_words
from inbox_tui.tui.actions import show_key
from inbox_tui.tui.editor import Editor, remember
from inbox_tui.tui.sources import FilteredRows
from inbox_tui.tui.widgets.line import Piece

if TYPE_CHECKING:
    from inbox_tui.cache.matches import Matches
    from inbox_tui.cache.search import Step
    from inbox_tui.core.query.parse import QueryError
    from inbox_tui.core.query.tree import Query
    from inbox_tui.tui.screens.main import MainScreen

Choice = tuple[str, Callable[[], None], str]
"""One of a list to choose from: its name, what choosing it does, and a line about it."""
PASTED_MOST = 2000
"""Characters: more than any filter may have, so that one that is too long is told rather than cut."""
PAUSE_SECONDS = 0.08
"""Somebody who types that fast has not finished the word."""
AGAIN_SECONDS = 2
"""A list that is behind is searched again after so many; one that time changes, after so many:"""
AGE_SECONDS = 60


class Filtering:
    """Over one main screen. `saved`: filters by their names, which all can be read."""

    def __init__(self, screen: MainScreen, saved: Mapping[str, str]) -> None:
        self._screen, self.saved = screen, saved
        self.editor: Editor | None = None
        """While it is typed."""
        self.matches: Matches | None = None
        """What the list shows; None: the list is not filtered, or nothing has been found out yet."""
        self._text = self.name = ""
        """What is on, and what it is called where it is a saved one."""
        self._row_wanted = ""
        self._query: Query | None = None
        self._error: QueryError | None = None
        self._step: Step | None = None
        """What the search told last; None until `matches` is of the filter that is on."""
        self._over = View.ALL
        self._history: list[str] = []
        self._is_behind = False
        self._seconds = 0

    @property
    def is_on(self) -> bool:
        return self._query is not None

    # -- typing --------------------------------------------------------------------------------------------------
    def open(self) -> None:
        if not self.is_on:
            self._over = self._screen.list.listing.view
        self.editor = Editor(self._text, self._history)

    def take(self, key: str) -> bool:
        """A key while it is typed. False: no key of a line."""
        assert self.editor is not None
        match self.editor.press(key):
            case "unknown":
                return False
            case "dropped":
                self.drop()
            case "done":
                self._keep()
            case "changed":
                self._changed()
        return True

    def paste(self, text: str) -> None:
        if self.editor is not None:
            self.editor.insert(clean(text, lines=False)[:PASTED_MOST])
            self._changed()

    def _changed(self) -> None:
        """Of what cannot be read, what stands before the mistake is looked for meanwhile."""
        from inbox_tui.core.query.parse import QueryError, complaint, parse

        assert self.editor is not None
        text, self._error = self.editor.text, None
        try:
            query = parse(text)
        except QueryError as error:
            self._error = error
            text = text[: error.offset].rstrip(" -")
            query = parse("" if complaint(text) else text)
        if query.terms:
            self._apply(text, query)
        elif self.is_on:
            self._show_view()

    def _keep(self) -> None:
        """Enter: what is typed stays, and the list has the keys again. A filter that cannot be read stays open."""
        assert self.editor is not None
        if self._error is None:
            if self.is_on:
                remember(self._history, self.editor.text)
            self.editor = None

    # -- what is on ----------------------------------------------------------------------------------------------
    def show(self, text: str, name: str = "") -> None:
        """A filter that can be read, as a view of its own: over all that is not done, or what is done where it says so."""
        from inbox_tui.core.query.parse import parse

        query = parse(text)
        # What is on may look the same and be over another view.
        self.editor, self._query, self._over = None, None, View.ALL
        remember(self._history, text)
        self._apply(text, query, name)
        self._screen.refresh_words()

    def narrow(self, text: str) -> None:
        """Looks also for this, among what is shown, and keeps the cursor on its row. Raises QueryError."""
        from inbox_tui.core.query.parse import parse

        if not self.is_on:
            self._over = self._screen.list.listing.view
        text = f"{self._text.strip()} {text}".strip()
        query, row = parse(text), self._screen.row
        remember(self._history, text)
        self._apply(text, query)
        self._row_wanted = "" if row is None else row.id

    def choices(self) -> list[Choice]:
        """The saved filters."""
        return [(name, partial(self.show, text, name), text) for name, text in self.saved.items()]

    def choose(self) -> bool:
        """Opens the list of saved filters. False: there are none."""
        if self.saved:
            self._screen.pick(self.choices(), "Saved filters…")
        return bool(self.saved)

    def drop(self) -> None:
        """No filter: the view that it was over, with the cursor where it was."""
        row = self._screen.row
        if self.editor is not None and self._error is None and self.is_on:
            remember(self._history, self.editor.text)
        self.editor = self._error = None
        if self.is_on:
            self._show_view()
            if row is not None and (y := self._screen.list.listing.place_of(row.id)) is not None:
                self._screen.list.move_to(y)

    def forget(self) -> None:
        """Another view is shown."""
        self.editor = self._error = self._query = self.matches = self._step = None
        self._text = self.name = self._row_wanted = ""
        self._screen.workers.cancel_group(self._screen, "filter")

    def _show_view(self) -> None:
        editor, error = self.editor, self._error
        self._screen.show_view(self._over)
        self.editor, self._error = editor, error

    def _apply(self, text: str, query: Query, name: str = "") -> None:
        self.name, self._text, self._row_wanted = name, text, ""
        if query != self._query:
            self._query, self._step = query, None
            self._search(PAUSE_SECONDS if self.editor is not None else 0.0, is_new=True)

    # -- searching -----------------------------------------------------------------------------------------------
    def _search(self, after: float, *, is_new: bool) -> None:
        self._is_behind, self._seconds = False, 0
        self._screen.begin("filter", partial(self._run, after, is_new))

    async def _run(self, after: float, is_new: bool) -> None:
        from inbox_tui.cache.finders import search
        from inbox_tui.cache.matches import Matches

        query = self._query
        assert query is not None
        await asyncio.sleep(after)
        view = View(query.home or self._over)
        finder = search(self._screen.reader, query, view, self._screen.now())
        found: Matches | None = None
        try:
            with self._screen.changes.reading_cache():
                while (step := await asyncio.to_thread(finder.step)) is not None:
                    is_first = found is None
                    found = Matches(query, view, finder.mark) if found is None else found
                    found.add(step.matches)
                    if is_new or step.is_end:
                        self._show(found, step, from_top=is_new and is_first)
                    if step.is_end:
                        return
        finally:
            finder.cancel()

    def _show(self, found: Matches, step: Step, *, from_top: bool) -> None:
        self._step = step
        if found is not self.matches:
            self.matches = found
            self._screen.show_rows(FilteredRows(self._screen.reader, found), from_top=from_top)
            if from_top and (y := found.position(self._row_wanted)) is not None:
                self._screen.list.move_to(y)
        else:
            self._screen.list.take_changes()
        self._take_in()
        self._screen.refresh_words()

    def _take_in(self) -> None:
        if self.matches is not None and not self.matches.take_in(self._screen.reader, self._screen.now()):
            self._is_behind = True

    def cache_changed(self) -> None:
        """To be told before the list takes in what has changed."""
        self._take_in()

    def tick(self) -> None:
        """Each second. A search that is still running is let run."""
        if self.matches is None or self._query is None or self._step is None or not self._step.is_end:
            return
        self._seconds += 1
        is_due = self._is_behind or self._step.unsearched
        if (is_due and self._seconds >= AGAIN_SECONDS) or (self._query.moves_with_time and self._seconds >= AGE_SECONDS):
            self._search(0.0, is_new=False)

    # -- words ---------------------------------------------------------------------------------------------------
    @property
    def _view(self) -> View:
        """Whose rows are looked through."""
        return self._over if self.matches is None else self.matches.view

    @property
    def _told(self) -> str:
        if self.matches is None:
            return filter_words.found(0, False, None)
        return filter_words.found(len(self.matches), self.matches.is_cut, self._step)

    @property
    def count(self) -> str:
        """How many rows it finds; "" while that is not known."""
        if self.matches is None or self._step is None or not self._step.is_end:
            return ""
        return f"{len(self.matches):,}{'+' * self.matches.is_cut}"

    def header(self, needs: int, width: int) -> list[Piece]:
        return filter_words.header(self._view, needs, self.name or self._text.strip(), self._told, width)

    def line(self, width: int) -> tuple[list[Piece], list[Piece], list[Piece]]:
        """The line that is typed, its right end, and the line under it."""
        assert self.editor is not None
        told = self._told if self.is_on else ""
        left, right, start = filter_words.typed(self.editor.text, self.editor.at, self._error, told, width)
        if self._error is not None:
            return left, right, filter_words.pointed(self.editor.text, self._error, start, width)
        return left, right, filter_words.help_line(width)

    def nothing(self, key: str) -> list[Piece]:
        """What an empty list says; `key` drops the filter."""
        return filter_words.nothing(self._view, self._step, show_key(key))
