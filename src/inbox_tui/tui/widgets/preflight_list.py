"""The list before many answers: every question whole, to be read to its end; then one answer for all that are still in it.

Each is sent as an answer of its own, in turn, and shows how it fared.
"""

from __future__ import annotations

import secrets
from bisect import bisect_right
from collections.abc import Callable, Mapping

from rich.cells import cell_len
from textual.geometry import Region

from inbox_tui.cache.pages import Row
from inbox_tui.core.model import Choice
from inbox_tui.tui import asked
from inbox_tui.tui.cells import fit
from inbox_tui.tui.preflight import ANSWERS, Entry, Preflight
from inbox_tui.tui.widgets.question import LINES, NOT_ANSWERED, NOT_NOW, PAGES, Piece, Question

GAP: Piece = ("   ", "text")


class PreflightList(Question):
    """Hidden until `put`."""

    DEFAULT_CSS = "PreflightList { height: 1fr; background: $background; }"

    preflight: Preflight | None = None
    _at = 0
    """The entry that the cursor is on."""

    @property
    def is_open(self) -> bool:
        return self.preflight is not None

    @property
    def is_answered(self) -> bool:
        return self.preflight is not None and self.preflight.answer is not None

    def put(self, preflight: Preflight) -> None:
        self.preflight, self._at = preflight, 0
        self._begin()

    def follow(self, read: Callable[[str], Row | None], me: str) -> None:
        """The cache has changed. What another asks than was shown is dropped, and the rest is a question anew."""
        if self.preflight is None:
            return
        if not self.preflight.follow(read, me) or self.is_answered:
            self.refresh()
        elif self.preflight.taken:
            self._restart()
        else:
            self.close("none of them can be answered any more: nothing answered by you", by_itself=True)

    def fared(self, row_id: str, told: str, *, was_taken: bool, halts: bool) -> None:
        """How the answer to a row fared; the next one is sent, unless it `halts` them all."""
        if self.preflight is not None:
            self.preflight.fared(row_id, told, was_taken=was_taken, halts=halts)
            self._send_next()

    def disturb(self) -> None:
        if not self.is_answered:
            super().disturb()

    def tick(self) -> None:
        """Time went by: how long they have been asked reads differently."""
        for entry in self._entries:
            if 0 <= (y := entry.first - self._top) < self._window:
                self.refresh(Region(0, y + 1, self.size.width, 1))

    # Keys

    def take(self, key: str, read_at: float) -> None:
        if not self.is_answered:
            super().take(key, read_at)
        elif key == "escape":
            self._leave()
        else:
            self._moves(key)

    def _pick_keys(self) -> Mapping[str, Choice]:
        return asked.answers(ANSWERS, by_digit=self.confirm == "digit", pick=secrets.choice)

    def _moves(self, key: str) -> bool:
        action = self._action_of(key)
        if action in LINES:
            self._step(LINES[action])
        elif action in PAGES:
            self._scrolls(PAGES[action] * self._page)
            self._keep_cursor()
        elif (key == "space" or action == "select") and not self.is_answered:
            self._toggle()
        else:
            return False
        return True

    def _step(self, by: int) -> None:
        """To the next entry, or the one before; first through what of this one is not on the screen."""
        entry, bottom = self._entries[self._at], self._top + self._window
        ahead = len(self._lines) if self._at == len(self._entries) - 1 else entry.end
        if by > 0 and ahead > bottom:
            self._scrolls(min(self._page, ahead - bottom))
        elif by < 0 and entry.first < self._top:
            self._scrolls(-min(self._page, self._top - entry.first))
        else:
            self._at = min(max(0, self._at + by), len(self._entries) - 1)
            self._reveal(by)
        self._show()

    def _reveal(self, by: int) -> None:
        """The entry at the cursor: whole, or of a long one the end that was come from."""
        entry = self._entries[self._at]
        if by > 0 and entry.end > self._top + self._window:
            self._scrolls(min(entry.first, entry.end - self._window) - self._top)
        elif by < 0 and entry.first < self._top:
            self._scrolls(max(entry.first, entry.end - self._window) - self._top)

    def _keep_cursor(self) -> None:
        """On something that is on the screen, after it was scrolled by pages."""
        entry = self._entries[self._at]
        if entry.end <= self._top or entry.first >= self._top + self._window:
            self._at = max(0, bisect_right([each.first for each in self._entries], self._top) - 1)

    def _toggle(self) -> None:
        assert self.preflight is not None
        if self.preflight.toggle(self._entries[self._at]):
            self._restart()

    # The answer

    def _answer(self, choice: Choice) -> None:
        assert self.preflight is not None
        if not self.preflight.taken:
            self.close(NOT_ANSWERED)
            return
        self.preflight.give(choice)
        self._send_next()

    def _send_next(self) -> None:
        assert self.preflight is not None
        if (pair := self.preflight.next()) is not None:
            self.post_message(self.Answered(*pair))
        self.refresh()

    def _leave(self) -> None:
        """After the answer: what was not sent yet stays unanswered."""
        assert self.preflight is not None
        self.preflight.halt()
        told = self.preflight.sum_up()
        self._hide()
        self.post_message(self.Closed(told))

    def _end(self) -> None:
        self.preflight = None

    def _restart(self) -> None:
        """Other questions than before: also another digit."""
        self._keys = self._pick_keys()
        self._foot = [self._answers()]
        super()._restart()

    # What is on the screen

    @property
    def _entries(self) -> list[Entry]:
        return self.preflight.entries if self.preflight is not None else []

    def _lay_out(self, width: int) -> None:
        assert self.preflight is not None
        self._at = 0
        self._lines = [*self.preflight.lines(width)]
        self._foot = [self._answers()]

    def _answers(self) -> list[Piece]:
        assert self.preflight is not None
        count = len(self.preflight.taken)
        pieces: list[Piece] = []
        for key, choice in self._keys.items() if count else ():
            pieces += [(key, "key"), (f" {choice.label} {count}", "text"), GAP]
        return [*pieces, (self._shown("select", "Space"), "key"), (" leave out", "note"), GAP, *NOT_NOW]

    def _head(self, room: int) -> list[Piece]:
        assert self.preflight is not None
        count, chosen = len(self._entries), sum(entry.is_in for entry in self._entries)
        if self.is_answered:
            title = self.preflight.sum_up()
        else:
            title = f"One answer for {chosen} of {count} questions" if chosen < count else f"One answer for {count} questions"
        where = f"{self._at + 1} of {count}"
        return [(fit(title, room - cell_len(where) - 2), "title"), ("  ", "note"), (where, "note")]

    def _line(self, at: int, room: int) -> list[Piece]:
        entry = self._entry_of(at)
        if entry is None:
            return super()._line(at, room)
        if at == entry.first:
            parts = asked.who_and_when(entry.row.notification, room - 2, self._clock(), entry.told)
            sign: Piece = ("? ", "key") if entry.is_in else ("  ", "note")
            return [sign, *((text, "note") for text in parts[:-1]), (parts[-1], "title" if entry.told else "note")]
        (text, part), *_ = super()._line(at, room)
        return [(text, part if entry.is_in else "note")]

    def _entry_of(self, at: int) -> Entry | None:
        """Whose line it is; None: of what is left out."""
        entry = self._entries[bisect_right([each.first for each in self._entries], at) - 1]
        return entry if at < entry.end else None

    def _edge(self, at: int | None) -> str:
        current = self._entries[self._at]
        return "▌ " if at is not None and current.first <= at < current.end else "  "

    def _hint(self) -> list[Piece]:
        return [("Esc", "key"), (" back", "note")] if self.is_answered else super()._hint()
