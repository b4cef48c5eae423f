"""`inbox task`: a run of a task, told from a shell verb by verb."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import click

from inbox_tui.cli.arguments import number_or_text, pairs
from inbox_tui.cli.problems import complain
from inbox_tui.core.errors import Exit

_VERBS = {
    "pause": "It rests by its own will, until `resume`.",
    "resume": "It goes on after a pause or a wait.",
    "wait": "Something outside keeps it, until `resume`.",
    "loop": "The same step again: possibly for ever.",
    "retry": "It is tried again after a failure.",
    "error": "Something failed, and the run goes on.",
    "complete": "It ended well.",
    "fail": "It failed, and is not tried again.",
    "cancel": "It was called off before its end.",
    "timeout": "It took too long.",
    "stop": "It was ended on purpose, and that is no error.",
    "terminate": "It was ended by force.",
}

EXAMPLE = """\b
Example:
  export INBOX_RUN=$(inbox task start email)
  inbox task progress "half of them" 0.5
  inbox task metric tokens 512
  inbox task complete "83 sent" || inbox task fail
"""


@click.group("task", epilog=EXAMPLE)
def task_command() -> None:
    """Tell how a run of a task goes, from a shell.

    `start` (or `queue`) prints the run's id; every other call names the run by --run or INBOX_RUN, or by --task where only one
    is open. Its end carries how long it took, was active, queued, paused and waited, what was counted, and its metrics.
    No call takes longer than 2 seconds; what a hub out of reach misses is delivered when it is back.
    """


def _said(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every verb that says something."""
    for option in (
        click.option("--meta", multiple=True, metavar="KEY=VALUE", help="A figure or a fact of this one event."),
        click.option("--tag", "tags", multiple=True, help="A tag. May be repeated."),
        click.option("--open-url", default="", help="What `o` opens."),
        click.option("--actionable", is_flag=True, help="A person should look."),
        click.option("--severity", type=click.Choice(["info", "warn", "error"]), help="How bad it is.  [default: by verb]"),
    ):
        command = option(command)
    return command


def _addressed(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options by which a run is named."""
    for option in (
        click.option("--source", default="", help="Who says it, as at the start."),
        click.option("--task", default="", metavar="NAME", help="The run of this task, where only one is open."),
        click.option("--run", "run_id", default="", envvar="INBOX_RUN", metavar="ID", help="The run.  [default: INBOX_RUN]"),
    ):
        command = option(command)
    return command


def _begin(verb: str, help_: str) -> None:
    @task_command.command(verb, help=help_)
    @click.argument("name")
    @click.argument("message", default="")
    @click.option("--run", "run_id", default="", metavar="ID", help="An id of your own.  [default: a new one]")
    @click.option("--source", default="", help="Who says it: an app, a script, an agent.")
    @_said
    def command(name: str, message: str, run_id: str, source: str, **options: Any) -> int:
        from inbox_tui.cli.telling import Telling

        return Telling().begin(verb, name, source, run_id, _milliseconds(), message, _fields(options))


def _verb(verb: str, help_: str) -> None:
    @task_command.command(verb, help=help_)
    @click.argument("message", default="")
    @_said
    @_addressed
    def command(message: str, run_id: str, task: str, source: str, **options: Any) -> int:
        return _tell(run_id, task, source, verb, message, _fields(options))


_begin("queue", "It waits for a worker. Prints the run's id.")
_begin("start", "It runs from now on. Prints the run's id. With --run or INBOX_RUN of a queued run, that one starts.")


@task_command.command("progress")
@click.argument("message", default="")
@click.argument("share", default="", metavar="[SHARE]")
@_said
@_addressed
def progress_command(message: str, share: str, run_id: str, task: str, source: str, **options: Any) -> int:
    """A checkpoint. SHARE is 0 to 1, or a text such as "3 of 10". One in three seconds is said, and always the last."""
    from inbox_tui.sdk.record import share as fit_share

    progress = number_or_text(share)
    return _tell(run_id, task, source, "progress", message, {"progress": fit_share(progress), **_fields(options)})


for _name, _help in _VERBS.items():
    _verb(_name, _help)


@task_command.command("metric", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("value")
@_addressed
def metric_command(name: str, value: str, run_id: str, task: str, source: str) -> int:
    """A figure or a fact that all that follows carries. Numbers add up, texts replace."""
    from inbox_tui.cli.telling import Telling

    try:
        return Telling().metric(run_id, task, source, name, number_or_text(value))
    except ValueError as fault:
        raise click.UsageError(str(fault)) from None


@task_command.command("output")
@click.argument("message", default="")
@click.option("--download-url", default="", help="Where the file is.")
@click.option("--failed", is_flag=True, help="It should have made something, and could not.")
@_said
@_addressed
def output_command(message: str, download_url: str, failed: bool, run_id: str, task: str, source: str, **options: Any) -> int:
    """It made something: a file, a report."""
    fields = {"download_url": download_url, **_fields(options)}
    return _tell(run_id, task, source, "output_failed" if failed else "output", message, fields)


@task_command.command("input")
@click.argument("question")
@click.option("--choice", "choices", multiple=True, metavar="KEY=LABEL", help="An answer to offer.  [default: approve, reject]")
@_said
@_addressed
def input_command(question: str, choices: tuple[str, ...], run_id: str, task: str, source: str, **options: Any) -> int:
    """A question that nobody waits for here; the answer is kept. To wait for one: `inbox ask`."""
    offered = [{"key": key, "label": label} for key, label in pairs(choices, "--choice").items()]
    return _tell(run_id, task, source, "input", question, {"choices": offered, **_fields(options), "actionable": True})


def _tell(run_id: str, task: str, source: str, verb: str, message: str, fields: dict[str, Any]) -> int:
    from inbox_tui.cli.telling import Telling

    if not run_id and not task:
        complain("which run? Name it by --run or INBOX_RUN, or its task by --task.")
        return Exit.USAGE
    return Telling().tell(run_id, task, source, verb, _milliseconds(), message, fields)


def _fields(options: dict[str, Any]) -> dict[str, Any]:
    meta = {key: number_or_text(value) for key, value in pairs(options.pop("meta"), "--meta").items()}
    return {
        **{name: list(value) if isinstance(value, tuple) else value for name, value in options.items() if value},
        "meta": meta,
    }


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000
