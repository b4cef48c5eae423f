"""`inbox mute`: what shall call for nobody, for a while or for ever; what is muted; and lifting it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

from inbox_tui.cli.arguments import Reference
from inbox_tui.cli.named_hub import named_hub
from inbox_tui.core.errors import Exit


@click.command("mute")
@named_hub
@click.argument("what", nargs=-1, required=True, metavar="ID[@REV]... | list | lift MUTE...")
@click.option("--for", "span", default="", metavar="WHEN", help="Until then, as in `inbox snooze`: 2h, tomorrow 9.")
@click.option("--task", "scope", flag_value="task", help="All that is said of its task.")
@click.option("--source", "scope", flag_value="source", help="All that its source says.")
@click.option("--json", "as_json", is_flag=True, help="JSON, one line for each.")
def mute_command(what: Sequence[str], span: str, scope: str | None, as_json: bool) -> int:
    """Mute a notification with all its repeats, its task or its source.

    What is muted is kept, and calls for nobody. Questions are never muted: they reach you whatever is.

    \b
    Examples:
      inbox mute 01JD0Q4N3V5W8XRZ2K7M9T6BHC --for 2h
      inbox mute 01JD0Q4N3V5W8XRZ2K7M9T6BHC --source
      inbox mute list
      inbox mute lift 01JD0Q9V8KX4T5M2N7Z3W6B1CD
    """
    first, *rest = what
    if first in ("list", "lift") and (span or scope):
        raise click.UsageError(f"{first} takes no --for, --task or --source.")
    if first == "list":
        if rest:
            raise click.UsageError("list takes nothing more.")
        return _list(as_json)
    if first == "lift":
        return _lift(rest, as_json)
    return _mute(what, span, scope or "notification", as_json)


def _mute(references: Sequence[str], span: str, scope: str, as_json: bool) -> int:
    from inbox_tui.cli.triage import moment, triage

    shown = [Reference().convert(reference, None, None) for reference in references]
    terms = {"scope": scope} | ({"until": moment(span)} if span else {})
    return triage("mute", shown, terms, as_json)


def _list(as_json: bool) -> int:
    from inbox_tui.cli.rows import fetch
    from inbox_tui.core.text import clean
    from inbox_tui.wire import find_hub

    rules: list[dict[str, Any]] = fetch(find_hub(operate=True), "/api/mutes")["items"]
    for rule in rules:
        if as_json:
            click.echo(json.dumps(rule, ensure_ascii=False))
            continue
        label, by = (clean(str(rule[name]), lines=False) for name in ("label", "by"))
        click.echo(f"{rule['id']}  {rule['scope']:<12}  {_ends(rule['until']):<24}  {label}  (by {by})")
    if not rules and not as_json:
        click.echo("Nothing is muted.")
    return Exit.DONE


def _lift(ids: Sequence[str], as_json: bool) -> int:
    from urllib.parse import quote

    from inbox_tui.wire import call, find_hub

    if not ids:
        raise click.UsageError("Name what `inbox mute list` lists.")
    hub = find_hub(operate=True)
    for mute_id in ids:
        call(hub, "DELETE", f"/api/mutes/{quote(mute_id, safe='')}")
        if as_json:
            click.echo(json.dumps({"id": mute_id, "verb": "lift"}))
    return Exit.DONE


def _ends(until: str | None) -> str:
    from inbox_tui.core.times import from_wire, now
    from inbox_tui.tui.clocktime import coming

    at = from_wire(until)
    return "for ever" if at is None else f"until {coming(at, now())}"
