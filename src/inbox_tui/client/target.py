"""Which hub a program talks to, and how it is let in. Standard library only."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from inbox_tui.core.hubs import LOCAL
from inbox_tui.core.paths import Paths
from inbox_tui.wire import find_hub


@dataclass(frozen=True, slots=True)
class Target:
    """A hub's address: this machine's own by its socket, or another's by URL and key."""

    url: str
    """Base URL without a trailing slash; for the local hub a name that goes into the Host header only."""
    socket: Path | None = None
    key: str = field(default="", repr=False)
    operator: str = ""
    """By what name the hub knows this operator, where that is known before asking."""
    ca_file: str = ""
    """Whose certificates are believed, in place of the system's."""

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


def find_target(environ: Mapping[str, str], paths: Paths) -> Target:
    """`INBOX_HUB` with `INBOX_KEY`, else this machine's hub. Raises ConfigError for an address that is none."""
    address = find_hub(environ, operate=True)
    return local_target(paths) if address.socket else Target(address.url, key=address.key)


def local_target(paths: Paths) -> Target:
    """This machine's hub."""
    return Target("http://inbox", paths.operate_socket, operator=_login())


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
