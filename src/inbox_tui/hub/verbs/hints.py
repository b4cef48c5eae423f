"""What is only likely: a signal that matches a question marks it "seems answered elsewhere". It closes nothing, for two equal
questions must never close each other; it can still be answered.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from inbox_tui.core.model import REFUSING_KEYS, Notification
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Held, Wanted
from inbox_tui.hub.verbs.publish import note

MET, SEEMS = "request.met", "input.seems_answered"
"""Kinds on a question's timeline: what it asked for has happened; it seems answered elsewhere."""
_LATEST = 100
"""Questions with one request that are looked at."""


@dataclass(frozen=True, slots=True)
class Hint:
    """By the sender of the questions. With a `request`: it was met once, in that session. Without: nobody waits any more for what
    the session, or of it one `subagent_id` ("" is the agent itself), has asked."""

    sender: str
    session_id: str
    request: str = ""
    subagent_id: str | None = None

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> int:
        """How many questions it marked."""
        if self.request:
            return self._meet(batch)
        found = batch.select(statements.OPEN_PROMPTS_OF_SESSION, session_id=self.session_id, sender=self.sender)
        marked = 0
        for held in batch.rows(str(row_id) for (row_id,) in found):
            marked += self._is_ours(held.row) and _mark(batch, held)
        return marked

    def _meet(self, batch: Batch) -> int:
        """An approved question takes the signal for itself, once; else the oldest open one that is not marked yet does."""
        found = batch.select(statements.ROWS_OF_REQUEST, request=self.request, sender=self.sender, limit=_LATEST)
        rows = [held for held in batch.rows(str(row_id) for (row_id,) in reversed(found)) if self._is_ours(held.row)]
        for held in rows:
            if _was_let(held.row) and not _is_met(batch, held):
                note(batch, held.row, MET, "what was approved has happened")
                return 0
        for held in rows:
            if _mark(batch, held):
                return 1
        return 0

    def _is_ours(self, row: Notification) -> bool:
        is_asker = self.subagent_id is None or row.details.get("subagent_id", "") == self.subagent_id
        return row.is_prompt and row.asked_in == self.session_id and is_asker


def _was_let(row: Notification) -> bool:
    """Its asker has been told to go ahead."""
    decision = row.decision
    return decision is not None and decision.key not in REFUSING_KEYS and decision.delivery in ("delivered", "sent")


def _is_met(batch: Batch, held: Held) -> bool:
    return any(json.loads(text)["kind"] == MET for text in batch.events_of(held.row.id))


def _mark(batch: Batch, held: Held) -> bool:
    row = held.row
    if not row.is_open or row.seems_answered:
        return False
    batch.put(held, replace(row, seems_answered=True))
    note(batch, held.row, SEEMS, "seems answered elsewhere")
    return True
