"""`inbox run` against the bare command: what both print, answer and die of is the same; and what is told of it is true."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shlex
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest
from commands import DEADLINE, INBOX, eventually, inbox, rows, timeline
from hubs import RunningHub

RUN = [*INBOX, "run", "--"]
BINARY = r"import sys; o=sys.stdout.buffer; [o.write(bytes(range(256)) * 999) for _ in range(9)]; o.flush(); sys.exit(3)"
BOTH = "for i in 1 2 3 4 5 6 7 8; do echo out $i; echo err $i >&2; done"


def last(hub: RunningHub) -> dict[str, Any]:
    """The outcome that is in the inbox."""
    return next(row for row in rows(hub) if not row.get("done_at"))


class Terminal:
    """A terminal with a command in it: keys go in, bytes come out, and it may be resized."""

    def __init__(self, command: list[str], stdin: Path | None = None, stdout: Path | None = None, rows_: int = 24) -> None:
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            for path, number, flags in ((stdin, 0, os.O_RDONLY), (stdout, 1, os.O_WRONLY | os.O_CREAT)):
                if path is not None:
                    os.dup2(os.open(path, flags), number)
            fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack("HHHH", rows_, 80, 0, 0))
            os.execvp(command[0], command)
        self.seen = b""

    def until(self, text: bytes) -> None:
        while text not in self.seen:
            assert self._read(), self.seen

    def keys(self, data: bytes) -> None:
        os.write(self.screen, data)

    def resize(self, rows_: int) -> None:
        fcntl.ioctl(self.screen, termios.TIOCSWINSZ, struct.pack("HHHH", rows_, 80, 0, 0))

    def end(self) -> tuple[bytes, int]:
        """All that was on the screen, and the exit code."""
        while self._read():
            pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self.screen)
        return self.seen, os.waitstatus_to_exitcode(status)

    def _read(self) -> bool:
        ready, _, _ = select.select([self.screen], [], [], DEADLINE)
        assert ready, self.seen
        try:
            data = os.read(self.screen, 65536)
        except OSError:  # no process has it open any more
            return False
        self.seen += data
        return bool(data)


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "-c", BINARY],
        ["sh", "-c", BOTH],
        ["sh", "-c", "cat; tty; exit 7"],
        ["sh", "-c", "printf 'no newline'"],
        ["sh", "-c", "exec 1>&-; exec 2>&-; exit 5"],
        ["true"],
        ["printf", "%s|", "--help", "a b", "$x", ""],
    ],
    ids=["binary", "both", "stdin", "unended", "closed", "nothing", "arguments"],
)
def test_through_pipes_it_is_the_same(hub: RunningHub, command: list[str]) -> None:
    bare, told = (
        subprocess.run(words, input=b"one\ntwo\n", capture_output=True, timeout=DEADLINE) for words in (command, [*RUN, *command])
    )
    assert (told.stdout, told.stderr, told.returncode) == (bare.stdout, bare.stderr, bare.returncode)


def test_one_pipe_for_both_keeps_their_order(hub: RunningHub) -> None:
    done = subprocess.run([*RUN, "sh", "-c", BOTH], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=DEADLINE)
    assert done.stdout == b"".join(f"out {n}\nerr {n}\n".encode() for n in range(1, 9))


@pytest.mark.parametrize(
    "script",
    [
        BOTH,
        "tty >/dev/null && test -t 0 -a -t 1 -a -t 2 && stty size; stty -a",
        "ls --color=auto -d /; printf 'a\\tb\\r\\n\\033[1mc'",
        "stty raw -echo; printf 'raw\\n'; stty sane",
        "seq 20000",
    ],
    ids=["both", "terminal", "colour", "raw", "much"],
)
def test_in_a_terminal_it_is_the_same(hub: RunningHub, script: str) -> None:
    command = ["sh", "-c", script]
    bare, told = (Terminal(words, rows_=33).end() for words in (command, [*RUN, *command]))
    assert told == bare


def test_keys_reach_it_in_a_terminal(hub: RunningHub) -> None:
    command = ["sh", "-c", "echo ready; read line; echo got $line; cat; stty -echo; echo hidden; read line; echo $line"]

    def talk(words: list[str]) -> tuple[bytes, int]:
        terminal = Terminal(words)
        for seen, keys in ((b"ready\r\n", b"hello\n"), (b"got hello\r\n", b"to cat\n\x04"), (b"hidden\r\n", b"secret\n")):
            terminal.until(seen)
            terminal.keys(keys)
        return terminal.end()

    bare, told = talk(command), talk([*RUN, *command])
    assert told == bare
    assert told[0].count(b"secret") == 1


@pytest.mark.parametrize(("key", "code"), [(b"\x03", 130), (b"\x1c", 131)])
def test_ctrl_c_is_the_command_s(hub: RunningHub, key: bytes, code: int) -> None:
    terminal = Terminal([*RUN, "sh", "-c", "echo up; exec sleep 60"])
    terminal.until(b"up")
    terminal.keys(key)
    assert terminal.end()[1] == code
    assert last(hub)["kind"] == ("task.cancelled" if code == 130 else "task.failed")


def test_a_command_may_live_on_after_ctrl_c(hub: RunningHub) -> None:
    terminal = Terminal([*RUN, "sh", "-c", "trap 'echo caught; exit 0' INT; echo up; while :; do sleep 0.01; done"])
    terminal.until(b"up")
    terminal.keys(b"\x03")
    terminal.until(b"caught")
    assert terminal.end()[1] == 0
    assert last(hub)["kind"] == "task.completed"


def test_the_terminal_is_as_it_was_afterwards(hub: RunningHub) -> None:
    run = shlex.join([*RUN, "sh", "-c", "exit 3"])
    script = f'before=$(stty -g); {run}; test "$before" = "$(stty -g)" && echo same'
    assert Terminal(["sh", "-c", script]).end() == (b"same\r\n", 0)


@pytest.mark.parametrize("given", ["all", "no stdin"])
def test_the_size_is_followed(hub: RunningHub, given: str) -> None:
    script = "trap 'stty size <&1' WINCH; stty size <&1; while :; do sleep 0.01; done"
    terminal = Terminal([*RUN, "sh", "-c", script], stdin=None if given == "all" else Path("/dev/null"), rows_=33)
    terminal.until(b"33 80\r\n")
    terminal.resize(44)
    terminal.until(b"44 80\r\n")
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.end()[1] == 143


def test_part_of_a_terminal_is_the_same(hub: RunningHub, tmp_path: Path) -> None:
    """Input, or output, is something else: the other is still a terminal."""
    given = tmp_path / "given"
    given.write_text("one\n")
    command = ["sh", "-c", "test -t 0 && echo in; test -t 1 && echo out; test -t 2 && echo err >&2; cat; echo end"]
    for redirected in ("stdin", "stdout"):
        seen: list[tuple[tuple[bytes, int], bytes]] = []
        for words in (command, [*RUN, *command]):
            written = tmp_path / "written"
            written.write_text("")
            terminal = Terminal(words, given if redirected == "stdin" else None, written if redirected == "stdout" else None)
            if redirected == "stdout":
                terminal.until(b"err")
                terminal.keys(b"typed\n\x04")
            seen.append((terminal.end(), written.read_bytes()))
        assert seen[0] == seen[1]


def test_ctrl_c_comes_once_where_the_terminal_is_shared(hub: RunningHub, tmp_path: Path) -> None:
    script = "trap 'echo caught >&2' INT; echo up >&2; n=0; while [ $n -lt 40 ]; do sleep 0.01; n=$((n+1)); done"
    terminal = Terminal([*RUN, "sh", "-c", script], stdout=tmp_path / "out")
    terminal.until(b"up")
    terminal.keys(b"\x03")
    assert terminal.end()[0].count(b"caught") == 1


@pytest.mark.parametrize(
    ("number", "kind"), [(signal.SIGINT, "cancelled"), (signal.SIGTERM, "terminated"), (signal.SIGHUP, "terminated")]
)
@pytest.mark.parametrize("inside", ["pipes", "terminal"])
def test_signals_are_passed_on(hub: RunningHub, number: signal.Signals, kind: str, inside: str) -> None:
    command = [*RUN, "sh", "-c", "echo up; exec sleep 60"]
    if inside == "terminal":
        terminal = Terminal(command)
        terminal.until(b"up")
        os.kill(terminal.pid, number)
        code = terminal.end()[1]
    else:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, start_new_session=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            process.send_signal(number)
            code = process.wait(DEADLINE)
    assert code == 128 + number
    outcome_ = last(hub)
    assert (outcome_["kind"], number.name in outcome_["body"]) == (f"task.{kind}", True)


def test_a_command_may_answer_a_signal_as_it_likes(hub: RunningHub) -> None:
    script = "trap 'echo bye; exit 9' TERM USR1; echo up; while :; do sleep 0.01; done"
    for number in (signal.SIGTERM, signal.SIGUSR1):
        with subprocess.Popen([*RUN, "sh", "-c", script], stdout=subprocess.PIPE, start_new_session=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            process.send_signal(number)
            assert process.stdout.read() == b"bye\n"
        assert process.returncode == 9


def test_what_is_ignored_stays_ignored(hub: RunningHub) -> None:
    """As under nohup."""

    def ignore() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    command = [*RUN, "sh", "-c", "echo up; read go; echo went on"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=ignore, start_new_session=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGHUP)
        out, _ = process.communicate(b"go\n", timeout=DEADLINE)
    assert (process.returncode, out) == (0, b"went on\n")


def test_time_runs_out(hub: RunningHub) -> None:
    done = inbox("run", "--timeout", "0.3", "--task", "slow", "--", "sh", "-c", "echo working; exec sleep 60")
    assert (done.returncode, done.stdout) == (124, "working\n")
    row = last(hub)
    assert (row["kind"], row["task_name"], row["meta"]["exit_code"]) == ("task.timeout", "slow", 124)
    assert row["meta"]["total_duration_ms"] >= 300


def test_what_is_told(hub: RunningHub) -> None:
    noise = r"printf 'down 10%%\rdown 99%%\r\n\033[31mred\033[0m token=abcdefghij\n' >&2; exit 3"
    done = inbox("run", "--task", "nightly", "--source", "cron", "--", "sh", "-c", f"seq 40; {noise}")
    assert done.returncode == 3
    row = last(hub)
    assert (row["kind"], row["title"], row["task_name"], row["source"]) == ("task.failed", "nightly failed", "nightly", "cron")
    first, _, *lines = row["body"].split("\n")
    assert first.startswith("exit code 3 after ")
    assert len(lines) == 20
    assert lines[-3:] == ["40", "down 99%", "red token=[redacted]"]
    assert row["meta"]["exit_code"] == 3
    live = next(found for found in rows(hub) if found["kind"] == "task.started")
    assert (live["run_id"], live["cwd"], "seq 40" in live["command"]) == (row["run_id"], os.getcwd(), True)


def test_progress_is_heard(hub: RunningHub) -> None:
    script = "for n in 1 2 3 4; do echo $n of 4 files; done; echo done"
    assert inbox("run", "--progress", r"(\d+) of (\d+)", "--", "sh", "-c", script).returncode == 0
    events = timeline(hub, last(hub)["run_id"])
    progress = [(event["body"], event["details"]["progress"]) for event in events if event["kind"] == "task.progress"]
    assert progress[-1] == ("4 of 4 files", 1.0)
    assert len(progress) <= 2


def test_the_command_may_tell_more(hub: RunningHub) -> None:
    task = shlex.join([*INBOX, "task"])
    script = f"{task} metric rows 7; {task} pause; {task} resume; {task} retry again"
    assert inbox("run", "--task", "nightly", "--", "sh", "-c", script).returncode == 0
    meta = last(hub)["meta"]
    assert (meta["rows"], meta["pause_count"], meta["retry_count"]) == (7, 1, 1)
    assert inbox("run", "--", "sh", "-c", f"{task} complete 'all by itself'").returncode == 0
    assert last(hub)["body"] == "all by itself"


@pytest.mark.parametrize(
    ("command", "code", "word"), [("/no/such/command", 127, "no such file"), ("/etc/passwd", 126, "permission")]
)
def test_what_cannot_be_started(hub: RunningHub, command: str, code: int, word: str) -> None:
    done = inbox("run", "--", command)
    assert (done.returncode, word in done.stderr) == (code, True)
    assert (last(hub)["kind"], last(hub)["meta"]["exit_code"]) == ("task.failed", code)


@pytest.mark.parametrize("broken", ["no hub", "no folder", "no address", "a hub that hangs"])
def test_it_runs_whatever_is_missing(hub: RunningHub, home: Path, broken: str) -> None:
    environ = {"INBOX_HUB": "nonsense"} if broken == "no address" else {}
    if broken == "a hub that hangs":
        hub.process.send_signal(signal.SIGSTOP)
    elif broken != "no address":
        hub.kill9()
    if broken == "no folder":
        for name in ("tasks", "spool"):
            (home / name).write_text("in the way")
    try:
        done = inbox("run", "--", "sh", "-c", "echo worked; exit 6", **environ)
    finally:
        hub.process.send_signal(signal.SIGCONT)
    assert (done.returncode, done.stdout) == (6, "worked\n")
    assert bool(done.stderr) == (broken in ("no folder", "no address"))


def test_what_a_hub_missed_arrives_once(hub: RunningHub) -> None:
    hub.kill9()
    assert inbox("run", "--task", "nightly", "--", "true").returncode == 0
    hub.restart()
    assert inbox("send", "next").returncode == 0
    outcome_ = next(row for row in rows(hub) if row["kind"] == "task.completed")
    events = timeline(hub, outcome_["run_id"])
    assert [event["kind"] for event in events] == ["task.started", "task.completed"]


def test_a_long_run_delivers_while_it_runs(hub: RunningHub) -> None:
    hub.kill9()
    with subprocess.Popen([*RUN, "sh", "-c", "echo up; read go"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        hub.restart()
        eventually(lambda: [row for row in rows(hub) if row["kind"] == "task.started"])
        process.communicate(b"\n", timeout=DEADLINE)
    assert last(hub)["kind"] == "task.completed"


def test_a_reader_that_goes_away_ends_it_as_it_would_the_command(hub: RunningHub) -> None:
    words = shlex.join([*RUN, "yes"])
    done = subprocess.run(["bash", "-c", f"{words} | head -1; echo ${{PIPESTATUS[0]}}"], capture_output=True, timeout=DEADLINE)
    assert done.stdout == b"y\n141\n"


def test_one_that_is_killed_is_ended_by_the_next_and_one_that_lives_is_not(hub: RunningHub, home: Path) -> None:
    def begin(task: str) -> subprocess.Popen[bytes]:
        words = [*INBOX, "run", "--task", task, "--", "sh", "-c", "echo up; read go"]
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        return process

    with begin("killed") as killed, begin("alive") as alive:
        killed.kill()
        killed.wait(DEADLINE)
        assert inbox("run", "--task", "next", "--", "true").returncode == 0
        found = {row["task_name"]: row for row in rows(hub) if not row.get("done_at")}
        assert {name: row["kind"] for name, row in found.items()} == {
            "killed": "task.terminated",
            "alive": "task.started",
            "next": "task.completed",
        }
        assert found["killed"]["body"].startswith("`inbox run` was killed")
        alive.communicate(b"\n", timeout=DEADLINE)
    assert inbox("run", "--task", "next", "--", "true").returncode == 0
    assert sorted(row["kind"] for row in rows(hub) if row["task_name"] == "alive") == ["task.completed", "task.started"]
    assert sum(row["kind"] == "task.terminated" for row in rows(hub)) == 1
    assert not list((home / "tasks").glob("*/*"))


def test_something_in_the_background_does_not_keep_it(hub: RunningHub, tmp_path: Path) -> None:
    """It ends with the command, and what the background prints later still arrives."""
    pipe = tmp_path / "go"
    os.mkfifo(pipe)
    script = f"(read go < {pipe}; echo late) & echo early"
    with subprocess.Popen([*RUN, "sh", "-c", script], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
        assert process.wait(DEADLINE) == 0
        assert process.stdout is not None
        assert process.stdout.readline() == b"early\n"
        pipe.write_text("go\n")
        assert process.stdout.read() == b"late\n"


@pytest.mark.parametrize("arguments", [(), ("--",), ("--progress", "(", "--", "true"), ("--timeout", "soon", "--", "true")])
def test_wrong_use_is_two(home: Path, arguments: tuple[str, ...]) -> None:
    done = inbox("run", *arguments)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (2, "", False)
