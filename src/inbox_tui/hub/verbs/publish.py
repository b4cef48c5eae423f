"""An event comes in: it folds into its row or makes one, and may end a run, supersede a prompt or hint at an answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from inbox_tui.core import decide, fold, lifecycle, speech, triage
from inbox_tui.core.errors import Refused
from inbox_tui.core.measures import measure_of
from inbox_tui.core.model import Document, Event, Json, Notification
from inbox_tui.core.times import SECOND, to_wire
from inbox_tui.hub.flows.engine import FlowEngine
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.batch import Batch
from inbox_tui.hub.store.records import Ask, Held, Idempotent, Run, Wanted, text_of
from inbox_tui.hub.values import ALONE, Belonging, Callback, InSession, Published, Sender
from inbox_tui.hub.verbs import belonging
from inbox_tui.hub.verbs.history import asked_before
from inbox_tui.hub.verbs.timers import Timer, permits

LEASE = 30 * SECOND
"""How long after its last poll (or its POST) an asker still counts as waiting."""


@dataclass(slots=True)
class Publish:
    sender: Sender
    event: Event
    idempotency_key: str = ""
    body_hash: str = ""
    callback: Callback | None = None
    """Where the end of the question is to be told; of no effect on what asks nothing."""
    belonging: Belonging | InSession = ALONE
    flows: FlowEngine | None = None
    """What follows from it; None: nothing does, as from what flows have made themselves."""
    _fold_key: str = field(default="", init=False)
    _live_key: str = field(default="", init=False)
    timer: tuple[str, Timer] | None = field(default=None, init=False)
    """Row id and count of a question whose time-out may permit; set once it is run."""

    def prepare(self, wanted: Wanted) -> None:
        event, sender = self.event, self.sender.name
        if fold.folds(event):
            self._fold_key = fold.fold_key(event, sender)
            wanted.fold_keys.add(self._fold_key)
        if event.run_id and event.kind in lifecycle.OUTCOMES:
            self._live_key = fold.live_key(sender, event.run_id)
            wanted.fold_keys.add(self._live_key)
        if self._live_key or fold.is_live(event):
            wanted.run_ids.add(event.run_id)
        if self.idempotency_key:
            wanted.idempotency_keys.add(self.idempotency_key)
            if event.is_prompt:
                wanted.ask_keys.add(self.idempotency_key)
        if event.supersedes:
            wanted.ids.add(event.supersedes)

    def run(self, batch: Batch) -> Published:
        """Raises Refused 409 `idempotency` for a key that came with another body; 422 for a session or a parent that the sender
        does not have."""
        if earlier := self._earlier(batch):
            return earlier
        if self.belonging != ALONE:
            self.event = belonging.placed(batch, self.event, self.sender.name, self.belonging)
        held = None if self._is_late(batch) else self._fold(batch)
        done = self._record(batch, held)
        if self.flows is not None and held is not None and batch.space.flows:
            return replace(done, dispatch=self.flows.queue(batch, held, self.event, done.event_id, self.sender.name))
        return done

    def _earlier(self, batch: Batch) -> Published | None:
        """What the same key was answered before."""
        key, name = self.idempotency_key, self.sender.name
        if not key:
            return None
        if (known := batch.idempotent(name, key)) is not None:
            if known.body_hash != self.body_hash:
                raise Refused(409, "This Idempotency-Key came with another body before.", code="idempotency")
            return Published(known.notification_id, known.event_id, known.rev, known.epoch, False, known.at, True)
        if self.event.is_prompt and (ask := batch.ask(name, key)) and ask.notification_id:
            held = batch.row(ask.notification_id)
            rev, epoch, at = (held.row.rev, held.epoch, held.row.created_at) if held else (0, 0, 0)
            [(event_id,)] = batch.select(statements.FIRST_EVENT_OF_ROW, id=ask.notification_id)
            return Published(ask.notification_id, str(event_id or ""), rev, epoch, False, at, True)
        return None

    def _is_late(self, batch: Batch) -> bool:
        """An event of a run that has ended goes to its timeline only."""
        if not fold.is_live(self.event):
            return False
        run = batch.run(self.sender.name, self.event.run_id)
        return run is not None and run.finished_at is not None

    def _fold(self, batch: Batch) -> Held:
        event, now = self.event, batch.now
        held = batch.folding(self._fold_key) if self._fold_key else None
        if held is not None and not fold.takes(held.row, event, now):
            batch.retire(held)
            held = None
        if held is None:
            held = self._first(batch)
        else:
            row, raised = fold.repeat(held.row, event, now)
            batch.put(held, row, raised=raised)
        self._follow(batch, held)
        return held

    def _first(self, batch: Batch) -> Held:
        event, name, key = self.event, self.sender.name, self.idempotency_key
        row = fold.first(event, name, batch.next_id(), batch.now)
        if batch.mutes(row):
            row = replace(row, muted=True)
        if before := asked_before(batch, row):
            row = replace(row, details={**row.details, "asked_before": before})
        if event.is_prompt and key:
            ask = batch.ask(name, key)
            if ask is not None and ask.withdrawn:
                row = decide.close(row, "withdrawn")
            batch.put_ask(Ask(name, key, row.id, ask is not None and ask.withdrawn))
        lease = batch.now + LEASE if row.waiting == "here" else None
        if event.timeout is not None and row.is_open and permits(row):
            self.timer = row.id, Timer(batch.counted_at, event.timeout, self.sender.may_permit_on_timeout)
        held = batch.add(row, fold_key=self._fold_key, is_folding=bool(self._fold_key), lease_until=lease)
        if event.speech is not None:
            batch.add_job(held, speech.AUDIO, host=speech.ENGINE, body=speech.encode(event.speech))
        if self.callback is not None and row.is_prompt and row.is_open:
            batch.add_callback(held, self.callback.host, self.callback.address)
        return held

    def _follow(self, batch: Batch, held: Held) -> None:
        """What an event does beyond its own row."""
        event, name = self.event, self.sender.name
        if self._live_key:
            self._finish_run(batch, held)
        elif fold.is_live(event) and held.is_new and batch.run(name, event.run_id) is None:
            batch.put_run(Run(name, event.run_id, held.row.id))
        if event.kind in (lifecycle.INPUT_APPROVED, lifecycle.INPUT_REJECTED) and event.run_id:
            self._hint(batch)
        if event.supersedes and (old := batch.row(event.supersedes)) is not None:
            mine = old.row.sender == name and old.row.is_prompt and old.row.is_open
            if mine and old is not held:
                batch.put(old, decide.close(old.row, "superseded"))

    def _finish_run(self, batch: Batch, held: Held) -> None:
        """The outcome's own row speaks for the run now; its live row is done."""
        name, run_id = self.sender.name, self.event.run_id
        run, live = batch.run(name, run_id), batch.folding(self._live_key)
        if live is not None:
            batch.retire(live)
            batch.put(live, fold.finish(live.row, batch.now))
        elif run is not None and run.finished_at is None and (answered := batch.row(run.notification_id)) is not None:
            row = triage.apply("done", answered.row, batch.now)
            if row is not answered.row:
                batch.put(answered, row)
        if run is None or run.finished_at is None:
            batch.put_run(Run(name, run_id, held.row.id, batch.now))

    def _hint(self, batch: Batch) -> None:
        """The sender says that its question was answered, but not which: a hint, which closes nothing."""
        found = batch.select(statements.OPEN_PROMPTS_OF_RUN, run_id=self.event.run_id, sender=self.sender.name)
        ids = [str(row_id) for (row_id,) in found]
        in_batch = [held.row.id for held in batch.touched.values() if held.is_new and held.row.run_id == self.event.run_id]
        for held in batch.rows([*ids, *in_batch]):
            row = held.row
            if row.is_prompt and row.is_open and row.sender == self.sender.name and not row.seems_answered:
                batch.put(held, replace(row, seems_answered=True))

    def _record(self, batch: Batch, held: Held | None) -> Published:
        """The event's own record, and what its key leads to."""
        event, name = self.event, self.sender.name
        event_id = batch.next_id()
        row_id = held.row.id if held is not None else ""
        batch.add_event(event_id, row_id, event.run_id, name, event_text(event, event_id, row_id, name, batch.now))
        if (measure := measure_of(event, name)) is not None:
            batch.add_measure(event_id, measure)
        if held is None:
            run = batch.run(name, event.run_id)
            row_id, rev, epoch = run.notification_id if run else "", batch.space.rev, batch.space.epoch
            answer = Published(row_id, event_id, rev, epoch, False, batch.now)
        else:
            is_new = held.is_new and held.row.count == 1
            answer = Published(row_id, event_id, held.row.rev, held.epoch, is_new, batch.now)
        if key := self.idempotency_key:
            batch.remember(Idempotent(name, key, event_id, answer.id, answer.rev, answer.epoch, self.body_hash, answer.at))
        return answer


def note(batch: Batch, row: Notification, kind: str, title: str, **details: Json) -> None:
    """Something that happened to a question, on its own timeline."""
    event_id = batch.next_id()
    event = Event(kind=kind, title=title, source=row.source, run_id=row.run_id, details=details)
    batch.add_event(event_id, row.id, row.run_id, row.sender, event_text(event, event_id, row.id, row.sender, batch.now))


def event_text(event: Event, id: str, notification_id: str, sender: str, at: int) -> str:  # noqa: A002
    """A timeline's entry, as JSON text."""
    details = dict(event.details)
    entry: Document = {
        "id": id,
        "at": to_wire(at),
        "sent_at": details.pop("sent_at", None),
        "kind": event.kind,
        "title": event.title,
        "body": event.body,
        "severity": event.severity,
        "notification_id": notification_id,
        "run_id": event.run_id,
        "sender": sender,
        "source": event.source,
        "details": details,
    }
    if event.raw:
        entry["raw"] = event.raw
    return text_of(entry)
