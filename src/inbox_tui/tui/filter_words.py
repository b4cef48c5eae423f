"""What the screen says of a filter: in the header, in the line where it is typed, under that line, in an empty list. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from inbox_tui.cache.rows import View
from inbox_tui.tui.cells import cut
from inbox_tui.tui.footer import GAP, LIVE_CELLS, VIEW_NAMES
from inbox_tui.tui.widgets.line import Piece, cells

if TYPE_CHECKING:
    from inbox_tui.cache.search import Step
    from inbox_tui.core.query.parse import QueryError

LEAD = " / "
LEAST = 12
"""Cells that a filter has in the header, however little room there is."""
EXAMPLES = ("is:unread", "severity>=warn", "source:ci", "before:2h", 'task:"nightly *"', "words")


def found(count: int, is_cut: bool, step: Step | None) -> str:
    """How many rows there are, and of what: never more than was looked at."""
    number = f"{count:,}{'+' if is_cut else ''}"
    if step is None:
        return "searching"
    if not step.is_end:
        return f"{number}, searching {100 * step.looked // max(1, step.rows)}%"
    if step.unsearched:
        return f"{number} in {max(0, step.rows - step.unsearched):,} of {step.rows:,} rows searched"
    return number


def header(view: View, needs: int, shown: str, told: str, width: int) -> list[Piece]:
    """The view, the filter over it and what it found, in the place of the other views; what needs me stays."""
    needs_me: list[Piece] = [("Needs me", "dim"), (f" {needs:,}", "strong" if needs else "dim")]
    tail: list[Piece] = [("  ", "dim"), (told, "strong")]
    name = VIEW_NAMES[view]
    fronts: list[list[Piece]] = [
        [("inbox", "dim"), (" " * GAP, "dim"), *needs_me, (" " * GAP, "dim"), (name, "dim"), (LEAD, "key")],
        [*needs_me, ("  ", "dim"), (name, "dim"), (LEAD, "key")],
        [(name, "dim"), (LEAD, "key")],
        [("/ ", "key")],
    ]
    for front in fronts:
        room = width - LIVE_CELLS - 1 - cells(front) - cells(tail)
        if room >= min(cell_len(shown), 2 * LEAST):
            break
    return [(" ", "dim"), *front, (cut(shown, max(LEAST, room)), "view"), *tail]


def typed(text: str, at: int, error: QueryError | None, told: str, width: int) -> tuple[list[Piece], list[Piece], int]:
    """The line that is being typed: its left, its right, and the first character that it has room for."""
    right: list[Piece] = [(f"  {told} ", "dim")] if told else []
    room = max(8, width - len(LEAD) - cells(right) - 1)
    start = 0
    while cell_len(text[start:at]) > room - 1:
        start += 1
    wrong = range(error.offset, error.offset + error.length) if error is not None else range(0)
    pieces: list[Piece] = [(LEAD, "key")]
    for n in range(start, len(text) + 1):
        part = "cursor" if n == at else "error" if n in wrong else "text"
        if n < len(text) or n == at:
            pieces.append((text[n : n + 1] or " ", part))
    return pieces, right, start


def pointed(text: str, error: QueryError, start: int, width: int) -> list[Piece]:
    """A mark under what is wrong, and beside it the sentence that says so; the sentence alone where both find no room."""
    offset = max(start, error.offset)
    before = len(LEAD) + cell_len(text[start:offset])
    mark = "^" * max(1, cell_len(text[offset : error.offset + error.length]))
    sentence = str(error)
    if before + len(mark) + 1 + cell_len(sentence) < width:
        return [(" " * before, "dim"), (mark, "error"), (f" {sentence}", "text")]
    if cell_len(sentence) + 2 < before and before + len(mark) < width:
        return [(" " * (before - cell_len(sentence) - 1), "dim"), (f"{sentence} ", "text"), (mark, "error")]
    return [(f" {sentence}", "text")]


def help_line(room: int) -> list[Piece]:
    """What may be typed, as much as fits."""
    keys: list[Piece] = [
        (" Enter", "key"),
        (" keep   ", "dim"),
        ("Esc", "key"),
        (" drop   ", "dim"),
        ("↑", "key"),
        (" earlier", "dim"),
    ]
    for count in range(len(EXAMPLES), 0, -1):
        pieces: list[Piece] = [*keys, ("     " + "   ".join(EXAMPLES[:count]), "dim")]
        if cells(pieces) < room:
            return pieces
    return keys


def nothing(view: View, step: Step | None, key: str) -> list[Piece]:
    """What stands in the place of a list in which nothing matches; `key` drops the filter."""
    if step is None or not step.is_end:
        return [("Searching…", "strong")]
    said = f"Nothing in {VIEW_NAMES[view]} matches."
    rest = f"{step.unsearched:,} rows are not indexed yet; they are searched as soon as they are." if step.unsearched else ""
    return [
        (said, "strong"),
        ("", "text"),
        *([(rest, "text"), ("", "text")] if rest else []),
        (f"Without the filter: {key}", "dim"),
    ]
