"""Every failure of every hook, one by one, through real processes: no decision, nothing printed, exit code 0."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from commands import INBOX, decide, eventually, key_variables, open_question, row, rows
from hubs import RunningHub
from relay import relay
from stand_ins import NONE, StandIn, agents

from inbox_tui.core.paths import Paths

ASKING = pytest.mark.parametrize("agent", agents(), ids=lambda agent: agent.name)
PROGRAM = "from inbox_tui.__main__ import main\nsys.exit(main())"


def configure(paths: Paths, text: str) -> None:
    paths.config_file.write_text(text)


def short_waits(paths: Paths, seconds: float = 0.5) -> None:
    configure(paths, "".join(f"[agents.{name}]\nwait = {seconds}\n" for name in ("claude-code", "codex")))


def nothing(
    agent: StandIn, *arguments: str, text: str | None = None, event: dict[str, Any] | None = None, **environ: str
) -> None:
    """The hook ends as if it had never been there."""
    with agent.hook(event or agent.bash(), *arguments, text=text, **environ) as hook:
        out, err = hook.process.communicate(timeout=30)
        assert (hook.process.returncode, out, err) == (0, "", "")
        assert agent.take(hook.event, 0, out, err) == NONE


@ASKING
def test_no_hub(home: Path, agent: StandIn) -> None:
    nothing(agent)
    assert not (home / "hub.sqlite3").exists(), "a hook starts none"


@ASKING
@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "[]", "{", "null", '"x"', "[" * 100_000, '{"hook_event_name": 5}', '{"hook_event_name": "Unheard"}', "\0"],
    ids=["empty", "nonsense", "list", "half", "null", "text", "deep", "number", "unknown", "nul"],
)
def test_bad_input(idle_hub: RunningHub, agent: StandIn, text: str) -> None:
    nothing(agent, text=text)
    assert rows(idle_hub) == []


@ASKING
def test_members_of_other_types_decide_nothing(hub: RunningHub, paths: Paths, agent: StandIn) -> None:
    short_waits(paths, 0.2)
    for wrong in (5, None, [], {"a": [1]}, "x", True):
        event = {**agent.bash(), "tool_input": wrong, "session_id": wrong, "cwd": wrong, "permission_suggestions": wrong}
        nothing(agent, event=event)


def test_input_that_is_not_utf8(idle_hub: RunningHub) -> None:
    done = subprocess.run([*INBOX, "hook", "codex"], input=b"\xff\xfe{", capture_output=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@ASKING
@pytest.mark.parametrize("arguments", [("--wait", "5"), ("--help",), ("extra",)])
def test_bad_arguments(idle_hub: RunningHub, agent: StandIn, arguments: tuple[str, ...]) -> None:
    nothing(agent, agent.name, *arguments)
    assert rows(idle_hub) == []


@pytest.mark.parametrize("name", ["claude", "nonsense", "--json", "codex-notify"])
def test_an_agent_that_is_not_known(idle_hub: RunningHub, name: str) -> None:
    claude, codex = agents()
    nothing(codex, name)
    nothing(claude, name, event=claude.event("Stop", last_assistant_message="Done."))
    assert rows(idle_hub) == []


@ASKING
@pytest.mark.parametrize(
    "text",
    ["[agents", "[agents.NAME]\nwait = 'soon'", "[agents.NAME]\nwait = -1", "[agents.NAME]\nquestion_wait = inf", "agents = 5",
     "[agents]\nNAME = true"],
)  # fmt: skip
def test_bad_configuration(idle_hub: RunningHub, agent: StandIn, text: str) -> None:
    configure(idle_hub.paths, text.replace("NAME", f'"{agent.name}"'))
    nothing(agent)
    assert rows(idle_hub) == []


@ASKING
def test_a_key_of_the_configuration_that_is_not_known_keeps_no_hook_from_asking(
    hub: RunningHub, paths: Paths, agent: StandIn
) -> None:
    configure(paths, f"[agents.{agent.name}]\nwait = 0.2\ncolour = 'green'\n[unheard]\nof = 1\n")
    nothing(agent)
    assert [one["closed"] for one in rows(hub) if one.get("is_prompt")] == ["withdrawn"]


@ASKING
@pytest.mark.parametrize("address", ["nonsense", "ftp://x", "http://127.0.0.1:9", "http://user@host"])
def test_a_bad_address(home: Path, agent: StandIn, address: str) -> None:
    nothing(agent, INBOX_HUB=address)


@ASKING
def test_a_key_that_is_none(idle_hub: RunningHub, agent: StandIn) -> None:
    nothing(agent, INBOX_HUB=idle_hub.url, INBOX_KEY="ik_nobody_0000")
    nothing(agent, INBOX_HUB=idle_hub.url, INBOX_KEY="two\nlines")


@ASKING
def test_a_hub_killed_mid_wait(hub: RunningHub, paths: Paths, agent: StandIn) -> None:
    short_waits(paths, 3)
    with agent.hook(agent.bash()) as hook:
        eventually(lambda: open_question(hub))
        hub.kill9()
        out, err = hook.process.communicate(timeout=30)
    assert (hook.process.returncode, out, err) == (0, "", "")


@ASKING
def test_a_hub_that_never_answers(hub: RunningHub, paths: Paths, agent: StandIn) -> None:
    short_waits(paths)
    released = threading.Event()
    with relay(hub.listen) as between:
        between.before = lambda call: released.wait(30)
        nothing(agent, **key_variables(hub) | {"INBOX_HUB": between.url})
        released.set()
        assert between.calls, "it has asked"


@ASKING
@pytest.mark.parametrize("what", ["post", "poll"])
def test_answers_that_are_lost(hub: RunningHub, paths: Paths, agent: StandIn, what: str) -> None:
    short_waits(paths, 1)
    with relay(hub.listen) as between:
        between.after = lambda call: call.what == what
        nothing(agent, **key_variables(hub) | {"INBOX_HUB": between.url})
    assert [one["closed"] for one in rows(hub) if one.get("is_prompt")] == ["withdrawn"]


LIES: dict[str, Any] = {
    "another id": {"id": "01JD0Q4N3V5W8XRZ2K7M9T6BHC"},
    "another epoch": {"epoch": 1},
    "a key that was not offered": {"decision": {"key": "always-1", "comment": "", "is_timeout_default": False}},
    "a default": {"decision": {"key": "approve", "comment": "", "is_timeout_default": True}},
    "no word whether it is a default": {"decision": {"key": "approve", "comment": ""}},
    "a decision of another shape": {"decision": ["approve"]},
    "no decision": {"decision": None},
    "a list": None,
}


@ASKING
@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_hub_that_lies(hub: RunningHub, paths: Paths, agent: StandIn, lie: dict[str, Any] | None) -> None:
    short_waits(paths, 1)
    truth = {"status": "decided", "decision": {"key": "approve", "comment": "", "is_timeout_default": False}}
    with relay(hub.listen) as between:
        between.forge = lambda call, said: said if call.what != "poll" else [] if lie is None else {**said, **truth, **lie}
        nothing(agent, **key_variables(hub) | {"INBOX_HUB": between.url})
        assert between.seen("poll"), "it has heard the lie"


@ASKING
def test_a_hub_that_disowns_its_answer(hub: RunningHub, paths: Paths, agent: StandIn) -> None:
    short_waits(paths, 3)
    truth = {"status": "decided", "decision": {"key": "approve", "comment": "", "is_timeout_default": False}}
    with relay(hub.listen) as between:
        between.forge = lambda call, said: {**said, **truth} if call.what == "poll" else said
        nothing(agent, **key_variables(hub) | {"INBOX_HUB": between.url})
        assert between.seen("ack")


@ASKING
def test_a_full_disk(hub: RunningHub, agent: StandIn) -> None:
    hub.limit_files(1)
    nothing(agent)


@ASKING
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_withdraws_the_question(hub: RunningHub, agent: StandIn, number: signal.Signals) -> None:
    with agent.hook(agent.bash()) as hook:
        question = eventually(lambda: open_question(hub))
        hook.process.send_signal(number)
        out, err = hook.process.communicate(timeout=30)
    assert (hook.process.returncode, out, err) == (0, "", "")
    assert row(hub, question["id"])["closed"] == "withdrawn"


@ASKING
def test_a_signal_while_nobody_hears_the_withdrawal(hub: RunningHub, agent: StandIn) -> None:
    with agent.hook(agent.bash()) as hook:
        eventually(lambda: open_question(hub))
        hub.process.send_signal(signal.SIGSTOP)
        hook.process.send_signal(signal.SIGTERM)
        hook.process.send_signal(signal.SIGTERM)
        out, err = hook.process.communicate(timeout=30)
        hub.process.send_signal(signal.SIGCONT)
    assert (hook.process.returncode, out, err) == (0, "", "")


def ended_by(program: str, agent: StandIn, text: str | None = None, close: bool = True) -> tuple[int, str, str]:
    """A hook in an interpreter that has been tampered with first."""
    process = subprocess.Popen(
        [sys.executable, "-c", f"import sys\nsys.argv = ['inbox', 'hook', {agent.name!r}]\n{program}\n{PROGRAM}"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ),
    )  # fmt: skip
    with process:
        if not close:
            process.wait(timeout=30)

        out, err = process.communicate(json.dumps(agent.bash()) if close else None, timeout=30)
    return process.returncode, out, err


@ASKING
@pytest.mark.parametrize("module", ["inbox_tui.agents.hook", "inbox_tui.agents.asking", "inbox_tui.core.text", "signal", "json"])
def test_a_broken_import(hub: RunningHub, agent: StandIn, module: str) -> None:
    assert ended_by(f"sys.modules[{module!r}] = None", agent) == (0, "", "")
    assert rows(hub) == []


@ASKING
@pytest.mark.parametrize("clock", ["time", "monotonic"])
def test_a_clock_that_jumps_ahead(hub: RunningHub, agent: StandIn, clock: str) -> None:
    """A machine that slept: the agent has long stopped waiting."""
    jump = f"import itertools, time\nreal, calls = time.{clock}, itertools.count()\n"
    jump += f"time.{clock} = lambda: real() + (90_000 if next(calls) > 2 else 0)\n"
    jump += "import inbox_tui.agents.asking as asking\nasking.POLL_SECONDS = 0.3"
    assert ended_by(jump, agent) == (0, "", "")
    assert [one["closed"] for one in rows(hub) if one.get("is_prompt")] == ["withdrawn"]


@ASKING
def test_a_clock_that_jumps_back_makes_no_wait_longer(hub: RunningHub, paths: Paths, agent: StandIn) -> None:
    short_waits(paths)
    back = "import itertools, time\nreal, calls = time.time, itertools.count()\ntime.time = lambda: real() - 90_000 * next(calls)"
    assert ended_by(back, agent) == (0, "", "")


@ASKING
def test_an_agent_that_never_ends_what_it_says(hub: RunningHub, agent: StandIn) -> None:
    assert ended_by("import inbox_tui.agents.hook as hook\nhook.READ_SECONDS = 0.2", agent, close=False) == (0, "", "")


@ASKING
def test_an_agent_that_reads_nothing(hub: RunningHub, agent: StandIn) -> None:

    heard, told = os.pipe()
    process = subprocess.Popen(
        [*INBOX, "hook", agent.name], stdin=subprocess.PIPE, stdout=told, stderr=subprocess.PIPE, text=True
    )
    os.close(told)
    os.close(heard)
    with process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(agent.bash()))
        process.stdin.close()
        process.stdin = None
        decide(hub, eventually(lambda: open_question(hub)), "approve")
        assert process.communicate(timeout=30)[1] == ""
    assert process.returncode == 0
