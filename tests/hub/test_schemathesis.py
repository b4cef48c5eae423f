"""What the description says of Agent Notifier's calls is what the hub does: schemathesis makes calls from it, right and wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hubs import RunningHub

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("prefix", "options"),
    [
        pytest.param("/api/v1", ["--phases", "coverage"], id="short", marks=pytest.mark.timeout(240)),
        pytest.param("(/api)?/v1", ["--max-examples", "300"], id="long", marks=[pytest.mark.soak, pytest.mark.timeout(3600)]),
    ],
)
def test_the_description_is_true(hub: RunningHub, tmp_path: Path, prefix: str, options: list[str]) -> None:
    key = hub.new_key("agent", "send")["key"]
    (tmp_path / "schemathesis.toml").write_text(f'[auth.openapi.key]\napi_key = "{key}"\n')
    paths = f"^{prefix}/(messages|sessions|media|approvals|action-responses(/{{id}}/ack)?$)"
    which = ["--include-path-regex", paths, "--generation-database", "none"]
    run = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", f"{hub.url}/openapi.json", *which, "--seed", "1", *options],
        cwd=tmp_path,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HERE), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout
