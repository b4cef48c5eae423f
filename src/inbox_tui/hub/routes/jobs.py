"""Jobs: what the hub still has to do, or has given up."""

from __future__ import annotations

from starlette.responses import Response

from inbox_tui.core.times import to_wire
from inbox_tui.hub.endpoints import Call, Endpoint, reply
from inbox_tui.hub.values import JobSeen
from inbox_tui.hub.wire_flows import JobItem, JobsBody, JobsQuery


async def listed(call: Call) -> Response:
    query = call.query(JobsQuery)
    found = await call.hub.service.worklist.listed(
        call.caller.space, query.state or None, before=query.before.upper(), limit=query.limit + 1
    )
    page = found[: query.limit]
    cursor = page[-1].id if len(found) > query.limit else ""
    return reply(call, JobsBody, {"items": [_item(job) for job in page], "next_cursor": cursor})


async def retry(call: Call) -> Response:
    await call.hub.service.worklist.retry(call.caller.space, call.row_id)
    return Response(status_code=204)


async def drop(call: Call) -> Response:
    await call.hub.service.worklist.drop(call.caller.space, call.row_id)
    return Response(status_code=204)


def _item(job: JobSeen) -> dict[str, object]:
    return JobItem(
        id=job.id,
        kind=job.kind,
        state=job.state,
        notification_id=job.notification_id,
        sender=job.sender,
        host=job.host,
        attempts=job.attempts,
        due_at=to_wire(job.due_at),
        queued_at=to_wire(job.queued_at),
        last_error=job.last_error,
        updated_at=to_wire(job.updated_at) or "",
    ).model_dump()


ENDPOINTS = [
    Endpoint(
        "GET", "/api/jobs", "list_jobs", "What is queued, under way, or given up; the newest first", listed,
        query=JobsQuery, answer=JobsBody, refusals=(503,),
    ),
    Endpoint(
        "POST", "/api/jobs/{id}/retry", "retry_job", "Try again what was given up", retry,
        status=204, refusals=(404, 409, 503, 507),
    ),
    Endpoint(
        "DELETE", "/api/jobs/{id}", "drop_job", "Try no more", drop,
        status=204, refusals=(404, 503, 507),
    ),
]  # fmt: skip
