"""An agent's settings file, changed with its owner's leave: what would change is shown, asked about, and written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from inbox_tui.core.errors import ConfigError, Exit
from inbox_tui.core.text import mark


def rewrite(file: Path, yes: bool, change: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """Answers the exit code: 0 done or nothing to do, 4 not wanted. Raises InboxError where nothing was changed."""
    from inbox_tui.agents import settings

    before = settings.read(file)
    old = settings.decode(before, file)
    try:
        new = change(old)
    except ConfigError as problem:
        raise ConfigError(f"{file}: {problem}") from problem
    if new == old:
        click.echo(f"{file}: nothing to change")
        return Exit.DONE
    after = settings.encode(new, before)
    for line in settings.difference(before, after, file).splitlines():
        click.echo(_shown(line))
    if not yes and not click.confirm(f"Write {file}?"):
        click.echo("Nothing is changed.")
        return Exit.NO_DECISION
    settings.write(file, before, after)
    click.echo(f"{file}: written" + (f"; it was kept as {file.name}{settings.BACKUP}" if before else ""))
    return Exit.DONE


def _shown(line: str) -> str:
    """What a rule holds was chosen by an agent: nothing in it is hidden. The indentation is the file's own."""
    text = line[1:].lstrip()
    return line[: len(line) - len(text)] + mark(text)
