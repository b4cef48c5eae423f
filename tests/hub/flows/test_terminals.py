"""Text for agents in tmux: a real server with real programs in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import eventually
from hypothesis import given
from hypothesis import strategies as st

from inbox_tui.hub.flows import terminals
from inbox_tui.hub.flows.terminals import NotPasted, one_line
from inbox_tui.tmux import TmuxError, tmux

pytestmark = [pytest.mark.tmux, pytest.mark.skipif(not shutil.which("tmux"), reason="needs tmux")]
_AGENT = """
import sys, termios, tty
tty.setraw(0)
sys.stdout.write("\\x1b[?2004h\\r\\nready")
sys.stdout.flush()
while byte := sys.stdin.buffer.raw.read(1):
    open(sys.argv[1], "ab").write(byte)
"""
"""Asks for bracketed paste, and keeps what it reads."""


@pytest.fixture
def socket(tmp_path: Path) -> Iterator[str]:
    path = str(tmp_path / "tmux")
    yield path
    subprocess.run(["tmux", "-S", path, "kill-server"], check=False, capture_output=True)


def shown(pane: str, socket: str, text: str) -> str:
    """What the pane shows, once that has the text."""

    def look() -> str | None:
        screen = tmux("capture-pane", "-p", "-J", "-t", pane, socket=socket)
        return screen if text in screen else None

    return eventually(look)


def has_read(file: Path, least: int) -> bytes:
    """What the agent got, once that is as much."""
    return eventually(lambda: read if file.exists() and len(read := file.read_bytes()) >= least else None)


@pytest.fixture
def agent(socket: str, tmp_path: Path) -> tuple[str, str, Path]:
    """(its pane, its program's name, what it reads)."""
    file = tmp_path / "read"
    pane = terminals.start("coder", [sys.executable, "-c", _AGENT, str(file)], "", "JOB0", socket=socket)
    shown(pane, socket, "ready")
    return pane, tmux("display-message", "-p", "-t", pane, "#{pane_current_command}", socket=socket), file


def test_text_is_pasted_as_one_line_between_brackets_and_sends_nothing(agent: tuple[str, str, Path], socket: str) -> None:
    pane, program, file = agent
    hostile = "a\nb\r\n\x1b[201~rm -rf 'x' \"$HOME\" #{pane_id} {{x}} ;\x03\x04"
    assert terminals.paste(pane, program, hostile, "JOB1", enter=False, socket=socket) == "pasted"
    wanted = b"\x1b[200~a b rm -rf 'x' \"$HOME\" #{pane_id} {{x}} ;\x1b[201~"
    assert has_read(file, len(wanted)) == wanted
    assert tmux("list-buffers", socket=socket) == ""


def test_enter_is_pressed_where_the_configuration_says_so(agent: tuple[str, str, Path], socket: str) -> None:
    pane, program, file = agent
    terminals.paste(pane, program, "go on", "JOB1", enter=True, socket=socket)
    assert has_read(file, 18) == b"\x1b[200~go on\x1b[201~\r"


def test_a_job_that_is_done_again_pastes_nothing_twice(agent: tuple[str, str, Path], socket: str) -> None:
    pane, program, file = agent
    assert terminals.paste(pane, program, "one", "JOB1", enter=False, socket=socket) == "pasted"
    assert terminals.paste(pane, program, "one", "JOB1", enter=False, socket=socket) == "again"
    assert terminals.paste(pane, program, "two", "JOB2", enter=False, socket=socket) == "pasted"
    assert has_read(file, 30) == b"\x1b[200~one\x1b[201~\x1b[200~two\x1b[201~"
    assert tmux("list-buffers", socket=socket) == ""


def test_another_program_gets_nothing(agent: tuple[str, str, Path], socket: str) -> None:
    pane, program, file = agent
    with pytest.raises(NotPasted, match=f"runs {program}, not codex"):
        terminals.paste(pane, "codex", "no", "JOB1", enter=True, socket=socket)
    terminals.paste(pane, program, "yes", "JOB2", enter=False, socket=socket)
    assert has_read(file, 15) == b"\x1b[200~yes\x1b[201~"
    assert tmux("list-buffers", socket=socket) == ""


@pytest.mark.parametrize(
    ("pane", "program"), [("1", "codex"), ("%1 ; kill-server", "codex"), ("%1", "a b"), ("%1", "'"), ("%1", "#{x}")]
)
def test_what_is_no_pane_or_program_reaches_no_tmux(pane: str, program: str, socket: str) -> None:
    with pytest.raises(NotPasted):
        terminals.paste(pane, program, "no", "JOB1", enter=True, socket=socket)


def test_a_pane_that_is_gone(agent: tuple[str, str, Path], socket: str) -> None:
    with pytest.raises(NotPasted, match="no pane"):
        terminals.paste("%77", agent[1], "no", "JOB1", enter=False, socket=socket)


def test_no_server(tmp_path: Path) -> None:
    with pytest.raises(TmuxError):
        terminals.paste("%1", "codex", "no", "JOB1", enter=False, socket=str(tmp_path / "none"))
    assert terminals.running("coder", str(tmp_path / "none")) == ""


def test_an_agent_is_started_with_single_arguments_that_no_shell_reads(socket: str, tmp_path: Path) -> None:
    program = ["sh", "-c", 'printf "[%s]" "$@"; pwd; exec sleep 60', "sh"]
    arguments = ["a b", "$HOME `id`", "#{pane_id}", "-n", "end;", ";", "'\""]
    pane = terminals.start("one", [*program, *arguments], str(tmp_path), "JOB1", socket=socket)
    screen = shown(pane, socket, tmp_path.name)
    assert screen.startswith("".join(f"[{argument}]" for argument in arguments) + str(tmp_path))
    assert terminals.running("one", socket) == pane
    assert terminals.running("two", socket) == ""
    other = terminals.start("two", ["sleep", "60"], "", "JOB2", socket=socket)
    assert (terminals.running("one", socket), terminals.running("two", socket)) == (pane, other)


@given(st.text())
def test_one_line_has_neither_line_ends_nor_controls(text: str) -> None:
    line = one_line(text)
    assert not set(line) & {"\n", "\r", "\x1b", "\x00", "\x03", "\x9b"}
    assert one_line(line) == line
