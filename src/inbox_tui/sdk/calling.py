"""Calls that are made again while a hub is out of reach or busy, and what its answers are taken for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from inbox_tui.core.errors import HubUnreachable, InboxError, Refused
from inbox_tui.wire import NotConnected, Reply

BUSY = (429, 503, 507)
"""A hub that could not take it now: full, unwritable, or asked too often. Nothing was written, so it may be sent again."""


def persist(
    attempt: Callable[[], Reply],
    *,
    until: float,
    waits_for_one: bool = True,
    meanwhile: Callable[[InboxError], None] = lambda _: None,
) -> Reply:
    """Calls again while the hub is out of reach or busy, until the monotonic time `until`; then raises what it met last.

    Without `waits_for_one` it raises at once where no hub is there at all. `meanwhile` hears why it is tried again, each time.
    """
    while True:
        try:
            return attempt()
        except (HubUnreachable, Refused) as problem:
            if isinstance(problem, Refused) and problem.status not in BUSY:
                raise
            if isinstance(problem, NotConnected) and not waits_for_one:
                raise
            rest = pause(problem)
            if time.monotonic() + rest >= until:
                raise
            meanwhile(problem)
            time.sleep(rest)


def pause(problem: InboxError) -> float:
    """Seconds before the next try."""
    return float(problem.retry_after or 1) if isinstance(problem, Refused) else 0.2


def document_of(reply: Reply) -> dict[str, Any]:
    if not isinstance(reply.document, dict):
        raise HubUnreachable("The hub's answer is not one of an inbox hub. Is something else listening at that address?")
    return reply.document


def random_key() -> str:
    """128 random bits, never derived from what is said: two equal questions are two questions."""
    return os.urandom(16).hex()
