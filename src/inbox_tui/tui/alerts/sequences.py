"""What is written to a terminal so that it calls a person. Pure: strings, by what the terminal understands.

Sources: OSC 9 as iTerm2 documents it, OSC 777 as rxvt-unicode's notify extension, OSC 99 as kitty's desktop notifications;
passing through: tmux(1) allow-passthrough, screen(1) "String Escapes".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from inbox_tui.core.text import clean
from inbox_tui.tui.alerts.rules import Alert
from inbox_tui.tui.cells import cut
from inbox_tui.tui.words import SIGNS, one_line, tone, who

Desktop = Literal["osc9", "osc99", "osc777", "off"]
Multiplexer = Literal["", "tmux", "screen"]

BELL = "\x07"
TEXT_CELLS = 120
"""A desktop shows no more, and GNU screen passes no more than a few hundred bytes on."""
SCREEN_BYTES = 240
"""What GNU screen passes on at once, by its oldest limit."""

_SPEAKS: tuple[tuple[str, Desktop], ...] = (
    ("kitty", "osc99"),
    ("iterm", "osc9"),
    ("wezterm", "osc777"),
    ("ghostty", "osc777"),
    ("foot", "osc777"),
    ("rxvt", "osc777"),
    ("contour", "osc777"),
    ("warp", "osc777"),
)
"""Part of a terminal's name → its way to the desktop. Every other terminal only gets the bell."""
_MARKS = {"KITTY_WINDOW_ID": "kitty", "WEZTERM_PANE": "wezterm", "ITERM_SESSION_ID": "iterm", "GHOSTTY_RESOURCES_DIR": "ghostty"}


def desktop_of(environ: Mapping[str, str]) -> Desktop:
    """The terminal's way to the desktop. A program that names itself is believed over what it may have inherited."""
    program = environ.get("TERM_PROGRAM", "")
    if program and program not in ("tmux", "screen"):
        return _spoken(program)
    if (by_term := _spoken(environ.get("TERM", ""))) != "off":
        return by_term
    names = [environ.get("LC_TERMINAL", ""), *(name for mark, name in _MARKS.items() if environ.get(mark))]
    return next((way for name in names if (way := _spoken(name)) != "off"), "off")


def _spoken(name: str) -> Desktop:
    return next((way for part, way in _SPEAKS if part in name.lower()), "off")


def multiplexer(environ: Mapping[str, str]) -> Multiplexer:
    """What stands between us and the terminal; over SSH only `TERM` tells."""
    term = environ.get("TERM", "")
    if environ.get("TMUX") or term.startswith("tmux"):
        return "tmux"
    return "screen" if environ.get("STY") or term.startswith("screen") else ""


def passed_through(sequence: str, between: Multiplexer) -> str:
    """A sequence that ends in BEL, wrapped so that a multiplexer hands it on to the terminal."""
    if between == "tmux":
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if between == "screen":
        chunks = _chunks(sequence, SCREEN_BYTES)
        return "".join(f"\x1bP{chunk}\x1b\\" for chunk in chunks)
    return sequence


def _chunks(text: str, most: int) -> list[str]:
    """Pieces of at most so many bytes in UTF-8."""
    pieces, size = [""], 0
    for character in text:
        width = len(character.encode())
        if size + width > most:
            pieces.append("")
            size = 0
        pieces[-1] += character
        size += width
    return pieces


def heading(alert: Alert) -> str:
    """Who calls."""
    return cut(" · ".join(part for part in ("inbox", alert.row.hub, who(alert.row)) if part), TEXT_CELLS // 3)


def sentence(alert: Alert) -> str:
    """What it is about, on one line and of bounded length: `? Deploy to production? (+37 more)`."""
    row = alert.row
    title = one_line(row, row.title) or one_line(row, row.kind)
    times = f" ×{row.count}" if row.count > 1 else ""
    more = f" (+{alert.more:,} more)" if alert.more else ""
    return f"{SIGNS[tone(row)]} {cut(title, TEXT_CELLS - len(times) - len(more) - 2)}{times}{more}"


def notification(way: Desktop, alert: Alert, number: int) -> str:
    """The sequence for one alert. `number` tells this pane's alerts apart."""
    # A semicolon would begin another field; nothing else that a title may hold means anything in these.
    head, body = (clean(text, lines=False).replace(";", ",") for text in (heading(alert), sentence(alert)))
    match way:
        case "osc9":
            return f"\x1b]9;{head}: {body}\x07"
        case "osc777":
            return f"\x1b]777;notify;{head};{body}\x07"
        case "osc99":
            urgency = 2 if alert.row.needs_me or alert.row.priority > 1 else 1
            return f"\x1b]99;i=inbox{number}:d=0:u={urgency};{head}\x07\x1b]99;i=inbox{number}:p=body;{body}\x07"
    return ""


def window_title(needs: int) -> str:
    """`inbox (2)`: how many need the person."""
    return f"\x1b]2;inbox ({needs:,})\x07" if needs else "\x1b]2;inbox\x07"


KEEP_TITLE = "\x1b[22;2t"
RESTORE_TITLE = "\x1b]2;\x07\x1b[23;2t"
"""A terminal that keeps no titles is left with an empty one, which most take for their own."""
