"""Where one stream stands, and what it may claim and ring for. Pure; the oracle is the pane of the feed's specification."""

from __future__ import annotations

from typing import Literal

from inbox_tui.core.feed import Change, Opening

ALERTED_MOST = 20_000


class Pane:
    """One connection's position: from its opening event to its end."""

    def __init__(self, opening: Opening) -> None:
        self.position = opening.id
        self._opened = opening.rev
        self._alerted: dict[str, int] = {}
        self._forgotten = 0
        self._stuck_at: int | None = None

    def take(self, change: Change) -> bool:
        """Moves past a frame. True: its row called for attention since this stream opened, and has not been told yet."""
        self.position = change.rev
        item = change.item
        if item is None or not item.unread or item.muted:
            return False
        if item.raised_rev <= max(self._opened, self._forgotten, self._alerted.get(item.id, 0)):
            return False
        # Newest last, so that what is forgotten first was told longest ago.
        self._alerted.pop(item.id, None)
        self._alerted[item.id] = item.raised_rev
        if len(self._alerted) > ALERTED_MOST:
            for old in list(self._alerted)[: ALERTED_MOST // 2]:
                # Rather a missed bell, of a row that was raised again without a frame of its own, than one twice.
                self._forgotten = max(self._forgotten, self._alerted.pop(old))
        return True

    def ping(self, rev: int) -> Literal["there", "behind", "stuck"]:
        """The hub's head is `rev`. `there`: everything has arrived. `stuck`: behind, and not a frame since the ping before."""
        if self.position >= rev:
            # Past a rev, in a replay, rows of that rev may still be on their way: they have moved on.
            self._stuck_at = None
            return "there" if self.position == rev else "behind"
        stuck, self._stuck_at = self._stuck_at == self.position, self.position
        return "stuck" if stuck else "behind"
