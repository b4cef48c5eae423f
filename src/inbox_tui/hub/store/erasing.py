"""What is left of a removed space goes piece by piece, each its own commit, so that nobody waits for more than one."""

from __future__ import annotations

from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Wanted

RECORDS, PIECES = 250, 16
"""At most so many records of one table a commit: rows and events may be large, and pieces of files are."""


class Erase:
    """The only verb that works on a removed space. The space's own record goes last: until then a crash loses no place."""

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> bool:
        """Whether there may be more to do."""
        if not batch.was_removed:
            return batch.space.removed_at is not None  # removed by this very batch, which has still to write what came before
        for table in statements.OF_A_SPACE:
            limit = PIECES if table == "media_piece" else RECORDS
            if batch.delete_found(statements.first_records(table), statements.erase_between(table), limit=limit):
                return True
        batch.execute(statements.DELETE_SPACE)
        return False
