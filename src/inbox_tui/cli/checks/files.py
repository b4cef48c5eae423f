"""Checks of what is ours on disk: configuration, themes, the sockets' folder, databases and room for them."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from inbox_tui.cli.checks.finding import Finding, Scene, fine, note, wrong
from inbox_tui.core.errors import ConfigError

LEAST_ROOM = 100 << 20
"""Bytes that must be free: below it a busy hour may fill the disk."""
CHECK_SECONDS = 5.0
"""A database that takes longer to check is left at that."""


def configuration(scene: Scene) -> Iterator[Finding]:
    from textual.theme import BUILTIN_THEMES

    from inbox_tui.core.config import load_config
    from inbox_tui.tui.keymap import build_keymap
    from inbox_tui.tui.theme import complaint_about, load_themes, shipped_themes

    file = scene.paths.config_file
    try:
        config = load_config(file, scene.environ)
        build_keymap(config.tui.own_keys, config.tui.keymap)
    except ConfigError as problem:
        yield wrong(str(problem), f"edit {file}; inbox config --explain tells every key")
        return
    yield fine(f"{file}" if file.exists() else f"{file} is not there: all defaults")
    themes, problems = load_themes(shipped_themes(), scene.paths.themes)
    for skipped in problems:
        yield wrong(skipped, f"mend or remove it in {scene.paths.themes}")
    if said := complaint_about(config.tui.theme, [*themes, *BUILTIN_THEMES]):
        yield wrong(said, f"edit {file}")


def sockets(scene: Scene) -> Iterator[Finding]:
    """Who else could reach them: the folder's mode is the lock on the door."""
    if not scene.hub.socket:
        return
    folder = scene.paths.runtime
    try:
        found = folder.lstat()
    except FileNotFoundError:
        yield note(f"{folder} is not there: no hub has run", "inbox")
        return
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        yield wrong(f"{folder} is not a folder of this user's", f"remove it, or set INBOX_HOME: {_who(folder)}")
        return
    yield from _mode(folder, found, 0o700)
    for path in (scene.paths.send_socket, scene.paths.operate_socket):
        if path.exists():
            yield from _mode(path, path.lstat(), 0o600)


def _mode(path: Path, found: os.stat_result, wanted: int) -> Iterator[Finding]:
    mode = stat.S_IMODE(found.st_mode)
    if mode & ~wanted:
        yield wrong(f"{path} has the mode {mode:o}: others of this machine may reach it", f"chmod {wanted:o} {path}")
    elif mode & wanted != wanted:
        yield wrong(f"{path} has the mode {mode:o}: you cannot use it yourself", f"chmod {wanted:o} {path}")
    else:
        yield fine(f"{path} is yours alone")


def _who(path: Path) -> str:
    try:
        return f"it belongs to {path.owner()}"
    except (OSError, KeyError):
        return "its owner is not known"


def database(scene: Scene) -> Iterator[Finding]:
    from inbox_tui.core.config import load_config

    if not scene.hub.socket:
        return
    try:
        where = load_config(scene.paths.config_file, scene.environ).hub.database
    except ConfigError:
        return  # said by the check of the configuration
    if where:
        yield note("rows are kept where hub.database says; the hub itself tells whether it can store")
        return
    file = scene.paths.hub_database
    if not file.exists():
        yield note(f"{file} is not there yet")
        return
    yield from _whole(file, f"inbox stop, then restore {file} from a backup")
    yield from room(file)


def cache(scene: Scene) -> Iterator[Finding]:
    file = scene.paths.cache_database
    if not file.exists():
        yield note(f"{file} is not there yet: the first inbox makes it")
        return
    yield from _whole(file, f"rm {file}    # it holds nothing that the hub does not have, but triage that waits for the hub")


def room(file: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(file.parent).free
    told = f"{free / (1 << 30):,.1f} GiB are free where {file.name} is"
    yield fine(told) if free >= LEAST_ROOM else wrong(told, f"make room on the disk of {file.parent}")


def _whole(file: Path, fix: str) -> Iterator[Finding]:
    """SQLite's own quick check, without writing."""
    size = f"{file.stat().st_size / (1 << 20):,.1f} MiB"
    until = time.monotonic() + CHECK_SECONDS
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            connection.set_progress_handler(lambda: int(time.monotonic() > until), 10_000)
            said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            yield note(f"{file} ({size}) is too large to check in {CHECK_SECONDS:g} s")
            return
        said = str(error)
    except sqlite3.DatabaseError as error:
        said = str(error)
    yield fine(f"{file} ({size}) is whole") if said == "ok" else wrong(f"{file} is damaged: {said}", fix)
