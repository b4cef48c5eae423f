"""Goes to the tmux pane that a sender runs in, where it runs on this machine."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping

from inbox_tui.core.model import Notification
from inbox_tui.core.text import clean
from inbox_tui.tmux import TmuxError, tmux
from inbox_tui.tui import words

_PANE = re.compile(r"%\d{1,9}")


def pane_of(row: Notification, here: str = "") -> tuple[str, str]:
    """(the pane, "") or ("", why there is none to go to). `here` is this machine's name."""
    pane, host = words.detail(row, "tmux_pane"), clean(words.detail(row, "host"), lines=False)
    if not pane:
        return "", "its sender did not say in which tmux pane it runs"
    if not _PANE.fullmatch(pane):
        return "", "what its sender says is no tmux pane"
    if host and not _same(host, here or socket.gethostname()):
        return "", f"it runs on {host}, not here"
    return pane, ""


def _same(one: str, other: str) -> bool:
    """By their first names, as one is often the whole of the other."""
    return one.partition(".")[0].lower() == other.partition(".")[0].lower()


def jump(row: Notification, environ: Mapping[str, str]) -> str:
    """Goes there; answers what was done, in words. Takes a few milliseconds."""
    pane, why = pane_of(row)
    if not pane:
        return why
    try:
        if environ.get("TMUX"):
            tmux("switch-client", "-t", pane)
            return f"tmux shows {pane}"
        tmux("select-window", "-t", pane)
        tmux("select-pane", "-t", pane)
        session = clean(tmux("display-message", "-p", "-t", pane, "#{session_name}"), lines=False)
    except TmuxError as error:
        return f"tmux cannot show {pane}: {clean(str(error), lines=False)}"
    return f"{pane} is in front: tmux attach -t {session}"
