"""`inbox log`: what the hub took in and does, and what comes."""

from __future__ import annotations

import json
from typing import Any

import click

from inbox_tui.core.errors import Exit


@click.command("log")
@click.option("-f", "--follow", "follows", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option("-n", "--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="So many of the last records.")
@click.option("--severity", type=click.Choice(["INFO", "WARN", "ERROR"]), help="At least this one.")
@click.option("--type", "type_", default="", help="Of notifies: their canonical type.")
@click.option("--session", default="", help="Of notifies: their session.")
@click.option("--text", default="", help="In the record, in either case.")
@click.option("--json", "as_json", is_flag=True, help="JSON, one line for each.")
def log_command(follows: bool, limit: int, severity: str | None, type_: str, session: str, text: str, as_json: bool) -> int:
    """Print the hub's log: every notify with what became of its flows, and what the hub says of itself.

    \b
    Example:
      inbox log -f --severity WARN
    """
    from urllib.parse import urlencode

    from inbox_tui.cli.rows import fetch
    from inbox_tui.wire import find_hub

    wanted = {"severity": severity or "", "type": type_, "session_id": session, "text": text}
    records = fetch(find_hub(operate=True), f"/api/logs?{urlencode({**wanted, 'limit': limit})}")["items"]
    for record in reversed(records):
        _tell(record, as_json)
    if follows:
        _follow(wanted, int(records[0]["id"]) if records else None, as_json)
    return Exit.DONE


def _follow(wanted: dict[str, str], after: int | None, as_json: bool) -> None:
    import asyncio
    import os

    from inbox_tui.cli.problems import complain
    from inbox_tui.client.logs import follow_logs
    from inbox_tui.client.target import find_target
    from inbox_tui.core.paths import find_paths

    target = find_target(os.environ, find_paths())
    asyncio.run(follow_logs(target, wanted, after, lambda record: _tell(record, as_json), complain))


def _tell(record: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(record))
        return
    from inbox_tui.core.text import clean
    from inbox_tui.core.times import from_wire
    from inbox_tui.tui.clocktime import time_of_day

    attributes = {name: value for name, value in record["attributes"].items() if name in _SHOWN and value}
    said = " ".join(f"{name}={value}" for name, value in attributes.items())
    at = time_of_day(from_wire(record["timestamp"]) or 0)
    click.echo(clean(f"{at} {record['severity_text']:<5} {record['body']}  {said}", lines=False))


_SHOWN = ("type", "session.id", "notify.type", "notify.dispatch", "notify.event_id", "gestalt.source")
