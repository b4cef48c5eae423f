"""What the hub does beside keeping notifications: its jobs, its log, agents' sessions. Of the hub of the current row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inbox_tui.tui.relatives import Relatives

if TYPE_CHECKING:
    from inbox_tui.tui.screens.main import MainScreen


class Working:
    """Over one main screen; its methods are actions of the registry."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def jobs(self) -> None:
        from inbox_tui.tui.screens.jobs import JobsScreen

        screen = self._screen
        screen.app.push_screen(JobsScreen(screen.link, self._row_id, screen.now, screen.keymap))

    def log(self) -> None:
        from inbox_tui.tui.screens.log import LogScreen

        screen = self._screen
        screen.app.push_screen(LogScreen(screen.link, self._row_id, screen.keymap))

    def sessions(self) -> None:
        from inbox_tui.tui.screens.sessions import SessionsScreen

        screen = self._screen
        shown = SessionsScreen(screen.link, self._row_id, screen.now, screen.keymap)
        screen.app.push_screen(shown, self._show_session)

    def _show_session(self, session: str | None) -> None:
        if session:
            Relatives(self._screen).narrow("session", session=session)

    @property
    def _row_id(self) -> str:
        row = self._screen.row
        return row.id if row is not None else ""
