"""What a hook loads before its request is sent: an agent waits for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from stand_ins import StandIn, agents


@pytest.mark.parametrize("agent", agents(), ids=lambda agent: agent.name)
def test_a_hook_loads_the_standard_library_and_little_of_it(home: Path, agent: StandIn) -> None:
    program = f"import sys\nfrom inbox_tui.__main__ import main\nmain(['hook', {agent.name!r}])\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(agent.bash()), capture_output=True, text=True, timeout=30
    )
    modules = set(done.stdout.split())
    assert "inbox_tui.agents.asking" in modules
    foreign = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names - {"inbox_tui"}
    assert not {name for name in foreign if not name.startswith(("_", "sitecustomize"))}
    assert not modules & {
        "http.client",
        "ssl",
        "hashlib",
        "tomllib",
        "dataclasses",
        "inbox_tui.sdk",
        "inbox_tui.core.hooks.claude_forms",
    }


def test_the_lines_to_paste_are_those_that_are_installed() -> None:
    from inbox_tui.agents.registered import wanted
    from inbox_tui.core.hooks.spoken import DEFAULT_WAITS

    for agent in ("claude-code", "codex"):
        text = (Path(__file__).parents[2] / "docs" / "agents" / f"{agent}.md").read_text(encoding="utf-8")
        pasted = json.loads(text.split("```json\n")[1].split("```")[0])["hooks"]
        installed = wanted(agent, f"inbox hook {agent}", DEFAULT_WAITS[agent])
        assert pasted == {event: [installed[event]] for event in pasted}
        others = {name for name in installed if name not in pasted}
        assert all(f"`{name}`" in text and installed[name] == installed["Stop"] for name in others)
