"""Where Claude Code keeps what was allowed always, and how it is taken out again. Pure, on decoded JSON, but for finding files.

After its pages on permissions and settings: a rule is `Tool` or `Tool(content)` in permissions.allow, a folder is a text in
permissions.additionalDirectories, a mode is permissions.defaultMode.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from inbox_tui.agents.place import find_checkout
from inbox_tui.agents.settings import settings_file
from inbox_tui.core.errors import ConfigError

Settings = dict[str, Any]
_NAMES = {"localSettings": "settings.local.json", "projectSettings": "settings.json"}


def files(destination: str, folder: str, environ: Mapping[str, str]) -> list[Path]:
    """Where an entry of that destination may stand; none for one that ends with its session.

    Claude Code writes at the root of the repository's main checkout, and up to 2.1.210 wrote in the folder it was started in.
    """
    if destination == "userSettings":
        return [settings_file("claude-code", "user", environ, Path(folder))]
    if destination not in _NAMES or not os.path.isabs(folder):
        return []
    root = find_checkout(folder)
    folders = [folder] if root in ("", environ.get("HOME") or str(Path.home())) else [root, folder]
    return [Path(one) / ".claude" / _NAMES[destination] for one in dict.fromkeys(folders)]


def without(settings: Settings, entry: Mapping[str, Any]) -> Settings:
    """The settings with nothing of that entry, and everything else as it was. Raises ConfigError for settings of another shape
    than documented."""
    found = deepcopy(settings)
    permissions = found.get("permissions", {})
    if not isinstance(permissions, dict):
        raise ConfigError(_SHAPE)
    if entry["type"] == "setMode":
        if permissions.get("defaultMode") == entry["mode"]:
            del permissions["defaultMode"]
        return found
    name, texts = _texts(entry)
    there = permissions.get(name, [])
    if not isinstance(there, list):
        raise ConfigError(_SHAPE)
    there[:] = [text for text in there if text not in texts]
    return found


def stands(settings: Settings, entry: Mapping[str, Any]) -> bool:
    """Whether anything of it is there. Raises as `without`."""
    return without(settings, entry) != settings


_SHAPE = 'its "permissions" are not of the shape that the agent documents; mend them first'


def _texts(entry: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The list that the entry adds to, and what it adds."""
    if entry["type"] == "addDirectories":
        return "additionalDirectories", list(entry["directories"])
    return "allow", [text for rule in entry["rules"] for text in _spellings(rule)]


def _spellings(rule: Mapping[str, str]) -> list[str]:
    """Some versions write a backslash before each parenthesis and backslash of the content, others do not."""
    tool, content = rule["toolName"], rule.get("ruleContent")
    if content is None:
        return [tool]
    escaped = content.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return [f"{tool}({content})", f"{tool}({escaped})"]
