"""What the screen asks of the connection to the hub. Every call returns at once; what came of it is told by message."""

from __future__ import annotations

from typing import Literal, Protocol

from inbox_tui.cache.pages import Row
from inbox_tui.cache.rows import View
from inbox_tui.core.model import Notification
from inbox_tui.core.triage import Verb
from inbox_tui.tui.reading import Timeline


class Link(Protocol):
    def triage(self, verb: Verb, row: Row) -> None:
        """Queues it, also offline."""

    def triage_all(self, verb: Literal["read", "done"], view: View) -> None: ...

    def decide(self, row: Row, key: str) -> None:
        """Sends the answer to the question as it was shown: `row`'s own raised_rev. Never queued."""

    def reconnect(self) -> None: ...

    async def timeline(self, row: Notification) -> Timeline:
        """The past of a row's run, else of the row; says why where there is none."""


class NoLink:
    """Before there is a connection, and in tests that need none: remembers what it was asked."""

    def __init__(self) -> None:
        self.triaged: list[tuple[Verb, Row]] = []
        self.bulk: list[tuple[Verb, View]] = []
        self.decided: list[tuple[Row, str]] = []

    def triage(self, verb: Verb, row: Row) -> None:
        self.triaged.append((verb, row))

    def triage_all(self, verb: Literal["read", "done"], view: View) -> None:
        self.bulk.append((verb, view))

    def decide(self, row: Row, key: str) -> None:
        self.decided.append((row, key))

    def reconnect(self) -> None:
        pass

    async def timeline(self, row: Notification) -> Timeline:
        return Timeline()
