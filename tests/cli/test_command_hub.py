"""Starting, stopping, keys, status, help and errors of the command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from agent_notifier_seed import RICH, SPOKEN
from commands import INBOX, eventually, inbox, rows, running
from hubs import RunningHub

from inbox_tui import __version__
from inbox_tui.cli.group import COMMANDS

EVERY = [name for commands in COMMANDS.values() for name in commands]


def exports(text: str) -> dict[str, str]:
    return dict(re.findall(r"^export (\w+)=(\S+)$", text, re.MULTILINE))


def test_a_key_serves_the_curl_that_senders_have(hub: RunningHub) -> None:
    """In a shell, as README.md says it."""
    script = """
    eval "$("$@" key new my-app --role send)" || exit
    curl -s -f "$INBOX_HUB/webhook/$NOTILENS_TOKEN/send" \
      -H "Content-Type: application/json" -H "X-NOTILENS-KEY: $NOTILENS_SECRET" \
      -d '{"event": "task.failed", "title": "my-app | data-pipeline | task.failed", "message": "Database connection timed out.",
           "type": "urgent", "agent": "my-app", "task_id": "data-pipeline", "is_actionable": true}'
    """
    done = subprocess.run(
        ["sh", "-c", script, "sh", *INBOX], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stderr
    (found,) = rows(hub)
    assert json.loads(done.stdout)["id"] == found["id"]
    assert (found["sender"], found["source"], found["severity"]) == ("my-app", "my-app", "error")


@pytest.mark.parametrize("body", [RICH, SPOKEN], ids=["rich", "spoken"])
def test_a_key_serves_what_agent_notifiers_senders_run(hub: RunningHub, body: dict[str, object]) -> None:
    """Seed 002's examples, by its own curl."""
    script = """
    eval "$("$@" key new "Release Bot" --role send)" || exit
    curl -sS -f -X POST "$AGENT_NOTIFIER_API_BASE/messages" \
      -H "Content-Type: application/json" \
      -H "X-API-Key: $AGENT_NOTIFIER_API_KEY" \
      --data @-
    """
    done = subprocess.run(["sh", "-c", script, "sh", *INBOX], capture_output=True, text=True, timeout=60, input=json.dumps(body))
    assert done.returncode == 0, done.stderr
    (found,) = rows(hub)
    assert json.loads(done.stdout)["project_name"] == found["sender"] == "Release Bot"
    assert (found["title"], found["kind"]) == (body["title"], f"an.{body['type']}")


def test_key_json_is_what_scripts_were_promised(hub: RunningHub) -> None:
    made = json.loads(inbox("key", "new", "my-app", "--role", "send", "--json").stdout)
    assert {"name", "role", "space", "key", "notilens", "signing_secret"} <= made.keys()
    assert made["notilens"].keys() == {"token", "secret"}
    assert made["key"] == f"ik_{made['notilens']['token']}_{made['notilens']['secret']}"


def test_a_revoked_key_is_refused(hub: RunningHub) -> None:
    made = exports(inbox("key", "new", "my-app", "--role", "send").stdout)
    assert inbox("send", "one", **made).returncode == 0
    listed = inbox("key", "list").stdout
    assert "my-app" in listed
    assert made["NOTILENS_SECRET"] not in listed
    assert inbox("key", "revoke", made["NOTILENS_TOKEN"]).returncode == 0
    eventually(lambda: inbox("send", "two", **made).returncode == 5)


def test_an_operator_elsewhere_gets_no_webhook(hub: RunningHub) -> None:
    made = exports(inbox("key", "new", "laptop", "--role", "operate").stdout)
    assert made.keys() == {"INBOX_HUB", "INBOX_KEY"}
    hub.publish(title="hello")
    assert "hello" in inbox("list", **made).stdout


def test_send_carries_what_it_is_given(hub: RunningHub) -> None:
    done = inbox(
        *("send", "Import failed", "-", "--severity", "error", "--source", "importer", "--task", "import", "--run", "run_1_abcd"),
        *("--kind", "task.failed", "--tag", "prod", "--tag", "db", "--meta", "rows=83", "--meta", "host=db-1", "--priority", "2"),
        *("--open-url", "https://example.com/log", "--actionable", "--json"),
        text="line one\nline two\n",
    )
    assert done.returncode == 0, done.stderr
    (found,) = rows(hub)
    assert json.loads(done.stdout)["id"] == found["id"]
    expected = {
        "title": "Import failed",
        "body": "line one\nline two",
        "severity": "error",
        "source": "importer",
        "task_name": "import",
        "run_id": "run_1_abcd",
        "kind": "task.failed",
        "tags": ["prod", "db"],
        "meta": {"rows": 83, "host": "db-1"},
        "priority": 2,
        "open_url": "https://example.com/log",
        "actionable": True,
    }
    assert {name: found[name] for name in expected} == expected


def test_the_same_idempotency_key_is_the_same_message(hub: RunningHub) -> None:
    for _ in range(2):
        assert inbox("send", "hello", "--idempotency-key", "once").returncode == 0
    assert inbox("send", "other", "--idempotency-key", "once").returncode == 5
    assert [row["count"] for row in rows(hub)] == [1]


@pytest.mark.parametrize("arguments", [(), ("--json",), ("--format", "{needs} of {unread}, {state} {hub}")])
def test_status(hub: RunningHub, arguments: tuple[str, ...]) -> None:
    hub.publish(title="hello")
    hub.publish(title="Deploy?", kind="input.required")
    out = inbox("status", *arguments).stdout.strip()
    if arguments == ("--json",):
        figures = json.loads(out)
        assert (figures["live"], figures["needs"], figures["unread"]) == (True, 1, 2)
    else:
        assert out in ("1 needs you, 2 unread", "1 of 2, live local")


def test_status_without_a_hub(home: Path) -> None:
    assert inbox("status").returncode == 3
    done = inbox("status", "--json")
    assert (done.returncode, json.loads(done.stdout)["live"]) == (3, False)
    line = inbox("status", "--format", "{needs} of {unread}, {state}")
    assert (line.returncode, line.stdout, line.stderr) == (3, "- of -, offline\n", "")
    refused = inbox("status", "--format", "{neds}")
    assert (refused.returncode, "{needs}" in refused.stderr) == (2, True)
    assert inbox("status", "--bogus").returncode == 2


def test_stop_ends_the_hub_and_is_content_without_one(hub: RunningHub) -> None:
    assert "has stopped" in inbox("stop").stdout
    assert hub.wait()[0] == 0
    again = inbox("stop")
    assert (again.returncode, again.stdout) == (0, "No hub is running here.\n")
    hub.restart()


def test_serve_says_that_it_is_ready_and_ends_when_told(home: Path) -> None:
    heard, ready = os.pipe()
    command = ["serve", "--listen", "127.0.0.1:0", "--ready-fd", str(ready)]
    with subprocess.Popen([*INBOX, *command], pass_fds=[ready], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as hub:
        os.close(ready)
        with os.fdopen(heard) as pipe:
            assert json.loads(pipe.readline())["ready"] is True
            second = inbox("serve", "--listen", "127.0.0.1:0")
            assert second.returncode not in (0, 70)
            assert "Traceback" not in second.stderr
        assert inbox("send", "hello").returncode == 0
        hub.terminate()
        assert hub.wait(30) == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('[tui]\nthem = "dusk"', "did you mean tui.theme?"),
        ("[hubb]\nlisten = 1", "did you mean hub?"),
        ('[tui]\nconfirm = "enter"', "tui.confirm"),
        ("tui = 3", "must be a table"),
        ("x =", "config.toml"),
    ],
)
def test_a_wrong_configuration_is_named_and_is_wrong_use(home: Path, content: str, words: str) -> None:
    (home / "config.toml").write_text(content)
    done = inbox("serve", "--listen", "127.0.0.1:0")
    assert done.returncode == 2
    assert words in done.stderr
    assert str(home / "config.toml") in done.stderr
    assert "Traceback" not in done.stderr


def test_a_hub_that_is_no_address_is_wrong_use(home: Path) -> None:
    for wrong in ("localhost:9477", "ftp://x", "http://", "http://user:secret@host"):
        done = inbox("send", "hello", INBOX_HUB=wrong)
        assert done.returncode == 2
        assert "secret" not in done.stderr


def test_a_listener_that_is_no_hub_is_out_of_reach(home: Path) -> None:
    done = inbox("list", INBOX_HUB="http://127.0.0.1:1", INBOX_KEY="ik_x_y")
    assert done.returncode == 3
    assert "127.0.0.1:1" in done.stderr
    assert "ik_x_y" not in done.stderr


def test_help_lists_every_command_and_teaches(home: Path) -> None:
    text = inbox("--help").stdout
    for name in EVERY:
        assert re.search(rf"^  {name}  +\S", text, re.MULTILINE), name
    assert all(f"\n{heading}:" in text for heading in COMMANDS)
    assert "Examples:" in text
    assert "Exit codes:" in text
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("name", EVERY)
def test_every_command_explains_itself(home: Path, name: str) -> None:
    done = inbox(name, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: inbox {name}")


def test_without_a_terminal_the_pane_says_what_to_do(home: Path) -> None:
    done = inbox()
    assert (done.returncode, done.stdout) == (2, "")
    assert "inbox list" in done.stderr


def test_version_and_unknown_commands(home: Path) -> None:
    assert inbox("--version").stdout == f"inbox {__version__}\n"
    done = inbox("frobnicate")
    assert done.returncode == 2
    assert "frobnicate" in done.stderr


def test_the_demo_is_alive_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/tmp")
    with running("demo", "--no-tui") as demo:
        assert demo.stdout is not None
        home = Path(exports(demo.stdout.readline())["INBOX_HOME"])
        hub = RunningHub(home, {})

        def alive() -> bool:
            titles = [row["title"] for row in rows(hub)]
            return sum(bool(row.get("choices")) for row in rows(hub)) == 2 and "Billing export failed" in titles

        eventually(alive)
        pid = hub.call("GET", "/api/hub").document["pid"]
        demo.terminate()
        demo.communicate(timeout=30)
    assert not home.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
