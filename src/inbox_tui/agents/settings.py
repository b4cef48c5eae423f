"""An agent's own settings file: found, read without losing anything, and written whole or not at all."""

from __future__ import annotations

import difflib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from inbox_tui.core.errors import ConfigError, InboxError

Scope = Literal["user", "project"]
SCOPES: tuple[Scope, ...] = ("user", "project")
BACKUP = ".inbox-backup"


def settings_file(agent: str, scope: Scope, environ: Mapping[str, str], cwd: Path) -> Path:
    """Of a project: the file that is only this person's, where the agent has one."""
    home = Path(environ.get("HOME") or Path.home())
    if agent == "codex":
        folder = cwd / ".codex" if scope == "project" else Path(environ.get("CODEX_HOME") or home / ".codex")
        return folder / "hooks.json"
    if scope == "project":
        return cwd / ".claude" / "settings.local.json"
    return Path(environ.get("CLAUDE_CONFIG_DIR") or home / ".claude") / "settings.json"


def read(file: Path) -> str:
    """Its text; "" where there is none. Raises ConfigError where it cannot be read."""
    try:
        return file.read_bytes().decode()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{file}: {problem}") from problem


def decode(text: str, file: Path) -> dict[str, Any]:
    """Its JSON. Raises ConfigError for what would not survive being written again: comments, a name twice, no object."""
    try:
        found = json.loads(text, object_pairs_hook=_each_once) if text.strip() else {}
    except (ValueError, RecursionError) as problem:
        raise ConfigError(f"{file}: is not plain JSON ({problem}); comments would be lost, so it is left as it is") from problem
    if not isinstance(found, dict):
        raise ConfigError(f"{file}: is no JSON object; nothing is changed")
    return found


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return dict(pairs)


def encode(settings: Mapping[str, Any], like: str) -> str:
    """As text, indented as the file was, its lines ended as they were, and the last one or not."""
    second = next((line for line in like.splitlines()[1:] if line.strip()), "")
    blank = second[: len(second) - len(second.lstrip())]
    text = json.dumps(settings, ensure_ascii=False, indent=blank or "  ")
    text += "" if like and not like.endswith("\n") else "\n"
    return text.replace("\n", "\r\n") if "\r\n" in like else text


def difference(before: str, after: str, file: Path) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), str(file), str(file), lineterm="")
    return "\n".join(lines)


def write(file: Path, before: str, after: str) -> None:
    """In the place of `before`, with a backup beside it. Raises InboxError where it cannot be written, or has changed meanwhile;
    a link stays a link."""
    file = file.resolve()
    if read(file) != before:
        raise InboxError(f"{file} has changed meanwhile; look at it again. Nothing is changed.")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        mode = file.stat().st_mode & 0o777 if file.exists() else 0o600
        if before:
            _replace(file.with_name(file.name + BACKUP), before, mode)
        _replace(file, after, mode)
    except OSError as problem:
        raise InboxError(f"Cannot write {file}: {problem.strerror}. Nothing is changed.") from problem


def _replace(file: Path, text: str, mode: int) -> None:
    descriptor, fresh = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as handle:
            handle.write(text)
            handle.flush()
            os.fchmod(handle.fileno(), mode)
            os.fsync(handle.fileno())
        os.replace(fresh, file)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise
