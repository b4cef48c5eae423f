"""Asking a person, and waiting for the answer through whatever happens to the hub meanwhile."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from inbox_tui.core.errors import HubUnreachable, InboxError, Refused
from inbox_tui.sdk.calling import BUSY, document_of, pause, persist, random_key
from inbox_tui.wire import TIMEOUT, Address, NotConnected, Reply, call, find_hub

ASK_PATIENCE = 10.0
"""Seconds that a restarting hub is waited for until it has taken the question; from then on an outage is waited out."""
ACKNOWLEDGE_PATIENCE = 10.0
WITHDRAW_PATIENCE = 3.0
POLL_SECONDS = 30.0
GRACE, DEFAULT_GRACE = 2.0, 5.0
"""Seconds after its time-out that an asker still listens: the hub says itself that the time is over, looking each second, and the
row then says so too; and for the default that the hub then gives."""
MARGIN, LAST_WORD = 0.2, 0.5
"""Seconds that the answer to a poll may take beyond its wait at the very end, and that a withdrawal has where no time is left: a
hub that hangs holds nobody for longer."""


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
    asking = Asking(question, choices=choices, default=default, timeout=timeout, hub=hub, on_outage=on_outage, **fields)
    return asking.run()


class Asking:
    """One question that may be given up from another thread. Arguments as of `ask`."""

    def __init__(
        self,
        question: str,
        *,
        choices: Mapping[str, str] | None = None,
        default: str = "",
        timeout: float | None = None,
        hub: Address | None = None,
        on_outage: Callable[[str], None] | None = None,
        **fields: Any,
    ) -> None:
        offered = dict(choices or {"approve": "approve", "reject": "reject"})
        if default and default not in offered:
            raise ValueError(f"default {default!r} is none of the choices: {', '.join(offered)}")
        if default and timeout is None:
            raise ValueError("a default needs a time-out")
        self._event = {
            "kind": "input.required",
            "title": question,
            "actionable": True,
            "is_prompt": True,
            "waiting": True,
            "choices": [{"key": key, "label": label, "is_default_on_timeout": key == default} for key, label in offered.items()],
            **({} if timeout is None else {"timeout": timeout}),
            **fields,
        }
        self._asker = _Asker(hub or find_hub(), random_key(), frozenset(offered), on_outage or (lambda _: None))
        self._timeout, self._grace = timeout, DEFAULT_GRACE if default else GRACE

    def run(self) -> Answer:
        """Asks and waits, once. Answers and raises as `ask`; `withdrawn` where it was given up."""
        asker = self._asker
        deadline = None if self._timeout is None else time.monotonic() + self._timeout
        try:
            asker.post(self._event, deadline)
            answer = asker.wait(deadline if deadline is None else deadline + self._grace)
        except BaseException:
            asker.withdraw(deadline)
            raise
        if not answer.key:
            asker.withdraw(deadline)
        return answer

    def give_up(self) -> None:
        """Withdraws it. Whoever is in `run` meanwhile must act on nothing that it still answers."""
        self._asker.has_given_up = True
        self._asker.withdraw()


class _Asker:
    """One question, from its POST to its end. Its random key is the capability to poll, acknowledge and withdraw it."""

    def __init__(self, hub: Address, key: str, offered: frozenset[str], on_outage: Callable[[str], None]) -> None:
        self.hub, self.key, self.offered, self.on_outage = hub, key, offered, on_outage
        self.id, self.epoch = "", -1
        self.may_be_known = False
        """The hub may have taken the question: there is something to withdraw."""
        self.has_given_up = False
        self._is_out = False
        """The hub is out of reach, and that was told."""

    def post(self, event: Mapping[str, Any], deadline: float | None) -> None:
        """Until the hub has taken it. The same key every time: it is asked once, whatever is lost on the way."""
        until = time.monotonic() + ASK_PATIENCE
        until = until if deadline is None else min(until, deadline)
        document = document_of(persist(lambda: self._post_once(event, until), until=until, meanwhile=self._tell_outage))
        self.id, self.epoch = str(document.get("id", "")), _integer(document.get("epoch"))
        if not self.id or self.epoch < 0:
            raise HubUnreachable("The hub took the question without naming it, so that no answer could be told from another's.")

    def _post_once(self, event: Mapping[str, Any], until: float) -> Reply:
        # In this order: whoever gives up either finds that it may be known, or is found here.
        was_known, self.may_be_known = self.may_be_known, True
        try:
            if self.has_given_up:
                raise NotConnected("The question was given up.")
            return call(self.hub, "POST", "/api/events", event, idempotency_key=self.key, timeout=_patience(until))
        except NotConnected:
            self.may_be_known = was_known
            raise

    def wait(self, deadline: float | None) -> Answer:
        """Polls until the hub names an end, through restarts and outages of any length, or until the deadline."""
        while (left := _left(deadline)) > 0:
            if self.has_given_up:
                return Answer("withdrawn", self.id)
            try:
                document = self._poll(left)
            except (HubUnreachable, Refused) as problem:
                if isinstance(problem, Refused) and problem.status not in BUSY:
                    raise
                self._tell_outage(problem)
                time.sleep(min(pause(problem), max(0.0, _left(deadline))))
                continue
            self._is_out = False
            if document.get("status") != "open":
                return self._conclude(document)
        return Answer("timeout", self.id)

    def _tell_outage(self, problem: InboxError) -> None:
        """Once for each."""
        if not self._is_out:
            self._is_out = True
            self.on_outage(str(problem))

    def _poll(self, left: float) -> dict[str, Any]:
        wait = min(POLL_SECONDS, left)
        path = f"/api/asks/{self.key}?wait={wait:.3f}&epoch={self.epoch}"
        return document_of(call(self.hub, "GET", path, timeout=min(wait + TIMEOUT, left + MARGIN)))

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
        until = time.monotonic() + ACKNOWLEDGE_PATIENCE
        path = f"/api/asks/{self.key}/ack"
        try:
            reply = persist(lambda: call(self.hub, "POST", path, body, timeout=_patience(until)), until=until)
        except HubUnreachable:
            return True
        except Refused as refusal:
            return refusal.status in BUSY
        return isinstance(reply.document, dict) and reply.document.get("status") == "decided"

    def withdraw(self, deadline: float | None = None) -> None:
        """Gives up, also before the POST was answered: a POST that arrives later is then born withdrawn. Never raises.

        After the question's own `deadline` it takes no longer than an asker listens anyway.
        """
        if not self.may_be_known:
            return
        now = time.monotonic()
        until = now + WITHDRAW_PATIENCE
        until = until if deadline is None else min(until, max(deadline + GRACE, now + LAST_WORD))
        path = f"/api/asks/{self.key}/withdraw"
        try:
            persist(lambda: call(self.hub, "POST", path, {}, timeout=_patience(until)), until=until)
        except InboxError:
            return  # its lease runs out instead, and the row says that the asker is gone


def _left(deadline: float | None) -> float:
    return math.inf if deadline is None else deadline - time.monotonic()


def _patience(until: float) -> float:
    """Seconds that one call may wait for a hub that says nothing."""
    return min(TIMEOUT, max(MARGIN, until - time.monotonic()))


def _integer(value: object) -> int:
    return value if type(value) is int else -1
