"""The line in which a filter is typed. Draws what it is given, and where the next character goes."""

from __future__ import annotations

from typing import ClassVar

from inbox_tui.tui.widgets.line import Line


class FilterLine(Line):
    """One part more than a line: the character under the cursor."""

    DEFAULT_CSS = """
    FilterLine {
        & > .line--cursor { text-style: reverse; }
        & > .line--error { text-style: underline; }
    }
    """
    PARTS: ClassVar[tuple[str, ...]] = (*Line.PARTS, "cursor")
    COMPONENT_CLASSES: ClassVar[set[str]] = {"line--cursor"}
