"""A row as it is shown: what the hub has, under the triage that waits for the hub. Pure."""

from __future__ import annotations

from inbox_tui.cache.rows import Op
from inbox_tui.core import triage
from inbox_tui.core.model import Notification


def under(ops: list[Op], row: Notification) -> tuple[Notification, str]:
    """The row under the queued triage that touches it, and its overlay."""
    overlay = ""
    for op in ops:
        if not op.covers(row.id, row.rev, row.raised_rev) or _is_passed_over(op, row):
            continue
        row = triage.apply(op.verb, row, op.at, op.until)
        overlay = "queued" if op.ack is None or overlay == "queued" else "sent"
    return row, overlay


def _is_passed_over(op: Op, row: Notification) -> bool:
    """By a verb for many."""
    if op.id is not None:
        return False
    if op.verb == "done" and row.is_open and row.waiting == "here":
        return True
    return (op.only_unread and not row.is_unread) or (op.only_needs_me and not row.needs_me)
