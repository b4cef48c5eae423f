"""How long a command of the command line takes as a whole process, against an interpreter that does nothing."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import Figure
from inbox_tui.core.paths import find_paths
from tests.hubs import RunningHub

ROUNDS = 15


def _run(*arguments: str, home: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], env={**os.environ, "INBOX_HOME": home}, check=True, capture_output=True)
    return (time.perf_counter() - began) * 1e3


def _hook(home: str) -> float:
    """Milliseconds from the start of a hook to its question having arrived where a hub would listen."""
    event = {"hook_event_name": "PermissionRequest", "session_id": "s", "cwd": os.getcwd(), "tool_name": "Bash"}
    said = json.dumps(event | {"tool_input": {"command": "make release", "description": "Build it"}}).encode()
    path = find_paths({"INBOX_HOME": home}).send_socket
    path.parent.mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        began = time.perf_counter()
        command = [sys.executable, "-m", "inbox_tui", "hook", "claude-code"]
        with subprocess.Popen(command, env={**os.environ, "INBOX_HOME": home}, stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            process.stdin.write(said)
            process.stdin.close()
            connection, _ = listening.accept()
            with connection:
                request = b""
                while b"make release" not in request:
                    request += connection.recv(65_536)
                took = (time.perf_counter() - began) * 1e3
            process.kill()
    path.unlink()
    return took


def run() -> list[Figure]:
    commands = {"inbox status": ("status",), "inbox send": ("send", "hello")}
    nothing: list[float] = []
    took: dict[str, list[float]] = {name: [] for name in (*commands, "inbox hook, to its request")}
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as nobody:
        hub = RunningHub.start(Path(home))
        try:
            for n in range(ROUNDS + 1):
                floor = _run("-c", "pass", home=home)
                times = {name: _run("-m", "inbox_tui", *arguments, home=home) for name, arguments in commands.items()}
                times["inbox hook, to its request"] = _hook(nobody)
                if n:
                    nothing.append(floor)
                    for name, one in times.items():
                        took[name].append(one)
        finally:
            hub.stop()
    promised = {name: 4.0 for name in took if name != "inbox send"}
    return [Figure(f"`{name}`", "python -c pass", "ms", times, nothing, promised.get(name)) for name, times in took.items()]
