"""The pane's own part of the configuration file, `[tui]` and `[filters]`: read with tomllib alone, before the first frame."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from inbox_tui.core.errors import ConfigError
from inbox_tui.tui.keymaps import KEYMAPS

_NAMES = ("theme", "confirm", "density", "keymap", "keys", "downloads")
_PREFIX = "INBOX_TUI_"


@dataclass(frozen=True, slots=True)
class Settings:
    theme: str = ""
    """Name of a theme; "" is `dark`."""
    confirm: Literal["key", "digit"] = "key"
    """How to approve: `y`, or a random digit that has to be read off the screen."""
    keys: Mapping[str, list[str]] = field(default_factory=dict)
    """Action id → its keys, in place of ours."""
    filters: Mapping[str, str] = field(default_factory=dict)
    """Saved filters by name; each can be read."""
    keymap: str = "default"
    """Which of our keymaps `keys` go over."""
    density: int = 1
    """Lines a row."""
    downloads: str = ""
    """The folder that files are saved in; "" is the desktop's own."""


DEFAULTS = Settings()


def read_config(path: Path, environ: Mapping[str, str] = os.environ) -> Mapping[str, object]:
    """The whole configuration file with `INBOX_TUI_<NAME>` variables over it; empty where there is neither. Raises ConfigError
    naming the file."""
    try:
        config = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        config = {}
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    table = config.setdefault("tui", {})
    if isinstance(table, dict):
        table |= {name[len(_PREFIX) :].lower(): value for name, value in environ.items() if name.startswith(_PREFIX)}
    return config


def settings_in(config: Mapping[str, object], path: Path) -> Settings:
    """The pane's part of a configuration. Raises ConfigError naming file, key and, for an unknown key, the nearest."""
    table = config.get("tui", {})
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: tui must be a table")
    for name in table:
        if name not in _NAMES:
            near = difflib.get_close_matches(name, _NAMES, 1)
            raise ConfigError(f"{path}: tui.{name}: unknown" + (f"; did you mean {near[0]}?" if near else ""))
    theme, confirm, keys = table.get("theme", ""), table.get("confirm", "key"), table.get("keys", {})
    if not isinstance(theme, str):
        raise ConfigError(f"{path}: tui.theme: must be a name")
    if confirm not in ("key", "digit"):
        raise ConfigError(f'{path}: tui.confirm: must be "key" or "digit"')
    density = table.get("density", 1)
    if density not in (1, 2, "1", "2") or isinstance(density, bool):
        raise ConfigError(f"{path}: tui.density: must be 1 or 2")
    keymap = table.get("keymap", "default")
    if keymap not in KEYMAPS:
        raise ConfigError(f"{path}: tui.keymap: must be one of {', '.join(KEYMAPS)}")
    downloads = table.get("downloads", "")
    if not isinstance(downloads, str):
        raise ConfigError(f"{path}: tui.downloads: must be the path of a folder")
    filters = _filters(path, config.get("filters", {}))
    return Settings(theme, confirm, _keys(path, keys), filters, keymap, int(density), downloads)


def _filters(path: Path, table: object) -> dict[str, str]:
    if not isinstance(table, dict) or not all(isinstance(text, str) for text in table.values()):
        raise ConfigError(f'{path}: filters: must be a table of name = "filter"')
    if table:
        from inbox_tui.core.query.parse import complaint
    for name, text in table.items():
        if said := complaint(text):
            raise ConfigError(f"{path}: filters.{name}: {said}")
    return table


def _keys(path: Path, table: object) -> dict[str, list[str]]:
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: tui.keys: must be a table of action = [keys]")
    keys: dict[str, list[str]] = {}
    for action, own in table.items():
        own = [own] if isinstance(own, str) else own
        if not isinstance(own, list) or not all(isinstance(key, str) for key in own):
            raise ConfigError(f"{path}: tui.keys.{action}: must be a key or a list of keys")
        keys[action] = own
    return keys
