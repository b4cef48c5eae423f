"""The lists of several hubs as one. Each hub's copy is read by itself, by its own indexes; what is asked of the whole is put
together from their places.

A row's place among all is (rank, at, id), the id being the qualified one: so rows of one hub that tie with a place of another are
all above it or all below it, as the hubs' names say, and every question about a place is one question to each hub.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from inbox_tui.cache.lists import Lists
from inbox_tui.cache.pages import Reader, Row, Shown
from inbox_tui.cache.rows import Head, Key, Mark, Named, View, Was
from inbox_tui.core.hubs import named, place_of, qualified

_LAST = "\U0010ffff"
"""Above every id."""


class Merged:
    """`feeds` by their hubs' names. For one thread. What panes of the same hubs can take back is in a feed of its own."""

    def __init__(self, path: Path, feeds: Mapping[str, str]) -> None:
        self._path, self._feeds = path, feeds
        self._readers = {hub: Reader(path, feed) for hub, feed in feeds.items()}
        self._own = Reader(path, own_feed(feeds))

    @property
    def parts(self) -> tuple[Reader, ...]:
        return tuple(self._readers.values())

    @property
    def by_hub(self) -> Mapping[str, Reader]:
        """The same by their hubs' names."""
        return self._readers

    def reopened(self) -> Lists:
        return Merged(self._path, self._feeds)

    def close(self) -> None:
        for reader in (*self.parts, self._own):
            reader.close()

    # -- of the whole --------------------------------------------------------------------------------------------
    def refresh(self) -> bool:
        changed = [reader.refresh() for reader in self.parts]
        return any(changed)

    @property
    def head(self) -> Head:
        """Its `version` is another with every change of one of them; the places of one feed's journal have no meaning here."""
        heads = [reader.head for reader in self.parts]
        return Head(version=sum(head.version for head in heads), complete=int(all(head.complete for head in heads)))

    def count(self, view: View) -> int:
        return sum(reader.count(view) for reader in self.parts)

    def unread_count(self) -> int:
        return sum(reader.unread_count() for reader in self.parts)

    def undo_steps(self) -> list[tuple[str, str]]:
        return self._own.undo_steps()

    def changed_since(self, mark: Mark, most: int) -> tuple[list[str], Mark] | None:
        ids: list[str] = []
        marks: list[Mark] = []
        for (hub, reader), part in zip(self._readers.items(), mark.parts, strict=True):
            found = reader.changed_since(part, most - len(ids))
            if found is None:
                return None
            ids += [qualified(hub, id_) for id_ in found[0]]
            marks.append(found[1])
        return ids, Mark(0, 0, tuple(marks))

    def moved(self, since: Mark, until: Mark) -> dict[str, Was]:
        marks = zip(self._readers.items(), since.parts, until.parts, strict=True)
        return {qualified(hub, id_): was for (hub, reader), part, end in marks for id_, was in reader.moved(part, end).items()}

    # -- by ids --------------------------------------------------------------------------------------------------
    def epoch_of(self, row_id: str) -> int:
        reader = self._readers.get(place_of(row_id).hub)
        return 0 if reader is None else reader.head.epoch

    def row(self, row_id: str) -> Row | None:
        return next(iter(self.rows([row_id])), None)

    def rows(self, ids: Sequence[str]) -> list[Row]:
        found: dict[str, Row] = {}
        for hub, own in self._grouped(ids).items():
            found |= {row.id: row for row in (of_hub(hub, each) for each in self._readers[hub].rows(own))}
        return [found[id_] for id_ in ids if id_ in found]

    def numbered(self, numbers: Sequence[int]) -> dict[int, Row]:
        return {n: of_hub(hub, row) for hub, reader in self._readers.items() for n, row in reader.numbered(numbers).items()}

    def named(self, numbers: Sequence[int]) -> dict[int, Named]:
        found = ((hub, n, row) for hub, reader in self._readers.items() for n, row in reader.named(numbers).items())
        return {n: row._replace(id=qualified(hub, row.id)) for hub, n, row in found}

    def shown(self, ids: Sequence[str]) -> list[Shown]:
        found: dict[str, Shown] = {}
        for hub, own in self._grouped(ids).items():
            found |= {qualified(hub, row.id): row for row in self._readers[hub].shown(own)}
        return [found[id_]._replace(id=id_) for id_ in ids if id_ in found]

    def _grouped(self, ids: Sequence[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for hub, own in map(place_of, ids):
            if hub in self._readers:
                found.setdefault(hub, []).append(own)
        return found

    # -- by places -----------------------------------------------------------------------------------------------
    def window(self, view: View, start: int, size: int) -> list[Row]:
        found: list[Row] = []
        for hub, first in self._split(view, start).items():
            found += [of_hub(hub, row) for row in self._readers[hub].window(view, first, size)]
        return heapq.nlargest(size, found, key=lambda row: row.notification.place)

    def ids(self, view: View, start: int, size: int) -> list[str]:
        found = []
        for hub, first in self._split(view, start).items():
            found += [(rank, at, qualified(hub, id_)) for rank, at, id_ in self._readers[hub].keys(view, first, size)]
        return [id_ for _, _, id_ in heapq.nlargest(size, found)]

    def position(self, view: View, row_id: str) -> int | None:
        hub, own = place_of(row_id)
        key = self._readers[hub].place(view, own) if hub in self._readers else None
        return None if key is None else sum(self._above(view, hub, key).values())

    def _above(self, view: View, of: str, key: Key) -> dict[str, int]:
        """By hub, how many rows are above a place of the hub `of`."""
        rank, at, _ = key
        ties = {
            hub: key if hub == of else (rank, at, "" if qualified(hub, "") > qualified(of, "") else _LAST) for hub in self._feeds
        }
        return {hub: self._readers[hub].above(view, tie) for hub, tie in ties.items()}

    def _split(self, view: View, start: int) -> dict[str, int]:
        """By hub, how many rows are among the first `start`: a bisection over all hubs at once, by the rows in their middles."""
        low = dict.fromkeys(self._readers, 0)
        high = {hub: min(start, reader.count(view)) for hub, reader in self._readers.items()}
        while sum(low.values()) < start:
            hub = max(high, key=lambda each: high[each] - low[each])
            if high[hub] <= low[hub]:
                break
            middle = (low[hub] + high[hub]) // 2
            found = self._readers[hub].keys(view, middle, 1)
            above = self._above(view, hub, found[0]) if found else None
            if above is None or sum(above.values()) >= start:
                high = {each: min(most, above[each]) if above else most for each, most in high.items()} | {hub: middle}
            else:
                low = {each: max(least, above[each]) for each, least in low.items()} | {hub: middle + 1}
        return low


def own_feed(feeds: Mapping[str, str]) -> str:
    """Names, in the cache, what is these hubs' together. Of other hubs, or under other names, it is another."""
    return "hubs " + " ".join(sorted(f"{hub}={feed}" for hub, feed in feeds.items()))


def of_hub(hub: str, row: Row) -> Row:
    """A row of one hub as one of several."""
    shown = named(hub, row.notification)
    return replace(row, id=shown.id, notification=shown)
