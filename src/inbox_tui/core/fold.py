"""Folding: which events share a row, and what a repeat does to it. Pure; the oracle is the feed's executable specification."""

from __future__ import annotations

from dataclasses import replace

from inbox_tui.core import lifecycle
from inbox_tui.core.ids import fingerprint
from inbox_tui.core.model import (
    APPROVE,
    FOLD_WINDOW,
    OCCURRENCES,
    PROMPT_LIFETIME,
    REJECT,
    SEVERITIES,
    Event,
    Json,
    Notification,
    Severity,
    changed,
)
from inbox_tui.core.times import SECOND

_SEPARATOR = "\x1f"
_NEVER_FOLDING_DETAILS = ("attachments", "audio_status", "parent_id")


def is_live(event: Event) -> bool:
    """Whether it belongs to its run's one live row. A prompt never does, whatever its kind: it would be lost in one."""
    return bool(event.run_id) and event.kind in lifecycle.LIVE and not event.is_prompt


def folds(event: Event) -> bool:
    """A prompt never folds; nor does a message with attachments, audio, a parent, a time to live or buttons."""
    if event.is_prompt or event.choices or event.timeout is not None:
        return False
    return not any(event.details.get(name) for name in _NEVER_FOLDING_DETAILS)


def fold_key(event: Event, sender: str) -> str:
    """What a repeat shares with its row, compared whole; parts are joined by U+001F, which cleaned text never holds."""
    if is_live(event):
        return live_key(sender, event.run_id)
    parts: tuple[str, ...]
    if event.kind in lifecycle.OUTCOMES:
        parts = (sender, event.source, event.task_name or event.title, event.kind)
    elif subject := event.details.get("subject"):
        parts = (sender, event.source, event.kind, event.task_name, "", str(subject))
    else:
        parts = (sender, event.source, event.kind, event.task_name, event.title)
    return _SEPARATOR.join(parts)


def live_key(sender: str, run_id: str) -> str:
    """The fold key of a run's live row."""
    return _SEPARATOR.join(("run", sender, run_id))


def first(event: Event, sender: str, id: str, now: int) -> Notification:  # noqa: A002
    """The row of an event that repeats nothing. The store gives it its revs."""
    actionable = event.actionable or event.is_prompt
    expires_at = None if event.timeout is None else now + round(event.timeout * SECOND)
    if event.is_prompt and expires_at is None:
        expires_at = now + PROMPT_LIFETIME
    return Notification(
        id=id,
        fingerprint=fingerprint(fold_key(event, sender)),
        kind=event.kind,
        severity=event.severity,
        task_name=event.task_name,
        run_id=event.run_id,
        title=event.title,
        body=event.body,
        count=1,
        occurrences=(now,),
        created_at=now,
        last_occurred_at=now,
        raised_at=now,
        sender=sender,
        source=event.source,
        dialect=event.dialect,
        priority=event.priority,
        actionable=actionable,
        is_prompt=event.is_prompt,
        choices=(event.choices or (APPROVE, REJECT)) if actionable else (),
        waiting=("here" if event.waiting else "nobody") if actionable else "",
        expires_at=expires_at,
        details=dict(event.details),
    )


def takes(row: Notification, event: Event, now: int) -> bool:
    """Whether a row with the event's fold key is still open to it: not answered, and within the window (a live row has none)."""
    if row.decision is not None or row.closed:
        return False
    return is_live(event) or now - row.last_occurred_at <= FOLD_WINDOW


def repeat(row: Notification, event: Event, now: int) -> tuple[Notification, bool]:
    """The row after one more occurrence, and whether that raises it. `now` is never before the last occurrence."""
    now = max(now, row.last_occurred_at)
    # Sticky since the operator last dealt with it: severity since it was read, the call for a human since it was done.
    severity = event.severity if row.read_at is not None else _worse(row.severity, event.severity)
    still_calls = row.actionable and row.done_at is None and not (is_live(event) and event.kind == lifecycle.STOPPED)
    actionable = event.actionable or still_calls
    newly_actionable = actionable and not row.actionable
    raised = newly_actionable or not (is_live(event) and event.kind in lifecycle.QUIET)
    still_snoozed = _rank(severity) <= _rank(row.severity)
    repeated = changed(
        row,
        kind=event.kind,
        severity=severity,
        task_name=event.task_name or row.task_name,
        run_id=event.run_id or row.run_id,
        title=event.title,
        body=event.body,
        count=row.count + 1,
        occurrences=(now, *row.occurrences)[:OCCURRENCES],
        last_occurred_at=now,
        priority=event.priority,
        actionable=actionable,
        choices=(APPROVE, REJECT) if actionable else (),
        waiting="nobody" if actionable else "",
        snoozed_until=row.snoozed_until if still_snoozed else None,
        details=_newest(row, event),
        read_at=None if raised else row.read_at,
        done_at=None if raised else row.done_at,
        raised_at=now if raised else row.raised_at,
    )
    return repeated, raised


def finish(row: Notification, now: int) -> Notification:
    """A run's live row when its outcome arrived: done, and no longer calling for anybody."""
    return replace(row, done_at=row.done_at or now, read_at=row.read_at or now, actionable=False, choices=(), waiting="")


def _newest(row: Notification, event: Event) -> dict[str, Json]:
    """The event's details over the row's. A progress or status that the event does not speak of is over."""
    kept = {name: value for name, value in row.details.items() if name not in ("status", "progress")}
    return {**kept, **event.details}


def _rank(severity: Severity) -> int:
    return SEVERITIES.index(severity)


def _worse(one: Severity, other: Severity) -> Severity:
    return max(one, other, key=_rank)
