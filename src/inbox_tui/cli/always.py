"""`inbox hook always`: what was allowed always from the inbox, on this machine; listed, and taken back."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from inbox_tui.cli.rewriting import rewrite
from inbox_tui.core.errors import ConfigError, Exit

if TYPE_CHECKING:
    from inbox_tui.agents.always import Always


@click.group("always", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document a line.")
@click.pass_context
def always_command(context: click.Context, as_json: bool) -> int:
    """List what was allowed "always" by hooks on this machine, and whether it still stands.

    Each is Claude Code's own rule, in the settings file that is named. What ends with its session stands in none; what an
    `http` hook was answered is not listed here. `/permissions` in Claude Code tells of both.
    """
    if context.invoked_subcommand is None:
        found = [_look(one) for one in _all()]
        for one in found:
            click.echo(json.dumps(one.document(), ensure_ascii=False) if as_json else one.text())
        if not found and not as_json:
            click.echo("Nothing was allowed always by a hook on this machine.")
    return Exit.DONE


@always_command.command("revoke")
@click.argument("number", type=int)
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def revoke_command(number: int, yes: bool) -> int:
    """Take one out of its settings file again, by its number in the list. Sessions that run hear of it.

    A mode is taken back to none: Claude Code then begins in its own.
    """
    from inbox_tui.agents import rules

    one = next((one for one in _all() if one.number == number), None)
    if one is None:
        raise click.UsageError(f"There is no {number}: `inbox hook always` lists what there is.")
    where = _look(one)
    if not where.files:
        click.echo(f"{number} {where.told}: nothing to change")
    for file in where.files:
        code = rewrite(file, yes, lambda settings: rules.without(settings, one.entry))
        if code != Exit.DONE:
            return code
    return Exit.DONE


class _Standing(NamedTuple):
    """One of them, and where it stands now."""

    always: Always
    told: str
    files: list[Path]
    """Where it stands or, None, may stand."""
    stands: bool | None

    def document(self) -> dict[str, Any]:
        from inbox_tui.core.times import SECOND, to_wire

        one = self.always
        known = {"number": one.number, "at": to_wire(one.at * SECOND), "agent": one.agent, "label": one.label}
        where = {"destination": one.destination, "folder": one.folder, "stands": self.stands, "files": [*map(str, self.files)]}
        return {**known, **where, "entry": one.entry}

    def text(self) -> str:
        from inbox_tui.core.text import mark
        from inbox_tui.core.times import SECOND, now
        from inbox_tui.tui.clocktime import moment

        at = moment(self.always.at * SECOND, now())
        return f"{self.always.number:>3}  {at}  {mark(self.always.label)}\n     {mark(self.told)}"


def _all() -> list[Always]:
    from inbox_tui.agents.always import read
    from inbox_tui.core.paths import find_paths

    return read(find_paths().always_ledger)


def _look(one: Always) -> _Standing:
    from inbox_tui.agents import rules, settings

    if one.destination == "session":
        return _Standing(one, f"holds until its session in {one.folder} ends", [], None)
    candidates = rules.files(one.destination, one.folder, os.environ)
    found, unclear = [], []
    for file in candidates:
        try:
            if rules.stands(settings.decode(settings.read(file), file), one.entry):
                found.append(file)
        except ConfigError:
            unclear.append(file)
    if found:
        return _Standing(one, f"stands in {_named(found)}", found, True)
    if unclear:
        return _Standing(one, f"may stand in {_named(unclear)}, which cannot be looked at", unclear, None)
    return _Standing(one, f"does not stand in {_named(candidates) or 'a project that is known'}", [], False)


def _named(files: list[Path]) -> str:
    return ", ".join(map(str, files))
