"""Starting this machine's hub: once, whoever asks; and what is said when it cannot."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from inbox_tui.client import local
from inbox_tui.core.errors import HubUnreachable
from inbox_tui.core.paths import Paths


class Connection(http.client.HTTPConnection):
    def __init__(self, paths: Paths) -> None:
        super().__init__("localhost", timeout=10)
        self.paths = paths

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self.paths.operate_socket))


def ask(paths: Paths, method: str, path: str) -> dict[str, object]:
    connection = Connection(paths)
    try:
        connection.request(method, path)
        return dict(json.loads(connection.getresponse().read()))
    finally:
        connection.close()


@pytest.fixture
def started(paths: Paths) -> Iterator[Paths]:
    """Ends what the test started: by its own pid, as the hub says it."""
    yield paths
    try:
        pid = int(str(ask(paths, "GET", "/api/hub")["pid"]))
    except OSError:
        return
    os.kill(pid, signal.SIGTERM)


def test_eight_panes_start_one_hub(started: Paths) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(local.ensure_hub, [started] * 8)) == [""] * 8
    pid = ask(started, "GET", "/api/hub")["pid"]
    assert local.ensure_hub(started) == ""
    assert ask(started, "GET", "/api/hub")["pid"] == pid
    assert started.start_lock.stat().st_mode & 0o777 == 0o600


def test_a_newer_pane_replaces_an_older_hub(started: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    local.ensure_hub(started)
    old = ask(started, "GET", "/api/hub")
    monkeypatch.setattr(local, "__version__", "99.0")
    # The new one is of this same version; it is told apart by its pid.
    assert f"of version {old['version']}" in local.ensure_hub(started)
    assert ask(started, "GET", "/api/hub")["pid"] != old["pid"]


def test_a_hub_that_dies_tells_its_log(paths: Paths) -> None:
    paths.state.mkdir(parents=True, exist_ok=True)
    paths.config_file.write_text("this is no TOML")
    paths.hub_database.write_bytes(b"this is no database" * 400)
    with pytest.raises(HubUnreachable, match=r"(?s)ended while it started.*hub\.sqlite3|not ready|config"):
        local.ensure_hub(paths)


@pytest.mark.parametrize(("older", "newer"), [("0.1.0", "0.1.1"), ("0.9", "0.10"), ("1.0.0rc1", "1.0.1"), ("0.1", "1")])
def test_versions_are_ordered_by_number(older: str, newer: str) -> None:
    assert local._order(older) < local._order(newer)
