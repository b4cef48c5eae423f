"""A stranger's words made ours: cleaned, or marked in rows that ask, then redacted, with a count of what was taken out. Pure."""

from __future__ import annotations

from inbox_tui.core.errors import invalid
from inbox_tui.core.model import Json
from inbox_tui.core.text import clean, mark, redact


class Cleaner:
    """Cleans the texts of one event. Where it `asks`, what a person reads must be what runs: hidden characters show as marks."""

    def __init__(self, *, asks: bool) -> None:
        self._asks = asks
        self.redacted = 0

    def line(self, text: str) -> str:
        """One line, such as a title."""
        if self._asks:
            return self.redact(mark(text.strip()).replace("\n", "␊"))
        return self.redact(clean(text, lines=False))

    def text(self, text: str) -> str:
        """Several lines, such as a body. Its end is never cut."""
        return self.redact(mark(text) if self._asks else clean(text))

    def tree(self, value: Json) -> Json:
        """Every string in it, names too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.tree(item) for item in value]
        if isinstance(value, dict):
            return {self.line(name): self.tree(item) for name, item in value.items()}
        return value

    def redact(self, text: str) -> str:
        """What is shown as it came, such as an address, without its secrets."""
        text, found = redact(text)
        self.redacted += found
        return text


def name(text: str) -> str:
    """A name that rules compare (kind, source, task, run): always cleaned to one line, never marked, never redacted."""
    return clean(text, lines=False)


def said(details: dict[str, Json]) -> dict[str, Json]:
    """Only the details that say something."""
    return {key: value for key, value in details.items() if value is not None and value != "" and value != [] and value != {}}


def visible(text: str, location: str) -> str:
    """A cleaned text that must say something. Raises Refused 422."""
    if not text:
        raise invalid(location, "has no visible character")
    return text
