"""A filter over the list: typed or saved, made narrower and wider again. Decides; draws nothing.

A filtered list is what a search found (`searching`): at most the first ten thousand places, read a page at a time as every other
list. While somebody types, each change searches anew, once the keys rest for a moment.

The language and the search are imported with the first filter: nothing of them stands before the first frame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from inbox_tui.cache.rows import View
from inbox_tui.core.text import clean
from inbox_tui.tui import filter_words
from inbox_tui.tui.editor import Editor, remember
from inbox_tui.tui.widgets.line import Piece

if TYPE_CHECKING:
    from inbox_tui.core.query.parse import QueryError
    from inbox_tui.core.query.tree import Query
    from inbox_tui.tui.screens.main import MainScreen

Choice = tuple[str, Callable[[], None], str]
"""One of a list to choose from: its name, what choosing it does, and a line about it."""
PASTED_MOST = 2000
"""Characters: more than any filter may have, so that one that is too long is told rather than cut."""
PAUSE_SECONDS = 0.08
"""Somebody who types that fast has not finished the word."""


class Filtering:
    """Over one main screen. `saved`: filters by their names, which all can be read."""

    def __init__(self, screen: MainScreen, saved: Mapping[str, str]) -> None:
        self._screen, self.saved = screen, saved
        self.editor: Editor | None = None
        """While it is typed."""
        self._text = self.name = ""
        """What is on, and what it is called where it is a saved one."""
        self._wider: list[tuple[str, str]] = []
        """What was on before each time that it was narrowed, the widest first: text and name."""
        self._query: Query | None = None
        self._error: QueryError | None = None
        self._over = View.ALL
        self._before = ""
        """The id of the row that the cursor was on before the line was opened."""
        self._history: list[str] = []

    @property
    def is_on(self) -> bool:
        return self._query is not None

    # -- typing --------------------------------------------------------------------------------------------------
    def open(self) -> None:
        if not self.is_on:
            self._over = self._screen.list.listing.view
        self._before = self._row_id
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
        text, self._error, self._wider = self.editor.text, None, []
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
        self.editor, self._query, self._over, self._wider = None, None, View.ALL, []
        remember(self._history, text)
        self._apply(text, query, name)
        self._screen.refresh_words()

    def narrow(self, text: str) -> None:
        """Looks also for this, among what is shown, and keeps the cursor on its row. Raises QueryError."""
        from inbox_tui.core.query.parse import parse

        if not self.is_on:
            self._over = self._screen.list.listing.view
        text = f"{self._text.strip()} {text}".strip()
        query, wider = parse(text), (self._text, self.name)
        if query == self._query:
            return
        remember(self._history, text)
        self._wider.append(wider)
        self._apply(text, query, row=self._row_id)

    def widen(self) -> None:
        """Takes back how it was narrowed last, with the cursor on its row; at last the filter."""
        text, name = self._wider.pop() if self._wider else ("", "")
        if not text:
            self.drop()
            return
        from inbox_tui.core.query.parse import parse

        self._apply(text, parse(text), name, row=self._row_id)
        self._screen.refresh_words()

    @property
    def _row_id(self) -> str:
        return "" if self._screen.row is None else self._screen.row.id

    def choices(self) -> list[Choice]:
        """The saved filters."""
        return [(name, partial(self.show, text, name), text) for name, text in self.saved.items()]

    def choose(self) -> bool:
        """Opens the list of saved filters. False: there are none."""
        if self.saved:
            self._screen.pick(self.choices(), "Saved filters…")
        return bool(self.saved)

    def drop(self) -> None:
        """No filter: the view that it was over, with the cursor on its row; where none was found, on that of before."""
        if self.editor is not None and self._error is None and self.is_on:
            remember(self._history, self.editor.text)
        self.editor = self._error = None
        if self.is_on:
            self._screen.show_view(self._over, self._row_id or self._before)

    def forget(self) -> None:
        """Another view is shown."""
        self.editor = self._error = self._query = None
        self._text, self.name, self._wider = "", "", []

    def _show_view(self) -> None:
        editor, error = self.editor, self._error
        self._screen.show_view(self._over, self._before)
        self.editor, self._error = editor, error

    def _apply(self, text: str, query: Query, name: str = "", *, row: str = "") -> None:
        self.name, self._text = name, text
        if query != self._query:
            self._query = query
            self.search(row)

    def search(self, row: str = "") -> None:
        """Looks for what is on; the cursor goes to `row`, once it is found."""
        if self._query is not None:
            view, after = View(self._query.home or self._over), PAUSE_SECONDS if self.editor is not None else 0.0
            self._screen.searching.begin(self._query, view, after=after, row=row)

    # -- words ---------------------------------------------------------------------------------------------------
    @property
    def _view(self) -> View:
        """Whose rows are looked through."""
        found = self._screen.searching.found
        return self._over if found is None else found.view

    @property
    def _told(self) -> str:
        search = self._screen.searching
        if search.found is None:
            return filter_words.found(0, False, None)
        return filter_words.found(len(search.found), search.found.is_cut, search.step)

    @property
    def count(self) -> str:
        """How many rows it finds; "" while that is not known."""
        search = self._screen.searching
        if search.found is None or search.step is None or not search.step.is_end:
            return ""
        return f"{len(search.found):,}{'+' * search.found.is_cut}"

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
        return filter_words.nothing(self._view, self._screen.searching.step, key)
