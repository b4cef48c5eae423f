"""What becomes of a message that is to be spoken: its audio, or why there is none. Either calls for its reader, at last."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from inbox_tui.core import speech
from inbox_tui.core.model import Document, Notification
from inbox_tui.core.times import SECOND
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Held, Job, Wanted
from inbox_tui.hub.verbs.jobs import BUDGET, Again, Done, Failed, Outcome, pause
from inbox_tui.hub.verbs.publish import note


@dataclass(frozen=True, slots=True)
class Spoken(Done):
    """There is audio, and this is how the message names it."""

    attachment: Document = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FinishAudio:
    """What became of a claimed job of this kind. Answers it in a few words for the log; "" where it is another claim's by now."""

    job: Job
    outcome: Outcome
    jitter: float

    def prepare(self, wanted: Wanted) -> None:
        wanted.ids.add(self.job.notification_id)

    def run(self, batch: Batch) -> str:
        job, outcome = self.job, self.outcome
        found = batch.select(statements.RUNNING_JOB, id=job.id)
        if not found or found[0][0] != job.attempts:
            return ""
        held = batch.row(job.notification_id)
        if isinstance(outcome, Again) and held is not None and batch.now - job.queued_at < BUDGET:
            due_at = batch.now + pause(job.attempts, outcome.retry_after, self.jitter)
            batch.execute(statements.RETRY_JOB, id=job.id, due_at=due_at, reason=outcome.reason, now=batch.now)
            batch.put(held, speech.told(held.row, "queued"))
            return f"{outcome.reason}; again in {(due_at - batch.now) / SECOND:.0f} s"
        batch.execute(statements.DELETE_JOB, id=job.id)
        if held is None:
            return "nobody has the message any more"
        return self._told(batch, held)

    def _told(self, batch: Batch, held: Held) -> str:
        if isinstance(self.outcome, Spoken):
            attachment = self.outcome.attachment
            note(batch, held.row, "audio.ready", "The audio is ready", attachments=[attachment])
            _raise(batch, held, speech.told(held.row, "ready", attachment=attachment))
            return "ready"
        reason = self.outcome.reason if isinstance(self.outcome, (Again, Failed)) else ""
        note(batch, held.row, "audio.failed", f"There is no audio: {reason}")
        _raise(batch, held, speech.told(held.row, "failed", reason=reason))
        return f"failed: {reason}"


def _raise(batch: Batch, held: Held, row: Notification) -> None:
    """It calls now, unless somebody has dealt with it meanwhile."""
    calls = row.done_at is None
    batch.put(held, replace(row, raised_at=batch.now, read_at=None) if calls else row, raised=calls)
