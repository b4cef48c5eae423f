"""A unit of work on one space, under its lock: an identity map of the rows that its verbs touch, written once at the end.

A row gets its new rev at its first touch, one a batch, however often it is touched: revs have no gap, and the feed shows each
changed row of a commit once. Verbs check before they touch, so that a refused verb leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from inbox_tui.core.callback import callback_document, webhook_document
from inbox_tui.core.ids import next_ulid
from inbox_tui.core.measures import Measure
from inbox_tui.core.media import references
from inbox_tui.core.model import Notification, changed, decode, to_document
from inbox_tui.core.mutes import Mutes, Rule
from inbox_tui.hub.store import statements
from inbox_tui.hub.store.database import Connection, Params, Record, Value, in_list
from inbox_tui.hub.store.records import Ask, Call, DecodedRows, Held, Idempotent, Run, Space, Wanted, key_of, text_of


class Batch:
    """`now` is the store's time in microseconds, `counted_at` this process's monotonic seconds, both read after the lock."""

    def __init__(
        self,
        connection: Connection,
        space: Space,
        now: int,
        counted_at: float,
        decoded: DecodedRows,
        kept_events: tuple[int, int],
        *,
        is_new_space: bool = False,
    ) -> None:
        self.space, self.now, self.counted_at = space, now, counted_at
        self._connection, self._decoded, self._kept_events = connection, decoded, kept_events
        self._space_before = replace(space)
        self.is_new_space = is_new_space
        """This batch has made the space, and no verb of it has claimed to be the one that did."""
        self._held: dict[str, Held | None] = {}
        self._by_fold_key: dict[str, Held | None] = {}
        self.touched: dict[str, Held] = {}
        self._retired: list[Params] = []
        self._leases: dict[str, Params] = {}
        self._removed: list[Params] = []
        self._removed_prompts: list[Params] = []
        self._events: list[Params] = []
        self._measures: list[Params] = []
        self._log: list[Params] = []
        self._idempotent: dict[tuple[str, str], Idempotent | None] = {}
        self._asks: dict[tuple[str, str], Ask | None] = {}
        self._asks_touched: dict[tuple[str, str], Ask] = {}
        self._runs: dict[tuple[str, str], Run | None] = {}
        self._runs_touched: dict[tuple[str, str], Run] = {}
        self._new_idempotent: list[Params] = []
        self._jobs: list[Params] = []
        self._uses: list[Params] = []
        self.has_queued = False
        """Whether a job became due here: set once the batch is written."""
        self._calls: dict[str, Call] = {}
        self._mutes: Mutes | None = None
        self.decided_attempts: set[tuple[str, str, str]] = set()
        """Attempt, row and key of the decisions of this batch, not to be found in the log yet."""

    @property
    def was_removed(self) -> bool:
        """Whether the space was removed before this batch."""
        return self._space_before.removed_at is not None

    # ---- reading ----

    def preload(self, wanted: Wanted) -> None:
        """Reads what the verbs named, and remembers what is not there."""
        if wanted.fold_keys:
            keys = [key_of(fold_key) for fold_key in wanted.fold_keys]
            self._by_fold_key.update(dict.fromkeys(keys))
            for record in self._select_in(statements.ROWS_BY_FOLD_KEY, keys):
                self._by_fold_key[record[3]] = self._hold(record)
        if missing := [row_id for row_id in wanted.ids if row_id not in self._held]:
            self._held.update(dict.fromkeys(missing))
            for record in self._select_in(statements.ROWS_BY_ID, missing):
                self._hold(record)
        if wanted.idempotency_keys:
            for found in self._select_in(statements.IDEMPOTENT, list(wanted.idempotency_keys)):
                self._idempotent[found[0], found[1]] = Idempotent(*found)
        if wanted.ask_keys:
            for sender, key, row_id, withdrawn in self._select_in(statements.ASKS, list(wanted.ask_keys)):
                self._asks[sender, key] = Ask(sender, key, row_id, bool(withdrawn))
        if wanted.run_ids:
            for found in self._select_in(statements.RUNS, list(wanted.run_ids)):
                self._runs[found[0], found[1]] = Run(*found)

    def select(self, sql: str, **params: Value) -> list[Record]:
        """Any statement of the store's about this space, as it was before this batch."""
        return self._connection.execute(sql, {"space": self.space.name, **params})

    def row(self, id: str) -> Held | None:  # noqa: A002
        if id not in self._held:
            self.preload(Wanted(ids={id}))
        return self._held[id]

    def rows(self, ids: Iterable[str]) -> list[Held]:
        """Those of the ids that are there, in the same order."""
        ids = list(ids)
        self.preload(Wanted(ids=set(ids)))
        return [held for row_id in ids if (held := self._held[row_id])]

    def folding(self, fold_key: str) -> Held | None:
        """The row that repeats of the key go to. The key was preloaded."""
        held = self._by_fold_key.get(key_of(fold_key))
        return held if held is not None and held.is_folding and held.row.decision is None and not held.row.closed else None

    def events_of(self, row_id: str) -> list[str]:
        """The documents of a row's events, oldest first, those of this batch too."""
        earlier = [str(text) for (text,) in self.select(statements.EVENTS_OF_ROW, id=row_id)]
        return earlier + [str(event["document"]) for event in self._events if event["notification_id"] == row_id]

    def forwards_of(self, row_id: str) -> list[str]:
        """What the row's forwards are told, those of this batch too."""
        earlier = [str(body) for (body,) in self.select(statements.FORWARDS_OF_ROW, id=row_id)]
        new = (job for job in self._jobs if job["kind"] == "forward" and job["notification_id"] == row_id)
        return earlier + [str(job["body"]) for job in new]

    def idempotent(self, sender: str, key: str) -> Idempotent | None:
        return self._idempotent.get((sender, key))

    def ask(self, sender: str, key: str) -> Ask | None:
        return self._asks.get((sender, key))

    def run(self, sender: str, run_id: str) -> Run | None:
        return self._runs.get((sender, run_id))

    def call(self, key: str) -> Call | None:
        """What an earlier triage call with the key was answered."""
        if not key:
            return None
        if key not in self._calls and (found := self.select(statements.CALL, key=key)):
            self._calls[key] = Call(key, *found[0])
        return self._calls.get(key)

    def mutes(self, row: Notification) -> bool:
        """Whether a rule of the space mutes it, at this batch's time."""
        if self._mutes is None:
            found = self.select(statements.MUTES) if self.space.mutes else []
            self._mutes = Mutes(Rule(scope, subject, until) for _, scope, subject, _, until, *_ in found)
        return self._mutes.cover(row, self.now)

    def forget_mutes(self) -> None:
        """The rules were changed."""
        self._mutes = None

    # ---- writing ----

    def next_id(self) -> str:
        self.space.last_id = next_ulid(self.space.last_id, self.now)
        return self.space.last_id

    def add(self, row: Notification, *, fold_key: str, is_folding: bool, lease_until: int | None = None) -> Held:
        held = Held(row, self.space.epoch, key_of(fold_key), is_folding, lease_until, is_new=True)
        self._held[row.id] = held
        if is_folding:
            self._by_fold_key[held.fold_key] = held
        self.space.size += 1
        self.put(held, row, raised=True)
        return held

    def put(self, held: Held, row: Notification, *, raised: bool = False) -> None:
        """The row's new value. It gets its rev here, and where it is raised its raised_rev."""
        if row.id not in self.touched:
            self.space.rev += 1
            self.touched[row.id] = held
            rev = self.space.rev
        else:
            rev = held.row.rev
        if row.rev != rev or (raised and row.raised_rev != rev):
            raised_rev = rev if raised else row.raised_rev or rev
            row = changed(row, rev=rev, created_rev=row.created_rev or rev, raised_rev=raised_rev)
        held.row = row

    def retire(self, held: Held) -> None:
        """No repeat goes to the row any more. Nothing that anybody sees: it gets no rev."""
        held.is_folding = False
        if not held.is_new:
            self._retired.append({"space": self.space.name, "id": held.row.id})

    def lease(self, held: Held, until: int) -> None:
        """Somebody waits for the row's answer until then. It gets no rev."""
        held.lease_until = until
        self._leases[held.row.id] = {"space": self.space.name, "id": held.row.id, "until": until}

    def remove(self, held: Held) -> None:
        """Leaves a tombstone, and takes the asker's key along. A row touched in the same batch cannot be removed."""
        assert held.row.id not in self.touched
        self.space.rev += 1
        self.space.size -= 1
        self.space.unread -= held.was_unread
        self._removed.append({"space": self.space.name, "id": held.row.id, "rev": self.space.rev, "at": self.now})
        if held.row.is_prompt:
            self._removed_prompts.append({"space": self.space.name, "id": held.row.id})
        self._held[held.row.id] = None
        held.is_folding = False

    def add_event(self, id: str, notification_id: str, run_id: str, sender: str, document: str) -> None:  # noqa: A002
        self._events.append(
            {
                "space": self.space.name,
                "id": id,
                "notification_id": notification_id,
                "run_id": run_id,
                "sender": sender,
                "received_at": self.now,
                "document": document,
            }
        )
        use: Params = {"space": self.space.name, "event_id": id, "notification_id": notification_id}
        self._uses += [{**use, "media_id": media_id} for media_id in references(document)]

    def add_measure(self, event_id: str, measure: Measure) -> None:
        self.space.measures += 1
        told = {**measure._asdict(), "figures": text_of({**measure.figures})}
        self._measures.append({"space": self.space.name, "id": event_id, "at": self.now, **told})

    def remember(self, earlier: Idempotent) -> None:
        self._idempotent[earlier.sender, earlier.key] = earlier
        self._new_idempotent.append(self._columns(earlier))

    def put_ask(self, ask: Ask) -> None:
        self._asks[ask.sender, ask.key] = self._asks_touched[ask.sender, ask.key] = ask

    def open_session(self, record: Params) -> None:
        """Of a sender's own naming."""
        self._insert("session", [{"space": self.space.name, **record}])

    def put_run(self, run: Run) -> None:
        self._runs[run.sender, run.run_id] = self._runs_touched[run.sender, run.run_id] = run

    def add_callback(self, held: Held, host: str, address: str) -> None:
        """Where the end of a question is to be told. The job waits for that end, whatever brings it."""
        self._jobs.append(self._job(held.row, "callback", host, address, "", None))

    def add_job(self, held: Held, kind: str, *, host: str, body: str, address: str = "", delay: int = 0) -> None:
        """Something to do for a row after the commit: at once, or `delay` microseconds later."""
        self._jobs.append(self._job(held.row, kind, host, address, body, self.now + delay))
        self.has_queued = True

    def _job(self, row: Notification, kind: str, host: str, address: str, body: str, due_at: int | None) -> Params:
        return {
            "space": self.space.name,
            "id": self.next_id(),
            "kind": kind,
            "state": "waiting" if due_at is None else "queued",
            "notification_id": row.id,
            "sender": row.sender,
            "host": host,
            "address": address,
            "body": body,
            "attempts": 0,
            "due_at": due_at,
            "queued_at": due_at,
            "last_error": "",
            "updated_at": self.now,
        }

    def answer_call(self, call: Call) -> None:
        """A later call with the same key is answered the same. Without a key nothing is kept."""
        if call.key:
            self._calls[call.key] = call
            self._insert("triage_call", [self._columns(call, at=self.now)])

    def add_mute(self, rule: Params) -> None:
        """At once, so that rows of this batch are asked about with it. Its rows are to be swept."""
        record = {"space": self.space.name, **rule, "created_at": self.now, "lifted_at": None, "swept": ""}
        self._insert("mute", [record])

    def log(self, **entry: Value) -> None:
        """One line of the decision log."""
        self._log.append({"space": self.space.name, "id": self.next_id(), "at": self.now, **entry})

    def execute(self, sql: str, **params: Value) -> None:
        """Any writing statement of the store's about this space, at once."""
        self._connection.execute(sql, {"space": self.space.name, **params})

    def delete_found(self, find: str, delete: str, **params: Value) -> int:
        """Finds records in their order, and deletes them by the first and the last of them. Answers how many."""
        found = self.select(find, **params)
        if found:
            self.execute(delete, first=found[0][0], last=found[-1][0])
        return len(found)

    # ---- the end ----

    def write(self) -> None:
        """Writes everything once. The transaction is the caller's to commit."""
        space, many = self.space, self._many
        for held in self.touched.values():
            held.document = text_of(to_document(held.row))
            space.unread += held.row.is_unread - held.was_unread
        many(statements.RETIRE, self._retired)
        many(statements.DELETE_ROW, self._removed)
        known = [held for held in self.touched.values() if not held.is_new]
        self._update(statements.MOVING, [held.columns(space.name) for held in known if held.keeps_state])
        self._update(statements.MOVING + statements.STATE, [held.columns(space.name) for held in known if not held.keeps_state])
        self._insert("notification", [held.columns(space.name) for held in self.touched.values() if held.is_new])
        many(statements.LEASE, [lease for row_id, lease in self._leases.items() if row_id not in self.touched])
        self._insert("tombstone", self._removed)
        self._insert("event", self._events)
        self._insert("measure", self._measures)
        self._insert("idempotency", self._new_idempotent)
        many(statements.PUT_ASK, [self._columns(ask, at=self.now) for ask in self._asks_touched.values()])
        many(statements.DELETE_ASKS, self._removed_prompts)
        many(statements.PUT_RUN, [self._columns(run, started_at=self.now) for run in self._runs_touched.values()])
        self._insert("decision_log", self._log)
        self._queue_webhooks()
        self._insert("job", self._jobs)
        self._use_media()
        self._queue_callbacks()
        self._trim_events()
        if space != self._space_before:
            self._connection.execute(statements.UPDATE_SPACE, {name: getattr(space, name) for name in Space.__slots__})

    def written(self) -> None:
        """After the commit: what was decoded is good for the next batch."""
        for held in self.touched.values():
            if held.is_folding:
                self._decoded.put(self.space.name, held.row)

    def _queue_callbacks(self) -> None:
        """In the transaction that ends a question its callback becomes due, with what it will say; an asker that withdrew its
        question knows its end, and is not called."""
        ended = [row_id for row_id, held in self.touched.items() if held.has_ended]
        if not ended:
            return
        for (row_id,) in self._select_in(statements.WAITING_JOBS, ended):
            held = self.touched[row_id]
            if held.row.closed == "withdrawn":
                self.execute(statements.DROP_JOB, notification_id=row_id)
                continue
            body = text_of(callback_document(held.row, held.epoch, self.now))
            self.execute(statements.QUEUE_JOB, notification_id=row_id, body=body, now=self.now)
            self.has_queued = True

    def _use_media(self) -> None:
        """Files that the space has and that events of this batch refer to stay as long as those, or their rows, do."""
        if self._uses:
            named = {str(use["media_id"]) for use in self._uses}
            known = {media_id for (media_id,) in self._select_in(statements.WHOLE_MEDIA, [*named])}
            self._insert("media_use", [use for use in self._uses if use["media_id"] in known])

    def _queue_webhooks(self) -> None:
        """In the transaction that answers a question, its project's webhook has something to hear, where the project has one."""
        answered = [held for held in self.touched.values() if held.has_ended and held.row.decision is not None]
        if not answered:
            return
        for name, host, address in self._select_in(statements.WEBHOOKS, sorted({held.row.sender for held in answered})):
            for held in (each for each in answered if each.row.sender == name):
                [(event_id,)] = self.select(statements.FIRST_EVENT_OF_ROW, id=held.row.id)
                body = text_of(webhook_document(held.row, str(event_id or ""), self.now))
                self.add_job(held, "webhook", host=str(host), address=str(address), body=body)

    def _trim_events(self) -> None:
        """Of a row that repeats for ever, the first events and the last are kept. Looked at each 50 events a row,
        or more often where few are kept."""
        first, last = self._kept_events
        step = max(1, min(50, last // 2))
        for held in self.touched.values():
            count_before = held.before.count if held.before is not None else 0
            if held.row.count > first + last and held.row.count // step != count_before // step:
                self.execute(statements.TRIM_EVENTS, id=held.row.id, first=first - 1, last=max(1, last - step))

    def _many(self, sql: str, rows: list[Params]) -> None:
        if rows:
            self._connection.executemany(sql, rows)

    def _insert(self, table: str, rows: list[Params]) -> None:
        if rows:
            self._connection.insert(table, rows)

    def _update(self, columns: tuple[str, ...], rows: list[Params]) -> None:
        if rows:
            self._connection.update("notification", columns, rows)

    def _select_in(self, sql: str, values: list[str]) -> list[Record]:
        sql, params = in_list(sql, values)
        return self._connection.execute(sql, {"space": self.space.name, **params})

    def _hold(self, record: Record) -> Held:
        row_id, rev, epoch, fold_key, is_folding, lease_until, document = record
        if (held := self._held.get(row_id)) is None:
            row = self._decoded.get(self.space.name, row_id, rev) or decode(document)
            held = Held(row, epoch, fold_key, bool(is_folding), lease_until, False, row, lease_until)
            self._held[row_id] = held
        return held

    def _columns(self, record: Idempotent | Ask | Run | Call, **more: Value) -> Params:
        """Its members are named as its table's columns."""
        return {"space": self.space.name, **{name: getattr(record, name) for name in record.__slots__}, **more}
