"""Which rows are selected: by their ids, so that rows which come, go or move never change what is meant. Pure."""

from __future__ import annotations

from collections.abc import Iterable

MOST = 10_000
"""Rows of one selection."""


class Selection:
    """`anchor` is the id of the row that a range began at; "": none is being drawn."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}
        self._range: dict[str, None] = {}
        self.anchor = ""

    def __len__(self) -> int:
        return len(self._ids | self._range)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._ids or id_ in self._range

    @property
    def ids(self) -> list[str]:
        return [*(self._ids | self._range)]

    def toggle(self, id_: str) -> None:
        self.settle()
        if id_ in self._ids:
            del self._ids[id_]
        else:
            self.add((id_,))

    def add(self, ids: Iterable[str]) -> None:
        for id_ in ids:
            if len(self._ids) < MOST:
                self._ids[id_] = None

    def begin(self, id_: str) -> None:
        """A range from this row on."""
        self.anchor, self._range = id_, {id_: None}

    def stretch(self, ids: Iterable[str]) -> None:
        """The range is these rows now."""
        self._range = dict.fromkeys(ids)

    def settle(self) -> None:
        """The range is as it should be."""
        self.add(self._range)
        self.anchor, self._range = "", {}

    def clear(self) -> None:
        self._ids.clear()
        self._range.clear()
        self.anchor = ""
