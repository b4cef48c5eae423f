"""Plays a row's audio by a player of this machine's, one at a time."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from inbox_tui.cache.pages import Row
from inbox_tui.core.errors import HubUnreachable, Refused
from inbox_tui.core.model import Notification
from inbox_tui.tui.attachments import Attachment, kept_files
from inbox_tui.tui.files import why

if TYPE_CHECKING:
    from inbox_tui.tui.screens.main import MainScreen

PLAYERS: Mapping[str, tuple[str, ...]] = {
    "mpv": ("--no-video", "--no-terminal", "--no-config"),
    "ffplay": ("-nodisp", "-autoexit", "-loglevel", "quiet"),
    "afplay": (),
    "paplay": (),
    "aplay": ("-q",),
}
"""By preference, and what comes before the file. None of them looks at the terminal."""


def player() -> tuple[str, ...]:
    """The command of the first that is on the PATH; () where there is none."""
    return next(((path, *options) for name, options in PLAYERS.items() if (path := which(name))), ())


def audio_of(row: Notification) -> Attachment | None:
    """The first audio of a row that its hub keeps."""
    return next(iter(kept_files(row, "audio")), None)


class Playing:
    """Over one main screen; `play` is an action of the registry."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._process: asyncio.subprocess.Process | None = None
        self._is_fetching = False

    def play(self) -> None:
        """What plays is stopped; else the row's audio is played."""
        row = self._screen.row
        audio = None if row is None else audio_of(row.notification)
        if self._process is not None:
            self.close()
            self._screen.say("stopped")
        elif self._is_fetching:
            self._screen.say("it is being fetched")
        elif row is None or audio is None:
            self._screen.say("no audio here that its hub keeps")
        elif not (command := player()):
            saves = self._screen.keymap.taught("save_file", "saves the file", "; ")
            self._screen.say(f"no player on the PATH: {', '.join(PLAYERS)}{saves}")
        else:
            self._screen.run_worker(
                self._play(row, audio, command), group="playing", exit_on_error=False, description="play audio"
            )

    def close(self) -> None:
        """Stops what plays, with all that it has started."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)

    async def _play(self, row: Row, audio: Attachment, command: tuple[str, ...]) -> None:
        self._is_fetching = True
        try:
            path = await self._screen.files.fetched(row, audio)
            process = self._process = await self._started(command, path)
        except (HubUnreachable, Refused, OSError) as error:
            self._screen.say(f"not played: {why(error)}")
            return
        finally:
            self._is_fetching = False
        name = os.path.basename(command[0])
        self._screen.say(f"{name} plays {audio.name}; the same key stops it")
        code = await process.wait()
        if self._process is process:
            self._process = None
            if code:
                self._screen.say(f"{name} could not play {audio.name}: it ended with {code}")

    @staticmethod
    async def _started(command: tuple[str, ...], path: Path) -> asyncio.subprocess.Process:
        """The file by its whole path, which no player takes for an option."""
        quiet = asyncio.subprocess.DEVNULL
        return await asyncio.create_subprocess_exec(
            *command, str(path), stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
