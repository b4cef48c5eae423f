"""Legal answers: who may still decide what. Pure; the oracle is the decision protocol's executable specification.

A failure never allows. Every function here either answers a new row or raises `Refused`; nothing is decided by default here
but what `on_timeout` says.
"""

from __future__ import annotations

from dataclasses import replace

from inbox_tui.core.errors import Refused, invalid
from inbox_tui.core.model import REFUSING_KEYS, Closed, Decision, Delivery, Notification, decision_document


def decide(row: Notification, *, key: str, comment: str, by: str, raised_rev: int, now: int) -> Notification:
    """The row with its decision, the operator having been shown `raised_rev`. Raises Refused: 409 `decided`, `expired`,
    `withdrawn`, `superseded`, `answered_elsewhere`, `changed`; 422 for a key that was not offered."""
    if row.decision is not None:
        raise already_decided(row)
    if row.closed:
        raise Refused(409, f"Too late: {_CLOSED[row.closed]}. Nothing was answered.", code=row.closed)
    if not row.actionable:
        raise Refused(409, "This notification asks nothing.", code="not_actionable")
    if row.expires_at is not None and now >= row.expires_at:
        raise Refused(409, f"Too late: {_CLOSED['expired']}. Nothing was answered.", code="expired")
    if raised_rev != row.raised_rev:
        raise Refused(409, "It has changed since you were shown it. Look again: nothing was answered.", code="changed")
    choice = row.choice(key)
    if choice is None:
        raise invalid("body.key", f"is none of the offered answers: {', '.join(c.key for c in row.choices)}", key)
    return _decided(row, Decision(key=key, label=choice.label, comment=comment, by=by, at=now), now)


def on_timeout(row: Notification, *, may_permit: bool, now: int) -> Notification:
    """A prompt whose time ran out: its declared default, else expired. A permitting default is given only where `may_permit`
    (the key opted in, and one hub process counted the whole time-out)."""
    default = next((choice for choice in row.choices if choice.is_default_on_timeout), None)
    if default is None or (default.key not in REFUSING_KEYS and not may_permit):
        return close(row, "expired")
    decision = Decision(key=default.key, label=default.label, by="time-out", at=now, is_timeout_default=True)
    return _decided(row, decision, now)


def close(row: Notification, closed: Closed) -> Notification:
    """A row that nobody can answer any more. It stays unread: a person may want to know."""
    return replace(row, closed=closed, waiting="")


def withdraw(row: Notification) -> Notification:
    """The asker gave up: an open question closes; an answer that it never took is marked so; anything else stays."""
    if row.is_open:
        return close(row, "withdrawn")
    return _delivery(row, "unused") if row.decision and row.decision.delivery == "unconfirmed" else row


def acknowledge(row: Notification) -> Notification:
    """The asker has its answer, and says so before it acts."""
    return _delivery(row, "delivered") if row.decision and row.decision.delivery == "unconfirmed" else row


def sent(row: Notification) -> Notification:
    """The answer is written to a connection; whether it arrives, nobody will say."""
    return _delivery(row, "sent") if row.decision and row.decision.delivery == "unconfirmed" else row


def already_decided(row: Notification) -> Refused:
    """409 that tells who answered, and how."""
    assert row.decision is not None
    decision = row.decision
    return Refused(
        409,
        f"Already answered by {decision.by}: {decision.label}.",
        code="decided",
        extra={"decision": decision_document(decision)},
    )


def ask_status(row: Notification) -> str:
    """What its asker is told: `open`, `decided`, or why it is closed; `told` of what asks nothing."""
    if row.decision is not None:
        return "decided"
    return row.closed or ("open" if row.is_open else "told")


_CLOSED: dict[Closed, str] = {
    "expired": "the question has expired",
    "withdrawn": "the asker withdrew the question",
    "superseded": "a corrected question took its place",
    "answered_elsewhere": "it was answered elsewhere",
}


def _decided(row: Notification, decision: Decision, now: int) -> Notification:
    return replace(row, decision=decision, read_at=row.read_at or now, seems_answered=False)


def _delivery(row: Notification, delivery: Delivery) -> Notification:
    """Whatever became of the answer: nobody waits for it any more."""
    assert row.decision is not None
    return replace(row, waiting="", decision=replace(row.decision, delivery=delivery))
