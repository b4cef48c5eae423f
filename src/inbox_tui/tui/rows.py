"""One notification as one line of the list: a pure function from a value to a strip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from inbox_tui.core.model import Notification
from inbox_tui.tui import words
from inbox_tui.tui.cells import cut, fit
from inbox_tui.tui.theme import STRIPES

BAR, STRIPE, SELECTED = "▌", "▎", "*"
AGE_CELLS = 4
WHO_SHARE, WHO_LEAST, WHO_MOST = 7, 8, 18
WHO_FROM = 44
"""Below this width a row has no room for who sent it."""


@dataclass(frozen=True, slots=True)
class RowStyles:
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
    cursor: bool = False,
    selected: bool = False,
    age: str = "",
    note: str = "",
    marks: str = "",
    me: str = "",
) -> Strip:
    """A strip of exactly `width` cells. `age`, `note`, `marks`, `me`: see `words`."""
    style = styles.cursor if cursor else styles.plain
    unread = row.is_unread
    title_style = style["text"] + Style(bold=True) if unread else style["dim"]
    tone = words.tone(row)
    names = who_cells(width)
    room = width - 3 - (names + 1 if names else 0) - AGE_CELLS - 2
    title = cut(words.one_line(row, row.title) or words.one_line(row, row.kind), room)
    count = (f" ×{row.count}" if row.count > 1 else "") + (f" {marks}" if marks else "")
    rest = words.remainder(row, me, note)
    if count and cell_len(title) + cell_len(count) > room:
        title = cut(title, room - cell_len(count))
    used = cell_len(title) + cell_len(count)
    tail = fit(f"  {rest}", room - used) if rest and room - used > 6 else " " * max(0, room - used)
    segments = [
        _edge(row, style, cursor, selected),
        Segment(words.MUTED if row.muted else words.SIGNS[tone], style["dim" if row.muted else tone]),
        Segment(" ", style["text"]),
        Segment(title, title_style),
        Segment(count, style["text"] if unread else style["dim"]),
        Segment(tail, style["dim"]),
    ]
    if names:
        segments.append(Segment(f" {fit(words.who(row), names)}", style["dim"]))
    segments.append(Segment(f" {age:>{AGE_CELLS}} ", style["dim"]))
    return Strip(segments).adjust_cell_length(width, style["text"])


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
