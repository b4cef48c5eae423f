"""`inbox send`: say one thing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

from inbox_tui.cli.arguments import number_or_text, pairs, text_from
from inbox_tui.cli.problems import complain

MOST_FILES = 12


@click.command("send")
@click.argument("title")
@click.argument("body", default="")
@click.option("--severity", type=click.Choice(["info", "warn", "error"]), help="How bad it is.  [default: by kind, else info]")
@click.option("--source", default="", help="Who says it: an app, a script, an agent.")
@click.option("--task", default="", help="What it belongs to, the same each time it runs.")
@click.option("--run", default="", help="Which run of the task.")
@click.option("--kind", default="", help="What happened: task.started, task.failed, deploy.done, …")
@click.option("--tag", "tags", multiple=True, help="A tag. May be repeated.")
@click.option("--meta", multiple=True, metavar="KEY=VALUE", help="A figure or a fact. May be repeated.")
@click.option("--open-url", default="", help="What `o` opens.")
@click.option(
    "--attach",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="A file to bring along, at most twelve. Needs a hub: a file is not kept until one is back.",
)
@click.option("--priority", type=click.IntRange(-1, 2), help="-1 quiet … 2 urgent.")
@click.option("--actionable", is_flag=True, help="A person should look.")
@click.option("--idempotency-key", default="", help="The same key again is the same message: it is written once.")
@click.option("--json", "as_json", is_flag=True, help="Print the ids as JSON.")
def send_command(title: str, body: str, as_json: bool, idempotency_key: str, **options: Any) -> None:
    """Say something. It is on the hub's disk when this returns; or on this machine's, until a hub out of reach is back.

    BODY `-` takes what is piped in. The hub is this machine's, or the one that INBOX_HUB and INBOX_KEY name; none is started.
    It takes 2 seconds at most, and longer with files. What is kept is delivered in order and once, when something is said again
    and the hub is back.

    \b
    Examples:
      inbox send "Backup done" "4,218 files in 47 s" --source backup
      inbox send "Coverage is down" --attach chart.png
      inbox send "Import failed" - --kind task.failed --task import --meta rows=83 < error.log
    """
    from inbox_tui.sdk import send

    if len(options["files"]) > MOST_FILES:
        raise click.UsageError(f"--attach: at most {MOST_FILES} files")
    fields = {
        "severity": options["severity"],
        "source": options["source"],
        "task_name": options["task"],
        "run_id": options["run"],
        "kind": options["kind"],
        "tags": list(options["tags"]),
        "meta": {key: number_or_text(value) for key, value in pairs(options["meta"], "--meta").items()},
        "open_url": options["open_url"],
        "priority": options["priority"],
        "actionable": options["actionable"],
        "attachments": _attached(options["files"]),
    }
    said = {name: value for name, value in fields.items() if value}
    text = text_from("-") if body == "-" else body
    sent = send(title, text, idempotency_key=idempotency_key, tell=complain, **said)
    if sent.kept:
        complain(f"kept until the hub is back. {sent.kept_because}")
    if as_json:
        click.echo(json.dumps({"id": sent.id, "event_id": sent.event_id, "kept": sent.kept}))


def _attached(files: Sequence[str]) -> list[dict[str, Any]]:
    """Each brought to the hub. Raises InboxError, and then nothing has been said."""
    if not files:
        return []
    from inbox_tui.sdk import HubUnreachable, attach

    try:
        return [attach(file) for file in files]
    except HubUnreachable as problem:
        raise HubUnreachable(f"{problem} Nothing was sent: a file cannot be kept until a hub is back.") from problem
