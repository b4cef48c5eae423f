"""Telling an asker's address what became of its question, or a project's what was answered: sealed while it waits, signed when
it is sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from inbox_tui.core.errors import Refused
from inbox_tui.core.times import SECOND, Clock
from inbox_tui.core.times import now as machine_clock
from inbox_tui.hub.addresses import Allowed
from inbox_tui.hub.master import KeyFileProblem, MasterKey, SealedElsewhere
from inbox_tui.hub.signing import secret_text, signed
from inbox_tui.hub.store.records import Job
from inbox_tui.hub.values import Callback
from inbox_tui.hub.verbs.jobs import Again, Done, Failed, Outcome

if TYPE_CHECKING:
    from inbox_tui.hub.outbound import Outbound

KIND, WEBHOOK = "callback", "webhook"
"""The kinds of jobs that are done here; a sender has one signing secret for both."""
_GONE = 410
"""Whoever answers so wants to hear no more."""


class Callbacks:
    """`allowed`: what may be called besides the public internet, as the configuration file says it."""

    def __init__(self, master: MasterKey, allowed: Sequence[str] = (), clock: Clock = machine_clock) -> None:
        self._master, self._allowed, self._clock = master, Allowed(allowed), clock
        self._outbound: Outbound | None = None

    def sealed(self, url: str) -> Callback:
        """The address as it may be stored. Raises Refused 503 `key_file`."""
        try:
            return Callback(urlsplit(url).hostname or "", self._master.seal(url))
        except KeyFileProblem as problem:
            raise _unusable(problem) from problem

    def signing_secret(self, space: str, space_made_at: int, sender: str) -> str:
        """What whoever receives a sender's callbacks verifies them with: `whsec_…`. Raises Refused 503 `key_file`."""
        try:
            return secret_text(self._key(space, space_made_at, sender))
        except KeyFileProblem as problem:
            raise _unusable(problem) from problem

    async def run(self, job: Job) -> Outcome:
        """One attempt."""
        return await self.post(job, job.sender, job.body)

    async def post(self, job: Job, signer: str, body: str) -> Outcome:
        """One attempt to send a body to the job's address, signed with the signer's secret. Sealed there is a URL, or as JSON
        {url, headers}."""
        try:
            address, key = self._master.unseal(job.address), self._key(job.space, job.space_made_at, signer)
        except SealedElsewhere:
            return Failed(f"cannot be called: its address was sealed by another key than the one in {self._master.file}")
        except KeyFileProblem as problem:
            return Again(f"cannot be called yet: {problem}")
        if self._outbound is None:
            self._outbound = await asyncio.to_thread(self._make_outbound)
        from inbox_tui.hub.outbound import Forbidden, Unanswered

        url, headers = _opened(address)
        sent = body.encode()
        own = {"Content-Type": _media_type(body), "Idempotency-Key": job.id, **signed(key, job.id, self._clock() // SECOND, sent)}
        try:
            answer = await self._outbound.post(url, sent, {**headers, **own})
        except Unanswered as problem:
            return Again(str(problem))
        except Forbidden as problem:
            return Failed(str(problem))
        if 200 <= answer.status < 300:
            return Done()
        if answer.status == _GONE:
            return Failed("answered 410 Gone")
        return Again(f"answered {answer.status}", answer.retry_after)

    def _key(self, space: str, space_made_at: int, sender: str) -> bytes:
        """Another one where a space is made anew under an old name: it is another's."""
        return self._master.derive(KIND, space, str(space_made_at), sender)

    def _make_outbound(self) -> Outbound:
        """In a thread: it loads an HTTP library and the certificates."""
        from inbox_tui.hub.outbound import Outbound

        return Outbound(self._allowed)


def _opened(address: str) -> tuple[str, dict[str, str]]:
    """URL and headers."""
    if not address.startswith("{"):
        return address, {}
    where = json.loads(address)
    return where["url"], where["headers"]


def _media_type(body: str) -> str:
    try:
        json.loads(body)
    except ValueError:
        return "text/plain; charset=utf-8"
    return "application/json"


def _unusable(problem: KeyFileProblem) -> Refused:
    return Refused(503, str(problem), code="key_file")
