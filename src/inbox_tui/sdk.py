"""What a Python program imports to send and to ask. Standard library only; nothing here starts a hub.

    from inbox_tui.sdk import ask, send

    send("Backup done", "4,218 files", source="backup")
    if ask("Delete 83 records?", command="DELETE FROM …").approved:
        ...

Where the hub is: `INBOX_HUB` and `INBOX_KEY`, else this user's own hub, by its local socket.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from inbox_tui.core.errors import HubUnreachable, InboxError, Refused
from inbox_tui.wire import Address, NotConnected, Reply, call, find_hub

__all__ = ["Answer", "HubUnreachable", "InboxError", "Refused", "Sent", "ask", "send"]

SEND_PATIENCE = 3.0
"""Seconds that a restarting hub is waited for before a message is given up as undeliverable."""
ASK_PATIENCE = 10.0
"""The same for a question, until the hub has taken it; from then on an outage is waited out."""
ACKNOWLEDGE_PATIENCE = 10.0
WITHDRAW_PATIENCE = 3.0
POLL_SECONDS = 30.0
DEFAULT_GRACE = 5.0
"""Seconds after its time-out that an asker still listens for the default which the hub then gives."""

_BUSY = (429, 503, 507)
"""A hub that could not take it now: full, unwritable, or asked too often. Nothing was written, so it may be sent again."""


class Sent(NamedTuple):
    """Where a message went: the row's id (it may be a row that it was folded into) and the event's own."""

    id: str
    event_id: str


class Answer(NamedTuple):
    """What became of a question. `key` is "" unless a person, or the default that the asker named, decided it."""

    status: str
    """decided | timeout | expired | withdrawn | superseded | answered_elsewhere | unknown | foreign"""
    id: str = ""
    key: str = ""
    label: str = ""
    comment: str = ""
    by: str = ""
    is_timeout_default: bool = False

    @property
    def approved(self) -> bool:
        return self.key == "approve"

    def __bool__(self) -> bool:
        """So that `if ask(…):` is never a yes that nobody gave."""
        return self.approved


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
    key = idempotency_key or _random_key()
    event = {"title": title, "body": body, **fields}
    address = hub or find_hub()
    reply = _persist(lambda: call(address, "POST", "/api/events", event, idempotency_key=key), until=time.monotonic() + patience)
    document = _document(reply)
    return Sent(str(document.get("id", "")), str(document.get("event_id", "")))


def ask(
    question: str,
    *,
    choices: Mapping[str, str] | None = None,
    default: str = "",
    timeout: float | None = None,
    hub: Address | None = None,
    on_outage: Callable[[str], None] | None = None,
    **fields: Any,
) -> Answer:
    """Asks a person and waits for the answer: for ever, or `timeout` seconds. A failure never allows.

    `choices`: key → label; approve / reject unless named. `default`: the key that the *hub* gives when the time-out ran out
    (one that permits needs a key made with `--allow-timeout-approve`). `fields` as for `send`, and `command`, `cwd`, …
    Any exception here (KeyboardInterrupt too) withdraws the question first. `on_outage` is told when the hub goes out of reach.
    Raises HubUnreachable where the hub never took the question, Refused where it would not.
    """
    offered = dict(choices or {"approve": "approve", "reject": "reject"})
    if default and default not in offered:
        raise ValueError(f"default {default!r} is none of the choices: {', '.join(offered)}")
    if default and timeout is None:
        raise ValueError("a default needs a time-out")
    event = {
        "kind": "input.required",
        "title": question,
        "actionable": True,
        "is_prompt": True,
        "waiting": True,
        "choices": [{"key": key, "label": label, "is_default_on_timeout": key == default} for key, label in offered.items()],
        **({} if timeout is None else {"timeout": timeout}),
        **fields,
    }
    asker = _Asker(hub or find_hub(), _random_key(), frozenset(offered), on_outage or (lambda _: None))
    deadline = None if timeout is None else time.monotonic() + timeout
    try:
        asker.post(event, deadline)
        answer = asker.wait(deadline if deadline is None or not default else deadline + DEFAULT_GRACE)
    except BaseException:
        asker.withdraw()
        raise
    if not answer.key:
        asker.withdraw()
    return answer


class _Asker:
    """One question, from its POST to its end. Its random key is the capability to poll, acknowledge and withdraw it."""

    def __init__(self, hub: Address, key: str, offered: frozenset[str], on_outage: Callable[[str], None]) -> None:
        self.hub, self.key, self.offered, self.on_outage = hub, key, offered, on_outage
        self.id, self.epoch = "", -1
        self.may_be_known = False
        """The hub may have taken the question: there is something to withdraw."""

    def post(self, event: Mapping[str, Any], deadline: float | None) -> None:
        """Until the hub has taken it. The same key every time: it is asked once, whatever is lost on the way."""
        until = time.monotonic() + ASK_PATIENCE
        reply = _persist(lambda: self._post_once(event), until=until if deadline is None else min(until, deadline))
        document = _document(reply)
        self.id, self.epoch = str(document.get("id", "")), _integer(document.get("epoch"))
        if not self.id or self.epoch < 0:
            raise HubUnreachable("The hub took the question without naming it, so that no answer could be told from another's.")

    def _post_once(self, event: Mapping[str, Any]) -> Reply:
        was_known, self.may_be_known = self.may_be_known, True
        try:
            return call(self.hub, "POST", "/api/events", event, idempotency_key=self.key)
        except NotConnected:
            self.may_be_known = was_known
            raise

    def wait(self, deadline: float | None) -> Answer:
        """Polls until the hub names an end, through restarts and outages of any length, or until the deadline."""
        was_told = False
        while (left := _left(deadline)) > 0:
            try:
                document = self._poll(min(POLL_SECONDS, left))
            except (HubUnreachable, Refused) as problem:
                if isinstance(problem, Refused) and problem.status not in _BUSY:
                    raise
                if not was_told:
                    self.on_outage(str(problem))
                was_told = True
                time.sleep(min(_pause(problem), max(0.0, _left(deadline))))
                continue
            was_told = False
            if document.get("status") != "open":
                return self._conclude(document)
        return Answer("timeout", self.id)

    def _poll(self, wait: float) -> dict[str, Any]:
        path = f"/api/asks/{self.key}?wait={wait:.3f}&epoch={self.epoch}"
        return _document(call(self.hub, "GET", path, timeout=wait + 10))

    def _conclude(self, document: Mapping[str, Any]) -> Answer:
        """Only an answer that names this very question, with a key that it offered, is one."""
        status = str(document.get("status", ""))
        if status != "decided":
            return Answer(status, self.id)
        decision = document.get("decision")
        decision = decision if isinstance(decision, dict) else {}
        is_own = document.get("id") == self.id and document.get("epoch") == self.epoch
        key = decision.get("key")
        if not is_own or not isinstance(key, str) or key not in self.offered:
            return Answer("foreign", self.id)
        if not self._acknowledge():
            return Answer("unknown", self.id)
        return Answer(
            "decided",
            self.id,
            key=key,
            label=str(decision.get("label", "")),
            comment=str(decision.get("comment", "")),
            by=str(decision.get("by", "")),
            is_timeout_default=decision.get("is_timeout_default") is True,
        )

    def _acknowledge(self) -> bool:
        """Tells the hub before anybody acts. False where the hub disowns the answer; a hub out of reach leaves it
        `not confirmed`, which is true, and takes nothing away from it."""
        body = {"id": self.id, "epoch": self.epoch}
        try:
            reply = _persist(
                lambda: call(self.hub, "POST", f"/api/asks/{self.key}/ack", body), until=time.monotonic() + ACKNOWLEDGE_PATIENCE
            )
        except HubUnreachable:
            return True
        except Refused as refusal:
            return refusal.status in _BUSY
        return isinstance(reply.document, dict) and reply.document.get("status") == "decided"

    def withdraw(self) -> None:
        """Gives up, also before the POST was answered: a POST that arrives later is then born withdrawn. Never raises."""
        if not self.may_be_known:
            return
        try:
            _persist(
                lambda: call(self.hub, "POST", f"/api/asks/{self.key}/withdraw", {}), until=time.monotonic() + WITHDRAW_PATIENCE
            )
        except InboxError:
            return  # its lease runs out instead, and the row says that the asker is gone


def _persist(attempt: Callable[[], Reply], *, until: float) -> Reply:
    """Calls again while the hub is out of reach or busy, until the monotonic time `until`; then raises what it met last."""
    while True:
        try:
            return attempt()
        except (HubUnreachable, Refused) as problem:
            if isinstance(problem, Refused) and problem.status not in _BUSY:
                raise
            pause = _pause(problem)
            if time.monotonic() + pause >= until:
                raise
            time.sleep(pause)


def _pause(problem: InboxError) -> float:
    """Seconds before the next try."""
    return float(problem.retry_after or 1) if isinstance(problem, Refused) else 0.2


def _left(deadline: float | None) -> float:
    return POLL_SECONDS if deadline is None else deadline - time.monotonic()


def _document(reply: Reply) -> dict[str, Any]:
    if not isinstance(reply.document, dict):
        raise HubUnreachable("The hub's answer is not one of an inbox hub. Is something else listening at that address?")
    return reply.document


def _random_key() -> str:
    """128 random bits, never derived from what is said: two equal questions are two questions."""
    return os.urandom(16).hex()


def _integer(value: object) -> int:
    return value if type(value) is int else -1
