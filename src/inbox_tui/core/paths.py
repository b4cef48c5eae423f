"""Names every file of ours; creates none. Standard library and platformdirs (imported only where INBOX_HOME is not set).

`INBOX_HOME`, when set, holds everything: `config.toml`, `hub.sqlite3`, `cache.sqlite3`, logs and `run/` with the sockets.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

SOCKET_PATH_LIMIT = 100
"""A Unix socket's path may have about 107 bytes; ours stay below."""


class Paths(NamedTuple):
    config: Path
    state: Path
    cache: Path
    runtime: Path
    """Folder of the sockets and locks, 0700."""

    @property
    def config_file(self) -> Path:
        return self.config / "config.toml"

    @property
    def themes(self) -> Path:
        return self.config / "themes"

    @property
    def hub_database(self) -> Path:
        return self.state / "hub.sqlite3"

    @property
    def always_ledger(self) -> Path:
        """What a person allowed always, by a hook that ran on this machine."""
        return self.state / "always.jsonl"

    @property
    def hub_key(self) -> Path:
        """What every other secret of the hub is made from."""
        return self.state / "hub.key"

    @property
    def do_not_disturb(self) -> Path:
        """There while nothing shall ring, for every pane of this user."""
        return self.state / "do-not-disturb"

    @property
    def sidebar_folded(self) -> Path:
        """There while the sidebar is folded away, for every pane of this user."""
        return self.state / "sidebar-folded"

    @property
    def hub_log(self) -> Path:
        return self.state / "hub.log"

    @property
    def cache_database(self) -> Path:
        return self.cache / "cache.sqlite3"

    @property
    def send_socket(self) -> Path:
        return self.runtime / "send.sock"

    @property
    def operate_socket(self) -> Path:
        return self.runtime / "operate.sock"

    @property
    def hub_lock(self) -> Path:
        """Held by the hub for as long as it lives."""
        return self.runtime / "hub.lock"

    @property
    def start_lock(self) -> Path:
        """Held by whoever starts a hub, until it is ready."""
        return self.runtime / "start.lock"

    @property
    def hub_info(self) -> Path:
        """JSON written by the running hub: pid, version, TCP address."""
        return self.runtime / "hub.json"


def _short(runtime: Path) -> Path:
    """The folder itself, or a short stand-in where a socket's path would be too long for the kernel."""
    if len(os.fsencode(runtime / "operate.sock")) <= SOCKET_PATH_LIMIT:
        return runtime
    import hashlib
    import tempfile

    digest = hashlib.sha256(os.fsencode(runtime)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"inbox-{os.getuid()}-{digest}"


def find_paths(environ: os._Environ[str] | dict[str, str] | None = None) -> Paths:
    """Where this user's files are, by the environment (default: this process's)."""
    environ = os.environ if environ is None else environ
    if home := environ.get("INBOX_HOME"):
        root = Path(home).expanduser().absolute()
        return Paths(root, root, root, _short(root / "run"))
    from platformdirs import PlatformDirs

    dirs = PlatformDirs("inbox", appauthor=False)
    state = Path(dirs.user_state_path)
    # Without a runtime folder of the session, one in the home: a shared temporary folder could be somebody else's first.
    runtime = Path(dirs.user_runtime_path) if environ.get("XDG_RUNTIME_DIR") else state / "run"
    return Paths(Path(dirs.user_config_path), state, Path(dirs.user_cache_path), _short(runtime))
