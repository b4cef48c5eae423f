"""What the screen asks of the connection to the hub. Every call returns at once; what came of it is told by message."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

from inbox_tui.cache.pages import Row
from inbox_tui.cache.rows import View
from inbox_tui.core.errors import HubUnreachable, unknown_id
from inbox_tui.core.model import Notification
from inbox_tui.core.mutes import Scope
from inbox_tui.core.triage import Verb
from inbox_tui.tui.reading import Timeline

if TYPE_CHECKING:
    from inbox_tui.client.api import Hub
    from inbox_tui.client.metrics import Metrics, Task


class Link(Protocol):
    def triage(self, verb: Verb, row: Row, *, until: int | None = None, scope: Scope | None = None) -> None:
        """Queues it, also offline. `until`: of a snooze or a mute, microseconds; `scope`: of a mute."""

    def triage_rows(self, verb: Verb, rows: Mapping[str, int], *, until: int | None = None) -> None:
        """The same for many: by id, the raised_rev that was shown."""

    def triage_all(self, verb: Literal["read", "done"], view: View) -> None: ...

    def decide(self, row: Row, key: str) -> None:
        """Sends the answer to the question as it was shown: `row`'s own raised_rev. Never queued."""

    def remember_undo(self, key: str, text: str) -> None:
        """Writes down, beside the rows, what takes an action back."""

    def forget_undo(self, key: str) -> None: ...

    async def mutes(self) -> Sequence[Mapping[str, Any]]:
        """The rules as the hub lists them. Raises HubUnreachable, Refused; and so do the next two."""

    async def lift_mute(self, mute_id: str) -> None: ...

    async def make_mute(self, rule: Mapping[str, Any]) -> None:
        """Again, as it was listed."""

    def reconnect(self) -> None: ...

    async def fetch_media(self, row_id: str, media_id: str, name: str, write: Callable[[bytes], object]) -> None:
        """A file that the row's hub keeps: `write` is called with each part of it, in a thread. Raises HubUnreachable, Refused,
        and what `write` raises."""

    def base_of(self, row_id: str) -> str:
        """Where this pane finds the row's hub over HTTP; "" for this machine's own, which is as its addresses say."""

    async def timeline(self, row: Notification) -> Timeline:
        """The past of a row's run, else of the row; says why where there is none."""

    def hub(self, row_id: str) -> Hub:
        """Calls to the row's hub; with no row, to the one hub, or to the first of several that can be reached. Raises
        HubUnreachable."""

    async def metrics(self, row_id: str, asked: Mapping[str, str]) -> Metrics:
        """Of the row's hub, by the parameters of its call. Raises HubUnreachable, Refused; and so does the next."""

    async def measured_tasks(self, row_id: str) -> Sequence[Task]:
        """All that the row's hub knows figures of."""


class NoLink:
    """Before there is a connection, and in tests that need none: remembers what it was asked."""

    def __init__(self) -> None:
        self.triaged: list[tuple[Verb, Row]] = []
        self.many: list[tuple[Verb, Mapping[str, int]]] = []
        self.terms: list[tuple[int | None, Scope | None]] = []
        """`until` and `scope` of each of both."""
        self.rules: list[Mapping[str, Any]] = []
        self.bulk: list[tuple[Verb, View]] = []
        self.decided: list[tuple[Row, str]] = []
        self.media: dict[str, bytes] = {}
        """What `fetch_media` brings, by the files' ids."""
        self.base = ""
        self.asked: list[Mapping[str, str]] = []
        """For metrics: answered by what `measured` is."""
        self.measured: Metrics | None = None

    def triage(self, verb: Verb, row: Row, *, until: int | None = None, scope: Scope | None = None) -> None:
        self.triaged.append((verb, row))
        self.terms.append((until, scope))

    def triage_rows(self, verb: Verb, rows: Mapping[str, int], *, until: int | None = None) -> None:
        self.many.append((verb, rows))
        self.terms.append((until, None))

    def triage_all(self, verb: Literal["read", "done"], view: View) -> None:
        self.bulk.append((verb, view))

    def decide(self, row: Row, key: str) -> None:
        self.decided.append((row, key))

    def remember_undo(self, key: str, text: str) -> None:
        pass

    def forget_undo(self, key: str) -> None:
        pass

    async def mutes(self) -> Sequence[Mapping[str, Any]]:
        return self.rules

    async def lift_mute(self, mute_id: str) -> None:
        self.rules = [rule for rule in self.rules if rule["id"] != mute_id]

    async def make_mute(self, rule: Mapping[str, Any]) -> None:
        self.rules = [*self.rules, rule]

    def reconnect(self) -> None:
        pass

    async def fetch_media(self, row_id: str, media_id: str, name: str, write: Callable[[bytes], object]) -> None:
        if media_id not in self.media:
            raise unknown_id("file")
        write(self.media[media_id])

    def base_of(self, row_id: str) -> str:
        return self.base

    async def timeline(self, row: Notification) -> Timeline:
        return Timeline()

    async def metrics(self, row_id: str, asked: Mapping[str, str]) -> Metrics:
        self.asked.append(asked)
        if self.measured is None:
            raise HubUnreachable("the hub is not connected yet")
        return self.measured

    async def measured_tasks(self, row_id: str) -> Sequence[Task]:
        return ()

    def hub(self, row_id: str) -> Hub:
        raise HubUnreachable("the hub is not connected yet")
