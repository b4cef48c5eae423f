"""`inbox read`, `done`, `snooze`, `unsnooze`, `pin`, `unpin`: triage from the command line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from inbox_tui.cli.arguments import Reference
from inbox_tui.cli.named_hub import named_hub
from inbox_tui.cli.problems import complain
from inbox_tui.core.errors import Exit, Refused

References = Sequence[tuple[str, int | None]]
_references = click.argument("references", nargs=-1, type=Reference(), metavar="[ID[@REV]]...")
_some_references = click.argument("references", nargs=-1, required=True, type=Reference(), metavar="ID[@REV]...")
_json = click.option("--json", "as_json", is_flag=True, help="Say what was done as JSON, one line for each.")


@click.command("read")
@named_hub
@_references
@click.option("--all", "everything", is_flag=True, help="Everything that is unread.")
@_json
def read_command(references: References, everything: bool, as_json: bool) -> int:
    """Mark notifications read. With @REV, only those that did not change since."""
    return _some_or_all("read", references, everything, as_json)


@click.command("done")
@named_hub
@_references
@click.option("--all", "everything", is_flag=True, help="Everything but what is snoozed, and what somebody waits for.")
@_json
def done_command(references: References, everything: bool, as_json: bool) -> int:
    """Put notifications away. One that somebody waits for is answered first."""
    return _some_or_all("done", references, everything, as_json)


@click.command("snooze")
@named_hub
@click.argument("reference", type=Reference(), metavar="ID[@REV]")
@click.argument("when", nargs=-1, required=True)
@_json
def snooze_command(reference: tuple[str, int | None], when: Sequence[str], as_json: bool) -> int:
    """Put a notification off until a time: then it calls again.

    \b
    WHEN is in local time:
      2h30, 45m, 3d             from now
      18:30, 9am                the next one
      tomorrow, tomorrow 9      9:00 where no time is named
      fri 14:00, next week      next week is its Monday
      1 dec, 2026-12-01 9:00
    """
    until = moment(" ".join(when))
    return triage("snooze", [reference], {"until": until}, as_json)


@click.command("unsnooze")
@named_hub
@_some_references
@_json
def unsnooze_command(references: References, as_json: bool) -> int:
    """Bring snoozed notifications back before their time."""
    return triage("unsnooze", references, {}, as_json)


@click.command("pin")
@named_hub
@_some_references
@_json
def pin_command(references: References, as_json: bool) -> int:
    """Keep notifications on top, and for ever."""
    return triage("pin", references, {}, as_json)


@click.command("unpin")
@named_hub
@_some_references
@_json
def unpin_command(references: References, as_json: bool) -> int:
    """Let pinned notifications go with the others."""
    return triage("unpin", references, {}, as_json)


def moment(text: str) -> str:
    """A moment to come, as the hub takes it. Raises click.BadParameter."""
    from inbox_tui.core.moments import parse_moment
    from inbox_tui.core.times import now, to_wire

    try:
        return str(to_wire(parse_moment(text, now())))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="WHEN") from None


def triage(verb: str, references: References, terms: Mapping[str, Any], as_json: bool) -> int:
    """The verb for each of them, with what it says more. Answers the exit code: those that the hub refuses do not keep the
    others from it."""
    from inbox_tui.wire import call, find_hub

    hub, worst = find_hub(operate=True), Exit.DONE
    for id_, seen in references:
        body = {**terms} if seen is None else {**terms, "seen": seen}
        try:
            headers = call(hub, "POST", f"/api/notifications/{id_}/{verb}", body).headers
        except Refused as refusal:
            complain(f"{id_}: {refusal}")
            worst = Exit.REFUSED
        else:
            if as_json:
                click.echo(json.dumps({"id": id_, "verb": verb, "rev": int(headers.get("x-inbox-rev", 0)), **terms}))
    return worst


def _some_or_all(verb: str, references: References, everything: bool, as_json: bool) -> int:
    from inbox_tui.wire import call, find_hub

    if bool(references) == everything:
        raise click.UsageError("Name some ids, or --all.")
    if not everything:
        return triage(verb, references, {}, as_json)
    body = {"listed": True} if verb == "done" else {}
    headers = call(find_hub(operate=True), "POST", f"/api/notifications/{verb}", body).headers
    changed, skipped = (int(headers.get(f"x-inbox-{name}", 0)) for name in ("changed", "skipped"))
    if as_json:
        click.echo(json.dumps({"verb": verb, "changed": changed, "skipped": skipped}))
    else:
        click.echo(f"{changed} {verb}" + (f", {skipped} wait for an answer" if skipped else ""))
    return Exit.DONE
