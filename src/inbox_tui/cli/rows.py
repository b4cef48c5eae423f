"""Rows as the commands print them, and the calls that fetch them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from typing import Any

from inbox_tui.cache.rows import View, is_in
from inbox_tui.core.errors import HubUnreachable
from inbox_tui.core.model import Document, Notification, from_document
from inbox_tui.core.query.match import matches
from inbox_tui.core.query.tree import Is, Query, Term
from inbox_tui.core.text import clean
from inbox_tui.core.times import now
from inbox_tui.tui.words import MUTED, SIGNS, age, claims, detail, full_text, marks, one_line, state, tone, who
from inbox_tui.wire import Address, call

PAGE = 500
FARTHEST = 10
"""Pages that a listing looks through at most: the newest 5,000 rows."""
EVERYTHING = Query()


def fetch(hub: Address, path: str) -> dict[str, Any]:
    """A GET that answers a JSON object."""
    document = call(hub, "GET", path).document
    if not isinstance(document, dict):
        raise HubUnreachable(f"The hub at {hub} did not answer as an inbox hub does.")
    return document


def fetch_view(hub: Address, view: str, limit: int, query: Query = EVERYTHING) -> tuple[list[Document], bool]:
    """The rows of a view (needs | unread | all | snoozed | done) that a filter finds, in the inbox's order: what needs me first,
    then the last raised. `is:done` and `is:snoozed` look through those lists. False: older rows were not looked through."""
    if query.home:
        view = query.home
    elif view == "all" and Term(Is("needs")) in query.terms:
        view = "needs"  # the hub has them at hand, however old they are
    asked = {"needs": "&needs_me=true", "unread": "&unread=true"}.get(view, "")
    found: list[tuple[Notification, Document]] = []
    before, at = "", now()
    for _ in range(FARTHEST):
        page = fetch(hub, f"/api/notifications?limit={PAGE}{asked}{before}")
        items = page.get("items") or ()
        rows = [(from_document(item), item) for item in (items if "epoch" in page else _in_our_words(items))]
        rows = [(row, item) for row, item in rows if is_in(View(view), row)]
        found += [(row, item) for row, item in rows if matches(query, row, at)]
        cursor = page.get("next_cursor") or page.get("nextCursor")
        is_complete = not cursor
        if is_complete:
            break
        before = f"&before={cursor}"
    found.sort(key=lambda pair: pair[0].place, reverse=True)
    return [item for _, item in found[:limit]], is_complete


def _in_our_words(items: Iterable[object]) -> list[Document]:
    """Rows of a hub that is not ours, whatever its spelling. Raises HubUnreachable for what is no row."""
    from inbox_tui.client.wire import foreign_item

    return [json.loads(foreign_item(json.dumps(item)).document) for item in items]


def line(row: Notification, width: int) -> str:
    """`ID@REV  sign title  age  source`. The reference is never cut; the title takes the room that is left."""
    reference = f"{row.id}@{row.raised_rev}"
    times = "".join(f" {mark}" for mark in (f"×{row.count}" if row.count > 1 else "", marks(row, now())) if mark)
    note = f"  [{state(row)}]" if state(row) else ""
    tail = f"  {age(now() - row.raised_at):>4}  {who(row)}"
    room = max(20, width - len(reference) - len(tail) - len(times) - len(note) - 3)
    title = one_line(row, row.title)
    title = title if len(title) <= room else title[: room - 1] + "…"
    return f"{reference} {MUTED if row.muted else SIGNS[tone(row)]} {title}{times}{note}{tail}"


def whole(row: Notification) -> str:
    """Everything that somebody must read before they answer; nothing is cut, and what could hide is marked."""
    command = detail(row, "command")
    place = ", ".join(text for name in ("cwd", "host", "branch") if (text := clean(detail(row, name), lines=False)))
    parts = [
        f"{SIGNS[tone(row)]} {full_text(row, row.title)}",
        f"  from {claims(row)}" + (f", {place}" if place else ""),
        full_text(row, row.body),
        f"  $ {full_text(row, command)}" if command else "",
        state(row),
        "  answers: " + ", ".join(f"{c.key} ({clean(c.label, lines=False)})" for c in row.choices) if row.choices else "",
    ]
    return "\n".join(part for part in parts if part)


def terminal_width() -> int:
    return shutil.get_terminal_size((120, 24)).columns
