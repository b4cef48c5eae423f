"""Which hub a program talks to, and how it is let in. Standard library only."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from inbox_tui.core.errors import ConfigError
from inbox_tui.core.paths import Paths

LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Target:
    """A hub's address: this machine's own by its socket, or another's by URL and key."""

    url: str
    """Base URL without a trailing slash; for the local hub a name that goes into the Host header only."""
    socket: Path | None = None
    key: str = field(default="", repr=False)
    operator: str = ""
    """By what name the hub knows this operator, where that is known before asking."""

    @property
    def is_local(self) -> bool:
        return self.socket is not None

    @property
    def feed(self) -> str:
        """Names the hub and the space in the cache. A key belongs to one space, so its public part tells spaces apart."""
        if self.is_local:
            return LOCAL
        parts = self.key.split("_")
        return f"{self.url}#{parts[1]}" if len(parts) == 3 and parts[0] == "ik" else self.url

    @property
    def name(self) -> str:
        """For people."""
        return "this machine's hub" if self.is_local else self.url


def find_target(environ: Mapping[str, str], paths: Paths, config: Mapping[str, object] | None = None) -> Target:
    """`INBOX_HUB` and `INBOX_KEY`, else the configuration's `hub` and `key`, else this machine's hub. Raises ConfigError."""
    url, key, where = environ.get("INBOX_HUB", ""), environ.get("INBOX_KEY", ""), "INBOX_HUB"
    if not url and config and isinstance(config.get("hub"), str):
        url, key, where = str(config["hub"]), key or str(config.get("key") or ""), "hub in the configuration"
    if url in ("", LOCAL):
        return Target("http://inbox", paths.operate_socket, operator=_login())
    return Target(_checked(url, where), key=key.strip())


def _checked(url: str, where: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ConfigError(f"{where}: {url!r} is no URL ({error}); write it as https://host:9477") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(
            f"{where}: {url!r} is no address of a hub; write it as https://host:9477, or leave it out for this machine's"
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise ConfigError(f"{where}: put the key into INBOX_KEY, and nothing after the path")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "") + parts.path.rstrip("/")


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
