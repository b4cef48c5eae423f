"""`inbox flow`: what follows from which event, as a document to keep in a repository."""

from __future__ import annotations

import json

import click

from inbox_tui.core.errors import Exit

PATH = "/api/flow/config"


@click.group("flow")
def flow_command() -> None:
    """Show and change flows: what follows from which event.

    The document says which events set off which activities: a toast, a webhook, text for a terminal, an agent to start, a message
    by ntfy, Slack, mail and the rest. What a flow may start and where it may send on to stands in config.toml alone.
    """


@flow_command.command("show")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of YAML.")
def show_command(as_json: bool) -> int:
    """Print the flows as YAML. What is secret in them reads ***.

    \b
    Example:
      inbox flow show > flows.yaml
    """
    import yaml

    from inbox_tui.cli.rows import fetch
    from inbox_tui.wire import find_hub

    document = fetch(find_hub(operate=True), PATH)
    text = json.dumps(document, indent=2) if as_json else yaml.safe_dump(document, sort_keys=False, allow_unicode=True).rstrip()
    click.echo(text)
    return Exit.DONE


@flow_command.command("set")
@click.argument("file")
def set_command(file: str) -> int:
    """Put the flows of FILE, YAML or JSON, in place of all; - is what is piped in. What reads *** there stays as it was.

    \b
    Example:
      inbox flow set flows.yaml
    """
    import yaml

    from inbox_tui.cli.arguments import text_from
    from inbox_tui.wire import call, find_hub

    try:
        document = yaml.safe_load(text_from(file))
    except yaml.YAMLError as problem:
        raise click.BadParameter(f"{file}: is neither YAML nor JSON: {problem}") from None
    if not isinstance(document, dict):
        raise click.BadParameter(f"{file}: holds no flows: it would begin with version, triggers and bindings_by_trigger_id")
    call(find_hub(operate=True), "PUT", PATH, json.loads(json.dumps(document, default=str)))
    click.echo(f"{len(document.get('triggers') or ())} triggers are in force.")
    return Exit.DONE


@flow_command.command("activities")
def activities_command() -> int:
    """List what flows can do, and what each activity is told."""
    from inbox_tui.cli.rows import fetch
    from inbox_tui.wire import find_hub

    for activity in fetch(find_hub(operate=True), "/api/flow/activities")["items"]:
        told = ", ".join(activity["config_schema"]["properties"])
        click.echo(f"{activity['id']:<20}  {activity['label']}\n{'':<20}  told: {told}")
    return Exit.DONE
