"""Unified diffs and patches: every line stays as it is, signs and all; its part says what it is. Pure."""

from __future__ import annotations

import re

from inbox_tui.core.model import Notification
from inbox_tui.tui.words import detail

PATCHES = ("Edit", "Write")
"""Tools whose command is a patch: a file, then what goes and what comes."""
_DIFF = re.compile(r"^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@|^diff --git |^--- \S.*\n\+\+\+ \S|^\*\*\* Begin Patch$", re.MULTILINE)
_HEADS = ("diff ", "index ", "--- ", "+++ ", "*** ", "@@", "new file", "deleted file", "rename ", "similarity ")


def is_diff(text: str) -> bool:
    return _DIFF.search(text) is not None


def is_patch(row: Notification, text: str, part: str) -> bool:
    """Whether a text of a row, shown as that part of it, is a patch."""
    return is_diff(text) or (part == "command" and detail(row, "tool_name") in PATCHES)


def part_of(line: str, otherwise: str) -> str:
    """`added`, `removed`, `note` for what tells of places, else `otherwise`."""
    if line.startswith(_HEADS):
        return "note"
    return {"+": "added", "-": "removed"}.get(line[:1], otherwise)
