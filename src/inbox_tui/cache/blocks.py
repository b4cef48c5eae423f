"""Where rows are in a list of a million, by blocks: the first key and the count of each. Pure.

A row's y is the sum of the counts before its block plus its place inside; both directions touch one block of rows only.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from inbox_tui.cache.rows import Key

BLOCK = 512
SPLIT = 2 * BLOCK
"""A block that has grown to this is to be halved."""


class Blocks:
    """A list's index. Block 0 begins above every key. `seq`: the journal entry up to which it is right."""

    def __init__(self, count: int, seq: int, *, is_built: bool = False) -> None:
        self.seq, self.is_built = seq, is_built
        self._firsts: list[Key | None] = [None]
        self._counts = [count]
        self._ends: list[int] | None = None

    @classmethod
    def built(cls, firsts: list[Key], counts: list[int], seq: int) -> Blocks:
        """From a scan: `firsts[n]` is the greatest key of block n."""
        blocks = cls(0, seq, is_built=True)
        if firsts:
            blocks._firsts, blocks._counts = [None, *firsts[1:]], list(counts)
        return blocks

    @property
    def total(self) -> int:
        return self._sums()[-1]

    def _sums(self) -> list[int]:
        if self._ends is None:
            self._ends = list(accumulate(self._counts))
        return self._ends

    def locate(self, y: int) -> tuple[Key | None, int]:
        """The first key of the block that row `y` is in, and how many rows of the block are before it."""
        ends = self._sums()
        n = min(bisect_right(ends, y), len(ends) - 1)
        return self._firsts[n], y - (ends[n] - self._counts[n])

    def find(self, key: Key) -> tuple[Key | None, int]:
        """The first key of the block where `key` belongs, and how many rows are before that block."""
        n = self._block(key)
        return self._firsts[n], self._sums()[n] - self._counts[n]

    def add(self, key: Key) -> None:
        self._change(key, 1)

    def remove(self, key: Key) -> None:
        self._change(key, -1)

    def _change(self, key: Key, by: int) -> None:
        n = self._block(key)
        self._counts[n] += by
        self._ends = None
        if not self._counts[n] and n:
            del self._firsts[n], self._counts[n]

    def grown(self) -> tuple[Key | None, int] | None:
        """The first key and count of a block to halve; None: there is none."""
        if not self.is_built:
            return None
        n = next((n for n, count in enumerate(self._counts) if count >= SPLIT), None)
        return None if n is None else (self._firsts[n], self._counts[n])

    def halve(self, first: Key | None, middle: Key, before: int) -> None:
        """Splits the block that begins with `first`: `before` of its rows are above `middle`."""
        n = self._firsts.index(first)
        self._firsts.insert(n + 1, middle)
        self._counts[n : n + 1] = [before, self._counts[n] - before]
        self._ends = None

    def _block(self, key: Key) -> int:
        """The last block whose first key is not below `key`: keys run downwards."""
        low, high = 0, len(self._firsts) - 1
        while low < high:
            middle = (low + high + 1) // 2
            first = self._firsts[middle]
            if first is None or first >= key:
                low = middle
            else:
                high = middle - 1
        return low
