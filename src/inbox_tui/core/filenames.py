"""The name of a file that somebody else chose, made one that is safe to show, to serve and to save by. Standard library only."""

from __future__ import annotations

import re

from inbox_tui.core.text import clean

MOST_BYTES = 180
"""Of the name in UTF-8: file systems take 255, and a number may have to go into it."""
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}")


def cleaned(name: str) -> str:
    """The last part of a path by either slash, on one line, without hidden characters, leading dots, or what shells and file
    systems of any kind read something else into; "file" where nothing is left. A long one is cut before its extension."""
    base = clean(name.replace("\\", "/").rpartition("/")[2], lines=False)
    base = re.sub(r'[<>:"|?*%]', "_", base).lstrip(" .~-").rstrip(" .")
    stem, extension = split(base)
    while len((stem + extension).encode()) > MOST_BYTES:
        stem = stem[:-1]
    return stem.rstrip() + extension or "file"


def split(name: str) -> tuple[str, str]:
    """`build.tar.gz` → `build.tar` and `.gz`; "" where it has no extension."""
    dot = name.rfind(".")
    return (name[:dot], name[dot:]) if dot > 0 and _EXTENSION.fullmatch(name[dot:]) else (name, "")
