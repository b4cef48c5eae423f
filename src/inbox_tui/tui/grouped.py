"""A list's rows in groups (`cache.groups`): headings, rows, and what is folded away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING

from inbox_tui.cache.gathering import PART, By
from inbox_tui.cache.lists import Lists
from inbox_tui.cache.pages import Row
from inbox_tui.cache.rows import View, is_in
from inbox_tui.core.model import Notification
from inbox_tui.core.text import clean
from inbox_tui.core.times import SECOND
from inbox_tui.tui.headings import CHILD, LAST_CHILD, Branch, Heading, Line

if TYPE_CHECKING:
    from inbox_tui.cache.group import Group
    from inbox_tui.cache.groups import Groups, Spot

CHUNK = 512
"""Rows that are asked at once whether they are unread."""
_HEADING = f"{PART}heading{PART}"
_ROW = tuple(member.name for member in fields(Row))


class GroupedRows:
    """`now` says what time it is: days have names."""

    def __init__(self, lists: Lists, groups: Groups, now: Callable[[], int]) -> None:
        self._lists, self.groups, self._now = lists, groups, now

    @property
    def view(self) -> View:
        return self.groups.view

    def count(self) -> int:
        return self.groups.lines

    def place(self, y: int) -> tuple[int, int]:
        return self.groups.row_at(y), len(self.groups)

    def window(self, start: int, size: int) -> Sequence[Line]:
        spots = list(self.groups.spots(start, size))
        rows = self._lists.numbered([self.groups.number(spot) for spot in spots if spot.nth >= 0])
        return [self._line(spot, rows) for spot in spots]

    def ids(self, start: int, size: int) -> list[str]:
        numbers = [self.groups.number(spot) for spot in self.groups.spots(start, size) if spot.nth >= 0]
        return self._named(numbers)

    def ids_of(self, value: str, most: int) -> list[str]:
        """Of the rows of one group, folded or not."""
        return self._named([*islice(self.groups.numbers_of(value), most)])

    def every_id(self, most: int) -> list[str]:
        """Of all its rows, folded or not."""
        return self._named([*islice(self.groups.numbers(), most)])

    def _named(self, numbers: Sequence[int]) -> list[str]:
        named = self._lists.named(numbers)
        return [named[n].id for n in numbers if n in named]

    def position(self, row_id: str) -> int | None:
        if row_id.startswith(_HEADING):
            return self.groups.line_of(row_id.removeprefix(_HEADING))
        row = self._lists.row(row_id)
        return self.groups.position(row, self._lists) if row is not None else None

    def neighbour(self, row: Row | None, y: int, among: View, step: int) -> int | None:
        lines = _around(self.groups.stretches(among), y, step)
        while chunk := list(islice(lines, CHUNK)):
            spots = {line: self.groups.at(line) for line in chunk}
            named = self._lists.named([self.groups.number(spot) for spot in spots.values()])
            for line, spot in spots.items():
                known = named.get(self.groups.number(spot))
                if self.groups.asks(spot) if among is View.NEEDS else known is not None and known.is_unread:
                    return line
        return None

    def _line(self, spot: Spot, rows: Mapping[int, Row]) -> Line:
        group, nth = spot
        if group is not None and nth < 0:
            return self._heading(group)
        row = rows.get(self.groups.number(spot)) or Row("", 0, Notification("", "", "(gone)", 0, 0), "")
        if group is None or self.groups.by is not By.THREAD or len(group) == 1:
            return row
        own = {name: getattr(row, name) for name in _ROW}
        if nth:
            return Branch(**own, thread=group.value, lead=LAST_CHILD if nth == len(group) - 1 else CHILD)
        unread = group.unread - is_in(View.UNREAD, row.notification)
        is_folded = self.groups.is_folded(group)
        return Branch(**own, thread=group.value, children=len(group) - 1, unread=unread, is_folded=is_folded)

    def _heading(self, group: Group) -> Heading:
        name = heading_name(self.groups.by, group.value, self._now())
        return Heading(
            _HEADING + group.value, group.value, name, len(group), group.unread, group.asks, self.groups.is_folded(group)
        )  # fmt: skip


def _around(stretches: Sequence[range], y: int, step: int) -> Iterator[int]:
    """Their lines from `y` on, downwards (`step` 1) or upwards (-1), and round at the end."""
    below = [range(max(each.start, y + 1), each.stop) for each in stretches]
    above = [range(each.start, min(each.stop, y)) for each in stretches]
    if step > 0:
        return chain(*below, *above)
    return chain(*(reversed(each) for part in (above, below) for each in reversed(part)))


def heading_name(by: By, value: str, now: int) -> str:
    """What a person calls a group."""
    name = clean(value.partition(PART)[0], lines=False)
    return _day_name(value, now) if by is By.DAY else name or f"no {by}"


def _day_name(value: str, now: int) -> str:
    day, today = date.fromisoformat(value), date.fromtimestamp(now // SECOND)
    if day in (today, today - timedelta(days=1)):
        return "today" if day == today else "yesterday"
    return f"{day:%a} {day.day} {day:%b}" + (f" {day.year}" if day.year != today.year else "")
