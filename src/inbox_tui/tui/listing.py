"""What a list shows and where its cursor is: pages of a view, or of what a filter found. No widget; no I/O but the reader's own.

The cursor is on an id. When rows come, go or move, the row under the cursor stays under the eye: `follow` answers how far to
scroll for that.
"""

from __future__ import annotations

from collections.abc import Sequence

from inbox_tui.cache.pages import Row
from inbox_tui.cache.rows import View
from inbox_tui.tui.headings import Heading, Line
from inbox_tui.tui.sources import Rows

PAGE = 64
KEPT_PAGES = 32
SUCCESSORS = 16
"""How many neighbours are asked, when the cursor's row has left the view, whether they may have the cursor."""


class Listing:
    """Rows of one source at a time. `cursor_y` is where the cursor's row is; None in an empty list."""

    def __init__(self, source: Rows) -> None:
        self._pages: dict[int, Sequence[Line]] = {}
        self.source, self.count = source, 0
        self.cursor_y: int | None = None
        self._cursor: Line | None = None
        self.show_rows(source)

    @property
    def cursor(self) -> Row | None:
        """The row under the cursor, as it is now; None also where the cursor is on a heading."""
        return None if isinstance(self._cursor, Heading) else self._cursor

    @property
    def heading(self) -> Heading | None:
        """The heading under the cursor: that of a group which is folded."""
        return self._cursor if isinstance(self._cursor, Heading) else None

    @property
    def place(self) -> tuple[int | None, int]:
        """Which row the cursor is on, from 0, and of how many."""
        if self.cursor_y is None:
            return None, self.count
        return self.source.place(self.cursor_y)

    @property
    def view(self) -> View:
        """The view that its rows are of."""
        return self.source.view

    def show_rows(self, source: Rows) -> None:
        """Other rows, from their top."""
        self.source = source
        self._pages.clear()
        self.count = source.count()
        self.move(0)

    def line(self, y: int) -> Line | None:
        """What is at `y` where its page is loaded. Never reads."""
        page = self._pages.get(y // PAGE)
        at = y % PAGE
        return page[at] if page is not None and at < len(page) else None

    def load(self, first: int, last: int) -> None:
        """Reads the pages of `first` to `last` that are not there yet."""
        for number in range(max(0, first) // PAGE, max(0, last) // PAGE + 1):
            page = self._pages.pop(number, None)
            if page is None:
                page = self.source.window(number * PAGE, PAGE)
                while len(self._pages) >= KEPT_PAGES:
                    del self._pages[next(iter(self._pages))]
            self._pages[number] = page

    def row(self, y: int) -> Row | None:
        """The same, where it is a row."""
        line = self.line(y)
        return None if isinstance(line, Heading) else line

    def is_above_group(self, y: int) -> bool:
        """Whether the heading of what is at `y` is right above it."""
        return y > 0 and isinstance(above := self.line(y - 1), Heading) and not above.is_folded

    def move(self, y: int, *, towards: int = 1) -> None:
        """The cursor to the row at `y`, or the nearest that there is. The heading of a group that is open is passed over, in the
        direction `towards`."""
        if not self.count:
            self.cursor_y = self._cursor = None
            return
        y = min(max(0, y), self.count - 1)
        self.load(y - 1, y + 1)
        line = self.line(y)
        if isinstance(line, Heading) and not line.is_folded:
            y += towards if 0 <= y + towards < self.count else -towards
        self.cursor_y, self._cursor = y, self.line(y)

    def place_of(self, id_: str) -> int | None:
        return self.source.position(id_)

    def follow(self) -> int:
        """Takes in what changed. Answers how many lines further down the cursor's row is now (negative: up)."""
        before, was_y = self._cursor, self.cursor_y
        heirs = [] if was_y is None else self._heirs(was_y)
        self._pages.clear()
        self.count = self.source.count()
        if before is None or was_y is None:
            self.move(0)
            return 0
        for id_, offset in ((before.id, 0), *heirs):
            y = self.source.position(id_)
            if y is not None:
                self.move(y)
                # An heir takes the cursor's place on the screen, so its own line is where the cursor was.
                return y - was_y if offset >= 0 else y - (was_y + offset)
        self.move(was_y)
        return 0 if self.cursor_y is None else self.cursor_y - was_y

    def _heirs(self, y: int) -> list[tuple[str, int]]:
        """Ids that take the cursor when its row leaves: the rows after it, then those before it, with their distance."""
        offsets = (*range(1, SUCCESSORS + 1), *range(-1, -SUCCESSORS - 1, -1))
        lines = [(self.line(y + offset), offset) for offset in offsets if y + offset >= 0]
        return [(line.id, offset) for line, offset in lines if line is not None]

    def neighbour(self, among: View, step: int) -> int | None:
        """Where, in this list, the next (`step` 1) or previous (-1) row of another view is; goes round at the ends."""
        if self.cursor_y is None:
            return None
        return self.source.neighbour(self.cursor, self.cursor_y, among, step)
