"""One short call to tmux, for the pane and for the hub. Standard library only."""

from __future__ import annotations

import subprocess

SECONDS = 2.0
"""tmux answers in milliseconds; a server that hangs is not waited for."""


class TmuxError(Exception):
    """tmux is not there, does not answer, or refuses, in its own words."""


def tmux(*arguments: str, text: str = "", socket: str = "") -> str:
    """What a command prints, given a text on its standard input: of the tmux around us, or of the server at `socket`. Raises
    TmuxError."""
    server = ["-S", socket] if socket else []
    try:
        done = subprocess.run(["tmux", *server, *arguments], input=text, capture_output=True, text=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        raise TmuxError(str(error)) from None
    if done.returncode:
        raise TmuxError(done.stderr.strip() or f"tmux ended with {done.returncode}")
    return done.stdout.rstrip("\n")
