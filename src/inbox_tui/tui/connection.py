"""The pane's connection: sync in a worker of the app, and the screen's requests carried to it. Touches no widget."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from inbox_tui.cache.pages import Row
from inbox_tui.cache.rows import View
from inbox_tui.client.target import Target
from inbox_tui.core.errors import HubUnreachable, Refused
from inbox_tui.core.model import Notification
from inbox_tui.core.mutes import Scope
from inbox_tui.core.paths import Paths
from inbox_tui.core.times import now
from inbox_tui.core.triage import Verb
from inbox_tui.tui.messages import ConnectionChanged, DecisionChanged, StorageProblem, SyncMessage, TriageRefused
from inbox_tui.tui.reading import NOTHING, Timeline
from inbox_tui.tui.told import Told

if TYPE_CHECKING:
    from inbox_tui.client.api import Hub
    from inbox_tui.client.metrics import Metrics, Task
    from inbox_tui.tui.app import InboxApp
    from inbox_tui.tui.sync import Sync

Request = Callable[["Sync"], Awaitable[None]]
Refuse = Callable[[str], None]
"""Tells that a request was not carried, and why."""
Spawn = Callable[[Callable[[], Awaitable[None]]], None]


class Connection:
    """Requests that come before sync is there wait for it: for as long as its imports take. After its end they are refused."""

    def __init__(self, paths: Paths, target: Target, *, post: Callable[[SyncMessage], None], spawn: Spawn) -> None:
        self._paths, self._target, self._post, self._spawn = paths, target, post, spawn
        self._sync: Sync | None = None
        self._early: list[tuple[Request, Refuse]] = []
        self._ended = ""

    async def run(self) -> None:
        """Until cancelled. Whatever ends it is told: a screen that went on saying `live` would lie."""
        from inbox_tui.tui.sync import open_sync

        try:
            async with open_sync(self._paths, self._target, post=self._post) as sync:
                self._sync = sync
                for request, refuse in self._early:
                    self._ask(request, refuse)
                self._early.clear()
                await sync.run()
        except HubUnreachable as error:
            self.end(str(error))
        except (OSError, sqlite3.Error) as error:
            self.end(f"the cache cannot be used: {error}")
        except Exception as error:
            self.end(f"following the hub ended with an error of inbox's own: {type(error).__name__}: {error}")
        finally:
            self._sync = None

    def end(self, why: str) -> None:
        """It is not followed, or no longer; what is asked of it is refused, and why is told."""
        self._ended = why
        self._post(ConnectionChanged("offline", now(), detail=why))
        for _, refuse in self._early:
            refuse(why)
        self._early.clear()

    def triage(self, verb: Verb, row: Row, *, until: int | None = None, scope: Scope | None = None) -> None:
        self._ask(
            lambda sync: sync.triage(verb, row, until=until, scope=scope),
            lambda why: self._post(TriageRefused((row.id,), verb, why)),
        )

    def triage_rows(self, verb: Verb, rows: Mapping[str, int], *, until: int | None = None) -> None:
        self._ask(
            lambda sync: sync.triage_rows(verb, rows, until=until), lambda why: self._post(TriageRefused((*rows,), verb, why))
        )

    def remember_undo(self, key: str, text: str) -> None:
        self._ask(lambda sync: sync.cache.remember_undo(key, text), _nobody)

    def forget_undo(self, key: str) -> None:
        self._ask(lambda sync: sync.cache.forget_undo(key), _nobody)

    async def mutes(self) -> Sequence[Mapping[str, Any]]:
        return await self.hub("").mutes()

    async def lift_mute(self, mute_id: str) -> None:
        await self.hub("").lift_mute(mute_id)

    async def make_mute(self, rule: Mapping[str, Any]) -> None:
        await self.hub("").make_mute(rule)

    async def fetch_media(self, row_id: str, media_id: str, name: str, write: Callable[[bytes], object]) -> None:
        await self.hub(row_id).fetch_media(media_id, name, write)

    async def metrics(self, row_id: str, asked: Mapping[str, str]) -> Metrics:
        return await self.hub(row_id).metrics(asked)

    async def measured_tasks(self, row_id: str) -> Sequence[Task]:
        return await self.hub(row_id).measured_tasks()

    def base_of(self, row_id: str) -> str:
        return "" if self._target.is_local else self._target.url

    def hub(self, row_id: str) -> Hub:
        if self._sync is None:
            raise HubUnreachable(self._ended or "the hub is not connected yet")
        return self._sync.hub

    def triage_all(self, verb: Literal["read", "done"], view: View) -> None:
        self._ask(lambda sync: sync.triage_all(verb, view), lambda why: self._post(TriageRefused((), verb, why)))

    def decide(self, row: Row, key: str) -> None:
        told = partial(DecisionChanged, row.id, "refused", "offline")
        self._ask(lambda sync: sync.decide(row, key), lambda why: self._post(told(f"nothing was answered: {why}")))

    def reconnect(self) -> None:
        if self._sync is not None:
            self._sync.reconnect()

    async def timeline(self, row: Notification) -> Timeline:
        if self._sync is None:
            return NOTHING
        hub = self._sync.hub
        try:
            return Timeline(await (hub.timeline(row.run_id) if row.run_id else hub.events(row.id)))
        except HubUnreachable:
            return Timeline(note="the hub is out of reach: what happened before is not shown")
        except Refused as refused:
            return Timeline(note="" if refused.status == 404 else refused.detail)

    def _ask(self, request: Request, refuse: Refuse) -> None:
        if self._ended:
            refuse(self._ended)
        elif self._sync is None:
            self._early.append((request, refuse))
        else:
            self._spawn(partial(self._carry, self._sync, request))

    async def _carry(self, sync: Sync, request: Request) -> None:
        try:
            await request(sync)
        except sqlite3.Error as error:
            self._post(StorageProblem(f"the cache cannot be written: {error}"))


def _nobody(why: str) -> None:
    """Nobody is told: it can only be undone while this pane is open."""


def connect_to(paths: Paths, target: Target, app: InboxApp) -> Connection:
    """Starts following `target` for the app."""

    def post(what: SyncMessage) -> None:
        app.post_message(Told(what))

    return follow(paths, target, app, post)


def follow(paths: Paths, target: Target, app: InboxApp, post: Callable[[SyncMessage], None], *, start: bool = True) -> Connection:
    """The connection of an app to a hub, by workers of the app. Without `start` it waits to be run, or ended."""

    def spawn(work: Callable[[], Awaitable[None]]) -> None:
        app.run_worker(work(), group="requests", exit_on_error=False, description="a request to the hub")

    connection = Connection(paths, target, post=post, spawn=spawn)
    if start:
        app.run_worker(connection.run(), group="sync", exit_on_error=False, description="follow the hub")
    return connection
