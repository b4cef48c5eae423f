"""Themes: TOML files become Textual themes. A file that cannot be used is named and skipped; nothing here can stop a start.

A file has `name`, `dark`, optionally `ansi`, a table `[colors]` (Textual's own names), a table `[inbox]` (ours: `dim`,
`faint`, `rule`, `cursor`, `ask`) and a table `[stripe]` (the ten names that a sender's `color` may have). What `[inbox]` leaves
out is derived from `[colors]`; what `[stripe]` leaves out can be seen by night and by day.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from textual.theme import BUILTIN_THEMES, Theme

import inbox_tui

COLORS = ("background", "foreground", "surface", "panel", "primary", "accent", "error", "warning", "success")
INBOX_COLORS = {"dim": "foreground", "faint": "foreground", "rule": "panel", "cursor": "panel", "ask": "accent"}
"""Our own colours, and which of `[colors]` stands in for an absent one."""
STRIPES = {"red": "#e5484d", "orange": "#d96a10", "amber": "#b07f00", "lime": "#759a14", "green": "#2f9a4f",
           "teal": "#129186", "cyan": "#158fae", "blue": "#3b82f6", "purple": "#8e63e0", "pink": "#d6539f"}  # fmt: skip
"""The names that a sender's `color` may have (seed 002), each with what stands in for an absent one."""

_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}|ansi_[a-z_]+")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class ThemeError(ValueError):
    """What is wrong with a theme file, naming its member."""


def shipped_themes() -> Path:
    """The folder of our own themes: beside the package once installed, at the top of a source checkout."""
    package = Path(inbox_tui.__file__).parent
    installed = package / "themes"
    return installed if installed.is_dir() else package.parents[1] / "themes"


def load_themes(*folders: Path) -> tuple[dict[str, Theme], list[str]]:
    """Every usable theme by name, later folders over earlier ones, and one sentence for each file that was skipped."""
    themes: dict[str, Theme] = {}
    problems: list[str] = []
    for folder in folders:
        for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
            try:
                theme = parse_theme(tomllib.loads(path.read_text("utf-8")))
            except (OSError, UnicodeError, tomllib.TOMLDecodeError, ThemeError) as error:
                problems.append(f"theme {path.name} skipped: {error}")
            else:
                themes[theme.name] = theme
    return themes, problems


def parse_theme(document: Mapping[str, object]) -> Theme:
    """A theme from a parsed file. Raises ThemeError naming the member that is wrong or unknown."""
    _known("", document, ("name", "dark", "ansi", "colors", "inbox", "stripe"))
    name = document.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ThemeError("name: must be lower-case letters, digits, - and _")
    colors = _colors("colors", document.get("colors"), COLORS)
    if absent := [color for color in COLORS if color not in colors]:
        raise ThemeError(f"colors.{absent[0]}: is required")
    ours = _colors("inbox", document.get("inbox", {}), tuple(INBOX_COLORS))
    stripes = STRIPES | _colors("stripe", document.get("stripe", {}), tuple(STRIPES))
    ansi = _flag(document, "ansi", False)
    base = BUILTIN_THEMES["ansi-dark"].variables if ansi else {}
    return Theme(
        name=name,
        dark=_flag(document, "dark", True),
        ansi=ansi,
        boost=colors["surface"] if ansi else None,
        background=colors["background"],
        foreground=colors["foreground"],
        surface=colors["surface"],
        panel=colors["panel"],
        primary=colors["primary"],
        secondary=colors["accent"],
        accent=colors["accent"],
        error=colors["error"],
        warning=colors["warning"],
        success=colors["success"],
        variables=base
        | {f"inbox-{key}": ours.get(key, colors[instead]) for key, instead in INBOX_COLORS.items()}
        | {f"inbox-{name}": color for name, color in stripes.items()},
    )


def fallback_variables(theme: Theme) -> dict[str, str]:
    """Our variables for a theme that knows nothing of us, so that every Textual theme works too."""
    known = {name: getattr(theme, name, None) for name in COLORS}
    ours = {f"inbox-{key}": known[instead] or theme.primary for key, instead in INBOX_COLORS.items()}
    return ours | {f"inbox-{name}": color for name, color in STRIPES.items()}


def choose_theme(wanted: str, environ: Mapping[str, str], names: Sequence[str]) -> str:
    """The theme to start with: the terminal's limits first, then the person's wish, then `dark`."""
    if "NO_COLOR" in environ or few_colors(environ):
        return "ansi"
    return wanted if wanted in names else "dark"


def complaint_about(wanted: str, names: Sequence[str]) -> str:
    """That there is no theme of that name, and which one is near; "" where there is nothing to say."""
    if not wanted or wanted in names:
        return ""
    near = difflib.get_close_matches(wanted, names, 1)
    return f"tui.theme: no theme is called {wanted!r}; " + (f"did you mean {near[0]}?" if near else "the palette lists them")


def few_colors(environ: Mapping[str, str]) -> bool:
    """Whether the terminal claims 16 colours or fewer. `COLORTERM` wins over `TERM`."""
    if environ.get("COLORTERM") in ("truecolor", "24bit"):
        return False
    term = environ.get("TERM", "")
    return term in ("linux", "ansi", "vt100", "vt220", "cygwin", "xterm-color", "screen", "xterm") or term.endswith("-16color")


def _known(where: str, table: Mapping[str, object], names: Sequence[str]) -> None:
    for key in table:
        if key not in names:
            raise ThemeError(f"{where}{key}: unknown; known are {', '.join(names)}")


def _flag(document: Mapping[str, object], key: str, default: bool) -> bool:
    value = document.get(key, default)
    if not isinstance(value, bool):
        raise ThemeError(f"{key}: must be true or false")
    return value


def _colors(where: str, table: object, names: Sequence[str]) -> dict[str, str]:
    if not isinstance(table, dict):
        raise ThemeError(f"{where}: must be a table of colours")
    _known(f"{where}.", table, names)
    for key, value in table.items():
        if not isinstance(value, str) or not _COLOR.fullmatch(value):
            raise ThemeError(f"{where}.{key}: must be #rrggbb or ansi_…, not {str(value)[:40]!r}")
    return dict(table)
