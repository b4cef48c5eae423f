"""A figure, its floor, the ratio between the two, and what was promised: rows of one Markdown table."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Figure:
    """Paired samples of ours and of the floor, in `unit`. `promise` is met by the median ratio: at most (or at least) `bound`."""

    what: str
    floor: str
    unit: str
    ours: Sequence[float]
    base: Sequence[float] = field(default_factory=list)
    bound: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def ratios(self) -> list[float]:
        return sorted(mine / theirs for mine, theirs in zip(self.ours, self.base, strict=False) if theirs)

    def row(self) -> str:
        ratios = self.ratios
        ratio = f"**{statistics.median(ratios):.2f}** ({ratios[0]:.2f}–{ratios[-1]:.2f})" if ratios else "–"
        ours = f"{_spread(self.ours)} {self.unit}"
        cells = [self.what, ours, self.floor, _spread(self.base), ratio, self._promise(), self.note]
        return "| " + " | ".join(cells) + " |"

    def _promise(self) -> str:
        if self.bound is None or not self.ratios:
            return "–"
        ratio = statistics.median(self.ratios)
        met = ratio >= self.bound if self.at_least else ratio <= self.bound
        return f"{'≥' if self.at_least else '≤'} {self.bound}: {'met' if met else '**missed**'}"


BEGIN, END = "<!-- figures -->", "<!-- end -->"
HEADER = """| what | ours: median (least–most) | floor | floor: median (least–most) | ratio | promise | remark |
|---|---|---|---|---|---|---|"""


def _spread(samples: Sequence[float]) -> str:
    if not samples:
        return "–"
    middle, least, most = statistics.median(samples), min(samples), max(samples)
    digits = 0 if middle >= 100 else 1 if middle >= 10 else 2
    return f"{middle:.{digits}f} ({least:.{digits}f}–{most:.{digits}f})"


def write_readme(path: Path, rows: list[str]) -> None:
    """Puts the table between its markers."""
    text = path.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text("\n".join([before + BEGIN, HEADER, *rows, END + after]))
