"""Lines of the detail: a text and the part that it plays, or several pieces of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from inbox_tui.tui.cells import wrap

Piece = tuple[str, str]
"""A text and its part."""


class Line(NamedTuple):
    """`part`: a tone, or one of `title text strong emphasis link command note rule added removed`. A line begins with `lead`,
    which has its own part; `pieces`, where there are any, are what `text` is made of."""

    text: str
    part: str = "text"
    lead: str = ""
    lead_part: str = "note"
    pieces: tuple[Piece, ...] = ()


def spread(pieces: Sequence[Piece], width: int) -> Iterator[tuple[Piece, ...]]:
    """Prose of several parts, wrapped: each line as its pieces."""
    parts = [part for text, part in pieces for _ in text]
    plain = "".join(text for text, _ in pieces)
    at = 0
    for line in wrap(plain.strip(), width):
        shown: list[Piece] = []
        for character in line:
            at = plain.index(character, at)  # only blanks are lost in wrapping
            if shown and shown[-1][1] == parts[at]:
                shown[-1] = (shown[-1][0] + character, parts[at])
            else:
                shown.append((character, parts[at]))
            at += 1
        yield tuple(shown)
