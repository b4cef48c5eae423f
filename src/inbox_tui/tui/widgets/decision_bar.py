"""The answer bar: one question, whole, and the keys that answer it.

It acts on the row that it was opened with, id and raised_rev; never on a position.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping

from rich.cells import cell_len
from textual.geometry import Region

from inbox_tui.cache.pages import Row
from inbox_tui.core.model import Choice
from inbox_tui.core.text import mark
from inbox_tui.tui import asked
from inbox_tui.tui.cells import wrap
from inbox_tui.tui.widgets.question import NOT_NOW, Piece, Question

GAP = 4


class DecisionBar(Question):
    """Hidden until `ask`."""

    DEFAULT_CSS = "DecisionBar { height: auto; }"

    row: Row | None = None
    """What is asked; None while it is hidden."""

    @property
    def is_open(self) -> bool:
        return self.row is not None

    def ask(self, row: Row) -> None:
        """Shows the question of `row`, as it is now."""
        self.row = row
        self._begin()

    def follow(self, row: Row | None) -> None:
        """The cache has changed: `row` is what the shown row is now. Another question than the one shown is not answered."""
        if self.row is not None and (why := asked.why_not(self.row, row)):
            self.close(f"{why}: nothing answered by you", by_itself=True)

    def tick(self) -> None:
        """Time went by: how long it has been asked reads differently."""
        if self.row is not None:
            self.refresh(Region(0, 0, self.size.width, 1))

    def _pick_keys(self) -> Mapping[str, Choice]:
        assert self.row is not None
        return asked.answers(self.row.notification.choices, by_digit=self.confirm == "digit", pick=secrets.choice)

    def _answer(self, choice: Choice) -> None:
        assert self.row is not None
        row = self.row
        self._hide()
        self.post_message(self.Answered(row, choice))

    def _end(self) -> None:
        self.row = None

    def _moves(self, key: str) -> bool:
        return self._scrolls(self._page) if key == "space" else super()._moves(key)

    # What is on the screen

    def _lay_out(self, width: int) -> None:
        assert self.row is not None
        self._lines = asked.lines(self.row.notification, width)
        self._foot = list(self._answers(width))
        self.styles.height = min(len(self._lines), max(1, self.app.size.height // 2 - 2)) + 1 + len(self._foot)

    def _head(self, room: int) -> list[Piece]:
        assert self.row is not None
        return [(text, "note") for text in asked.who_and_when(self.row.notification, room, self._clock())]

    def _answers(self, room: int) -> Iterator[list[Piece]]:
        """The answers with their whole labels, in as many lines as they take."""
        line: list[Piece] = []
        used = 0
        for key, choice in self._keys.items():
            for at, label in enumerate(wrap(" ".join(mark(choice.label).split()), room - 2)):
                cells = 2 + cell_len(label)
                if line and (at or used + GAP + cells > room):
                    yield line
                    line, used = [], 0
                elif line:
                    line.append((" " * GAP, "text"))
                    used += GAP
                line += [(f"{key} " if at == 0 else "  ", "key"), (label, "text")]
                used += cells
        if line and used + GAP + cell_len("Esc not now") > room:
            yield line
            line = []
        yield [*line, (" " * GAP if line else "", "text"), *NOT_NOW]
