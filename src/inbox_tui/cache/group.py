"""One group of a list: the places and numbers of its rows, from its top down. Pure."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right

from inbox_tui.cache.gathering import ROOT, Part, Placed


class Group:
    """`value`: what all of its rows share. `unread`: how many of them are; `asks`: how many more of its rows need me, and are on
    top of the list."""

    __slots__ = ("asks", "keys", "numbers", "root_at", "unread", "value")

    def __init__(self, value: str) -> None:
        self.value = value
        self.keys, self.numbers = array("q"), array("q")
        self.unread = self.asks = 0
        self.root_at: int | None = None
        """When the row was raised that began a thread; None: it is not here."""

    def __len__(self) -> int:
        return len(self.keys)

    def newest(self, *, is_thread: bool) -> int:
        """When the last of its rows was raised."""
        if not is_thread:
            return -self.keys[0]
        last = self.keys[-1]
        return last if self.root_at is None else max(last, self.root_at)

    def extend(self, part: Part) -> None:
        """Rows that are not in it yet."""
        is_below = not self.keys or part.keys[0] >= self.keys[-1]
        self.keys.extend(part.keys)
        self.numbers.extend(part.numbers)
        if not is_below:
            pairs = sorted(zip(self.keys, self.numbers, strict=True))
            self.keys, self.numbers = array("q", [key for key, _ in pairs]), array("q", [n for _, n in pairs])
        self.unread += sum(part.unread)
        if part.root_at is not None:
            self.root_at = part.root_at

    def put(self, row: Placed) -> bool:
        """False: it is there already."""
        if self.index(row.key, row.n) is not None:
            return False
        at = bisect_right(self.keys, row.key)
        self.keys.insert(at, row.key)
        self.numbers.insert(at, row.n)
        self.unread += row.unread
        if row.key == ROOT:
            self.root_at = row.at
        return True

    def take(self, row: Placed) -> bool:
        """Out of it. False: it is not in it."""
        if (at := self.index(row.key, row.n)) is None:
            return False
        del self.keys[at], self.numbers[at]
        self.unread -= row.unread
        if row.key == ROOT:
            self.root_at = None
        return True

    def index(self, key: int, n: int) -> int | None:
        """Which of its rows it is, from its top."""
        at = bisect_left(self.keys, key)
        while at < len(self.keys) and self.keys[at] == key:
            if self.numbers[at] == n:
                return at
            at += 1
        return None


class Folds:
    """Which groups are folded, by their values: all, but for some, or none but for some."""

    def __init__(self) -> None:
        self._is_all, self._others = False, set[str]()

    def __contains__(self, value: object) -> bool:
        return self._is_all != (value in self._others)

    def turn(self, value: str) -> None:
        self._others ^= {value}

    def turn_all(self, *, folded: bool) -> None:
        self._is_all, self._others = folded, set()
