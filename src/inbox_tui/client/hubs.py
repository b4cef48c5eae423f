"""The hubs that the configuration names, `[hubs.NAME]`: where each is, and how it is let in. Standard library only.

What is wrong with the file is raised; what is wrong with one hub's key is that hub's own trouble, and the others are followed.
"""

from __future__ import annotations

import difflib
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inbox_tui.client.target import Target, local_target
from inbox_tui.core.errors import ConfigError
from inbox_tui.core.hubs import COLORS, LOCAL, complaint_about_name, complaint_about_url
from inbox_tui.core.paths import Paths
from inbox_tui.wire import Address

_KEYS = ("url", "key_file", "key_variable", "key", "ca_file", "color")
_IN_TURN = ("teal", "orange", "purple", "lime", "pink", "blue", "amber", "cyan", "green", "red")
"""The colours of hubs that are given none: neighbours are far apart."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One hub of several. `problem`: why it cannot be asked at all; "" where it can."""

    name: str
    target: Target
    color: str
    problem: str = ""

    @property
    def address(self) -> Address:
        """For a single call."""
        target = self.target
        return Address(str(target.socket)) if target.socket else Address("", target.url, target.key, target.ca_file)


def hubs_in(config: Mapping[str, object], file: Path, environ: Mapping[str, str], paths: Paths) -> tuple[Followed, ...]:
    """The hubs of a configuration, in the file's order. Raises ConfigError naming file and key, and what was probably meant."""
    tables = config.get("hubs", {})
    if not isinstance(tables, dict):
        raise ConfigError(f"{file}: hubs must be tables, [hubs.NAME]")
    found: dict[str, Followed] = {}
    for name, table in tables.items():
        if said := complaint_about_name(name):
            raise ConfigError(f"{file}: hubs.{name}: {said}")
        hub = _followed(name, _checked(name, table, file), _IN_TURN[len(found) % len(_IN_TURN)], file, environ, paths)
        same = found.setdefault(hub.target.feed, hub)
        if same is not hub:
            raise ConfigError(f"{file}: hubs.{name}: is the same as hubs.{same.name}; each hub is named once")
    return tuple(found.values())


def hub_named(name: str, hubs: tuple[Followed, ...], file: Path) -> Followed:
    """Raises ConfigError where there is none of that name, or where it cannot be asked."""
    hub = next((hub for hub in hubs if hub.name == name), None)
    if hub is None:
        near = difflib.get_close_matches(name, [hub.name for hub in hubs], 1)
        known = f"did you mean {near[0]}?" if near else f"it has {', '.join(hub.name for hub in hubs) or 'none'}"
        raise ConfigError(f"{file}: no hub is called {name}, as [hubs.{name}] would; {known}")
    if hub.problem:
        raise ConfigError(f"{file}: hubs.{name}: {hub.problem}")
    return hub


def _checked(name: str, table: object, file: Path) -> Mapping[str, str]:
    if not isinstance(table, dict):
        raise ConfigError(f"{file}: hubs.{name}: must be a table, [hubs.{name}]")
    for key, value in table.items():
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, 1)
            raise ConfigError(f"{file}: hubs.{name}.{key}: unknown" + (f"; did you mean {near[0]}?" if near else ""))
        if not isinstance(value, str):
            raise ConfigError(f"{file}: hubs.{name}.{key}: must be a text")
    if "url" not in table:
        raise ConfigError(f'{file}: hubs.{name}: has no url; "local" is this machine\'s own hub')
    if said := complaint_about_url(table["url"]):
        raise ConfigError(f"{file}: hubs.{name}.url: {said}")
    if table.get("color", "") not in ("", *COLORS):
        raise ConfigError(f"{file}: hubs.{name}.color: must be one of {', '.join(COLORS)}")
    if table.get("key") and _is_open(file):
        raise ConfigError(f"{file}: hubs.{name}.key: others can read this file; chmod 600 it, or name a key_file")
    return table


def _followed(name: str, table: Mapping[str, str], color: str, file: Path, environ: Mapping[str, str], paths: Paths) -> Followed:
    color = table.get("color") or color
    if table["url"] == LOCAL:
        return Followed(name, local_target(paths), color)
    key, problem = _key(table, file, environ)
    if not _is_word(key):
        key, problem = "", "its key is to be one word of printable ASCII, or what `inbox key new` printed"
    ca_file = table.get("ca_file", "")
    target = Target(table["url"].rstrip("/"), key=key, ca_file=str(_beside(file, ca_file)) if ca_file else "")
    return Followed(name, target, color, problem)


def _key(table: Mapping[str, str], file: Path, environ: Mapping[str, str]) -> tuple[str, str]:
    """A hub's key, and why there is none. The variable goes over the file."""
    variable = table.get("key_variable", "")
    if variable and environ.get(variable):
        return environ[variable].strip(), ""
    if "key_file" in table:
        return _key_in(_beside(file, table["key_file"]))
    if variable:
        return "", f"its key is to be in {variable}, which is not set"
    return table.get("key", "").strip(), ""


def _key_in(file: Path) -> tuple[str, str]:
    try:
        if _is_open(file):
            return "", f"others can read {file}: chmod 600 it"
        return _exported(file.read_text("utf-8")), ""
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        return "", f"its key_file {file} cannot be read: {why}"


def _exported(text: str) -> str:
    """The key in what `inbox key new` printed, or alone."""
    lines = [line.strip().removeprefix("export ") for line in text.splitlines()]
    return next((line.partition("=")[2] for line in lines if line.startswith("INBOX_KEY=")), text.strip())


def _is_word(key: str) -> bool:
    """Whether it can stand in a header; so can none."""
    return key.isascii() and key.isprintable() and " " not in key


def _beside(file: Path, name: str) -> Path:
    """A path as it is written in the configuration: from its folder."""
    return file.parent / Path(name).expanduser()


def _is_open(file: Path) -> bool:
    return bool(file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
