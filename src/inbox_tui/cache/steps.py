"""What may happen to a feed's copy, each in one transaction. The oracle is the feed's executable specification.

The copy is a map in which the greater rev wins and a removed id stays removed, so that frames and pages may come in any order,
twice, and by any pane of the machine; the cursor only saves work.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from inbox_tui.cache.rows import NEEDS_ME, OP_COLUMNS, UNDO_KEPT, FeedState, Op, op_record
from inbox_tui.cache.step import Step, transaction
from inbox_tui.core.feed import Change, Opening, Page
from inbox_tui.core.times import DAY, SECOND

GONE_KEPT = 31 * DAY
"""Removed ids are remembered a little longer than the hub remembers them."""
LEASE = 20 * SECOND
"""How long a pane that walks or sends is believed to live without a word."""
_SQL_RECOMPUTE = 1000


def state(db: sqlite3.Connection, name: str) -> FeedState:
    return _state(Step(db, name))


def _state(step: Step) -> FeedState:
    needs, unread, listed, snoozed, done = step.counts
    return FeedState(
        epoch=step.epoch,
        life=step.life,
        cursor=step.cursor,
        walk=step.walk,
        hub_unread=step.hub_unread,
        caught_up_rev=step.caught_up_rev,
        caught_up_at=step.caught_up_at,
        needs=needs,
        unread=unread,
        listed=listed,
        snoozed=snoozed,
        done=done,
        evicted=step.evicted,
    )


def begin(db: sqlite3.Connection, name: str, asked: int | None, opening: Opening, now: int) -> bool:
    """A resync: all pages are walked again, unless another pane has moved the cursor since this one asked (False: ask again).

    The old rows stay on the screen; those that no page names go when the walk ends. Of another epoch they go at once.
    """
    with transaction(db, name) as step:
        if step.cursor != asked:
            return False
        step.life = step.cursor = opening.id
        step.walk, step.walks, step.walker_until = "", step.walks + 1, 0
        if step.epoch != opening.epoch:
            for statement in ("DELETE FROM row", "DELETE FROM gone"):
                db.execute(f"{statement} WHERE feed = ?", (step.feed,))
            db.execute("DELETE FROM op WHERE feed = ? AND ack IS NOT NULL", (step.feed,))
            step.counts, step.evicted = [0] * len(step.counts), False
            step.caught_up_rev = 0
            step.reset_journal()
        db.execute("DELETE FROM gone WHERE feed = ? AND at < ?", (step.feed, now - GONE_KEPT))
        step.epoch, step.hub_unread = opening.epoch, opening.unread
        step.version += 1
        return True


def apply(db: sqlite3.Connection, name: str, changes: Sequence[Change], now: int) -> FeedState:
    """Frames, in the order that they came."""
    with transaction(db, name) as step:
        if step.life is None:
            return _state(step)
        life = step.life
        fresh = [change for change in changes if change.rev > life]  # older: the pages cover it
        ids = [*dict.fromkeys(change.id for change in fresh)]
        step.load(ids)
        gone = step.gone(ids)
        for change in fresh:
            if change.item is None:
                step.drop(change.id)
                gone.add(change.id)
                db.execute("INSERT OR IGNORE INTO gone VALUES (?, ?, ?)", (step.feed, change.id, now))
            elif change.id not in gone:
                step.put(change.item)
            if step.cursor is None or change.rev > step.cursor:
                step.cursor = change.rev
                step.hub_unread = change.unread if change.unread >= 0 else step.hub_unread
        step.write_rows()
        return _state(step)


def merge(db: sqlite3.Connection, name: str, page: Page) -> FeedState:
    """A page of the hub's list, of the walk or not."""
    with transaction(db, name) as step:
        if step.life is None or page.epoch != step.epoch or page.rev < step.life:
            return _state(step)  # of another life, or read before this copy began
        ids = [item.id for item in page.items]
        step.load(ids)
        gone = step.gone(ids)
        for item in page.items:
            if item.id not in gone:
                step.put(item, walked=step.walks)
        step.write_rows()
        if page.before is not None and page.before == step.walk:
            step.walk = page.next or None
            if step.walk is None:
                _drop_unconfirmed(step)
                step.version += 1
        return _state(step)


def _drop_unconfirmed(step: Step) -> None:
    """The walk has ended: what no page named, and no frame brought since, is not there any more."""
    which = "feed = ? AND walked <> ? AND rev <= ?"
    ids = step.db.execute(f"SELECT id FROM row WHERE {which}", (step.feed, step.walks, step.life)).fetchall()
    step.load(row_id for (row_id,) in ids)
    for (row_id,) in ids:
        step.drop(row_id)


def heard(db: sqlite3.Connection, name: str, unread: int) -> None:
    """A ping's unread count, which stands for ours until the walk has ended."""
    with transaction(db, name) as step:
        if step.walk is not None and step.hub_unread != unread:
            step.hub_unread = unread
            step.version += 1


def caught_up(db: sqlite3.Connection, name: str, rev: int, now: int) -> bool:
    """The pane's stream is at `rev`, and the hub's head was `rev`. False: the walk has not ended yet, or began later."""
    with transaction(db, name) as step:
        if step.walk is not None or step.life is None or rev < step.life:
            return False
        step.caught_up_rev, step.caught_up_at = rev, now
        if any(op.ack is not None and op.ack <= rev for op in step.ops):
            db.execute("DELETE FROM op WHERE feed = ? AND ack <= ?", (step.feed, rev))
            _show_again(step)
        return True


def enqueue(db: sqlite3.Connection, name: str, *ops: Op) -> None:
    """In this order; all of them or none."""
    with transaction(db, name) as step:
        for op in ops:
            record = (step.feed, *op_record(op))
            db.execute(f"INSERT INTO op (feed, {OP_COLUMNS}) VALUES ({', '.join('?' * len(record))})", record)
            step.forget_ops()
            if op.is_for_all:
                step.write_rows()
                _show_bulk(step, op)
        _show(step, [row_id for op in ops for row_id in op.ids])
        step.version += 1


def _show(step: Step, ids: Sequence[str]) -> None:
    """These rows under the queue as it is now."""
    step.load(ids)
    for row_id in ids:
        if (kept := step.row(row_id)) is not None:
            kept.show(step.ops)


def acked(db: sqlite3.Connection, name: str, key: str, rev: int | None) -> bool:
    """The hub's answer to a queued call; the first one counts (False: it was not the first). `rev` None: refused, forgotten."""
    with transaction(db, name) as step:
        op = next((op for op in step.ops if op.key == key), None)
        if op is None or op.ack is not None:
            return False
        if rev is None:
            db.execute("DELETE FROM op WHERE key = ?", (key,))
        else:
            db.execute("UPDATE op SET ack = ? WHERE key = ?", (rev, key))
        step.forget_ops()
        if op.is_for_all:
            _show_again(step)
        else:
            _show(step, [*op.ids])
        step.version += 1
        return True


def next_op(db: sqlite3.Connection, name: str, pane: str, now: int) -> Op | None:
    """The oldest call without an answer, claimed for this pane; None: there is none, or another pane is sending it."""
    with transaction(db, name) as step:
        op = next((op for op in step.ops if op.ack is None), None)
        if op is None:
            return None
        (sender, until) = db.execute("SELECT sender, sender_until FROM op WHERE key = ?", (op.key,)).fetchone()
        if sender not in ("", pane) and until > now:
            return None
        db.execute("UPDATE op SET sender = ?, sender_until = ? WHERE key = ?", (pane, now + LEASE, op.key))
        return op


def release(db: sqlite3.Connection, name: str, pane: str) -> None:
    """This pane walks and sends no more."""
    with transaction(db, name) as step:
        db.execute("UPDATE op SET sender = '' WHERE feed = ? AND sender = ?", (step.feed, pane))
        if step.walker == pane:
            step.walker, step.walker_until = "", 0


def claim_walk(db: sqlite3.Connection, name: str, pane: str, now: int) -> str | None:
    """Where this pane should read the next page before; None: the walk has ended, or another pane is at it."""
    with transaction(db, name) as step:
        if step.life is None or step.walk is None or (step.walker not in ("", pane) and step.walker_until > now):
            return None
        step.walker, step.walker_until = pane, now + LEASE
        return step.walk


def evict(db: sqlite3.Connection, name: str, most: int) -> int:
    """Drops the deepest rows above `most`: done ones, then read ones, then others; never one that needs me, is pinned or snoozed
    (unless it is done), nor one that is queued for."""
    with transaction(db, name) as step:
        excess = sum(step.counts[2:]) - most
        for where in ("done = 1", f"{_LEAST} AND unread = 0", _LEAST):
            if excess <= 0:
                break
            found = db.execute(
                f"SELECT id FROM row WHERE feed = ? AND {where} AND overlaid = 0 ORDER BY rank, at, id LIMIT ?",
                (step.feed, min(excess, 5000)),
            ).fetchall()
            step.load(row_id for (row_id,) in found)
            for (row_id,) in found:
                step.drop(row_id)
            step.write_rows()
            step.evicted = step.evicted or bool(found)
            excess -= len(found)
        return max(excess, 0)


def _placed(done: str = "done", snoozed: str = "snoozed", pinned: str = "pinned", muted: str = "muted") -> str:
    """The place that a row has with these values, as `Notification.place` says it."""
    return (
        f"rank = CASE WHEN {done} OR {snoozed} THEN 0 WHEN asks AND NOT {muted} THEN {NEEDS_ME} ELSE {pinned} END, "
        f"at = CASE WHEN {snoozed} AND NOT {done} THEN -{snoozed} ELSE raised_at END"
    )


_LEAST = "done = 0 AND snoozed = 0 AND rank = 0"
_LISTED, _SNOOZED, _STRAY = "done = 0 AND snoozed = 0", "done = 0 AND snoozed > 0", "(muted = 1 OR done = 1 OR snoozed > 0)"
_BULK = {
    # What the verb sets, and which rows it changes: where the panes use it, each WHERE fits one of the partial indexes.
    "read": ("unread = 0", (f"unread = 1 AND muted = 0 AND {_LISTED}", f"unread = 1 AND {_STRAY}")),
    "unread": ("unread = 1", ("unread = 0",)),
    "done": (
        "done = 1, unread = 0, rank = 0, at = raised_at",
        (f"{_LISTED} AND held = 0", f"{_SNOOZED} AND held = 0", f"unread = 1 AND {_STRAY} AND done = 1"),
    ),
    "undone": (f"done = 0, {_placed(done='0')}", ("done = 1",)),
    "snooze": (f"snoozed = :until, {_placed(snoozed=':until')}", ("snoozed <> :until",)),
    "unsnooze": (f"snoozed = 0, {_placed(snoozed='0')}", (_SNOOZED, "done = 1 AND snoozed > 0")),
    "pin": (f"pinned = 1, {_placed(pinned='1')}", ("pinned = 0",)),
    "unpin": (f"pinned = 0, {_placed(pinned='0')}", ("pinned = 1",)),
}


def _show_bulk(step: Step, op: Op) -> None:
    """The newest bulk verb over what is shown: all in SQL, as it may touch every row."""
    change, wheres = _BULK[op.verb]
    limits = "raised_rev <= :seen"
    limits += " AND unread = 1 AND muted = 0" * op.only_unread + f" AND rank = {NEEDS_ME}" * op.only_needs_me
    given = {"feed": step.feed, "seen": op.seen, "until": op.until or 0}
    changed = 0
    for where in wheres:
        done = step.db.execute(f"UPDATE row SET {change}, overlaid = 1 WHERE feed = :feed AND {where} AND {limits}", given)
        changed += done.rowcount
    if changed:
        step.recount()
        step.reset_journal()


def _show_again(step: Step) -> None:
    """Every row that queued triage touched, anew: the queue is another."""
    step.forget_ops()
    if not step.ops:
        (many,) = step.db.execute("SELECT count(*) FROM row WHERE feed = ? AND overlaid = 1", (step.feed,)).fetchone()
        if many > _SQL_RECOMPUTE:
            step.db.execute(
                "UPDATE row SET unread = hub_unread, done = hub_done, snoozed = hub_snoozed, pinned = hub_pinned, "
                f"muted = hub_muted, {_placed('hub_done', 'hub_snoozed', 'hub_pinned', 'hub_muted')}, overlaid = 0 "
                "WHERE feed = ? AND overlaid = 1",
                (step.feed,),
            )
            step.recount()
            step.reset_journal()
            return
    for kept in step.load_overlaid():
        kept.show(step.ops)


def remember_undo(db: sqlite3.Connection, name: str, key: str, text: str) -> None:
    """Writes down how to take a thing back, or how since some of it was refused; the oldest go where there are too many."""
    with transaction(db, name) as step:
        db.execute(
            "INSERT INTO undo (feed, key, step) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET step = excluded.step",
            (step.feed, key, text),
        )
        db.execute(
            "DELETE FROM undo WHERE feed = ? AND n NOT IN (SELECT n FROM undo WHERE feed = ? ORDER BY n DESC LIMIT ?)",
            (step.feed, step.feed, UNDO_KEPT),
        )


def forget_undo(db: sqlite3.Connection, name: str, key: str) -> None:
    with transaction(db, name) as step:
        db.execute("DELETE FROM undo WHERE feed = ? AND key = ?", (step.feed, key))


def waiting(db: sqlite3.Connection, name: str) -> int:
    """How many triage calls no hub has taken yet."""
    found = db.execute("SELECT count(*) FROM op JOIN feed USING (feed) WHERE name = ? AND ack IS NULL", (name,))
    return int(found.fetchone()[0])


def data_version(db: sqlite3.Connection, name: str) -> int:
    """Another number each time that another connection has written."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])
