"""What a check finds, and what all of them look at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from inbox_tui.core.paths import Paths, find_paths
from inbox_tui.wire import Address, find_hub

Level = Literal["fine", "note", "wrong"]


class Finding(NamedTuple):
    """`said`: how it is. `fix`: what to type or change, where that would help. Only `wrong` makes the doctor fail."""

    level: Level
    said: str
    fix: str = ""


def fine(said: str) -> Finding:
    return Finding("fine", said)


def note(said: str, fix: str = "") -> Finding:
    return Finding("note", said, fix)


def wrong(said: str, fix: str) -> Finding:
    return Finding("wrong", said, fix)


class Scene(NamedTuple):
    """One user's environment, on this machine."""

    environ: Mapping[str, str]
    paths: Paths
    folder: Path
    """Where the person stands: the project of an agent's settings."""

    @property
    def hub(self) -> Address:
        """Raises ConfigError for an INBOX_HUB that is no address."""
        return find_hub(self.environ, operate=True)


def scene_of(environ: Mapping[str, str]) -> Scene:
    return Scene(environ, find_paths(dict(environ)), Path.cwd())
