"""What this pane's own tmux knows of the terminal outside it."""

from __future__ import annotations

from collections.abc import Mapping

from inbox_tui.tmux import TmuxError, tmux


def outer_terminal(environ: Mapping[str, str]) -> Mapping[str, str]:
    """What the terminal outside tmux would say of itself; its own variables are of whoever started the server, perhaps long
    ago and elsewhere. The environment itself where tmux does not tell."""
    try:
        term, kind = tmux("display-message", "-p", "#{client_termname}\t#{client_termtype}").split("\t")
    except (TmuxError, ValueError):
        return environ
    return {"TERM": term, "TERM_PROGRAM": kind}
