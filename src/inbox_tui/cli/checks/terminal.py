"""Checks of the terminal: colours, and the ways past the screen (clipboard, desktop) through what stands between."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inbox_tui.cli.checks.finding import Finding, Scene, fine, note, wrong
from inbox_tui.tmux import TmuxError, tmux
from inbox_tui.tui.alerts.sequences import desktop_of, multiplexer
from inbox_tui.tui.theme import few_colors
from inbox_tui.tui.tmux import outer_terminal


def colours(scene: Scene) -> Iterator[Finding]:
    term, color = scene.environ.get("TERM", ""), scene.environ.get("COLORTERM", "")
    if not term or term == "dumb":
        yield wrong(
            f"TERM is {term or 'not set'!r}: no screen can be drawn", "export TERM=xterm-256color, or as your terminal says"
        )
    elif "NO_COLOR" in scene.environ:
        yield note("NO_COLOR is set: no colours, as wanted", "unset NO_COLOR")
    elif few_colors(scene.environ):
        yield note(f"TERM={term}: 16 colours", "export TERM=xterm-256color, and COLORTERM=truecolor where the terminal has it")
    elif color not in ("truecolor", "24bit"):
        yield note(f"TERM={term} without COLORTERM: 256 colours", "export COLORTERM=truecolor, where the terminal has it")
    else:
        yield fine(f"TERM={term}, COLORTERM={color}")
    if "UTF-8" not in (encoding := _encoding(scene)).upper().replace("UTF8", "UTF-8"):
        yield note(f"the locale is {encoding or 'not set'}: signs may not be drawn", "export LANG=C.UTF-8")


def _encoding(scene: Scene) -> str:
    return next((value for name in ("LC_ALL", "LC_CTYPE", "LANG") if (value := scene.environ.get(name))), "")


def desktop(scene: Scene) -> Iterator[Finding]:
    between = multiplexer(scene.environ)
    outer = outer_terminal(scene.environ) if scene.environ.get("TMUX") else scene.environ
    way = desktop_of(outer)
    if way == "off":
        name = outer.get("TERM_PROGRAM") or outer.get("TERM", "")
        yield note(f"{name or 'this terminal'} has no way to the desktop that we know: alerts ring the bell", _OWN_WAY)
    else:
        yield fine(f"alerts reach the desktop by {way.upper().replace('OSC', 'OSC ')}")
    if between == "screen":
        yield note("GNU screen: alerts and copies are wrapped for it, a few hundred bytes at a time")


_OWN_WAY = '[alerts] desktop = "osc9", "osc99" or "osc777" in config.toml, where you know better'


def in_tmux(scene: Scene) -> Iterator[Finding]:
    if not scene.environ.get("TMUX"):
        return
    try:
        version = tmux("-V")
        options = {name: tmux("show-options", "-gv", name) for name in _WANTED}
    except TmuxError as problem:
        if "allow-passthrough" in str(problem):
            yield note(f"{version} is older than 3.3: alerts do not pass through it", "upgrade tmux")
        else:
            yield wrong(f"tmux does not answer: {problem}", "tmux kill-server, or unset TMUX")
        return
    number = re.search(r"\d+\.\d+", version)
    yield fine(f"tmux {number[0] if number else version}")
    for name, (values, what) in _WANTED.items():
        if options[name] in values:
            yield fine(f"{name} {options[name]}")
        else:
            yield note(f"{name} is {options[name]}: {what}", f"tmux set -g {name} {values[0]}    # and in ~/.tmux.conf")


_WANTED = {
    "allow-passthrough": (("on", "all"), "alerts do not reach the desktop"),
    "set-clipboard": (("on", "external"), "what is copied does not reach the clipboard"),
    "monitor-bell": (("on",), "the bell marks no window"),
}
"""Option → what it should be, the first by preference, and what else would happen."""
