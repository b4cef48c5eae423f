"""Text for agents that run in tmux: pasted where it was allowed to, or given to a new one. Each call takes a few milliseconds.

What is checked and what is done are one command of tmux's, so that no other program can step in between. Each pane remembers the
last job that reached it: a job that is done again, after a hub died in the middle, pastes nothing twice and starts nothing twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

from inbox_tui.core.text import clean
from inbox_tui.tmux import TmuxError, tmux

PANE = re.compile(r"%\d{1,9}")
PROGRAM = re.compile(r"[A-Za-z0-9._+-]{1,64}")
MOST = 16_000
"""Characters of one text."""
_OPTION = "@inbox_job"
_AGENT = "@inbox_agent"


class NotPasted(Exception):
    """It reached nobody, and why in words: "runs bash, not codex"."""


def one_line(text: str) -> str:
    """What may be pasted: no line ends, which would send a part of it; no control characters, which would end the paste."""
    return " ".join(clean(text, lines=False).split())[:MOST]


def paste(pane: str, program: str, text: str, job_id: str, *, enter: bool, socket: str = "") -> Literal["pasted", "again"]:
    """Pastes into the pane while its foreground process is the program: bracketed where that one understands it; Enter after it
    only with `enter`. "again": this job had done so before. Raises NotPasted; TmuxError where tmux cannot say."""
    if not PANE.fullmatch(pane) or not PROGRAM.fullmatch(program):
        raise NotPasted("is registered with what is no pane, or no program's name")
    buffer = f"inbox-{job_id}"
    press = f"send-keys -t {pane} Enter ; " if enter else ""
    done = f"set-option -p -t {pane} {_OPTION} {job_id} ; display-message -p pasted"
    act = f"paste-buffer -p -r -d -b {buffer} -t {pane} ; {press}{done}"
    other = f"display-message -p -t {pane} '#{{pane_current_command}}'"
    runs = f"#{{==:#{{pane_current_command}},{program}}}"
    by_program = f"if-shell -F -t {pane} '{runs}' {{ {act} }} {{ {other} }}"
    by_job = f"#{{==:#{{{_OPTION}}},{job_id}}}"
    tmux("load-buffer", "-b", buffer, "-", text=one_line(text), socket=socket)
    said = tmux("if-shell", "-F", "-t", pane, by_job, "display-message -p again", by_program, socket=socket)
    if said == "pasted":
        return "pasted"
    _forget(buffer, socket)
    if said == "again":
        return "again"
    here = f"runs {clean(said, lines=False)[:64]}, not {program}" if said else "is no pane of this tmux any more"
    raise NotPasted(here)


def running(agent: str, socket: str = "") -> str:
    """The pane of an agent that `start` opened and that is still there; "" without one."""
    try:
        found = tmux("list-panes", "-a", "-f", f"#{{==:#{{{_AGENT}}},{agent}}}", "-F", "#{pane_id}", socket=socket)
    except TmuxError:
        return ""  # no server yet: nothing runs
    return found.split("\n")[0]


def start(agent: str, argv: Sequence[str], folder: str, job_id: str, *, socket: str = "") -> str:
    """Opens a window with the agent, its command given as single arguments that no shell reads. Answers the pane. Raises
    TmuxError."""
    where = ["-c", folder] if folder else []
    named = [";", "set-option", "-p", _AGENT, agent, ";", "set-option", "-p", _OPTION, job_id]
    # An argument that ends in a semicolon would end tmux's command.
    arguments = [re.sub(r";$", r"\;", argument) for argument in argv]
    window = ["-P", "-F", "#{pane_id}", "-n", agent, *where, "--", *arguments]
    try:
        tmux("has-session", socket=socket)
    except TmuxError:
        return tmux("new-session", "-d", "-s", "inbox", *window, *named, socket=socket)
    return tmux("new-window", *window, *named, socket=socket)


def _forget(buffer: str, socket: str) -> None:
    with suppress(TmuxError):  # it was taken, or the server is gone
        tmux("delete-buffer", "-b", buffer, socket=socket)
