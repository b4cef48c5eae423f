"""One line of text that is being typed: its cursor, its keys, and earlier lines. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

Outcome = Literal["changed", "moved", "done", "dropped", "unknown"]
"""`done`: Enter; `dropped`: Esc; `unknown`: no key of a line."""
HISTORY_MOST = 100


class Editor:
    """`history`: earlier lines, the oldest first."""

    def __init__(self, text: str = "", history: Sequence[str] = ()) -> None:
        self.text, self.at = text, len(text)
        self._lines = [*history, text]
        self._line = len(history)

    def press(self, key: str) -> Outcome:
        """A character, or a key by its name."""
        match key:
            case "enter":
                return "done"
            case "escape":
                return "dropped"
            case "up" | "down":
                return self._recall(-1 if key == "up" else 1)
            case "left" | "right" | "home" | "end" | "ctrl+a" | "ctrl+e" | "ctrl+left" | "ctrl+right":
                self.at = self._reach(key)
                return "moved"
            case "backspace" | "ctrl+h" | "delete" | "ctrl+w" | "ctrl+u" | "ctrl+k":
                self._cut(key)
                return "changed"
        if len(key) != 1:
            return "unknown"
        self.insert(key)
        return "changed"

    def insert(self, text: str) -> None:
        self.text = self.text[: self.at] + text + self.text[self.at :]
        self.at += len(text)

    def _reach(self, key: str) -> int:
        match key:
            case "left":
                return max(0, self.at - 1)
            case "right":
                return min(len(self.text), self.at + 1)
            case "home" | "ctrl+a":
                return 0
            case "ctrl+left":
                return self._word_start()
            case "ctrl+right":
                rest = self.text[self.at :]
                return self.at + len(rest) - len(rest.lstrip().partition(" ")[2])
        return len(self.text)

    def _word_start(self) -> int:
        return self.text[: self.at].rstrip().rfind(" ") + 1

    def _cut(self, key: str) -> None:
        start, end = self.at, self.at
        match key:
            case "delete":
                end += 1
            case "ctrl+k":
                end = len(self.text)
            case "ctrl+u":
                start = 0
            case "ctrl+w":
                start = self._word_start()
            case _:
                start = max(0, start - 1)
        self.text, self.at = self.text[:start] + self.text[end:], start

    def _recall(self, step: int) -> Outcome:
        self._lines[self._line] = self.text
        self._line = min(max(0, self._line + step), len(self._lines) - 1)
        self.text = self._lines[self._line]
        self.at = len(self.text)
        return "changed"


def remember(history: list[str], text: str) -> None:
    """Puts a line at the end of `history`, where it then stands once."""
    if text in history:
        history.remove(text)
    history.append(text)
    del history[:-HISTORY_MOST]
