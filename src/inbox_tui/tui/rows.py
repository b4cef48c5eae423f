"""One notification as one line of the list, or two: a pure function from a value to strips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from inbox_tui.core.lifecycle import QUIET
from inbox_tui.core.model import Notification
from inbox_tui.tui import substance, words
from inbox_tui.tui.cells import cut, fit
from inbox_tui.tui.sparkline import sparkline
from inbox_tui.tui.theme import STRIPES

BAR, STRIPE, SELECTED = "▌", "▎", "*"
AGE_CELLS = 4
WHO_SHARE, WHO_LEAST, WHO_MOST = 7, 8, 18
WHO_FROM = 44
"""Below this width a row has no room for who sent it."""
HUB = "◆"
HUB_SHARE, HUB_LEAST, HUB_MOST = 9, 3, 10
SPARK_CELLS, SPARK_LEAST, SPARK_FROM = 5, 4, 24
"""A sparkline: its cells, how many repeats are worth one, and how much must be free for it behind a title."""


class RowStyles(NamedTuple):
    """Styles by part of a row (`text dim bar ask error warn success info`), and again for the row under the cursor.

    Also by the colours that a sender may give a row; without them no stripe is drawn.
    """

    plain: Mapping[str, Style]
    cursor: Mapping[str, Style]


def who_cells(width: int) -> int:
    return 0 if width < WHO_FROM else min(WHO_MOST, max(WHO_LEAST, width // WHO_SHARE))


def render_row(
    row: Notification,
    width: int,
    styles: RowStyles,
    *,
    lines: int = 1,
    cursor: bool = False,
    selected: bool = False,
    age: str = "",
    note: str = "",
    marks: str = "",
    me: str = "",
    hub: str = "",
    lead: str = "",
) -> list[Strip]:
    """One strip or two, each of exactly `width` cells. `age`, `note`, `marks`, `me`: see `words`. `hub`: the colour
    of its hub, where there are several. `lead`: the sign before what belongs to the row above.

    Of two the second has what follows the title on one; where nothing does, what the first left out of it.
    """
    style = styles.cursor if cursor else styles.plain
    title_style = style["text"] + Style(bold=True) if row.is_unread else style["dim"]
    names = who_cells(width)
    mark = _hub_mark(row, width, style, hub)
    room = width - 3 - cell_len(lead) - mark.cell_length - (names + 1 if names else 0) - AGE_CELLS - 2
    count = (f" ×{row.count}" if row.count > 1 else "") + (f" {marks}" if marks else "")
    whole = words.one_line(row, row.title) or words.one_line(row, row.kind)
    title = cut(whole, room - cell_len(count))
    rest = substance.remainder(row, me, note)
    segments = [
        *_signs(row, style, cursor, selected, lead),
        Segment(title, title_style),
        Segment(count, style["text"] if row.is_unread else style["dim"]),
        Segment(_tail(row, rest, room - cell_len(title) - cell_len(count)) if lines == 1 else "", style["dim"]),
    ]
    end = f" {fit(words.who(row), names)} {age:>{AGE_CELLS}} " if names else f" {age:>{AGE_CELLS}} "
    first = Strip(segments).adjust_cell_length(room + 3 + cell_len(lead), style["text"])
    strips = [Strip.join([first, mark, Strip([Segment(end, style["dim"])])])]
    if lines > 1:
        left_out = "" if title == whole else f"…{whole[len(title) - 1 :]}"
        under = cut(_sparkline(row) + (rest or left_out), width - 4 - cell_len(lead))
        edge, _, blank, _ = _signs(row, style, cursor, False, "")
        part = style["ask"] + Style(bold=False) if row.is_open else style["dim"]
        strips.append(Strip([edge, blank, Segment(" " * (1 + cell_len(lead)) + under, part)]))
    return [strip.adjust_cell_length(width, style["text"]) for strip in strips]


def _signs(row: Notification, style: Mapping[str, Style], cursor: bool, selected: bool, lead: str) -> list[Segment]:
    """Its edge, its sign, a blank, and what leads to it."""
    tone = words.tone(row)
    sign = Segment(words.MUTED if row.muted else words.SIGNS[tone], style["dim" if row.muted else tone])
    return [_edge(row, style, cursor, selected), sign, Segment(" ", style["text"]), Segment(lead, style["dim"])]


def _hub_mark(row: Notification, width: int, style: Mapping[str, Style], color: str) -> Strip:
    """The name of its hub in the hub's colour, where there are several: as much of it as there is room for."""
    if not row.hub:
        return Strip([])
    share = max(HUB_LEAST, min(HUB_MOST, width // HUB_SHARE))
    return Strip([Segment(f" {HUB}{fit(row.hub, share)}", style.get(color, style["dim"]))])


def _tail(row: Notification, rest: str, room: int) -> str:
    """What follows the title: how its repeats lie in time, where there is room for it, then the rest."""
    drawn = f" {_sparkline(row)}".rstrip() if room >= SPARK_FROM else ""
    room -= len(drawn)
    return drawn + (fit(f"  {rest}", room) if rest and room > 6 else " " * max(0, room))


def _sparkline(row: Notification) -> str:
    """How its repeats lie in time; that a run goes on is no repeat."""
    repeats = () if len(row.occurrences) < SPARK_LEAST or row.kind in QUIET else row.occurrences
    drawn = sparkline(repeats, SPARK_CELLS)
    return f"{drawn}  " if drawn else ""


def _edge(row: Notification, style: Mapping[str, Style], cursor: bool, selected: bool) -> Segment:
    """The cursor's bar, the sender's colour as a thin stripe, or one beside the other."""
    color = words.detail(row, "color")
    stripe = style[color] if color in STRIPES and color in style else None
    if selected:
        return Segment(SELECTED, style["bar"])
    if cursor:
        return Segment(BAR, style["bar"] if stripe is None else style["bar"] + Style(bgcolor=stripe.color))
    return Segment(" ", style["bar"]) if stripe is None else Segment(STRIPE, stripe)


def placeholder(width: int, styles: RowStyles) -> Strip:
    """A row whose page is on its way."""
    return Strip([Segment("   …", styles.plain["dim"])]).adjust_cell_length(width, styles.plain["text"])
