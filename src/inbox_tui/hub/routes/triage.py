"""What an operator does to rows: read, done, snooze, pin, mute; and the one answer to a question."""

from __future__ import annotations

from starlette.responses import Response

from inbox_tui.core.text import clean
from inbox_tui.core.triage import BULK, Verb
from inbox_tui.hub.endpoints import Call, Endpoint, Handler, idempotency_key, reply_text
from inbox_tui.hub.wire import (
    DecideBody,
    MuteRowBody,
    NotificationBody,
    SnoozeAllBody,
    SnoozeBody,
    TriageAllBody,
    TriageBody,
    UnmuteRowBody,
)

REV, CHANGED, SKIPPED, RAISED = "X-Inbox-Rev", "X-Inbox-Changed", "X-Inbox-Skipped", "X-Inbox-Raised"
_VIA = "X-Inbox-Via"


def _shown(rev: int) -> Response:
    return Response(status_code=204, headers={REV: str(rev)})


def _one(verb: Verb) -> Handler:
    async def triage(call: Call) -> Response:
        body = call.body(TriageBody)
        rev = await call.hub.service.triage(
            call.caller.space,
            call.row_id,
            verb,
            seen=body.seen,
            idempotency_key=idempotency_key(call.request),
            until=body.until if isinstance(body, SnoozeBody) else None,
        )
        return _shown(rev)

    return triage


def _all(verb: Verb) -> Handler:
    async def triage_all(call: Call) -> Response:
        body, hub, space = call.body(TriageAllBody), call.hub, call.caller.space
        key, until = idempotency_key(call.request), body.until if isinstance(body, SnoozeAllBody) else None
        if body.rows:
            rows = {row.id.upper(): row.seen for row in body.rows}
            bulk = await hub.service.triage_rows(space, verb, rows, idempotency_key=key, until=until)
        else:
            bulk = await hub.service.triage_all(
                space,
                verb,
                up_to=body.up_to,
                unread=body.unread,
                needs_me=body.needs_me,
                listed=body.listed,
                idempotency_key=key,
                until=until,
            )
        hub.feeds.announce_unread(space, await hub.service.head(space))
        numbers = {REV: bulk.rev, CHANGED: bulk.changed, SKIPPED: bulk.skipped, RAISED: bulk.raised}
        return Response(status_code=204, headers={name: str(number) for name, number in numbers.items()})

    return triage_all


async def mute(call: Call) -> Response:
    body, caller = call.body(MuteRowBody), call.caller
    rev = await call.hub.service.mutes.mute_row(
        caller.space,
        call.row_id,
        body.scope,
        until=body.until,
        by=caller.name,
        seen=body.seen,
        idempotency_key=idempotency_key(call.request),
    )
    return _shown(rev)


async def unmute(call: Call) -> Response:
    scope, key = call.body(UnmuteRowBody).scope, idempotency_key(call.request)
    return _shown(await call.hub.service.mutes.unmute_row(call.caller.space, call.row_id, scope, idempotency_key=key))


async def decide(call: Call) -> Response:
    body, caller = call.body(DecideBody), call.caller
    # A person's comment reaches the terminals of agents: it is cleaned as everybody's text is.
    document = await call.hub.service.decide(
        caller.space,
        call.row_id,
        key=body.key,
        comment=clean(body.comment),
        raised_rev=body.raised_rev,
        epoch=body.epoch,
        attempt=body.attempt,
        by=caller.name,
        via=_via(call),
        shown_hash=body.shown_hash,
    )
    return reply_text(call, NotificationBody, document[1:-1])


def _via(call: Call) -> str:
    """The way that an answer came, for the decision log: the program as it names itself, and the key that it used."""
    program = "".join(c for c in call.request.headers.get(_VIA, "")[:40] if c.isalnum() or c in "-_./ ")
    way = f"key {call.caller.key_id}" if call.caller.key_id else "operate.sock"
    return f"{program or 'http'} by {way}"


_KEYED = {"Idempotency-Key": "A repeated call with the same key is answered as the first, and does nothing."}
_WRITES = (400, 404, 409, 503, 507)
_SHOWS = {REV: "The rev that shows it."}
_COUNTS = {
    **_SHOWS,
    CHANGED: "How many changed.",
    SKIPPED: "How many somebody waits for.",
    RAISED: "How many have called again since they were shown.",
}
_SUMMARIES: dict[Verb, str] = {
    "read": "Mark {} read",
    "unread": "Mark {} unread",
    "done": "Put {} away",
    "undone": "Bring {} back into the inbox",
    "snooze": "Put {} off until a time",
    "unsnooze": "Bring {} back before its time",
    "pin": "Keep {} on top, and out of retention's reach",
    "unpin": "Let {} go with the others",
}

ENDPOINTS = [
    *(
        Endpoint(
            "POST", f"/api/notifications/{verb}", f"{verb}_all", _SUMMARIES[verb].format("notifications"), _all(verb),
            status=204, body=SnoozeAllBody if verb == "snooze" else TriageAllBody, body_may_be_absent=verb != "snooze",
            takes_headers=_KEYED, refusals=(400, 409, 503, 507), gives_headers=_COUNTS,
        )
        for verb in BULK
    ),
    *(
        Endpoint(
            "POST", f"/api/notifications/{{id}}/{verb}", f"{verb}_one", _SUMMARIES[verb].format("a notification"), _one(verb),
            status=204, body=SnoozeBody if verb == "snooze" else TriageBody, body_may_be_absent=verb != "snooze",
            takes_headers=_KEYED, refusals=_WRITES, gives_headers=_SHOWS,
        )
        for verb in BULK
    ),
    Endpoint(
        "POST", "/api/notifications/{id}/mute", "mute_one", "Mute a notification, its task or its source", mute,
        status=204, body=MuteRowBody, body_may_be_absent=True, takes_headers=_KEYED, refusals=_WRITES, gives_headers=_SHOWS,
    ),
    Endpoint(
        "POST", "/api/notifications/{id}/unmute", "unmute_one", "Lift what mutes a notification", unmute,
        status=204, body=UnmuteRowBody, body_may_be_absent=True, takes_headers=_KEYED, refusals=_WRITES, gives_headers=_SHOWS,
    ),
    Endpoint(
        "POST", "/api/notifications/{id}/decision", "decide", "Answer a question, once and for ever", decide,
        body=DecideBody, answer=NotificationBody, refusals=_WRITES,
        takes_headers={_VIA: "The program that the person used."},
    ),
]  # fmt: skip
