"""Whoever asks, each kind as it really runs: how it starts, how it is harmed, and what it made of its answer in the end."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from commands import INBOX
from schedules import Plan
from stand_ins import ClaudeCode, Codex, StandIn
from tool_rules import lets_it_run

from inbox_tui.core.ids import from_uuid
from inbox_tui.dialects.agent_notifier.formats import HOOKS

DEADLINE = 120.0
"""Seconds after which an asker that has not ended hangs: more than all that it may wait for together."""
HTTP_SECONDS = 20.0
"""After which an agent itself gives up a hook of type http: more than a hub lets it wait here."""
CHOICES = {"approve": "approve", "reject": "reject", "later": "Later"}
_PROGRAM = """
import json, sys
from inbox_tui.sdk import ask
answer = ask(sys.argv[1], choices=json.loads(sys.argv[2]), timeout=float(sys.argv[3]))
print(json.dumps(answer._asdict()))
"""
_EXIT_CODES = {"approve": 0, "later": 0, "reject": 1}


class End(NamedTuple):
    """`key` "": it acts on nothing. `id` and `comment`: of the row that it heard, None where this kind does not say."""

    key: str
    id: str | None = None
    comment: str | None = None


NOTHING = End("")


class Asker(Protocol):
    @property
    def was_killed(self) -> bool:
        """It did not end by itself."""

    def kill(self) -> None: ...
    def stop(self) -> None: ...
    def resume(self) -> None: ...
    def give_up(self) -> None: ...
    def has_ended(self) -> bool: ...
    def end(self) -> End:
        """Waits for it. Raises AssertionError for what this kind must never do."""


def start(plan: Plan, title: str, environ: Mapping[str, str]) -> Asker:
    if plan.kind == "http":
        return _HttpHook(plan, title, environ)
    if plan.kind == "approval":
        return _Approval(plan, title, environ)
    if plan.kind in ("ask", "sdk"):
        return _Program(plan, title, environ)
    agent: StandIn = ClaudeCode() if plan.kind == "claude-code" else Codex()
    event = agent.event("Stop", last_assistant_message=title) if plan.kind == "codex stop" else agent.bash()
    return _Hook(agent, _titled(event, title), environ)


def _titled(event: dict[str, Any], title: str) -> dict[str, Any]:
    if "tool_input" in event:
        event["tool_input"] = {"command": f"echo {title}", "description": title}
    return event


class _Process:
    def __init__(self, command: list[str], environ: Mapping[str, str], said: str = "") -> None:
        self.process = subprocess.Popen(
            command,
            env={**os.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdin is not None
        self.process.stdin.write(said)
        self.process.stdin.close()
        self.process.stdin = None

    @property
    def was_killed(self) -> bool:
        return self.process.returncode == -signal.SIGKILL

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def give_up(self) -> None:
        self._signal(signal.SIGINT)

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def ended(self) -> tuple[int, str, str]:
        try:
            out, err = self.process.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"hangs: {self.process.args}") from None
        return self.process.returncode, out, err

    def _signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)


class _Program(_Process):
    """`inbox ask`, or a Python program that asks."""

    def __init__(self, plan: Plan, title: str, environ: Mapping[str, str]) -> None:
        self._is_command = plan.kind == "ask"
        choices = [word for key, label in CHOICES.items() for word in ("--choice", f"{key}={label}")]
        command = [*INBOX, "ask", title, "--json", "--timeout", str(plan.timeout), *choices]
        program = [sys.executable, "-c", _PROGRAM, title, json.dumps(CHOICES), str(plan.timeout)]
        super().__init__(command if self._is_command else program, environ)

    def end(self) -> End:
        code, out, err = self.ended()
        if not out.strip() or self.was_killed:
            assert code != 0 or self.was_killed, (code, out, err)
            return NOTHING
        said = json.loads(out)
        assert bool(said["key"]) == (said["status"] == "decided"), said
        assert not said["is_timeout_default"], said
        if self._is_command:
            assert code == _EXIT_CODES.get(said["key"], 4), (code, said)
        return End(said["key"], said["id"], said["comment"])


class _Hook(_Process):
    """`inbox hook AGENT`, its output taken as its agent does."""

    def __init__(self, agent: StandIn, event: dict[str, Any], environ: Mapping[str, str]) -> None:
        self._agent, self._event = agent, event
        super().__init__([*agent.command, "hook", agent.name], environ, json.dumps(event))

    def end(self) -> End:
        code, out, err = self.ended()
        if self.was_killed:
            return NOTHING
        assert (code, err) == (0, ""), (code, out, err)
        if self._event["hook_event_name"] == "Stop":
            assert out == "{}", out
            return NOTHING
        return _verdict(self._agent, self._event, out)


def _verdict(agent: StandIn, event: dict[str, Any], out: str) -> End:
    verdict = agent.take(event, 0, out, "")
    assert verdict.behavior != "failed", out
    if verdict.behavior == "none":
        assert out in ("", "{}"), out
        return NOTHING
    if verdict.behavior == "deny":
        return End("reject", comment=verdict.message)
    return End("approve")


class _HttpHook:
    """A hook of type http: one connection of the agent's, and the agent's own rules for what comes back."""

    def __init__(self, plan: Plan, title: str, environ: Mapping[str, str]) -> None:
        self.was_killed = self._is_over = False
        self._may_hear_nothing = any((fault.call, fault.trouble) == ("post", "stalled") for fault in plan.faults)
        self._agent = ClaudeCode()
        self._event = _titled(self._agent.bash(), title)
        self._connection = http.client.HTTPConnection(environ["INBOX_HUB"].removeprefix("http://"), timeout=HTTP_SECONDS)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {environ['INBOX_KEY']}"}
        self._connection.request("POST", "/hooks/claude-code", json.dumps(self._event), headers)
        self._socket = self._connection.sock

    def kill(self) -> None:
        self.was_killed = True
        self.give_up()

    def stop(self) -> None:
        raise AssertionError("the agent itself is not ours to stop")

    resume = stop

    def give_up(self) -> None:
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def has_ended(self) -> bool:
        return self._is_over

    def end(self) -> End:
        """Any status but 2xx, or no whole answer, decides nothing."""
        try:
            response = self._connection.getresponse()
            said = response.read().decode()
        except TimeoutError:
            assert self._may_hear_nothing, "the hub never answers a hook"
            return NOTHING
        except (http.client.HTTPException, OSError):
            return NOTHING
        finally:
            self._is_over = True
            self._connection.close()
        return _verdict(self._agent, self._event, said) if 200 <= response.status < 300 else NOTHING


class _Approval:
    """A tool's hook that blocks on an approval, in one of the formats, and asks again by the same `client_event_id` while it may:
    whatever it hears, it takes by its tool's own rules."""

    def __init__(self, plan: Plan, title: str, environ: Mapping[str, str]) -> None:
        self.was_killed = False
        self._has_left = threading.Event()
        formats = sorted(HOOKS)
        self._format = formats[zlib.crc32(title.encode()) % len(formats)]
        self._address, self._key = environ["INBOX_HUB"].removeprefix("http://"), environ["INBOX_KEY"]
        decisions = [{"key": key, "label": label} for key, label in CHOICES.items() if key != "later"]
        self._body = json.dumps({
            "title": title, "command": f"echo {title}", "wait": "block", "response_format": self._format, "decisions": decisions,
            "timeout_seconds": int(HTTP_SECONDS), "client_event_id": str(uuid.uuid4()),
        })  # fmt: skip
        self._end: End = NOTHING
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def kill(self) -> None:
        self.was_killed = True
        self.give_up()

    def stop(self) -> None:
        raise AssertionError("the tool itself is not ours to stop")

    resume = stop

    def give_up(self) -> None:
        self._has_left.set()

    def has_ended(self) -> bool:
        return not self._thread.is_alive()

    def end(self) -> End:
        self._thread.join(DEADLINE)
        assert not self._thread.is_alive(), "an approval that blocks never ends"
        return self._end

    def _ask(self) -> None:
        until = time.monotonic() + HTTP_SECONDS
        while time.monotonic() < until and not self._has_left.wait(0.1):
            connection = http.client.HTTPConnection(self._address, timeout=HTTP_SECONDS)
            try:
                headers = {"Content-Type": "application/json", "X-API-Key": self._key}
                connection.request("POST", "/api/v1/approvals", self._body, headers)
                response = connection.getresponse()
                said = response.read()
            except (http.client.HTTPException, OSError):
                continue
            finally:
                connection.close()
            if response.status == 200:
                self._end = NOTHING if self._has_left.is_set() else self._verdict(json.loads(said))
                return

    def _verdict(self, said: dict[str, Any]) -> End:
        payload, id_ = said["response_payload"], from_uuid(said["approval_id"])
        if lets_it_run(self._format, payload):
            return End("approve", id_)
        return NOTHING if payload == HOOKS[self._format].nobody else End("reject", id_)
