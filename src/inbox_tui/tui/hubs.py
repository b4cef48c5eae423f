"""Several hubs behind one link. Only here a row's id is taken apart: what is asked of a row goes to the hub that its id names,
under the id which that hub knows, and what a hub tells comes back with its name on it.

A row's id begins with the name of the hub whose copy it was read from (`cache.merged`), which no hub can say: so an answer cannot
reach another hub than the one whose question was shown, whatever ids they give out.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from inbox_tui.cache.merged import own_feed
from inbox_tui.cache.pages import Row
from inbox_tui.cache.rows import View
from inbox_tui.cache.store import Cache
from inbox_tui.core.errors import HubUnreachable, InboxError
from inbox_tui.core.hubs import named, place_of, qualified, unnamed
from inbox_tui.core.model import Notification
from inbox_tui.core.mutes import Scope
from inbox_tui.core.paths import Paths
from inbox_tui.core.triage import Verb
from inbox_tui.tui.connection import Connection, follow
from inbox_tui.tui.link import Link
from inbox_tui.tui.messages import (
    ConnectionChanged,
    DecisionChanged,
    Notice,
    Raised,
    StorageProblem,
    SyncMessage,
    TriageDone,
    TriageRefused,
)
from inbox_tui.tui.reading import Timeline
from inbox_tui.tui.told import Told

if TYPE_CHECKING:
    from inbox_tui.client.api import Hub
    from inbox_tui.client.hubs import Followed
    from inbox_tui.client.metrics import Metrics, Task
    from inbox_tui.tui.app import InboxApp

PATIENCE_SECONDS = 10.0
"""What is listed from all of them waits so long for the slowest."""
Post = Callable[[SyncMessage], None]


class Hubs:
    """A `Link` to each, by its name. `notes` keeps what can be taken back."""

    def __init__(self, links: Mapping[str, Link], notes: UndoNotes, post: Post) -> None:
        self._links, self._notes, self._post = links, notes, post

    # -- of one row ----------------------------------------------------------------------------------------------
    def triage(self, verb: Verb, row: Row, *, until: int | None = None, scope: Scope | None = None) -> None:
        self._link_of(row.id).triage(verb, _own(row), until=until, scope=scope)

    def decide(self, row: Row, key: str) -> None:
        self._link_of(row.id).decide(_own(row), key)

    async def timeline(self, row: Notification) -> Timeline:
        return await self._link_of(row.id).timeline(unnamed(row))

    async def fetch_media(self, row_id: str, media_id: str, name: str, write: Callable[[bytes], object]) -> None:
        await self._link_of(row_id).fetch_media(place_of(row_id).id, media_id, name, write)

    async def metrics(self, row_id: str, asked: Mapping[str, str]) -> Metrics:
        return await self._link_of(row_id).metrics(row_id, asked)

    async def measured_tasks(self, row_id: str) -> Sequence[Task]:
        return await self._link_of(row_id).measured_tasks(row_id)

    def base_of(self, row_id: str) -> str:
        return self._link_of(row_id).base_of(place_of(row_id).id)

    def hub(self, row_id: str) -> Hub:
        if row_id:
            return self._link_of(row_id).hub(place_of(row_id).id)
        for link in self._links.values():
            with suppress(HubUnreachable):
                return link.hub("")
        raise HubUnreachable("no hub is connected yet")

    def _link_of(self, id_: str) -> Link:
        return self._links[place_of(id_).hub]

    # -- of many -------------------------------------------------------------------------------------------------
    def triage_rows(self, verb: Verb, rows: Mapping[str, int], *, until: int | None = None) -> None:
        parts: dict[str, dict[str, int]] = {}
        for id_, seen in rows.items():
            hub, own = place_of(id_)
            parts.setdefault(hub, {})[own] = seen
        for hub, part in parts.items():
            self._links[hub].triage_rows(verb, part, until=until)

    def triage_all(self, verb: Literal["read", "done"], view: View) -> None:
        for link in self._links.values():
            link.triage_all(verb, view)

    def reconnect(self) -> None:
        for link in self._links.values():
            link.reconnect()

    # -- undo ----------------------------------------------------------------------------------------------------
    def remember_undo(self, key: str, text: str) -> None:
        self._notes.ask(lambda cache: cache.remember_undo(key, text))

    def forget_undo(self, key: str) -> None:
        self._notes.ask(lambda cache: cache.forget_undo(key))

    # -- mutes ---------------------------------------------------------------------------------------------------
    async def mutes(self) -> Sequence[Mapping[str, Any]]:
        """All that can be had, each rule with its hub before its label; of a hub that does not list them it is told."""
        found = await asyncio.gather(*(self._mutes_of(hub) for hub in self._links), return_exceptions=True)
        rules: list[Mapping[str, Any]] = []
        for hub, part in zip(self._links, found, strict=True):
            if isinstance(part, BaseException):
                if not isinstance(part, InboxError | TimeoutError):
                    raise part
                self._post(Notice(f"{hub}: what is muted there cannot be listed: {part or 'no answer in time'}"))
            else:
                rules += part
        return rules

    async def _mutes_of(self, hub: str) -> list[dict[str, Any]]:
        async with asyncio.timeout(PATIENCE_SECONDS):
            rules = await self._links[hub].mutes()
        return [{**rule, "id": qualified(hub, str(rule.get("id"))), "label": f"{hub}: {rule.get('label')}"} for rule in rules]

    async def lift_mute(self, mute_id: str) -> None:
        hub, own = place_of(mute_id)
        await self._links[hub].lift_mute(own)

    async def make_mute(self, rule: Mapping[str, Any]) -> None:
        hub, own = place_of(rule["id"])
        await self._links[hub].make_mute({**rule, "id": own, "label": str(rule["label"]).removeprefix(f"{hub}: ")})


class UndoNotes:
    """Writes down, beside the rows, what takes an action on rows of several hubs back. `run` until cancelled."""

    def __init__(self, file: Path, feed: str, post: Post) -> None:
        self._file, self._feed, self._post = file, feed, post
        self._asked: asyncio.Queue[Callable[[Cache], Awaitable[None]]] = asyncio.Queue()

    def ask(self, change: Callable[[Cache], Awaitable[None]]) -> None:
        self._asked.put_nowait(change)

    async def run(self) -> None:
        change = await self._asked.get()
        cache = Cache(self._file, self._feed)
        await cache.open()
        try:
            while True:
                try:
                    await change(cache)
                except sqlite3.Error as error:
                    self._post(Notice(f"it can be undone in this pane alone: {error}"))
                change = await self._asked.get()
        finally:
            await cache.close()


def told_by(hub: str, what: SyncMessage) -> SyncMessage:
    """What one hub tells, as one of several."""
    match what:
        case ConnectionChanged() | StorageProblem() | TriageDone():
            return replace(what, hub=hub)
        case DecisionChanged():
            return replace(what, id=qualified(hub, what.id))
        case TriageRefused():
            return replace(what, ids=tuple(qualified(hub, id_) for id_ in what.ids), reason=f"{hub}: {what.reason}")
        case Raised():
            return replace(what, rows=tuple(named(hub, row) for row in what.rows))
        case Notice(text):
            return Notice(f"{hub}: {text}")
    return what


def connect_to_all(paths: Paths, hubs: Sequence[Followed], app: InboxApp) -> Hubs:
    """Starts following each of them for the app, whatever becomes of the others."""

    def post(what: SyncMessage) -> None:
        app.post_message(Told(what))

    notes = UndoNotes(paths.cache_database, own_feed({hub.name: hub.target.feed for hub in hubs}), post)
    app.run_worker(notes.run(), group="undo", exit_on_error=False, description="keep what can be undone")
    return Hubs({hub.name: _connect(paths, hub, app, post) for hub in hubs}, notes, post)


def _connect(paths: Paths, hub: Followed, app: InboxApp, post: Post) -> Connection:
    connection = follow(paths, hub.target, app, lambda what: post(told_by(hub.name, what)), start=not hub.problem)
    if hub.problem:
        connection.end(hub.problem)
    return connection


def _own(row: Row) -> Row:
    """The row as its hub knows it."""
    own = unnamed(row.notification)
    return replace(row, id=own.id, notification=own)
