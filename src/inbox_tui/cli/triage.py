"""`inbox read` and `inbox done`: triage from the command line."""

from __future__ import annotations

from collections.abc import Sequence

import click

from inbox_tui.cli.arguments import Reference
from inbox_tui.cli.problems import complain
from inbox_tui.core.errors import Exit, Refused

_references = click.argument("references", nargs=-1, type=Reference(), metavar="[ID[@REV]]...")


@click.command("read")
@_references
@click.option("--all", "everything", is_flag=True, help="Everything that is unread.")
def read_command(references: Sequence[tuple[str, int | None]], everything: bool) -> int:
    """Mark notifications read. With @REV, only those that did not change since."""
    return _triage("read", references, everything)


@click.command("done")
@_references
@click.option("--all", "everything", is_flag=True, help="Everything that nobody waits for.")
def done_command(references: Sequence[tuple[str, int | None]], everything: bool) -> int:
    """Put notifications away. One that somebody waits for is answered first."""
    return _triage("done", references, everything)


def _triage(verb: str, references: Sequence[tuple[str, int | None]], everything: bool) -> int:
    from inbox_tui.wire import call, find_hub

    if bool(references) == everything:
        raise click.UsageError("Name some ids, or --all.")
    hub = find_hub(operate=True)
    if everything:
        headers = call(hub, "POST", f"/api/notifications/{verb}", {}).headers
        skipped = headers.get("x-inbox-skipped", "0")
        click.echo(
            f"{headers.get('x-inbox-changed', '0')} {verb}" + (f", {skipped} wait for an answer" if skipped != "0" else "")
        )
        return Exit.DONE
    worst = Exit.DONE
    for id_, seen in references:
        try:
            call(hub, "POST", f"/api/notifications/{id_}/{verb}", {} if seen is None else {"seen": seen})
        except Refused as refusal:
            complain(f"{id_}: {refusal}")
            worst = Exit.REFUSED
    return worst
