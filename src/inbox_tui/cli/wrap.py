"""`inbox run`: run a command as it is, and tell how it went."""

from __future__ import annotations

import os
import re
from typing import Any

import click

from inbox_tui.cli.arguments import Duration
from inbox_tui.cli.problems import complain


class Pattern(click.ParamType[re.Pattern[str]]):
    """A regular expression."""

    name = "regex"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> re.Pattern[str]:
        try:
            return value if isinstance(value, re.Pattern) else re.compile(value)
        except re.error as fault:
            self.fail(f"{value!r} is no regular expression: {fault}", param, ctx)


@click.command("run", context_settings={"allow_interspersed_args": False})
@click.option("--task", default="", metavar="NAME", help="What it is called, each time it runs.  [default: the command's name]")
@click.option("--source", default="", help="Who runs it: an app, a script, an agent.")
@click.option("--timeout", type=Duration(), help="Ended after that long: 90s, 5m, 1h30m; exit code 124.  [default: never]")
@click.option(
    "--progress", type=Pattern(), metavar="REGEX", help=r"Lines that tell how far it is: (\d+)% or (\d+)/(\d+), or any other."
)
@click.argument("command", nargs=-1, type=click.UNPROCESSED, required=True, metavar="-- COMMAND…")
def run_command(task: str, source: str, timeout: float | None, progress: re.Pattern[str] | None, command: tuple[str, ...]) -> int:
    """Run a command, and tell how it went.

    What is told is when it started and how it ended: its exit code, how long it took, its last lines. Nothing that it prints is
    changed, and its exit code is passed through (128 + n for a signal). It has a terminal where you have one. Signals that come
    here are passed on. It runs whether a hub is there or not; what a hub out of reach misses is delivered later. The command may
    tell more of its run by `inbox task`: INBOX_RUN names it.

    \b
    Examples:
      inbox run -- make release
      inbox run --task nightly --timeout 2h --progress '(\\d+)/(\\d+) files' -- ./backup.sh
    """
    _open_standard_files()
    from inbox_tui.cli.child import Child, NotStarted
    from inbox_tui.cli.heard import Heard
    from inbox_tui.cli.story import TIMED_OUT, Story
    from inbox_tui.cli.terminals import make_plan

    story, heard = Story(task, source, command), Heard(progress)

    def tick() -> float | None:
        if heard.step is None:
            return None
        left = story.step(heard.step)
        if left is None:
            heard.step = None
        return left

    child = Child(make_plan(), heard.hear, tick)
    story.begin()
    try:
        code = child.run(command, story.environ, timeout, story.deliver)
        if child.has_timed_out:
            code = TIMED_OUT
        story.end(code, child.passed_on, child.has_timed_out, heard.last_lines(), heard.step)
    except NotStarted as failure:
        code = failure.code
        complain(f"{command[0]}: {failure}")
        story.fail_to_start(str(failure), code)
    for problem in story.problems:
        complain(problem)
    return code


def _open_standard_files() -> None:
    """A file that we open must not become the command's input or output by taking its number."""
    while (file := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(file)
