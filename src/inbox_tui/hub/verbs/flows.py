"""A space's flows are changed: the whole document at once, sealed, under a version of its own."""

from __future__ import annotations

from dataclasses import dataclass

from inbox_tui.core.errors import Refused
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Wanted


@dataclass(frozen=True, slots=True)
class ChangeFlows:
    """Answers the new version. `seen`: the one that the change was made of; 0: there was none."""

    sealed: str
    by: str
    seen: int

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> int:
        """Raises Refused 409 `changed`."""
        if batch.space.flows != self.seen:
            raise Refused(409, "The flows have been changed meanwhile: read them again.", code="changed")
        # Above whatever a removed space of this name had: what hubs remember by it is then never another's.
        version = batch.space.flows = max(batch.space.flows + 1, batch.now)
        batch.execute(statements.ADD_FLOWS, version=version, sealed=self.sealed, changed_by=self.by, now=batch.now)
        batch.execute(statements.DROP_OTHER_FLOWS, version=version)
        return version
