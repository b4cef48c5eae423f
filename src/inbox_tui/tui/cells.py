"""Text in terminal cells: cut, pad and wrap by what is drawn, never by `len`."""

from __future__ import annotations

from rich.cells import cell_len, chop_cells, set_cell_size


def cut(text: str, width: int) -> str:
    """At most `width` cells; an ellipsis stands for what is missing."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    return "…" if width == 1 else set_cell_size(text, width - 1).rstrip() + "…"


def fit(text: str, width: int) -> str:
    """Exactly `width` cells."""
    text = cut(text, width)
    return text + " " * (width - cell_len(text))


def chop(text: str, width: int) -> list[str]:
    """Every character, in lines of at most `width` cells: for commands, where no blank may be lost."""
    lines: list[str] = []
    for line in text.split("\n"):
        lines.extend(chop_cells(line, max(2, width)) or [""])
    return lines


def wrap(text: str, width: int) -> list[str]:
    """Prose in lines of at most `width` cells, broken at blanks where there are any. A broken line keeps its indent."""
    width = max(2, width)
    lines: list[str] = []
    for line in text.split("\n"):
        if cell_len(line) <= width:
            lines.append(line.rstrip())
            continue
        indent = line[: min(len(line) - len(line.lstrip(" ")), width // 2, width - 2)]
        lines.extend(indent + part for part in _broken(line.strip(), width - len(indent)))
    return lines


def _broken(line: str, width: int) -> list[str]:
    lines: list[str] = []
    current = ""
    for word in line.split(" "):
        if current and cell_len(current) + 1 + cell_len(word) <= width:
            current += " " + word
            continue
        if current.strip():
            lines.append(current.rstrip())
        *whole, current = chop_cells(word, width) or [""]
        lines.extend(whole)
    return [*lines, current]
