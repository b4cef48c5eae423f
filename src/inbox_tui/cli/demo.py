"""`inbox demo`: a hub and an inbox to throw away, with senders that talk to them as real ones do."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import BinaryIO

import click

from inbox_tui.cli.arguments import Duration
from inbox_tui.core.errors import Exit, HubUnreachable, InboxError

_START_SECONDS = 30.0
_STOP_SECONDS = 5.0


@click.command("demo")
@click.option("--no-tui", is_flag=True, help="Only the hub and the senders; Ctrl-C ends them.")
@click.option("--headless", "seconds", type=Duration(), metavar="DURATION", help="Only the hub and the senders, for so long.")
def demo_command(no_tui: bool, seconds: float | None) -> int:
    """Open an inbox full of life: builds, failures, questions. Nothing of yours is touched, and all of it goes at the end.

    A nightly pipeline, a job that fails every few seconds, a release that shows its progress, a sync that pauses and resumes, a
    scraper in a loop, and two questions. Answer one with `a`, then `y` or `n`, and see its asker go on.
    """
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="inbox-demo-", ignore_cleanup_errors=True))
        for name in ("INBOX_HUB", "INBOX_KEY"):
            os.environ.pop(name, None)
        os.environ["INBOX_HOME"] = home
        log = stack.enter_context(Path(home, "demo.log").open("ab"))
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        stack.callback(_end, _start_hub(log))
        senders = _start([sys.executable, "-m", "inbox_tui.cli.demo_senders"], log)
        stack.callback(_end, senders)
        if not no_tui and seconds is None:
            from inbox_tui.cli.pane import open_pane

            return open_pane()
        click.echo(f"export INBOX_HOME={home}")
        sys.stdout.flush()
        _wait(senders, seconds)
    return Exit.DONE


def _start(command: list[str], log: BinaryIO, pass_fds: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=pass_fds, start_new_session=True)


def _start_hub(log: BinaryIO) -> subprocess.Popen[bytes]:
    """A hub of this process's own, on a free port, that has said that it is ready. Raises HubUnreachable with its last words."""
    heard, ready = os.pipe()
    try:
        options = ["--listen", "127.0.0.1:0", "--no-welcome", "--ready-fd", str(ready)]
        hub = _start([sys.executable, "-m", "inbox_tui", "serve", *options], log, (ready,))
    finally:
        os.close(ready)
    with os.fdopen(heard, "rb") as pipe:
        is_heard, _, _ = select.select([pipe], [], [], _START_SECONDS)
        if is_heard and pipe.readline():
            return hub
    _end(hub)
    last_words = Path(log.name).read_text(errors="replace")[-2000:].strip()
    raise HubUnreachable(f"The demo's hub did not start.\n{last_words}")


def _wait(senders: subprocess.Popen[bytes], seconds: float | None) -> None:
    """Until the time is up, Ctrl-C, or the senders' end."""
    try:
        senders.wait(seconds)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        return
    raise InboxError("The demo's senders ended by themselves.")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that this one started, gently first."""
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
