"""Sessions that agents named themselves, each with the last word of its plan: one to look at is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from inbox_tui.core.text import clean
from inbox_tui.tui.cells import cut
from inbox_tui.tui.keymap import Keymap
from inbox_tui.tui.link import Link
from inbox_tui.tui.screens.listed import ListedScreen
from inbox_tui.tui.widgets.line import Piece
from inbox_tui.tui.words import age

if TYPE_CHECKING:
    from inbox_tui.client.work import Session

_NAME = 24


class SessionsScreen(ListedScreen["Session"]):
    """Of the hub of one row: `row_id`. Answers the session that was chosen."""

    HEAD = "Agents' sessions, the last heard of on top"

    def __init__(self, link: Link, row_id: str, now: Callable[[], int], keymap: Keymap) -> None:
        super().__init__(keymap)
        self._link, self._row_id, self._now = link, row_id, now

    async def fetch(self) -> Sequence[Session]:
        return await self._link.hub(self._row_id).sessions()

    def name_of(self, item: Session) -> str:
        return item.id

    def do(self, action: str, item: Session) -> None:
        if action == "open":
            self.dismiss(item.id)

    def line(self, item: Session, room: int) -> list[Piece]:
        plan = item.plan
        where = " ".join(part for part in (f"L{plan.level}" if plan.level else "", plan.heading or plan.summary) if part)
        return [
            (f"{cut(clean(item.id, lines=False), _NAME):<{_NAME}} ", "strong"), (f"{age(self._now() - item.last_at):>4} ", "dim"),
            (f"{cut(clean(plan.state, lines=False), 8):<9}", "good" if plan.state == "done" else "text"),
            (clean(where, lines=False), "text"), (f"  {clean(plan.plan_file, lines=False)}", "dim"),
        ]  # fmt: skip

    def keys(self) -> dict[str, str]:
        return {"Enter": "show what it said"}

    def nothing(self) -> str:
        return "No session is open: the first notify of one opens it."
