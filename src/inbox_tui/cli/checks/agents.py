"""Checks of the hooks in agents' own settings: there, running one command that exists, and given the time that they wait."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from inbox_tui.agents import settings
from inbox_tui.agents.registered import Entry, entries
from inbox_tui.agents.waits import waits_of
from inbox_tui.cli.checks.finding import Finding, Scene, fine, note, wrong
from inbox_tui.core.errors import ConfigError
from inbox_tui.core.hooks.spoken import Waits


def hooks(scene: Scene, agent: str) -> Iterator[Finding]:
    install = f"inbox hook install {agent}"
    try:
        waits = waits_of(agent, scene.paths.config_file)
    except ConfigError as problem:
        yield wrong(f"its hooks ask nothing: {problem}", f"edit {scene.paths.config_file}")
        return
    found: list[Entry] = []
    for scope in settings.SCOPES:
        file = settings.settings_file(agent, scope, scene.environ, scene.folder)
        try:
            document = settings.decode(settings.read(file), file)
            ours = entries(document, agent)
        except ConfigError as problem:
            yield wrong(str(problem), f"mend {file}")
            continue
        if ours and document.get("disableAllHooks") is True:
            yield wrong(f'{file} has "disableAllHooks": none of them runs', f"take it out of {file}")
        found += ours
        if ours:
            yield fine(f"installed in {file}; permissions wait {waits.wait:g} s")
    if not found:
        yield note("not installed", install)
    yield from _commands(found, agent, install)
    yield from _times(found, waits, install)


def _commands(found: list[Entry], agent: str, install: str) -> Iterator[Finding]:
    commands = list(dict.fromkeys(entry.command for entry in found if entry.command))
    if len(commands) > 1:
        yield wrong(f"its hooks run {len(commands)} different commands: {'; '.join(commands)}", install)
    for command in commands:
        program = _program(command)
        if shutil.which(program) is None and not Path(program).is_file():
            yield wrong(f"{program!r} in its hooks is not there: they do nothing", install)


def _program(command: str) -> str:
    try:
        words = shlex.split(command)
    except ValueError:
        return command
    return next((word for word in words if "=" not in word and word != "env"), command)


def _times(found: list[Entry], waits: Waits, install: str) -> Iterator[Finding]:
    for entry in found:
        if entry.event == "PermissionRequest" and (entry.timeout is None or entry.timeout < waits.wait):
            ends = "by its own default" if entry.timeout is None else f"after {entry.timeout:g} s"
            yield wrong(f"the agent ends PermissionRequest {ends}, before our wait of {waits.wait:g} s is over", install)


claude_code, codex = partial(hooks, agent="claude-code"), partial(hooks, agent="codex")
