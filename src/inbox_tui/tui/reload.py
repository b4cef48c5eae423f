"""The configuration file as it changes under an open pane. Read behind the first frame and off the loop: it imports pydantic."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from inbox_tui.core.errors import ConfigError
from inbox_tui.tui.keymap import build_keymap

if TYPE_CHECKING:
    from inbox_tui.core.config import Config

LOOK_SECONDS = 2.0
"""The file is looked at this often; it is read where its time, size or place has changed."""

Stamp = tuple[int, int, int]


class ConfigFile:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp = self._opened = self._stamp_now()
        self._reads = 0
        self._asked = asyncio.Event()

    @property
    def has_changed(self) -> bool:
        """What was read last is not what the pane was opened with, as far as the file tells."""
        return self._reads > 1 or self._stamp != self._opened

    async def follow(self) -> AsyncIterator[Config | ConfigError]:
        """The configuration, and again after every change; what is wrong with it instead, where it cannot be used."""
        while True:
            stamp = self._stamp_now()
            if not self._reads or stamp != self._stamp or self._asked.is_set():
                self._stamp, self._reads = stamp, self._reads + 1
                self._asked.clear()
                try:
                    config = await asyncio.to_thread(self._read)
                except ConfigError as error:
                    yield error
                else:
                    yield config
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), LOOK_SECONDS)

    def forget(self) -> None:
        """Reads it now, changed or not."""
        self._asked.set()

    def _read(self) -> Config:
        """Raises ConfigError, also for keys that cannot work."""
        from inbox_tui.core.config import load_config

        config = load_config(self._file)
        try:
            build_keymap(config.tui.own_keys, config.tui.keymap)
        except ConfigError as error:
            raise ConfigError(f"{self._file}: {error}") from None
        return config

    def _stamp_now(self) -> Stamp | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
