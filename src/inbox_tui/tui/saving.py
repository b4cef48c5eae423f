"""Where a file is saved: under a name that is a name, in a folder of the person's, over nothing that is there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from inbox_tui.core.filenames import cleaned, split

_TRIES = 1000


def downloads(wanted: str) -> Path:
    """The folder that the configuration names, else the desktop's own for downloads."""
    if wanted:
        return Path(wanted).expanduser()
    from platformdirs import user_downloads_path

    return user_downloads_path()


@contextmanager
def new_file(folder: Path, name: str) -> Iterator[tuple[Path, BinaryIO]]:
    """A file that was not there, by the name or as `name (2).ext`, and gone again where anything is raised. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path, number = _opened(folder, cleaned(name))
    try:
        with os.fdopen(number, "wb") as file:
            yield path, file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _opened(folder: Path, name: str) -> tuple[Path, int]:
    stem, extension = split(name)
    for attempt in range(1, _TRIES):
        path = folder / (name if attempt == 1 else f"{stem} ({attempt}){extension}")
        try:
            # O_EXCL follows no link, so that nothing which lies there under this name is written through.
            return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        except FileExistsError:
            continue
    raise FileExistsError(f"{folder} has {_TRIES} files of that name")
