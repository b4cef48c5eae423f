"""`inbox metrics`: what a task tells in figures, as lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from inbox_tui.core.errors import Exit

if TYPE_CHECKING:
    from inbox_tui.client.metrics import Metrics

SPARK_CELLS = 32
PERIODS = {"1h": "1 hour", "24h": "24 hours", "7d": "7 days", "30d": "30 days"}


@click.command("metrics")
@click.argument("task", default="")
@click.argument("key", default="")
@click.option("--by", default="", help="A text of `meta`: a line for each of its largest groups.")
@click.option("--source", default="", help="Who speaks of the task, where several do.")
@click.option("--period", type=click.Choice([*PERIODS]), default="7d", show_default=True, help="How far back.")
@click.option("--json", "as_json", is_flag=True, help="What the hub answers; without TASK, a line for each task.")
def metrics_command(task: str, key: str, by: str, source: str, period: str, as_json: bool) -> int:
    """What a task tells in figures: a number of its `meta` over time, what its runs took, how they ended.

    Without TASK, the tasks that there are; without KEY, the number that it tells most often.

    \b
    Examples:
      inbox metrics
      inbox metrics data-pipeline rows_processed --by env
      inbox metrics data-pipeline --period 30d --json | jq '.days'
    """
    from inbox_tui.cli.rows import fetch
    from inbox_tui.wire import find_hub

    hub = find_hub(operate=True)
    tasks = fetch(hub, "/api/metrics/tasks").get("items") or []
    if not task:
        return _list(tasks, as_json)
    found = fetch(hub, f"/api/metrics?{_query(_source(tasks, task, source), task, key, by, period)}")
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else _text(found, period))
    return Exit.DONE


def _list(tasks: list[dict[str, Any]], as_json: bool) -> int:
    from inbox_tui.core.text import clean
    from inbox_tui.core.times import from_wire, now
    from inbox_tui.tui.clocktime import moment
    from inbox_tui.tui.metrics.telling import of_events

    for one in tasks:
        if as_json:
            click.echo(json.dumps(one, ensure_ascii=False))
            continue
        name, source = (clean(str(one[member]), lines=False) for member in ("task", "source"))
        last = moment(from_wire(one["last_at"]) or 0, now())
        click.echo(f"{last:<13}  {of_events(one['events']):>14}  {name}  ({source})")
    if not tasks and not as_json:
        click.echo("No task has told any figures yet: numbers in `meta`, or steps such as task.completed.")
    return Exit.DONE


def _source(tasks: list[dict[str, Any]], task: str, source: str) -> str:
    """Whose task it is. Raises UsageError where that is not clear."""
    sources = [str(one["source"]) for one in tasks if one["task"] == task]
    if source or len(sources) == 1:
        return source or sources[0]
    if sources:
        raise click.UsageError(f"Several speak of {task!r}: name one by --source: {', '.join(sources)}.")
    raise click.UsageError(f"No task {task!r} has told any figures: `inbox metrics` lists those that have.")


def _query(source: str, task: str, key: str, by: str, period: str) -> str:
    import time
    from urllib.parse import urlencode

    from inbox_tui.core.times import SECOND, now, to_wire
    from inbox_tui.tui.metrics import telling

    until = now()
    since = until - telling.PERIODS[PERIODS[period]]
    asked = {"source": source, "task": task, "key": key, "by": by, "since": to_wire(since), "until": to_wire(until)}
    offset = time.localtime(until // SECOND).tm_gmtoff // 60
    return urlencode({name: text for name, text in asked.items() if text} | {"utc_offset": offset})


def _text(found: dict[str, Any], period: str) -> str:
    from inbox_tui.client.metrics import Metrics
    from inbox_tui.client.wire import parse
    from inbox_tui.core.times import now
    from inbox_tui.tui.metrics import telling

    told, at = parse(Metrics, json.dumps(found)), now()
    lines = [f"{telling.said(told.task)} · {telling.said(told.source)}, the last {PERIODS[period]}"]
    for part in telling.PARTS:
        lines += ["", f"{part}{f': {telling.said(told.key)}' if part == 'figures' and told.key else ''}"]
        if words := telling.nothing(told, part, PERIODS[period]):
            lines.append(f"  {words}")
            continue
        sparks = _sparks(told) if part == "figures" else []
        for n, pieces in enumerate(telling.legend(told, part, at)):
            lines.append(" " + "".join(text for text, _ in pieces).rstrip())
            lines += [f"   {sparks[n]}"] if sparks and sparks[n] else []
        lines.append(f"  {telling.note(told, part, at)}")
    return "\n".join(lines)


def _sparks(told: Metrics) -> list[str]:
    from inbox_tui.tui.metrics import telling
    from inbox_tui.tui.sparkline import heights

    return [heights([value for _, value in drawn.points][-SPARK_CELLS:]) for drawn in telling.figures(told)]
