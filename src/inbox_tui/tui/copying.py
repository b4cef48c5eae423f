"""Copies by the terminal's own clipboard, OSC 52, and says what was done: no terminal confirms it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from inbox_tui.tmux import TmuxError, tmux
from inbox_tui.tui.alerts.sequences import multiplexer, passed_through

COPY_MOST = 70_000
"""Bytes. Terminals drop longer sequences whole, without a word."""


def clipboard(text: str) -> str:
    """The sequence that puts a text on the clipboard."""
    return f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"


def copy(what: str, text: str, write: Callable[[str], None], environ: Mapping[str, str]) -> str:
    """Copies, and answers what was done, in words. Inside tmux it asks tmux, which takes milliseconds."""
    size = len(text.encode())
    if size > COPY_MOST:
        return f"{what} not copied: {size:,} bytes are more than terminals take ({COPY_MOST:,})"
    between = multiplexer(environ)
    write(passed_through(clipboard(text), between))
    if between != "tmux":
        return f"{what} sent to the clipboard ({size:,} bytes); the terminal does not confirm it"
    if not environ.get("TMUX"):
        return f"{what} sent through tmux to the clipboard ({size:,} bytes): it needs allow-passthrough there"
    try:
        tmux("load-buffer", "-w", "-", text=text)
    except TmuxError as error:
        return f"{what} sent to the clipboard ({size:,} bytes); tmux did not keep it: {error}"
    return f"{what} copied to tmux's buffer and sent to the clipboard ({size:,} bytes)"
