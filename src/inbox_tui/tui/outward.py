"""The actions that reach past the screen: links, the clipboard, tmux. Each says what it did."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from inbox_tui.core.hubs import unnamed
from inbox_tui.core.model import Document, Notification, to_document
from inbox_tui.core.mutes import source_of
from inbox_tui.tui.browser import can_open, open_link
from inbox_tui.tui.copying import copy
from inbox_tui.tui.jump import jump
from inbox_tui.tui.links import Link, at_base, links_of
from inbox_tui.tui.terminal import put

if TYPE_CHECKING:
    from inbox_tui.tui.screens.main import MainScreen


def _document(row: Notification) -> Document:
    """As its hub has it; of several, with the hub's name."""
    return {**to_document(unnamed(row)), "hub": row.hub} if row.hub else to_document(row)


class Outward:
    """Over one main screen; its methods are actions of the registry."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def open_url(self) -> None:
        links = self._links()
        if links:
            self._open(next(iter(links.values())))

    def choose_link(self) -> None:
        links = self._links()
        if len(links) == 1:
            self.open_url()
        elif links:
            numbered = enumerate(links.items(), 1)
            self._screen.pick([(f"{n}  {name}", partial(self._open, link), link.url) for n, (name, link) in numbered], "Links…")

    def copy_url(self) -> None:
        links = self._links()
        if links:
            self.copy("the link", next(iter(links.values())).url)

    def copy_row(self) -> None:
        row = self._screen.row
        if row is not None:
            self.copy("the row, as JSON,", json.dumps(_document(row.notification), ensure_ascii=False))

    def jump(self) -> None:
        row = self._screen.row
        if row is not None:
            self._told(partial(jump, row.notification, os.environ))

    def metrics(self) -> None:
        row = self._screen.row
        if row is None:
            self._screen.say("metrics are of a row's task: there is no row here")
            return
        from inbox_tui.tui.screens.metrics import MetricsScreen

        shown = row.notification
        task = shown.task_name or shown.title
        screen = MetricsScreen(self._screen.link, row.id, source_of(shown), task, self._screen.now)
        self._screen.app.push_screen(screen)

    def _links(self) -> dict[str, Link]:
        row = self._screen.row
        if row is None or not (links := links_of(row.notification)):
            self._screen.say("no link here that can be opened")
            return {}
        base = self._screen.link.base_of(row.id)
        return {name: at_base(link, base) for name, link in links.items()}

    def _open(self, link: Link) -> None:
        if can_open(os.environ) and open_link(link):
            self._screen.say(f"opened {link.host}")
        else:
            self.copy("no browser here: the link", link.url, link=link.url)

    def copy(self, what: str, text: str, *, link: str = "") -> None:
        driver = self._screen.app._driver
        self._told(partial(copy, what, text, partial(put, driver), os.environ), link)

    def _told(self, work: Callable[[], str], link: str = "") -> None:
        """Off the loop: tmux is asked. What it did is said when it is done."""

        async def tell() -> None:
            self._screen.say(await asyncio.to_thread(work), link=link)

        self._screen.run_worker(tell(), group="outward", exit_on_error=False, description="reach past the screen")
