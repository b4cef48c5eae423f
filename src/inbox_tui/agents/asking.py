"""A hook's question to a person: asked, waited for, confirmed, or given up. Standard library only.

Stricter than `inbox ask`: there is an end to every wait, by whichever clock says so first, no default is ever an answer, and what
waits for the hub waits for seconds, for the agent stands still meanwhile.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from inbox_tui.core.errors import HubUnreachable, InboxError, Refused
from inbox_tui.core.hooks.spoken import Body, Given
from inbox_tui.wire import Address, NotConnected, Reply, call

POST_PATIENCE, CONFIRM_PATIENCE, WITHDRAW_PATIENCE = 2.0, 3.0, 2.0
"""Seconds that a hub which restarts is waited for: to take a question, to hear that its answer came, that it is given up."""
CALL_SECONDS, POLL_SECONDS, POLL_GRACE = 2.0, 25.0, 5.0
_BUSY = (429, 503, 507)
_RETRY = 0.25


class Deadline:
    """So many seconds from now, by the clock that never jumps, and by the one that counts a machine's sleep: the earlier ends."""

    def __init__(self, seconds: float) -> None:
        self._steady, self._wall = time.monotonic() + seconds, time.time() + seconds

    def left(self) -> float:
        return min(self._steady - time.monotonic(), self._wall - time.time())


class Question:
    """One question, from its POST to its end. Its random key is the capability to poll, confirm and withdraw it."""

    def __init__(self, hub: Address, body: Body, seconds: float) -> None:
        self._hub = hub
        self._body = {**body, "waiting": True, "timeout": seconds}
        self._offered = {choice["key"] for choice in body["choices"]}
        self._key = os.urandom(16).hex()
        self._seconds = seconds
        self._id, self._epoch = "", -1
        self._may_be_known = False

    def ask(self) -> Given | None:
        """The answer of a person; None where nobody gave one in time. Raises InboxError where the hub did not take or keep it."""
        deadline = Deadline(self._seconds)
        self._post(deadline)
        while (left := deadline.left()) > 0:
            try:
                document = self._poll(min(POLL_SECONDS, left))
            except (HubUnreachable, Refused) as problem:
                if isinstance(problem, Refused) and problem.status not in _BUSY:
                    raise
                time.sleep(max(0.0, min(_RETRY, deadline.left())))
                continue
            if document.get("status") != "open":
                return self._answer(document) if deadline.left() > -POLL_GRACE else None
        return None

    def confirm(self) -> bool:
        """Tells the hub that the answer came, before it is passed on. False where the hub disowns it. A hub out of reach leaves
        it `not confirmed`, which is true."""
        body = {"id": self._id, "epoch": self._epoch}
        try:
            reply = _persist(lambda: self._call("POST", "/ack", body), CONFIRM_PATIENCE)
        except HubUnreachable:
            return True
        except Refused as refusal:
            return refusal.status in _BUSY
        return isinstance(reply.document, dict) and reply.document.get("status") == "decided"

    def withdraw(self) -> None:
        """Gives up, also before the POST was answered. Never raises: where no hub hears it, the lease runs out instead."""
        if not self._may_be_known:
            return
        try:
            _persist(lambda: self._call("POST", "/withdraw", {}), WITHDRAW_PATIENCE)
        except InboxError:
            return

    def _post(self, deadline: Deadline) -> None:
        document = _persist(self._post_once, min(POST_PATIENCE, deadline.left())).document
        if not isinstance(document, dict) or not document.get("id") or type(document.get("epoch")) is not int:
            raise HubUnreachable("What took the question does not answer as a hub does.")
        self._id, self._epoch = str(document["id"]), document["epoch"]

    def _post_once(self) -> Reply:
        was_known, self._may_be_known = self._may_be_known, True
        try:
            return call(self._hub, "POST", "/api/events", self._body, idempotency_key=self._key, timeout=CALL_SECONDS)
        except NotConnected:
            self._may_be_known = was_known
            raise

    def _poll(self, wait: float) -> dict[str, Any]:
        began = time.monotonic()
        reply = self._call("GET", f"?wait={wait:.3f}&epoch={self._epoch}", timeout=wait + POLL_GRACE)
        document = reply.document
        if not isinstance(document, dict):
            raise HubUnreachable("What was asked does not answer as a hub does.")
        if document.get("status") == "open" and time.monotonic() - began < wait / 2:
            time.sleep(min(_RETRY, wait))
        return document

    def _answer(self, document: Mapping[str, Any]) -> Given | None:
        """Only a decision that names this very question, with a key that it offered, given by somebody and not by the clock."""
        decision = document.get("decision")
        if document.get("status") != "decided" or not isinstance(decision, dict):
            return None
        is_own = document.get("id") == self._id and document.get("epoch") == self._epoch
        key, comment = decision.get("key"), decision.get("comment")
        if not is_own or not isinstance(key, str) or key not in self._offered or decision.get("is_timeout_default") is not False:
            return None
        return Given(key, comment if isinstance(comment, str) else "")

    def _call(self, method: str, path: str, body: Body | None = None, timeout: float = CALL_SECONDS) -> Reply:
        return call(self._hub, method, f"/api/asks/{self._key}{path}", body, timeout=timeout)


def tell(hub: Address, path: str, body: Body, timeout: float) -> None:
    """Says something once, for whoever may hear it. Never raises for a hub's sake."""
    try:
        call(hub, "POST", path, body, idempotency_key=os.urandom(16).hex(), timeout=timeout)
    except InboxError:
        return


def _persist(attempt: Callable[[], Reply], seconds: float) -> Reply:
    """Calls again while the hub is out of reach or busy; then raises what it met last."""
    until = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except (HubUnreachable, Refused) as problem:
            is_no = isinstance(problem, Refused) and problem.status not in _BUSY
            if is_no or time.monotonic() + _RETRY >= until:
                raise
            time.sleep(_RETRY)
