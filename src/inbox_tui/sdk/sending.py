"""Saying one thing."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from inbox_tui.core.errors import InboxError, Refused
from inbox_tui.core.paths import find_paths
from inbox_tui.sdk.calling import document_of, persist, random_key
from inbox_tui.sdk.delivery import KEY_PROBLEMS, PATIENCE, Tell, deliver, is_hung, is_outage, post, tell_on_stderr
from inbox_tui.sdk.spool import Message, Spool, SpoolError, spool_of
from inbox_tui.wire import Address, NotConnected, Reply, call, find_hub

SEND_PATIENCE = PATIENCE


class Sent(NamedTuple):
    """Where a message went: the row's id (it may be a row that it was folded into) and the event's own; "" while it is kept."""

    id: str = ""
    event_id: str = ""
    kept_because: str = ""
    """Why it waits on this machine's disk instead of the hub's; "" where it does not."""

    @property
    def kept(self) -> bool:
        return bool(self.kept_because)


def send(
    title: str,
    body: str = "",
    *,
    hub: Address | None = None,
    idempotency_key: str = "",
    patience: float = SEND_PATIENCE,
    keep: bool = True,
    tell: Tell = tell_on_stderr,
    **fields: Any,
) -> Sent:
    """Says one thing. On return it is on the hub's disk; or, where the hub is out of reach, on this machine's (`Sent.kept`), and
    is delivered in order and once when something is said again and the hub is back. It takes `patience` seconds at most.

    `fields`: kind, severity (info|warn|error), source, task_name, run_id, priority (-1..2), actionable, tags, meta, open_url,
    and whatever else an event may carry. `tell` hears of kept messages that the hub refused or that cannot be read.
    Raises Refused for a hub's "no", HubUnreachable where it could not even be kept. Without `keep` it is never kept, and
    HubUnreachable is a hub that was out of reach for all of `patience`.
    """
    message = Message(idempotency_key or random_key(), {"title": title, "body": body, **fields})
    address = hub or find_hub()
    until = time.monotonic() + patience
    if not keep:
        event = message.event
        return _sent(persist(lambda: call(address, "POST", "/api/events", event, idempotency_key=message.key), until=until))
    spool = spool_of(address, find_paths())
    if _holds(spool):
        return _behind_others(address, spool, message if idempotency_key else _dated(message), patience, tell)
    heard = False

    def attempt() -> Reply:
        nonlocal heard
        try:
            return post(address, message, max(0.05, until - time.monotonic()))
        except InboxError as problem:
            heard = heard or not isinstance(problem, NotConnected)
            raise

    try:
        return _sent(persist(attempt, until=until, waits_for_one=False))
    except InboxError as problem:
        if not is_outage(problem):
            raise
        # The same key with another body is another message: what the hub may have heard, or hears again, stays as it is.
        sent = _kept(spool, message if heard or idempotency_key else _dated(message), problem)
        if is_hung(problem, patience - (until - time.monotonic())):
            spool.note_silence(True)
        return sent


def _behind_others(hub: Address, spool: Spool, message: Message, patience: float, tell: Tell) -> Sent:
    name, done = deliver(hub, spool, message, seconds=patience, tell=tell, durable=True)
    if done.refusal is not None:
        raise done.refusal
    if isinstance(done.problem, Refused) and done.problem.status in KEY_PROBLEMS:
        spool.drop(name)
        raise done.problem
    if done.problem is not None:
        return Sent(kept_because=str(done.problem))
    return _sent(done.reply) if done.reply is not None else Sent()


def _holds(spool: Spool) -> bool:
    """Whether something must go first. A folder that cannot be read keeps nothing from a hub that is there."""
    try:
        return bool(spool.pending())
    except SpoolError:
        return False


def _kept(spool: Spool, message: Message, problem: InboxError) -> Sent:
    try:
        spool.append(message, durable=True)
    except SpoolError as fault:
        raise SpoolError(f"{problem} {fault}") from problem
    return Sent(kept_because=str(problem))


def _dated(message: Message) -> Message:
    return message._replace(event={"ts": time.time(), **message.event})


def _sent(reply: Reply) -> Sent:
    document = document_of(reply)
    return Sent(str(document.get("id", "")), str(document.get("event_id", "")))
