"""Rings for the pane: decides by the rules, writes by one function, and keeps the terminal's title."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from inbox_tui.core.model import Notification
from inbox_tui.core.quiet import minute_of_day, parse_quiet
from inbox_tui.core.times import Clock
from inbox_tui.tui.alerts import sequences
from inbox_tui.tui.alerts.rules import Alert, Alerts, Hush, reaches
from inbox_tui.tui.messages import Raised
from inbox_tui.tui.tmux import outer_terminal
from inbox_tui.tui.words import detail

if TYPE_CHECKING:
    from inbox_tui.core.config import AlertsSection

EARLY_MOST = 20
"""Messages that wait for the configuration, which is read behind the first frame."""


class Alerter:
    """`write` puts a sequence on the terminal; `is_still(row)`: nobody has dealt with it meanwhile. `silent` is the file that is
    there while nothing shall ring; all panes of a user share it."""

    def __init__(
        self,
        write: Callable[[str], None],
        silent: Path,
        is_still: Callable[[Notification], bool],
        clock: Clock,
        environ: Mapping[str, str],
    ) -> None:
        self._write, self._silent, self._is_still, self._clock, self._environ = write, silent, is_still, clock, environ
        self._host = socket.gethostname()
        self._alerts: Alerts | None = None
        self._early: list[Raised] = []
        self._number = 0
        self._needs: int | None = None

    def configure(self, settings: AlertsSection) -> None:
        """New settings; what was told, and when, is still known."""
        if self._alerts is not None:
            self._alerts.settings = settings
            return
        self._alerts = Alerts(settings, self._is_still)
        for raised in self._early:
            self.take(raised)
        self._early.clear()

    def configure_once(self) -> None:
        """With the defaults, where there are no settings yet: a mistake in the file must not silence what calls."""
        if self._alerts is None:
            from inbox_tui.core.config import AlertsSection

            self.configure(AlertsSection())

    @property
    def hush(self) -> Hush:
        """Why nothing rings now."""
        if self._silent.exists():
            return "do not disturb"
        quiet = parse_quiet(self._alerts.settings.quiet) if self._alerts is not None else None
        return "quiet hours" if quiet and quiet.holds_at(minute_of_day(self._clock())) else ""

    def toggle(self) -> bool:
        """Do-not-disturb on or off, for every pane. Answers whether it is on. Raises OSError."""
        if self._silent.exists():
            self._silent.unlink(missing_ok=True)
            return False
        self._silent.parent.mkdir(parents=True, exist_ok=True)
        self._silent.touch()
        return True

    def take(self, raised: Raised) -> None:
        """What the pane's own frames raised."""
        if self._alerts is not None:
            rows = [row for row in raised.rows if reaches(detail(row, "device"), self._host, self._environ.get("TMUX_PANE", ""))]
            self._alerts.take(rows, self._clock(), self.hush, raised.more)
        elif len(self._early) < EARLY_MOST:
            self._early.append(raised)

    def due(self) -> Alert | None:
        """What is to be told now, to be given to `ring`."""
        return self._alerts.due(self._clock()) if self._alerts is not None else None

    async def ring(self, alert: Alert) -> None:
        assert self._alerts is not None
        settings = self._alerts.settings
        between = sequences.multiplexer(self._environ)
        way = settings.desktop
        if way == "auto":
            # Whoever is attached now may sit at another terminal than before.
            inside = between == "tmux" and self._environ.get("TMUX")
            outer = await asyncio.to_thread(outer_terminal, self._environ) if inside else self._environ
            way = sequences.desktop_of(outer)
        self._number += 1
        if way != "off":
            self._write(sequences.passed_through(sequences.notification(way, alert, self._number), between))
        if settings.bell:
            self._write(sequences.BELL)

    def show_count(self, needs: int) -> None:
        """In the terminal's title."""
        if needs != self._needs:
            keep = sequences.KEEP_TITLE if self._needs is None else ""
            self._needs = needs
            self._write(keep + sequences.window_title(needs))

    def leave(self) -> None:
        """The terminal gets its own title back."""
        if self._needs is not None:
            self._needs = None
            self._write(sequences.RESTORE_TITLE)
