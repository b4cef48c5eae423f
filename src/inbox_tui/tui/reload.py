"""The configuration file as it changes under an open pane. Read behind the first frame and off the loop: it imports pydantic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inbox_tui.core.config import Config

LOOK_SECONDS = 2.0
"""The file is looked at this often; reading it takes a change of its time, size or place."""

Stamp = tuple[int, int, int]


class ConfigFile:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp: Stamp | None = None
        self._was_read = False

    def look(self) -> Config | None:
        """The configuration, the first time and where the file has changed; None otherwise. Raises ConfigError, once for each
        change."""
        stamp = self._stamp_now()
        if self._was_read and stamp == self._stamp:
            return None
        self._stamp, self._was_read = stamp, True
        from inbox_tui.core.config import load_config

        return load_config(self._file)

    def forget(self) -> None:
        """The next look reads it in any case."""
        self._was_read = False

    def _stamp_now(self) -> Stamp | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
