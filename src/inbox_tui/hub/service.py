"""The verbs of a space: the one door to what follows an event, a key press or the clock. Rules are in `core` and `verbs`.

Revs and epochs are microseconds-sized integers: a new space begins at the time of its making, so that no cursor of a lost
database can ever be good in its successor.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from inbox_tui.core import triage as rules
from inbox_tui.core.errors import Refused, invalid, unknown_id
from inbox_tui.core.model import Document, Event
from inbox_tui.core.speech import AUDIO
from inbox_tui.core.times import Clock
from inbox_tui.core.times import now as machine_clock
from inbox_tui.hub.answers import Answers
from inbox_tui.hub.asks import Asks
from inbox_tui.hub.callbacks import KIND, WEBHOOK, Callbacks
from inbox_tui.hub.clockwork import Clockwork
from inbox_tui.hub.counting import Histogram
from inbox_tui.hub.flows.activities import SIGNER, Activities, Machine
from inbox_tui.hub.flows.engine import FlowEngine
from inbox_tui.hub.flows.rules import FlowRules
from inbox_tui.hub.jobs import LEASE_SECONDS, Handler, Jobs
from inbox_tui.hub.keys import LOCAL, Identity, Key, Keys, NewKey
from inbox_tui.hub.measures import Measures
from inbox_tui.hub.media import Media
from inbox_tui.hub.messages import Messages
from inbox_tui.hub.mutes import MuteRules
from inbox_tui.hub.rate import RateLimit
from inbox_tui.hub.readers import Readers
from inbox_tui.hub.sessions import Sessions
from inbox_tui.hub.spaces import DEFAULT_SPACE, Spaces, unknown_space
from inbox_tui.hub.speech import Speaker
from inbox_tui.hub.store import reads
from inbox_tui.hub.store.database import Bell
from inbox_tui.hub.store.reads import Change, Changes, Head, Page, SpaceNumbers, Totals
from inbox_tui.hub.store.store import Begin, Committed, Store
from inbox_tui.hub.values import (
    ALONE,
    Answer,
    Belonging,
    Bulk,
    Callback,
    InSession,
    MediaLimits,
    Published,
    Rate,
    Retention,
    Sender,
    Voices,
)
from inbox_tui.hub.verbs.decide import Decide
from inbox_tui.hub.verbs.publish import Publish
from inbox_tui.hub.verbs.triage import Chunk, RecallBulk, RememberBulk, Triage, TriageChunk, TriageRows
from inbox_tui.hub.waiters import Waiters
from inbox_tui.hub.webhooks import Webhooks
from inbox_tui.hub.worklist import Worklist
from inbox_tui.hub.writer import Writer

__all__ = [
    "Activity", "Answer", "Belonging", "Bulk", "Change", "Changes", "Head", "Identity", "InSession", "Key", "NewKey", "Page",
    "Published", "Rate", "Retention", "Sender", "Service", "SpaceNumbers", "Totals",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Activity:
    """What a hub is about: changes that wait to be written, how many a commit had and how long it took, and askers that wait."""

    queued: int
    batches: Histogram
    commits: Histogram
    polls: int


_DEFAULT_RETENTION, _DEFAULT_RATE, _DEFAULT_MEDIA = Retention(), Rate(), MediaLimits()


class Service:
    """Every method that writes answers once the change is on disk, and raises `core.errors.Refused`: 507 `storage` where
    nothing can be written, 503 `busy` where too much is queued, and what its own line says."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        retention: Retention = _DEFAULT_RETENTION,
        rate: Rate = _DEFAULT_RATE,
        media: MediaLimits = _DEFAULT_MEDIA,
        voices: Voices | None = None,
        callbacks: Callbacks | None = None,
        flows: FlowEngine | None = None,
        machine: Machine | None = None,
        job_lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self.store = store
        store.keep_events(retention.first_events, retention.last_events)
        self._writer = Writer(store, clock, monotonic)
        self._writer.heard = self._heard
        self._readers = Readers(store)
        self.measures = Measures(self._readers)
        self._waiters = Waiters(self._readers)
        self.asks = Asks(self._writer, self._readers, self._waiters)
        self._keys = Keys(self._writer, self._readers, monotonic)
        self._spaces = Spaces(self._writer, self._readers)
        self._limit = RateLimit(rate, monotonic)
        self._clockwork = Clockwork(self._writer, self._readers, clock, monotonic, retention)
        self.mutes = MuteRules(self._writer, self._readers, self._clockwork)
        self.media = Media(store, self._writer, self._readers, media, self._limit, clock or machine_clock)
        self.messages = Messages(self._writer, self._readers)
        self.sessions = Sessions(self._writer, self._readers)
        self._callbacks = callbacks
        self.webhooks = Webhooks(self._writer, callbacks)
        handlers: dict[str, Handler] = {} if voices is None else {AUDIO: Speaker(voices, self.media).run}
        if callbacks is not None:
            handlers |= {KIND: callbacks.run, WEBHOOK: callbacks.run}
        self._flows = flows
        self.flow_rules = FlowRules(self._writer, self._readers, flows.master) if flows is not None else None
        if callbacks is not None and machine is not None:
            handlers |= Activities(self, callbacks, machine, clock or machine_clock).handlers
        self._jobs = Jobs(self._writer, self._readers, clock, handlers, job_lease_seconds)
        self.worklist = Worklist(self._writer, self._readers, self._jobs.wake)
        self.answers = Answers(self._writer, self._readers, self._waiters)
        self._listeners: list[Callable[[str | None], None]] = [self.answers.wake]
        self._bell: Bell | None = None

    @property
    def storage_problem(self) -> str:
        """Why nothing could be written, or read, the last time; "" when it could."""
        return self._writer.problem or self._readers.problem

    @property
    def activity(self) -> Activity:
        return Activity(self._writer.waiting, self._writer.batches, self._writer.commits, self._waiters.waiting)

    async def totals(self) -> Totals:
        """Of all spaces together."""
        return await self._readers.read(reads.totals)

    async def start(self) -> None:
        """Raises nothing where the disk cannot be written: `storage_problem` says so, and what is stored can be read."""
        self._writer.start()
        loop = asyncio.get_running_loop()
        self._bell = self.store.database.bell(lambda spaces: loop.call_soon_threadsafe(self._heard_elsewhere, spaces))
        self._clockwork.start()
        with suppress(Refused):
            await self._writer.submit(DEFAULT_SPACE, Begin())
        self._jobs.start()

    async def close(self) -> None:
        """Everything accepted is still written; whoever waits for an answer is told that there is none yet. The store stays
        open: it is its opener's."""
        self._waiters.close()
        await self._jobs.close()
        await self._writer.close()
        bell, self._bell = self._bell, None
        if bell is not None:
            await asyncio.to_thread(bell.close)
        await self._readers.close()

    def on_commit(self, callback: Callable[[str | None], None]) -> None:
        """Has it called, in the loop, with the space after each commit that moved its rev, here or in another hub; with None
        where any space may have moved."""
        self._listeners.append(callback)

    async def publish(
        self,
        space: str,
        sender: Sender,
        event: Event,
        *,
        idempotency_key: str = "",
        body_hash: str = "",
        belonging: Belonging | InSession = ALONE,
    ) -> Published:
        """409 `idempotency` for a key that came with another body; the same body gets the first answer again. 422 for a session
        or a parent that the sender does not have. 429 `rate`. 503 `key_file` where a callback cannot be kept safely."""
        if seconds := self._limit.take(space, sender.name):
            await self._refuse_for_rate(space, sender, seconds)
        verb = Publish(sender, event, idempotency_key, body_hash, self._sealed(event), belonging, self._flows)
        published = cast(Published, await self._writer.submit(space, verb))
        if verb.timer is not None:
            self._clockwork.count(space, *verb.timer)
        return published

    async def say(self, space: str, event: Event, *, key: str = "") -> Published:
        """Something of the hub's own; with a key, once. It sets nothing off."""
        return cast(Published, await self._writer.submit(space, Publish(Sender("inbox"), event, key)))

    async def head(self, space: str) -> Head:
        return await self._readers.read(lambda connection: reads.head(connection, space))

    async def heads(self, spaces: Sequence[str]) -> dict[str, Head]:
        """Of those that are there, in one read."""
        return await self._readers.read(lambda connection: reads.heads(connection, spaces))

    async def page(self, space: str, *, limit: int, before: str = "", unread: bool = False, needs_me: bool = False) -> Page:
        """Newest id first; 1 to 500 rows."""
        return await self._readers.read(
            lambda connection: reads.page(connection, space, limit=limit, before=before, unread=unread, needs_me=needs_me)
        )

    async def notification(self, space: str, id: str) -> str:  # noqa: A002
        """The row's document. 404."""
        return await self._readers.read(lambda connection: reads.notification(connection, space, id))

    async def timeline(self, space: str, run_id: str) -> list[Document]:
        """What was said in a run, oldest first: {id, at, sent_at, kind, title, body, severity, notification_id, run_id, sender,
        source, details}. Empty for a run that nobody has spoken of."""
        texts = await self._readers.read(lambda connection: reads.events_of_run(connection, space, run_id))
        return [json.loads(text) for text in texts]

    async def occurrences(self, space: str, notification_id: str) -> list[Document]:
        """The kept events of one row, in the same shape. 404."""
        texts = await self._readers.read(lambda connection: reads.events_of_notification(connection, space, notification_id))
        return [json.loads(text) for text in texts]

    async def changes(self, space: str, after_rev: int, limit: int, most_bytes: int = reads.MOST_BYTES) -> Changes | None:
        """Rows and tombstones after a cursor, by rev, from one snapshot; no more of them than have `most_bytes`, but always one.
        None: the cursor is not (or no longer) good."""
        return await self._readers.read(lambda connection: reads.changes(connection, space, after_rev, limit, most_bytes))

    # ---- the operator ----

    async def triage(
        self,
        space: str,
        id: str,  # noqa: A002
        verb: rules.Verb,
        *,
        seen: int | None = None,
        idempotency_key: str = "",
        until: int | None = None,
    ) -> int:
        """The rev that shows it. 404; 409 `changed` where it was raised after `seen`, `waiting_here` where an asker waits.
        `until`: of a snooze, microseconds; once it has passed, the row comes back."""
        return cast(int, await self._writer.submit(space, Triage(id, verb, seen, idempotency_key, until)))

    async def triage_rows(
        self,
        space: str,
        verb: rules.Verb,
        rows: Mapping[str, int],
        *,
        idempotency_key: str = "",
        until: int | None = None,
    ) -> Bulk:
        """Rows by their ids, at most 250, each with the raised_rev that the operator was shown; in one commit."""
        return cast(Bulk, await self._writer.submit(space, TriageRows(verb, rows, idempotency_key, until)))

    async def triage_all(
        self,
        space: str,
        verb: rules.Verb,
        *,
        up_to: int | None = None,
        unread: bool = False,
        needs_me: bool = False,
        listed: bool = False,
        idempotency_key: str = "",
        until: int | None = None,
    ) -> Bulk:
        """All rows not raised after `up_to` (None: after now), a chunk a commit. Rows that an asker waits for are not done."""
        earlier = await self._writer.submit(space, RecallBulk(idempotency_key)) if idempotency_key else None
        if earlier is not None:
            return cast(Bulk, earlier)
        up_to = (await self.head(space)).rev if up_to is None else up_to
        after, changed, skipped, rev = "0", 0, 0, 0
        while after:
            verb_ = TriageChunk(verb, up_to, after, unread, needs_me, until, listed)
            chunk = cast(Chunk, await self._writer.submit(space, verb_))
            after, rev = chunk.after, chunk.rev
            changed, skipped = changed + chunk.changed, skipped + chunk.skipped
        answer = Bulk(rev, changed, skipped)
        if idempotency_key:
            await self._writer.submit(space, RememberBulk(idempotency_key, answer))
        return answer

    async def decide(
        self,
        space: str,
        id: str,  # noqa: A002
        *,
        key: str,
        comment: str,
        raised_rev: int,
        epoch: int,
        attempt: str,
        by: str,
        via: str,
        shown_hash: str = "",
    ) -> str:
        """The row's document. 404 `unknown_id`, for another epoch too; 409 `decided` (with the decision), `changed`, `expired`,
        `withdrawn`, `superseded`, `answered_elsewhere`, `not_actionable`; 422 for a key not offered. The same attempt with the
        same key is answered the same for ever."""
        verb = Decide(id, key, comment, raised_rev, epoch, attempt, by, via, shown_hash)
        return cast(str, await self._writer.submit(space, verb))

    # ---- the clock, the keys and the spaces ----

    async def tick(self) -> None:
        """What time does: expiry, lapsed leases, retention, and what is left of removed spaces. To be called each second."""
        await self._clockwork.tick()

    async def create_key(self, space: str, name: str, role: str, *, allow_timeout_approve: bool = False) -> NewKey:
        """422 for a name or role that cannot be, 409 `name_taken`, 404 for a space that is not there."""
        return await self._keys.create(space, name, role, allow_timeout_approve=allow_timeout_approve)

    async def list_keys(self, space: str | None = None) -> list[Key]:
        """None: those of every space."""
        return await self._keys.list(space)

    async def revoke_key(self, id: str) -> None:  # noqa: A002
        """404."""
        await self._keys.revoke(id)

    async def signing_secret(self, space: str, sender: str) -> str:
        """What the callbacks of a sender of this name, there already or not, are verified with: `whsec_…`; "" where this hub
        calls nobody. 404 for a space that is not there, 503 `key_file`."""
        made_at = await self._readers.read(lambda connection: reads.space_made_at(connection, space))
        if made_at is None:
            raise unknown_space(space)
        return self._callbacks.signing_secret(space, made_at, sender) if self._callbacks is not None else ""

    async def known_signing_secret(self, space: str, sender: str) -> str:
        """The same for one that there is: 404."""
        if sender not in (LOCAL, SIGNER) and all(key.name != sender for key in await self._keys.list(space)):
            raise unknown_id("key")
        return await self.signing_secret(space, sender)

    async def authenticate(self, key_text: str) -> Identity | None:
        """Whose key it is; None: nobody's. Remembered for a second at most."""
        return await self._keys.authenticate(key_text)

    async def create_space(self, name: str) -> None:
        """422 for a name that cannot be, 409 `name_taken`."""
        await self._spaces.create(name)

    async def list_spaces(self) -> list[SpaceNumbers]:
        return await self._spaces.list()

    async def remove_space(self, name: str, *, confirm: str) -> None:
        """Its keys stop, its streams and polls end; what it held is erased by `tick`, a piece at a time. 404; 409
        `default_space`, `unconfirmed` where `confirm` is not the name."""
        await self._spaces.remove(name, confirm)
        self._keys.forget(name)
        self._waiters.wake_all(name)

    # ---- inside ----

    def _sealed(self, event: Event) -> Callback | None:
        if not event.callback_url:
            return None
        if self._callbacks is None:
            raise invalid("body.callback_url", "this hub calls nobody")
        return self._callbacks.sealed(event.callback_url)

    def _heard(self, space: str, done: Committed) -> None:
        if done.has_queued:
            self._jobs.wake()
        if done.moved:
            if self._bell is not None:
                self._bell.ring(space)
            self._moved(space)

    def _heard_elsewhere(self, spaces: list[str] | None) -> None:
        for space in [None] if spaces is None else spaces:
            self._moved(space)

    def _moved(self, space: str | None) -> None:
        self._waiters.wake(space)
        for callback in self._listeners:
            callback(space)

    async def _refuse_for_rate(self, space: str, sender: Sender, seconds: int) -> None:
        if self._limit.should_tell(space, sender.name):
            title = f"{sender.name} posts too fast: some of its events were refused"
            notice = Event("hub.rate_limited", title, severity="warn", source="inbox")
            await self.say(space, notice)
        raise Refused(429, f"{sender.name} posts too fast: try again in {seconds} s.", code="rate", retry_after=seconds)
