"""`inbox` without arguments: the pane. Nothing but Textual may stand between the key press and the first frame."""

from __future__ import annotations

from inbox_tui.cli.problems import guarded


def open_pane() -> int:
    """Opens the inbox and answers the exit code of its end."""
    return guarded(_open)


def _open() -> int:
    from inbox_tui.tui.app import run

    return int(run() or 0)
