"""Handing messages to a hub: now if it can be had within a moment, else kept, in order and once, until it can."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from inbox_tui.core.errors import HubUnreachable, InboxError, Refused
from inbox_tui.sdk.calling import BUSY, document_of
from inbox_tui.sdk.spool import Message, Spool, SpoolError
from inbox_tui.wire import Address, NotConnected, Reply, call

PATIENCE = 1.8
"""Seconds that a message may hold its sender: with all that a command does besides, less than two."""
_HUNG_AFTER, _GLANCE = 0.5, 0.1
KEY_PROBLEMS = (401, 403)
_NOT_A_HUB = (404, 405)
_TURN = 0.02
"""Seconds between looks whether another program has finished delivering."""

Tell = Callable[[str], None]


def tell_on_stderr(message: str) -> None:
    """What nobody asked for, but somebody should know: a message that will not arrive."""
    from inbox_tui.core.text import clean

    try:
        print(f"inbox: {clean(message)}", file=sys.stderr, flush=True)
    except (OSError, ValueError, AttributeError):
        return


class Delivery(NamedTuple):
    """What became of one message. Neither a reply nor a refusal: it is kept, for `problem`'s sake."""

    reply: Reply | None = None
    refusal: Refused | None = None
    problem: InboxError | None = None


_GONE = Delivery()
"""Another program delivered it."""


def is_outage(problem: InboxError) -> bool:
    """Whether the same message may be taken later: the hub is away, is not (yet) one, cannot write, or made a mistake."""
    if isinstance(problem, Refused):
        return problem.status in BUSY or problem.status >= 500 or problem.status in _NOT_A_HUB
    return isinstance(problem, HubUnreachable)


def is_hung(problem: InboxError, took: float) -> bool:
    """Whether the hub heard and did not answer for so many seconds."""
    return isinstance(problem, HubUnreachable) and not isinstance(problem, NotConnected) and took >= _HUNG_AFTER


def post(hub: Address, message: Message, seconds: float) -> Reply:
    """One call that takes no longer than that, whatever the network does. Raises as `call` does."""
    if hub.socket:
        return _post(hub, message, seconds)
    import threading

    # Looking a name up, or an answer that trickles in, knows no time-out of ours.
    found: list[Reply | BaseException] = []

    def work() -> None:
        try:
            found.append(_post(hub, message, seconds))
        except BaseException as problem:
            found.append(problem)

    thread = threading.Thread(target=work, name="inbox-call", daemon=True)
    try:
        thread.start()
    except RuntimeError:  # the interpreter is ending
        return _post(hub, message, seconds)
    thread.join(seconds)
    if not found:
        raise HubUnreachable(f"The hub at {hub} is out of reach: no answer in {seconds:.1f} s.")
    if isinstance(found[0], BaseException):
        raise found[0]
    return found[0]


def _post(hub: Address, message: Message, seconds: float) -> Reply:
    event: Mapping[str, Any] = message.event
    return call(hub, "POST", "/api/events", event, idempotency_key=message.key, timeout=max(0.01, seconds))


def deliver(
    hub: Address, spool: Spool, message: Message, *, seconds: float = PATIENCE, tell: Tell, durable: bool = False
) -> tuple[str, Delivery]:
    """Puts it behind what waits already, then delivers what it can in that time. Answers the name under which it is kept, too.

    Raises SpoolError where it cannot be kept.
    """
    name = spool.append(message, durable=durable)
    return name, drain(hub, spool, until=time.monotonic() + patience_with(spool, seconds), tell=tell, mine=name)


def patience_with(spool: Spool, seconds: float) -> float:
    """A hub that hung a moment ago is given enough to show that it does no more: it must not hold every call as it held one."""
    return min(seconds, _GLANCE) if spool.is_silent() else seconds


def drain(hub: Address, spool: Spool, *, until: float, tell: Tell, mine: str = "") -> Delivery:
    """Delivers what waits, oldest first, until nothing does, the hub is out of reach or time is up. Answers for `mine`.

    A message that the hub refuses for good, and a file that is no message, go aside and are told, each once.
    """
    own = _GONE
    try:
        while spool.pending():
            with spool.delivering() as is_ours:
                problem = None
                if is_ours:
                    problem, found = _deliver_all(hub, spool, until, tell, mine)
                    own = found or own
            if problem is None and time.monotonic() >= until:
                problem = HubUnreachable("There was not time enough for all that waits.")
            if problem is not None:
                return own if mine and mine not in spool.pending() else Delivery(problem=problem)
            if not is_ours:
                time.sleep(_TURN)
    except OSError as fault:
        return Delivery(problem=SpoolError(f"{spool.folder}: {fault.strerror or fault}"))
    return own


def _deliver_all(hub: Address, spool: Spool, until: float, tell: Tell, mine: str) -> tuple[InboxError | None, Delivery | None]:
    """Until one cannot be had now, for which problem the rest stays, in order."""
    own = None
    has_delivered = False
    for name in spool.pending():
        left = until - time.monotonic()
        if left <= 0:
            break
        try:
            message = spool.read(name)
        except ValueError as fault:
            tell(f"a kept message cannot be read, and is put aside: {_aside(spool, name)}: {fault}")
            continue
        if message is None:
            continue
        found = _try(hub, message, left)
        if found.problem is not None:
            if is_hung(found.problem, left - (until - time.monotonic())):
                spool.note_silence(True)
            return found.problem, own
        if found.refusal is not None and name != mine:
            tell(f"the hub refused a kept message, which is put aside: {_aside(spool, name)}: {found.refusal}")
        else:
            spool.drop(name)
        own = found if name == mine else own
        if not has_delivered:
            spool.note_silence(False)
        has_delivered = True
    return None, own


def _try(hub: Address, message: Message, seconds: float) -> Delivery:
    try:
        reply = post(hub, message, seconds)
        if "event_id" not in document_of(reply):
            return Delivery(problem=HubUnreachable(f"What answers at {hub} is no inbox hub."))
        return Delivery(reply)
    except Refused as refused:
        is_final = not is_outage(refused) and refused.status not in KEY_PROBLEMS
        return Delivery(refusal=refused) if is_final else Delivery(problem=refused)
    except InboxError as problem:
        return Delivery(problem=problem)


def _aside(spool: Spool, name: str) -> str:
    try:
        return str(spool.set_aside(name))
    except OSError as problem:
        # What cannot even be moved must not stand in the way of all that follows it.
        spool.drop(name)
        return f"{name} is lost: {problem.strerror}"
