"""A terminal's screen, from the bytes that a program wrote: as much of one as a program needs that says where it writes.

Nothing of the program under test is in it, so that it can bear witness of what a person could read.
"""

from __future__ import annotations

import re

from rich.cells import get_character_cell_size

_SEQUENCE = re.compile(
    r"\x1b\[(?P<numbers>[0-?]*)[ -/]*(?P<final>[@-~])|\x1b[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-OQ-WYZ`-~]"
)
_WHOLE = re.compile(r"[^\x1b]+|" + _SEQUENCE.pattern)


class Screen:
    """`feed` takes the bytes in any pieces; `lines` is what is shown."""

    def __init__(self, columns: int, rows: int) -> None:
        self.resize(columns, rows)
        self._rest = b""
        self._text = ""

    def resize(self, columns: int, rows: int) -> None:
        """Nothing is kept: a program that is resized draws everything anew."""
        self.columns, self.rows = columns, rows
        self._x = self._y = 0
        self._cells = [[" "] * columns for _ in range(rows)]

    @property
    def lines(self) -> list[str]:
        return ["".join(cells) for cells in self._cells]

    def feed(self, data: bytes) -> None:
        data = self._rest + data
        text = data.decode(errors="ignore")
        # A character may be cut in two at the end, as may a sequence.
        whole = len(text.encode())
        self._rest = data[whole:] if len(data) - whole < 4 else b""
        self._text += text
        at = 0
        while found := _WHOLE.match(self._text, at):
            at = found.end()
            if found["final"]:
                self._control(found["final"], found["numbers"])
            elif found[0][0] != "\x1b":
                self._print(found[0])
        self._text = self._text[at:]

    def _print(self, text: str) -> None:
        for character in text:
            if character == "\r":
                self._x = 0
            elif character == "\n":
                self._y += 1
            elif character >= " " and (width := get_character_cell_size(character)):
                if self._y < self.rows and self._x < self.columns:
                    self._cells[self._y][self._x] = character
                    for x in range(self._x + 1, min(self._x + width, self.columns)):
                        self._cells[self._y][x] = ""
                self._x += width

    def _control(self, final: str, numbers: str) -> None:
        given = [int(number) if number.isdigit() else 0 for number in numbers.split(";")]
        first = given[0]
        if final in "Hf":
            self._y, self._x = max(1, first) - 1, max(1, given[1] if len(given) > 1 else 1) - 1
        elif final == "J" and first in (2, 3):
            self._cells = [[" "] * self.columns for _ in range(self.rows)]
        elif final in "KJ":
            raise NotImplementedError(f"erasing by {numbers}{final}")
        elif final in "ABCDEFGdLMPSTXr@" and numbers[:1] not in (">", "?", "<", "="):
            raise NotImplementedError(f"moving by {numbers}{final}")
