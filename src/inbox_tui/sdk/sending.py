"""Saying one thing."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from inbox_tui.sdk.calling import document_of, persist, random_key
from inbox_tui.wire import Address, call, find_hub

SEND_PATIENCE = 3.0
"""Seconds that a restarting hub is waited for before a message is given up as undeliverable."""


class Sent(NamedTuple):
    """Where a message went: the row's id (it may be a row that it was folded into) and the event's own."""

    id: str
    event_id: str


def send(
    title: str,
    body: str = "",
    *,
    hub: Address | None = None,
    idempotency_key: str = "",
    patience: float = SEND_PATIENCE,
    **fields: Any,
) -> Sent:
    """Says one thing. On return it is on the hub's disk; sent again after a lost answer, it is still written once.

    `fields`: kind, severity (info|warn|error), source, task_name, run_id, priority (-1..2), actionable, tags, meta, open_url,
    and whatever else an event may carry. Raises HubUnreachable after `patience` seconds, Refused for a hub's "no".
    """
    key = idempotency_key or random_key()
    event = {"title": title, "body": body, **fields}
    address = hub or find_hub()
    reply = persist(lambda: call(address, "POST", "/api/events", event, idempotency_key=key), until=time.monotonic() + patience)
    document = document_of(reply)
    return Sent(str(document.get("id", "")), str(document.get("event_id", "")))
