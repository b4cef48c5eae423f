"""`inbox job`: what the hub still has to do, or has given up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

from inbox_tui.core.errors import Exit


@click.group("job")
def job_command() -> None:
    """List the hub's jobs (webhooks, flows, callbacks); try again or drop what failed."""


@job_command.command("list")
@click.option("--state", type=click.Choice(["queued", "running", "failed"]), help="Only those.")
@click.option("--json", "as_json", is_flag=True, help="JSON, one line for each.")
def list_command(state: str | None, as_json: bool) -> int:
    """List the newest 100 jobs."""
    from inbox_tui.cli.rows import fetch
    from inbox_tui.wire import find_hub

    jobs: list[dict[str, Any]] = fetch(find_hub(operate=True), f"/api/jobs?limit=100&state={state or ''}")["items"]
    for job in jobs:
        click.echo(json.dumps(job) if as_json else _line(job))
    if not jobs and not as_json:
        click.echo("There is nothing to do.")
    return Exit.DONE


@job_command.command("retry")
@click.argument("ids", nargs=-1, required=True, metavar="JOB...")
def retry_command(ids: Sequence[str]) -> int:
    """Try again what was given up."""
    return _each("POST", ids, "/retry")


@job_command.command("drop")
@click.argument("ids", nargs=-1, required=True, metavar="JOB...")
def drop_command(ids: Sequence[str]) -> int:
    """Try no more. An attempt that is under way may still come through."""
    return _each("DELETE", ids, "")


def _each(method: str, ids: Sequence[str], action: str) -> int:
    from urllib.parse import quote

    from inbox_tui.wire import call, find_hub

    hub = find_hub(operate=True)
    for job_id in ids:
        call(hub, method, f"/api/jobs/{quote(job_id, safe='')}{action}")
    return Exit.DONE


def _line(job: dict[str, Any]) -> str:
    from inbox_tui.core.text import clean

    kind, host, error = (clean(str(job[name]), lines=False) for name in ("kind", "host", "last_error"))
    times = {0: "not tried yet", 1: "tried once"}
    tried = times.get(job["attempts"], f"tried {job['attempts']} times")
    return f"{job['id']}  {job['state']:<7}  {kind} to {host}, {tried}" + (f": {error}" if error else "")
