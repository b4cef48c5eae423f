"""The asker's side of a question by the row's own id: its sender's, and nobody else's. What an asker's key does is in `asks`."""

from __future__ import annotations

from dataclasses import dataclass

from inbox_tui.core.errors import Refused, unknown_id
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Held, Wanted
from inbox_tui.hub.values import Answer
from inbox_tui.hub.verbs.asks import renewed, taken


@dataclass(frozen=True, slots=True)
class _Own:
    sender: str
    id: str

    def prepare(self, wanted: Wanted) -> None:
        wanted.ids.add(self.id)

    def held(self, batch: Batch) -> Held:
        """Raises Refused 404, for what others asked, and what asks nothing, too."""
        held = batch.row(self.id)
        if held is None or held.row.sender != self.sender or not held.row.is_prompt:
            raise unknown_id("question")
        return held


@dataclass(frozen=True, slots=True)
class WaitFor(_Own):
    """The asker waits, for `seconds` from now: its lease is renewed."""

    seconds: float

    def run(self, batch: Batch) -> Answer:
        return renewed(batch, self.held(batch), self.seconds)


@dataclass(frozen=True, slots=True)
class Take(_Own):
    """The asker has handled the answer; or (not `is_confirmed`) it is about to be written to the connection that waits for it.
    Raises Refused 409 `unanswered` where there is none."""

    is_confirmed: bool = True

    def run(self, batch: Batch) -> Answer:
        held = self.held(batch)
        if held.row.decision is None:
            raise Refused(409, "Nobody has answered this: there is nothing to acknowledge.", code="unanswered")
        return taken(batch, held, is_confirmed=self.is_confirmed)
