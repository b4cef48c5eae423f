"""What this pane's own tmux knows: which terminal is attached, and where other panes are. Each call is one short process."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

SECONDS = 2.0
"""tmux answers in milliseconds; a server that hangs is not waited for."""


class TmuxError(Exception):
    """tmux is not there, does not answer, or refuses, in its own words."""


def tmux(*arguments: str, text: str = "") -> str:
    """What a command of the tmux around us prints, given a text on its standard input. Raises TmuxError."""
    try:
        done = subprocess.run(["tmux", *arguments], input=text, capture_output=True, text=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        raise TmuxError(str(error)) from None
    if done.returncode:
        raise TmuxError(done.stderr.strip() or f"tmux ended with {done.returncode}")
    return done.stdout.rstrip("\n")


def outer_terminal(environ: Mapping[str, str]) -> Mapping[str, str]:
    """What the terminal outside tmux would say of itself; its own variables are of whoever started the server, perhaps long
    ago and elsewhere. The environment itself where tmux does not tell."""
    try:
        term, kind = tmux("display-message", "-p", "#{client_termname}\t#{client_termtype}").split("\t")
    except (TmuxError, ValueError):
        return environ
    return {"TERM": term, "TERM_PROGRAM": kind}
