"""How long an agent's questions wait: the defaults, or `[agents.NAME]` of the configuration. A hook reads no more of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inbox_tui.core.errors import ConfigError
from inbox_tui.core.hooks.spoken import DEFAULT_WAITS, LONGEST_WAIT, Waits


def waits_of(agent: str, config_file: Path) -> Waits:
    """Keys that are not known are passed over: they must not keep a hook from asking. Raises ConfigError for a file that cannot
    be read, and for a wait that is no number of seconds from 0 to a day."""
    default = DEFAULT_WAITS[agent]
    section = _section(agent, config_file)
    found = {name: section.get(name, getattr(default, name)) for name in Waits._fields}
    for name, seconds in found.items():
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST_WAIT:
            raise ConfigError(
                f"{config_file}: agents.{agent}.{name}: must be seconds from 0 to {LONGEST_WAIT:.0f}, not {seconds!r}"
            )
    return Waits(**{name: float(seconds) for name, seconds in found.items()})


def _section(agent: str, file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{file}: {problem}") from problem
    if "agents" not in text:
        return {}  # without reading it: the parser takes longer to load than the rest of a hook
    import tomllib

    try:
        section = tomllib.loads(text).get("agents", {})
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{file}: {problem}") from problem
    found = section.get(agent, {}) if isinstance(section, dict) else None
    if not isinstance(found, dict):
        raise ConfigError(f"{file}: agents.{agent}: must be a table, [agents.{agent}]")
    return found
