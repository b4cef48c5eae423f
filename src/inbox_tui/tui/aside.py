"""The sidebar: what it offers, whether it has the keys, and whether it is folded away. Decides; draws nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inbox_tui.cache.rows import View
from inbox_tui.core.text import clean
from inbox_tui.tui.counting import Counting
from inbox_tui.tui.footer import VIEW_NAMES
from inbox_tui.tui.widgets.sidebar import Entry, Sidebar

if TYPE_CHECKING:
    from inbox_tui.tui.screens.main import MainScreen

BROAD = 140
"""Columns from which there is room for it."""
KEYS = frozenset({"up", "down", "half_up", "half_down", "page_up", "page_down", "top", "bottom", "open", "left", "right", "back",
                  "sidebar"})  # fmt: skip
"""Actions that are its own while it has the keys."""
UNKNOWN = "…"


class Aside:
    """Over one main screen. `folded_file` is there while the sidebar is folded away, for every pane of this user."""

    def __init__(self, screen: MainScreen, folded_file: Path | None) -> None:
        self._screen, self._folded_file = screen, folded_file
        self.widget = Sidebar(id="sidebar")
        self.counting = Counting(screen)
        self._is_folded = folded_file is not None and folded_file.exists()
        self._at: int | None = None
        """The entry that has the keys."""

    @property
    def is_shown(self) -> bool:
        return not self._is_folded and self._screen.size.width >= BROAD

    @property
    def has_keys(self) -> bool:
        return self._at is not None

    # What it does

    def fold(self) -> None:
        """Away, or back. Raises OSError where that cannot be remembered; it is folded even so."""
        self._is_folded = not self._is_folded
        self.leave()
        self.fit()
        if self._folded_file is None:
            return
        if self._is_folded:
            self._folded_file.parent.mkdir(parents=True, exist_ok=True)
            self._folded_file.touch()
        else:
            self._folded_file.unlink(missing_ok=True)

    def fit(self) -> None:
        """To the screen's width."""
        self._screen.set_class(self.is_shown, "-aside")
        if not self.is_shown:
            self.leave()

    def take_keys(self) -> bool:
        """Whether it is there to take them."""
        if self.is_shown:
            self._move_to(self._shown)
        return self.is_shown

    def leave(self) -> None:
        """The list has the keys."""
        self._at = None
        self._screen.list.set_class(self._screen.reading, "-reading")

    def move(self, by: int) -> None:
        """`by` entries further down; beyond an end, to it."""
        if self._at is not None:
            self._move_to(self._at + by)

    def _move_to(self, number: int) -> None:
        last = len(View) + len(self._screen.filtering.saved) + len(self._screen.hubs.colors) - 1
        self._at = min(max(0, number), last)
        self._screen.list.add_class("-reading")

    def choose(self, number: int | None = None) -> None:
        """Shows an entry, by its number or that with the keys, which the list then has."""
        number = self._at if number is None else number
        self.leave()
        if number is None:
            return
        views, saved = [*VIEW_NAMES], self._screen.filtering.choices()
        if number < len(views):
            self._screen.show_view(views[number])
        elif number - len(views) < len(saved):
            _, show, _ = saved[number - len(views)]
            show()
        else:
            hub = [*self._screen.hubs.colors][number - len(views) - len(saved)]
            self._screen.filtering.show(f"hub:{hub}", hub)

    # What it says

    @property
    def _shown(self) -> int:
        """The number of the entry that the list shows, or whose rows its filter looks through."""
        filtering, views = self._screen.filtering, [*VIEW_NAMES]
        names = [*filtering.saved, *self._screen.hubs.colors]
        if filtering.name in names:
            return len(views) + names.index(filtering.name)
        return views.index(self._screen.list.listing.view)

    def refresh(self) -> None:
        if not self.is_shown:
            return
        shown, reader, filtering = self._shown, self._screen.reader, self._screen.filtering
        views = []
        for number, (view, name) in enumerate(VIEW_NAMES.items()):
            count = reader.count(view)
            views.append(Entry(name, f"{count:,}", number == shown, view is View.NEEDS and count > 0))
        filters = []
        for number, name in enumerate(filtering.saved, len(views)):
            count_ = self.counting.counts.get(name, UNKNOWN)
            known = filtering.count if number == shown else ""
            filters.append(Entry(clean(name, lines=False), known or count_, number == shown))
        self.widget.show([views, filters, self._hubs(shown - len(views) - len(filters))], self._at)

    def _hubs(self, shown: int) -> list[Entry]:
        """Of several: each with how many of its rows need me, and how it is followed."""
        screen = self._screen
        found = []
        for number, (state, lists) in enumerate(zip(screen.hubs.each(screen.now()), screen.reader.parts, strict=False)):
            needs = lists.count(View.NEEDS)
            sign = "● " if state.is_live else "○ "
            found.append(Entry(state.name, f"{needs:,}", number == shown, needs > 0, sign, state.color, state.words))
        return found

    def tick(self) -> None:
        """Each second."""
        if self.is_shown:
            self.counting.tick()
