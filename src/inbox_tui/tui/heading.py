"""The right end of the header: how the hub is followed, and whether anything rings."""

from __future__ import annotations

from inbox_tui.core.times import Clock
from inbox_tui.tui import footer, status
from inbox_tui.tui.hub_states import HubStates
from inbox_tui.tui.messages import ConnectionChanged
from inbox_tui.tui.widgets.line import Piece, cells


class Heading:
    """`hush`: why nothing rings; "" where all rings. `hubs`: of several."""

    def __init__(self, clock: Clock, hubs: HubStates) -> None:
        self._clock, self.hubs = clock, hubs
        self._connection: ConnectionChanged | None = None
        self._recovered = self._recovered_at = 0
        self.hush = ""

    @property
    def is_live(self) -> bool:
        return self.hubs.is_any_live or (self._connection is not None and self._connection.state == "live")

    def connection_changed(self, change: ConnectionChanged) -> None:
        if change.hub:
            self.hubs.take(change)
            return
        if change.recovered:
            self._recovered, self._recovered_at = change.recovered, self._clock()
        self._connection = change

    def pieces(self, room: int) -> tuple[list[Piece], str]:
        """What fits, and what of an offline state found no room."""
        hush, now = footer.hushed(self.hush, room), self._clock()
        if self.hubs:
            return hush + _colored(self.hubs.summary(now, room - cells(hush))), self.hubs.unsaid(now)
        said = status.connection(
            self._connection, now, room - cells(hush), recovered_at=self._recovered_at, recovered=self._recovered
        )
        return hush + _colored(said), status.unsaid(self._connection, now, said)


def _colored(words: str) -> list[Piece]:
    """The connection's words; the dot says how it is, and so do the words."""
    return [(words[:1], "good" if words[:1] == "●" else "warn"), (f"{words[1:]} ", "dim")]
