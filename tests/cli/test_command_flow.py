"""`inbox flow`, `inbox job` and `inbox log`, with a hub that does what they say."""

from __future__ import annotations

import json
from pathlib import Path

import yaml
from commands import ended, eventually, inbox, running
from gestalt_seed import FLOWS
from hubs import RunningHub

TOAST = """
triggers:
  - {id: begun, event_type: work-start}
bindings_by_trigger_id:
  begun:
    - {activity_id: toast_notification, config: {message_template: "{{summary}}"}}
    - {activity_id: spawn_agent_session, config: {agent_id: nobody}}
"""


def notify(hub: RunningHub, summary: str) -> None:
    body = {"session_id": "Codex 1", "payload": {"type": "start", "summary": summary}}
    assert hub.call("POST", "/api/sessions/Codex%201/notify", body, by="send").status == 204


def test_flows_are_printed_and_set(hub: RunningHub, tmp_path: Path) -> None:
    file = tmp_path / "flows.yaml"
    file.write_text(json.dumps(FLOWS))
    done = inbox("flow", "set", str(file))
    assert (done.returncode, done.stdout) == (0, "1 triggers are in force.\n")
    assert yaml.safe_load(inbox("flow", "show").stdout) == json.loads(inbox("flow", "show", "--json").stdout) == FLOWS
    assert "spawn_agent_session" in inbox("flow", "activities").stdout


def test_what_is_wrong_is_said_and_changes_nothing(hub: RunningHub, tmp_path: Path) -> None:
    file = tmp_path / "flows.yaml"
    for text, code, words in (
        ("triggers: [", 2, "neither YAML nor JSON"),
        ("- a", 2, "holds no flows"),
        (TOAST.replace("toast_", "tost_"), 5, "did you mean toast_notification?\n"),
    ):
        file.write_text(text)
        refused = inbox("flow", "set", str(file))
        assert (refused.returncode, words in refused.stderr) == (code, True), refused.stderr
    assert inbox("flow", "set", str(tmp_path / "none")).returncode == 2
    assert yaml.safe_load(inbox("flow", "show").stdout)["triggers"] == []


def test_jobs_are_listed_tried_again_and_dropped(hub: RunningHub, tmp_path: Path) -> None:
    (tmp_path / "flows.yaml").write_text(TOAST)
    assert inbox("flow", "set", str(tmp_path / "flows.yaml")).returncode == 0
    assert inbox("job", "list").stdout == "There is nothing to do.\n"
    notify(hub, "Begin")
    job = eventually(lambda: inbox("job", "list", "--state", "failed", "--json").stdout)
    job_id = json.loads(job)["id"]
    assert "spawn_agent_session to nobody, tried once: is no agent" in inbox("job", "list").stdout
    assert inbox("job", "retry", job_id).returncode == 0
    eventually(lambda: inbox("job", "list", "--state", "failed").stdout.startswith(job_id))
    assert inbox("job", "drop", job_id).returncode == 0
    assert inbox("job", "drop", job_id).returncode == 5
    assert inbox("job", "list").stdout == "There is nothing to do.\n"


def test_the_log_is_printed_and_followed_through_a_restart(hub: RunningHub) -> None:
    notify(hub, "first")
    lines = inbox("log", "--session", "Codex 1").stdout.splitlines()
    assert len(lines) == 1
    assert "INFO notify event accepted" in lines[0]
    assert "type=work-start" in lines[0]
    with running("log", "-f", "--json", "--text", "notify event") as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        notify(hub, "second")
        assert json.loads(process.stdout.readline())["attributes"]["summary"] == "second"
        hub.stop()
        hub.restart()
        eventually(lambda: hub.call("GET", "/api/health").document["ready"])
        seen: list[str] = []

        def third() -> bool:
            notify(hub, "third")
            seen.append(json.loads(process.stdout.readline())["attributes"]["summary"])  # type: ignore[union-attr]
            return "third" in seen

        eventually(third)
        process.terminate()
        ended(process)
    assert first["attributes"]["summary"] == "first"
