"""`inbox` without arguments: the pane. Nothing but Textual may stand between the key press and the first frame."""

from __future__ import annotations

import gc
import sys

from inbox_tui.cli.problems import complain, guarded
from inbox_tui.core.errors import Exit


def open_pane() -> int:
    """Opens the inbox and answers the exit code of its end."""
    return guarded(_open)


def _open() -> int:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):  # where Textual reads keys, and where it draws
        complain("the inbox needs a terminal for its keys and its screen. `inbox list` prints it, `inbox --help` tells more.")
        return Exit.USAGE
    # Importing and building make no cycles worth looking for; the pane turns it on again once the first frame is painted.
    gc.disable()
    from inbox_tui.tui.app import run

    return run()
