"""What an operator does to rows: read, done, and the one answer to a question."""

from __future__ import annotations

from starlette.responses import Response

from inbox_tui.core.text import clean
from inbox_tui.core.triage import VERBS, Verb
from inbox_tui.hub.endpoints import Call, Endpoint, Handler, idempotency_key, reply_text
from inbox_tui.hub.wire import DecideBody, NotificationBody, TriageAllBody, TriageBody

REV, CHANGED, SKIPPED = "X-Inbox-Rev", "X-Inbox-Changed", "X-Inbox-Skipped"
_VIA = "X-Inbox-Via"


def _one(verb: Verb) -> Handler:
    async def triage(call: Call) -> Response:
        rev = await call.hub.service.triage(
            call.caller.space,
            call.row_id,
            verb,
            seen=call.body(TriageBody).seen,
            idempotency_key=idempotency_key(call.request),
        )
        return Response(status_code=204, headers={REV: str(rev)})

    return triage


def _all(verb: Verb) -> Handler:
    async def triage_all(call: Call) -> Response:
        body, hub, space = call.body(TriageAllBody), call.hub, call.caller.space
        bulk = await hub.service.triage_all(
            space,
            verb,
            up_to=body.up_to,
            unread=body.unread,
            needs_me=body.needs_me,
            idempotency_key=idempotency_key(call.request),
        )
        hub.feeds.announce_unread(space, await hub.service.head(space))
        return Response(status_code=204, headers={REV: str(bulk.rev), CHANGED: str(bulk.changed), SKIPPED: str(bulk.skipped)})

    return triage_all


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

ENDPOINTS = [
    *(
        Endpoint(
            "POST", f"/api/notifications/{verb}", f"{verb}_all", f"Mark every notification {verb}, in chunks", _all(verb),
            status=204, body=TriageAllBody, body_may_be_absent=True, takes_headers=_KEYED, refusals=(400, 409, 503, 507),
            gives_headers={REV: "The rev that shows it.", CHANGED: "How many changed.", SKIPPED: "How many somebody waits for."},
        )
        for verb in VERBS if verb in ("read", "done")
    ),
    *(
        Endpoint(
            "POST", f"/api/notifications/{{id}}/{verb}", f"{verb}_one", f"Mark a notification {verb}", _one(verb),
            status=204, body=TriageBody, body_may_be_absent=True, takes_headers=_KEYED, refusals=_WRITES,
            gives_headers={REV: "The rev that shows it."},
        )
        for verb in VERBS
    ),
    Endpoint(
        "POST", "/api/notifications/{id}/decision", "decide", "Answer a question, once and for ever", decide,
        body=DecideBody, answer=NotificationBody, refusals=_WRITES,
        takes_headers={_VIA: "The program that the person used."},
    ),
]  # fmt: skip
