"""What the pane asks in its footer: yes or no, a time, what to mute. A prompt takes every key until it closes. Pure.

Enter says yes to nothing: it ends a line that was typed, where what it says can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from rich.cells import cell_len

from inbox_tui.core.moments import EXAMPLES
from inbox_tui.core.mutes import Scope
from inbox_tui.tui.cells import cut
from inbox_tui.tui.clocktime import coming
from inbox_tui.tui.editor import Editor
from inbox_tui.tui.widgets.line import Piece, cells

TypedLines = tuple[list[Piece], list[Piece], list[Piece]]
"""The line that is typed, its right end, and the line under it."""


class Prompt(Protocol):
    def take(self, key: str) -> bool:
        """Whether it is through."""

    def paste(self, text: str) -> None: ...

    def lines(self, width: int) -> TypedLines: ...


class Confirm:
    """`y` does it; any other key does not."""

    def __init__(self, question: str, then: Callable[[], None], otherwise: Callable[[], None]) -> None:
        self._question, self._then, self._otherwise = question, then, otherwise

    def take(self, key: str) -> bool:
        (self._then if key == "y" else self._otherwise)()
        return True

    def paste(self, text: str) -> None:
        pass

    def lines(self, width: int) -> TypedLines:
        return [(f" {self._question}", "strong")], [], [(" y", "key"), (" yes   ", "dim"), ("n", "key"), (" no", "dim")]


class Moment:
    """A time to come, as it is typed; `read` answers it in microseconds, or raises ValueError with a sentence."""

    def __init__(self, what: str, read: Callable[[str], int], now: Callable[[], int], then: Callable[[int], None]) -> None:
        self._what, self._read, self._now, self._then = what, read, now, then
        self._editor = Editor()
        self._problem = ""

    def take(self, key: str) -> bool:
        match self._editor.press(key):
            case "dropped":
                return True
            case "changed":
                self._problem = ""
            case "done":
                try:
                    at = self._read(self._editor.text)
                except ValueError as error:
                    self._problem = str(error)
                    return False
                self._then(at)
                return True
        return False

    def paste(self, text: str) -> None:
        self._editor.insert(text[:100])

    def lines(self, width: int) -> TypedLines:
        text, at = self._editor.text, self._editor.at
        typed: list[Piece] = [(f" {self._what} ", "dim"), (text[:at], "text"), (text[at : at + 1] or " ", "cursor")]
        typed += [(text[at + 1 :], "text"), (self._meant(), "dim")]
        under = [(f" {_whole(self._problem, width - 2)}", "error")] if self._problem else _taught(width)
        return typed, [], under

    def _meant(self) -> str:
        if not self._editor.text.strip():
            return ""
        try:
            return f"   {coming(self._read(self._editor.text), self._now())}"
        except ValueError:
            return ""


def _taught(width: int) -> list[Piece]:
    left: list[Piece] = [(" Enter", "key"), (" does it   ", "dim"), ("Esc", "key"), (" does not   ", "dim")]
    room = width - 33
    return [*left, (_whole(EXAMPLES, room), "dim")] if room > 10 else left


def _whole(text: str, room: int) -> str:
    """What has too little room ends after an example, not in the midst of one."""
    if cell_len(text) <= room:
        return text
    begun, found, _ = cut(text, room - 2).rpartition(", ")
    return f"{begun}, …" if found else cut(text, room)


class Muted(NamedTuple):
    """What may be muted: its key, its scope, and what it is for a person."""

    key: str
    scope: Scope
    label: str


SPANS = {"1": "1h", "4": "4h", "t": "tomorrow 9", "w": "next week", "e": ""}
"""How long, by key, as a moment is written; "": until it is lifted."""
_SPAN_LABELS = {"1": "1 hour", "4": "4 hours", "t": "tomorrow", "w": "next week", "e": "for ever"}


class MuteMenu:
    """What, then how long: the second key does it."""

    def __init__(
        self, choices: Sequence[Muted], then: Callable[[Scope, str], None], listed: Callable[[], None], scope: Scope
    ) -> None:
        self._choices, self._then, self._listed, self._scope = choices, then, listed, scope

    def take(self, key: str) -> bool:
        if (chosen := next((choice for choice in self._choices if choice.key == key), None)) is not None:
            self._scope = chosen.scope
            return False
        if key == "l":
            self._listed()
        elif key in SPANS and any(choice.scope == self._scope for choice in self._choices):
            self._then(self._scope, SPANS[key])
        return True

    def paste(self, text: str) -> None:
        pass

    def lines(self, width: int) -> TypedLines:
        what: list[Piece] = [(" mute", "strong")]
        room = max(8, (width - 6) // max(1, len(self._choices)) - 5)
        for choice in self._choices:
            part = "view" if choice.scope == self._scope else "dim"
            what += [("   ", "dim"), (choice.key, "key"), (" ", "dim"), (cut(choice.label, room), part)]
        how = self._how_long(_SPAN_LABELS, 2)
        return what, [], how if cells(how) <= width else self._how_long({**_SPAN_LABELS, "1": "1h", "4": "4h"}, 1)

    def _how_long(self, labels: Mapping[str, str], gap: int) -> list[Piece]:
        how: list[Piece] = [(" for", "strong")] if self._choices else [(" a question is never muted", "text")]
        for key, label in labels.items() if self._choices else ():
            how += [(" " * gap, "dim"), (key, "key"), (f" {label}", "dim")]
        return [*how, (" " * (gap + 1), "dim"), ("l", "key"), (" list", "dim")]
