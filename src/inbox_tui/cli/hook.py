"""`inbox hook install|uninstall|status`: an agent's hooks in its own settings file. What the agent runs is not here."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inbox_tui.cli.always import always_command
from inbox_tui.cli.rewriting import rewrite
from inbox_tui.core.errors import ConfigError, Exit

if TYPE_CHECKING:
    from inbox_tui.core.hooks.spoken import Waits

AGENTS = ("claude-code", "codex")
_TRUST = "Codex runs hooks only once you trusted them: open /hooks in it. It asks again after every change of the command."
_agent = click.argument("agent", type=click.Choice(AGENTS))
_scope = click.option(
    "--project/--user", "is_project", help="In this folder's settings, yours alone, or in your own everywhere.  [default: user]"
)
_yes = click.option("--yes", "-y", is_flag=True, help="Do not ask.")


@click.group("hook")
def hook_command() -> None:
    """Let coding agents ask in the inbox: put our hooks into their settings.

    `inbox hook claude-code` and `inbox hook codex` are what the agents then run. They exit 0, whatever happens.
    """


hook_command.add_command(always_command)


@hook_command.command("install")
@_agent
@_scope
@_yes
@click.option("--command", "command", default="", help="What the agent is to run.  [default: inbox hook AGENT]")
def install_command(agent: str, is_project: bool, yes: bool, command: str) -> int:
    """Put our hooks into the agent's settings, and leave everything else in them as it is."""
    from inbox_tui.agents.registered import installed, is_ours

    command = command or default_command(agent)
    if not is_ours({"type": "command", "command": command}, agent):
        raise click.UsageError(f"--command must end with: hook {agent}")
    waits = _waits(agent)
    code = _change(agent, is_project, yes, lambda settings: installed(settings, agent, command, waits))
    if code == Exit.DONE and agent == "codex":
        click.echo(_TRUST)
    return code


@hook_command.command("uninstall")
@_agent
@_scope
@_yes
def uninstall_command(agent: str, is_project: bool, yes: bool) -> int:
    """Take our hooks out of the agent's settings, and nothing else."""
    from inbox_tui.agents.registered import uninstalled

    return _change(agent, is_project, yes, lambda settings: uninstalled(settings, agent))


@hook_command.command("status")
@click.argument("agent", type=click.Choice(AGENTS), required=False)
def status_command(agent: str | None) -> int:
    """Say which hooks are installed where, and how long each agent's questions wait."""
    for name in (agent,) if agent else AGENTS:
        for line in _status(name):
            click.echo(line)
    return Exit.DONE


def default_command(agent: str) -> str:
    """By name where the shell finds it, which stays the same through upgrades; else by this interpreter."""
    program = "inbox" if shutil.which("inbox") else shlex.join([sys.executable, "-m", "inbox_tui"])
    return f"{program} hook {agent}"


def _waits(agent: str) -> Waits:
    from inbox_tui.agents.waits import waits_of
    from inbox_tui.core.paths import find_paths

    return waits_of(agent, find_paths().config_file)


def _change(agent: str, is_project: bool, yes: bool, change: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    from inbox_tui.agents.settings import settings_file

    return rewrite(settings_file(agent, "project" if is_project else "user", os.environ, Path.cwd()), yes, change)


def _status(agent: str) -> Iterator[str]:
    from inbox_tui.agents import settings
    from inbox_tui.agents.registered import entries

    yield agent
    try:
        waits = _waits(agent)
    except ConfigError as problem:
        yield f"  its hooks ask nothing: {problem}"
        return
    yield f"  waits {waits.wait:g} s for leave to use a tool"
    if agent == "claude-code":
        yield f"  waits {waits.question_wait:g} s for answers to its questions, each"
    for scope in settings.SCOPES:
        file = settings.settings_file(agent, scope, os.environ, Path.cwd())
        try:
            found = settings.decode(settings.read(file), file)
            ours = entries(found, agent)
        except ConfigError as problem:
            yield f"  {scope}: {problem}"
            continue
        events = ", ".join(dict.fromkeys(entry.event for entry in ours))
        yield f"  {scope}: {file}: {events or 'not installed'}"
        if found.get("disableAllHooks") is True:
            yield '    "disableAllHooks" is set there: none of them runs'
        for command in dict.fromkeys(entry.command for entry in ours if entry.command):
            yield f"    runs: {command}"
        for entry in ours:
            if entry.event == "PermissionRequest":
                yield from _judged(entry.timeout, waits)
        if ours and agent == "codex":
            yield f"    {_TRUST}"


def _judged(timeout: float | None, waits: Waits) -> Iterator[str]:
    """Whether the agent's time-out leaves us ours."""
    if timeout is None:
        yield "    PermissionRequest has no time-out: the agent's own default may end it before our wait does; install again"
    elif timeout < waits.wait + 30:
        yield f"    PermissionRequest is ended by the agent after {timeout:g} s, before our wait is over: install again"
    else:
        yield f"    PermissionRequest is ended by the agent after {timeout:g} s"
