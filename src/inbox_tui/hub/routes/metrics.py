"""What tasks tell in figures, over time. (The hub's own figures, for Prometheus, are `/metrics`.)"""

from __future__ import annotations

from dataclasses import asdict

from starlette.responses import Response

from inbox_tui.core.errors import invalid
from inbox_tui.core.times import DAY, MINUTE, SECOND, to_wire
from inbox_tui.hub.endpoints import Call, Endpoint, reply
from inbox_tui.hub.measuring import Asked, Ended, Line, Told
from inbox_tui.hub.wire_metrics import MeasuredTasksBody, MetricsBody, MetricsQuery

PERIOD = 7 * DAY
LONGEST = 366 * DAY


async def told(call: Call) -> Response:
    query = call.query(MetricsQuery)
    until = query.until if query.until is not None else call.hub.clock()
    since = query.since if query.since is not None else until - PERIOD
    if not 0 < until - since <= LONGEST:
        raise invalid("query.since", f"must be before `until`, and at most {LONGEST // DAY} days")
    asked = Asked(
        query.source, query.task, since, until, query.key, query.by, query.points, utc_offset=query.utc_offset * MINUTE
    )  # fmt: skip
    return reply(call, MetricsBody, _document(await call.hub.service.measures.told(call.caller.space, asked)))


async def tasks(call: Call) -> Response:
    found = await call.hub.service.measures.tasks(call.caller.space)
    items = [{"source": one.source, "task": one.name, "last_at": to_wire(one.last_at), "events": one.events} for one in found]
    return reply(call, MeasuredTasksBody, {"items": items})


def _document(told: Told) -> dict[str, object]:
    asked = told.asked
    return {
        "source": asked.source,
        "task": asked.task,
        "key": told.key,
        "by": asked.by,
        "since": to_wire(told.since),
        "until": to_wire(asked.until),
        "is_whole": told.is_whole,
        "events": told.events,
        "bucket_seconds": told.bucket / SECOND,
        "keys": [{"name": name, "events": events} for name, events in told.keys.items()],
        "labels": [{"name": name, "events": events} for name, events in told.labels.items()],
        "lines": [_line(line) for line in told.lines],
        "runs": [_ended(run) for run in told.runs],
        "runs_left_out": told.runs_left_out,
        "days": [{"day": day, **counts} for day, counts in told.days.items()],
    }


def _line(line: Line) -> dict[str, object]:
    points = [{**asdict(point), "at": to_wire(point.at)} for point in line.points]
    return {"label": line.label, "is_rest": line.is_rest, "points": points}


def _ended(run: Ended) -> dict[str, object]:
    times = {f"{name}_ms": value for name, value in run.times.items()}
    return {"run_id": run.run_id, "at": to_wire(run.at), "outcome": run.outcome, "label": run.label, **times}


ENDPOINTS = [
    Endpoint(
        "GET", "/api/metrics", "get_metrics", "What a task tells in figures over time: a number, how runs ended, what they took",
        told, query=MetricsQuery, answer=MetricsBody, refusals=(503,),
    ),
    Endpoint(
        "GET", "/api/metrics/tasks", "list_measured_tasks", "The tasks that have told anything in figures", tasks,
        answer=MeasuredTasksBody, refusals=(503,),
    ),
]  # fmt: skip
