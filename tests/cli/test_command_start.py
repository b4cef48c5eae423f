"""Who starts a hub, and that there is one however many try."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from commands import inbox

STARTER = """
from inbox_tui.client.local import ensure_hub
from inbox_tui.core.paths import find_paths
from inbox_tui.wire import call, find_hub
ensure_hub(find_paths())
print(call(find_hub(operate=True), "GET", "/api/hub").document["pid"])
"""


def test_eight_starters_make_one_hub(home: Path) -> None:
    (home / "config.toml").write_text('[hub]\nlisten = "127.0.0.1:0"\n')
    starters = [subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True) for _ in range(8)]
    try:
        pids = {starter.communicate(timeout=60)[0].strip() for starter in starters}
        assert [starter.returncode for starter in starters] == [0] * 8
        assert len(pids) == 1
        assert inbox("send", "hello").returncode == 0
    finally:
        assert inbox("stop").returncode == 0
    assert inbox("status").returncode == 3


def test_commands_start_none(home: Path) -> None:
    for arguments in (["ask", "?", "--timeout", "0.2"], ["list"], ["status"], ["key", "list"]):
        assert inbox(*arguments).returncode == 3
    assert inbox("stop").returncode == 0
    assert not list(home.iterdir())
    for arguments in (["send", "hello"], ["task", "start", "email"], ["run", "true"]):
        assert inbox(*arguments).returncode == 0
    assert inbox("status").returncode == 3
