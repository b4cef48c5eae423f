"""What the hub still has to do, or has given up: flows, webhooks, callbacks; tried again, or dropped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from inbox_tui.core.text import clean
from inbox_tui.tui.keymap import Keymap
from inbox_tui.tui.link import Link
from inbox_tui.tui.screens.listed import ListedScreen
from inbox_tui.tui.widgets.line import Piece
from inbox_tui.tui.words import age

if TYPE_CHECKING:
    from inbox_tui.client.work import Job

LOOK_SECONDS = 2.0
_SIGNS = {"queued": ("·", "dim"), "running": ("▸", "text"), "failed": ("✗", "error")}


class JobsScreen(ListedScreen["Job"]):
    """Of the hub of one row: `row_id`. Looked at again every other second."""

    HEAD = "Jobs: what the hub does for flows and webhooks"

    def __init__(self, link: Link, row_id: str, now: Callable[[], int], keymap: Keymap) -> None:
        super().__init__(keymap)
        self._link, self._row_id, self._now = link, row_id, now

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(LOOK_SECONDS, self.load_quietly)

    async def fetch(self) -> Sequence[Job]:
        return await self._link.hub(self._row_id).jobs()

    def name_of(self, item: Job) -> str:
        return item.id

    def do(self, action: str, item: Job) -> None:
        hub, named = partial(self._link.hub, self._row_id), _named(item)
        if action == "open" and item.state == "failed":
            self.change(lambda: hub().retry_job(item.id), f"tried again: {named}", "not tried again")
        elif action == "open":
            self.say("it is tried again by itself")
        elif action == "done":
            self.change(lambda: hub().drop_job(item.id), f"dropped: {named}", "not dropped")

    def line(self, item: Job, room: int) -> list[Piece]:
        sign, part = _SIGNS[item.state]
        tried = "" if item.attempts < 2 else f", {item.attempts:,} times"
        error = f"  {clean(item.last_error, lines=False)}" if item.last_error else ""
        when = age(self._now() - item.updated_at)
        return [
            (f"{sign} {item.state:<8}", part), (f"{_named(item)}", "text"), (f"  {when}{tried}", "dim"), (error, "warn"),
        ]  # fmt: skip

    def keys(self) -> dict[str, str]:
        return {"Enter": "try again", self._keymap.shown("done"): "drop"}

    def nothing(self) -> str:
        return "There is nothing to do, and nothing failed."


def _named(job: Job) -> str:
    return clean(f"{job.kind} to {job.host}", lines=False)
