"""A job is claimed by lease and ends in one of three ways; each is a verb, so that it is written under its space's lock.

A hub that dies between claim and end leaves a lease that runs out: the job is then claimed and done again, with the same
id.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from inbox_tui.core import decide, speech
from inbox_tui.core.errors import Refused, unknown_id
from inbox_tui.core.model import Event
from inbox_tui.core.times import DAY, HOUR, SECOND
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.database import in_list
from inbox_tui.hub.store.records import Held, Job, Wanted
from inbox_tui.hub.values import Sender
from inbox_tui.hub.verbs.publish import Publish, note

FIRST_PAUSE, LONGEST_PAUSE = 2 * SECOND, HOUR
BUDGET = DAY
"""A job that has been tried for so long is given up."""
_NO_HOST = " "
DELIVERY_FAILED = "notify.delivery_failed"


@dataclass(frozen=True, slots=True)
class Done:
    """It need not be done any more. `note`: what the row's timeline says of it, after the host's name; "": nothing."""

    note: str = "was told"


@dataclass(frozen=True, slots=True)
class Again:
    """It did not work this time. `reason` goes on from the host's name: "answered 503". `retry_after` seconds were asked for."""

    reason: str
    retry_after: float = 0.0


@dataclass(frozen=True, slots=True)
class Failed:
    """It never will. `reason` as of `Again`."""

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """A part of it is done; it goes on after `seconds`, told `body`. `note`: what the row's timeline says of it, "" nothing."""

    seconds: float
    body: str
    note: str = ""


Outcome = Done | Again | Failed | Later


def pause(attempts: int, retry_after: float, jitter: float) -> int:
    """Microseconds until the next attempt: twice as long each time, give or take a quarter by `jitter` (0 to 1), and never
    before the other side asked for, within an hour."""
    grown = min(LONGEST_PAUSE, FIRST_PAUSE << min(attempts - 1, 20))
    return max(round(grown * (0.75 + jitter / 2)), round(min(retry_after, LONGEST_PAUSE / SECOND) * SECOND))


@dataclass(frozen=True, slots=True)
class Claim:
    """Takes the jobs of the space that are due first, `lease` microseconds each. Answers them.

    `most_a_host`: so many of one host at once, with those that are `under_way` there already. So a host that answers nothing
    holds up no other, however much waits for it.
    """

    most: int
    lease: int
    most_a_host: int = sys.maxsize
    under_way: Mapping[str, int] = field(default_factory=dict)

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> list[Job]:
        left = {host: self.most_a_host - count for host, count in self.under_way.items()}
        due_jobs, params = in_list(statements.DUE_JOBS, [host for host in left if left[host] <= 0] or [_NO_HOST])
        due = batch.select(due_jobs, now=batch.now, limit=self.most, **params)
        jobs = []
        for job in (Job(*record) for record in due):
            left[job.host] = left.get(job.host, self.most_a_host) - 1
            if left[job.host] >= 0:
                jobs.append(job)
                batch.execute(statements.CLAIM_JOB, id=job.id, lease_until=batch.now + self.lease, now=batch.now)
                if job.kind == speech.AUDIO and (held := batch.row(job.notification_id)) is not None:
                    batch.put(held, speech.told(held.row, "running"))
        return jobs


@dataclass(frozen=True, slots=True)
class Renew:
    """It is still being done: its lease goes on."""

    job: Job
    lease: int

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> None:
        batch.execute(statements.RENEW_JOB, id=self.job.id, attempts=self.job.attempts, lease_until=batch.now + self.lease)


@dataclass(slots=True)
class Finish:
    """What became of a claimed job. Answers it in a few words for the log; "" where it is another claim's by now."""

    job: Job
    outcome: Outcome
    jitter: float
    _notice: Publish = field(init=False)

    def prepare(self, wanted: Wanted) -> None:
        wanted.ids.add(self.job.notification_id)
        title = f"A {self.job.kind} to {self.job.host} failed"
        self._notice = Publish(Sender("inbox"), Event(kind=DELIVERY_FAILED, title=title, severity="error", source="inbox"))
        self._notice.prepare(wanted)

    def run(self, batch: Batch) -> str:
        job, outcome = self.job, self.outcome
        found = batch.select(statements.RUNNING_JOB, id=job.id)
        # Done is done, whoever claimed it since; anything else is for the last claim to say.
        if not found or (found[0][0] != job.attempts and not isinstance(outcome, Done)):
            return ""
        held = batch.row(job.notification_id)
        if isinstance(outcome, Done):
            return self._done(batch, held, outcome)
        if isinstance(outcome, Later):
            return self._later(batch, held, outcome)
        if isinstance(outcome, Again) and batch.now - job.queued_at < BUDGET:
            return self._again(batch, held, outcome)
        return self._failed(batch, held, outcome.reason)

    def _done(self, batch: Batch, held: Held | None, outcome: Done) -> str:
        batch.execute(statements.DELETE_JOB, id=self.job.id)
        if held is not None:
            if outcome.note:
                self._note(batch, held, "sent", outcome.note)
            # A project's webhook hears of an answer besides its asker, who still has to acknowledge it.
            row = decide.acknowledge(held.row) if self.job.kind == "callback" else held.row
            if row is not held.row:
                batch.put(held, row)
        return "done"

    def _later(self, batch: Batch, held: Held | None, outcome: Later) -> str:
        due_at = batch.now + round(outcome.seconds * SECOND)
        batch.execute(statements.DEFER_JOB, id=self.job.id, body=outcome.body, due_at=due_at, now=batch.now)
        if held is not None and outcome.note:
            self._note(batch, held, "sent", outcome.note)
        return f"goes on in {outcome.seconds:.0f} s"

    def _again(self, batch: Batch, held: Held | None, outcome: Again) -> str:
        job = self.job
        due_at = batch.now + pause(job.attempts, outcome.retry_after, self.jitter)
        batch.execute(statements.RETRY_JOB, id=job.id, due_at=due_at, reason=outcome.reason, now=batch.now)
        if held is not None and job.attempts == 1:
            self._note(batch, held, "delayed", f"{outcome.reason}; it is tried again for a day")
        return f"{outcome.reason}; again in {(due_at - batch.now) / SECOND:.0f} s"

    def _failed(self, batch: Batch, held: Held | None, reason: str) -> str:
        job, notice = self.job, self._notice
        batch.execute(statements.FAIL_JOB, id=job.id, reason=reason, now=batch.now)
        told = f"{job.host} {reason}. It was tried {'once' if job.attempts == 1 else f'{job.attempts} times'}."
        if held is not None:
            self._note(batch, held, "failed", reason)
            told += f" It was to hear what became of: {held.row.title}"
        notice.event = replace(notice.event, body=told)
        notice.run(batch)
        return f"failed: {reason}"

    def _note(self, batch: Batch, held: Held, what: str, told: str) -> None:
        job = self.job
        note(batch, held.row, f"{job.kind}.{what}", f"{job.host} {told}", host=job.host, attempts=job.attempts)


@dataclass(frozen=True, slots=True)
class RetryJob:
    """A job that was given up is tried again, with a budget of its own."""

    id: str

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> None:
        """Raises Refused 404; 409 `not_failed` for one that is still being tried."""
        if _state_of(batch, self.id) != "failed":
            raise Refused(409, "This job is still being tried.", code="not_failed")
        batch.execute(statements.RETRY_FAILED_JOB, id=self.id, now=batch.now)
        batch.has_queued = True


@dataclass(frozen=True, slots=True)
class DropJob:
    """A job is not tried any more; an attempt that is under way may still come through."""

    id: str

    def prepare(self, wanted: Wanted) -> None:
        pass

    def run(self, batch: Batch) -> None:
        """Raises Refused 404."""
        _state_of(batch, self.id)
        batch.execute(statements.DELETE_JOB, id=self.id)


def _state_of(batch: Batch, id: str) -> str:  # noqa: A002
    """Raises Refused 404, also for what only waits for its question's end."""
    found = batch.select(statements.JOB_STATE, id=id)
    if not found or found[0][0] == "waiting":
        raise unknown_id("job")
    return str(found[0][0])
